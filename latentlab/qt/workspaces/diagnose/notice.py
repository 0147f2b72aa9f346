"""A sentence on a coloured ground: what a pane's evidence means."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets import paint


class Notice(QWidget):
    """Hidden while it has nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = "warning"
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(36, 7, 12, 7)
        layout.addWidget(self._label)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def say(self, text: str, tone: str = "warning") -> None:
        """Show a sentence in a tone ("ok", "warning", "error"); "" hides it."""
        self._tone = tone
        self._label.setText(text)
        self._label.setProperty("tone", tone if tone in ("warning", "error") else "2")
        self._label.style().unpolish(self._label)
        self._label.style().polish(self._label)
        self.setVisible(bool(text))
        self.update()

    def text(self) -> str:
        return self._label.text()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        wash, colour = getattr(tokens, f"{self._tone}_wash"), getattr(tokens, self._tone)
        paint.rounded(painter, QRectF(self.rect()), 4, wash)
        name = "check" if self._tone == "ok" else self._tone
        paint_icon(painter, QRectF(10, 0, 18, self.height()), name, colour, 16)
