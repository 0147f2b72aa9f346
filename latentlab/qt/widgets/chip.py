"""Small facts: a badge with a word, and a key of the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import Tokens, current_tokens

from . import paint


class Chip(QWidget):
    """A word on a raised ground. A tone ("ok", "warning", "error") brings its colour and its icon."""

    def __init__(
        self, text: str, *, tone: str = "", tooltip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._tone = tone
        self.setFont(font(TextRole.HINT))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(tooltip or text)
        self.setAccessibleName(text)

    @property
    def text(self) -> str:
        return self._text

    def set_text(self, text: str, tone: str = "") -> None:
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        room = 16 if self._tone else 0
        return QSize(self.fontMetrics().horizontalAdvance(self._text) + 12 + room, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        box = QRectF(self.rect())
        fill, colour = tokens.raised, tokens.text_2
        if self._tone:
            fill, colour = getattr(tokens, f"{self._tone}_wash"), getattr(tokens, self._tone)
        paint.rounded(painter, box, 3, fill)
        if self._tone:
            name = "check" if self._tone == "ok" else self._tone
            paint_icon(painter, QRectF(4, 0, 14, self.height()), name, colour, 12)
            box = box.adjusted(14, 0, 0, 0)
        paint.text(painter, box, self._text, colour, Qt.AlignmentFlag.AlignHCenter)


def paint_key(painter: QPainter, right: float, middle: float, text: str, tokens: Tokens) -> float:
    """A key cap that ends at `right`; gives its left end."""
    painter.setFont(font(TextRole.CAPTION))
    width = max(painter.fontMetrics().horizontalAdvance(text) + 10.0, 14.0)
    box = QRectF(right - width, middle - 8, width, 16)
    paint.rounded(painter, box, 3, tokens.raised, tokens.line_strong)
    paint.text(painter, box, text, tokens.text_2, Qt.AlignmentFlag.AlignHCenter)
    return box.left()
