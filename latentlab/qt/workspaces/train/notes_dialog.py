"""Tags and a note of one run."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.icon_button import Button
from latentlab.runs import RunInfo
from latentlab.runs.notes import Notes, tags_of


class NotesDialog(QDialog):
    """Writes nothing itself."""

    written = Signal(object)
    """Notes."""

    def __init__(self, info: RunInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(info.path.name)
        self.resize(420, 260)
        self.tags = QLineEdit(", ".join(info.notes.tags))
        self.tags.setPlaceholderText(self.tr("faces, good"))
        self.note = QPlainTextEdit(info.notes.text)
        self.note.setTabChangesFocus(True)
        self.save = Button(self.tr("Save"), role="primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self._on_save)
        cancel = Button(self.tr("Cancel"), role="quiet")
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Size.PADDING, Size.PADDING, Size.PADDING, Size.PADDING)
        layout.setSpacing(6)
        layout.addWidget(QLabel(self.tr("Tags, parted by commas")))
        layout.addWidget(self.tags)
        layout.addWidget(QLabel(self.tr("Note")))
        layout.addWidget(self.note, 1)
        layout.addLayout(foot)

    def _on_save(self) -> None:
        self.written.emit(Notes(self.note.toPlainText().strip(), tags_of(self.tags.text())))
        self.accept()
