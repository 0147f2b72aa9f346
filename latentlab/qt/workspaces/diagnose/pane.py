"""A part of a page: title, a quiet note, something at the right, and the body."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.elided_label import ElidedLabel


class Pane(QWidget):
    """Panes meet at 1 px edges; each keeps its own padding."""

    def __init__(self, title: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = QLabel(title)
        self.title.setFont(font(TextRole.TITLE))
        self.note = ElidedLabel()
        self.note.setFont(font(TextRole.HINT))
        self.note.setText(note)
        self.note.setProperty("tone", "3")
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.right = QLabel()
        self.right.setFont(font(TextRole.HINT))
        self.right.setProperty("tone", "2")
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.head.addWidget(self.title)
        self.head.addWidget(self.note, 1)
        self.head.addWidget(self.right)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(Size.PADDING, 7, Size.PADDING, 8)
        self.body.setSpacing(6)
        self.body.addLayout(self.head)

    def add(self, item: QWidget | QLayout, stretch: int = 0) -> None:
        """Append to the body."""
        if isinstance(item, QWidget):
            self.body.addWidget(item, stretch)
        else:
            self.body.addLayout(item, stretch)

    def set_words(self, *, note: str | None = None, right: str | None = None) -> None:
        """Say something else beside the title."""
        if note is not None:
            self.note.setText(note)
        if right is not None:
            self.right.setText(right)


def hint(text: str = "") -> QLabel:
    """A quiet line."""
    label = QLabel(text)
    label.setFont(font(TextRole.HINT))
    label.setProperty("tone", "3")
    label.setWordWrap(True)
    return label
