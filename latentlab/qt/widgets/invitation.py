"""An empty page that says the next thing to do: a title, a sentence, a row of buttons, and room for more."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font


class Invitation(QWidget):
    """Everything in the middle, a little above the centre."""

    def __init__(self, width: int, parent: QWidget | None = None) -> None:
        """Lay it out; `width` is that of the words, in pixels."""
        super().__init__(parent)
        self.setProperty("pane", "surround")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = QLabel()
        self.title.setFont(font(TextRole.VERDICT))
        self.text = QLabel()
        self.text.setProperty("tone", "2")
        for label in (self.title, self.text):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        self._buttons.addStretch(1)
        words = QWidget()
        words.setFixedWidth(width)
        self.column = QVBoxLayout(words)
        """For what stands below the buttons."""
        self.column.setSpacing(10)
        self.column.addWidget(self.title)
        self.column.addWidget(self.text)
        self.column.addSpacing(6)
        self.column.addLayout(self._buttons)
        line = QHBoxLayout()  # an aligned widget would not get the height that its wrapped text needs
        line.addStretch(1)
        line.addWidget(words)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addLayout(line)
        layout.addStretch(3)

    def add_button(self, button: QWidget) -> None:
        """Put one to the right of the others below the words."""
        self._buttons.insertWidget(self._buttons.count() - 1, button)
