"""Colours for numbers: signed maps and amounts, as the design's tokens give them, and a key to read them by."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import paint

_SIGNED = {True: ("#f29646", "#262626", "#5ab0f2"), False: ("#c2620c", "#f4f4f4", "#1f78b8")}
"""Negative, zero, positive; on a dark ground and on a light one."""
_AMOUNTS = {True: ("#222222", "#5b9cf0", "#d6e6fa"), False: ("#f0f0f0", "#5b9cf0", "#0b2f5c")}
_KEY = 116
_GAP = 8


def ramp(*, signed: bool) -> tuple[int, ...]:
    """256 colours from negative over zero to positive, or from nothing to much, as 0xffRRGGBB."""
    return _ramp(signed, current_tokens().text.lightness() > 128)


@lru_cache
def _ramp(signed: bool, dark: bool) -> tuple[int, ...]:
    low, middle, high = (QColor(name) for name in (_SIGNED if signed else _AMOUNTS)[dark])
    found = []
    for code in range(256):
        share = code / 255
        start, end, part = (low, middle, share * 2) if share < 0.5 else (middle, high, share * 2 - 1)
        mixed = QColor(
            round(start.red() + (end.red() - start.red()) * part),
            round(start.green() + (end.green() - start.green()) * part),
            round(start.blue() + (end.blue() - start.blue()) * part),
        )
        found.append(mixed.rgb())
    return tuple(found)


class ColourKey(QWidget):
    """The ramp between the words for its ends, and at the right what it spans."""

    def __init__(
        self, low: str, high: str, note: str = "", *, signed: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._note = low, high, note
        self._signed = signed
        self.setFixedHeight(18)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(font(TextRole.HINT))

    def set_note(self, note: str) -> None:
        """What the ramp spans."""
        self._note = note
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        words = sum(metrics.horizontalAdvance(text) for text in (self._low, self._high, self._note))
        return QSize(words + _KEY + 4 * _GAP, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        low, high = metrics.horizontalAdvance(self._low) + 1, metrics.horizontalAdvance(self._high) + 1
        note = metrics.horizontalAdvance(self._note) + 1 if self._note else 0
        spare = self.width() - low - high - note - 4 * _GAP
        width = max(24, min(_KEY, spare))
        paint.text(painter, QRectF(0, 0, low, self.height()), self._low, tokens.text_3)
        bar = QRectF(low + _GAP, self.height() / 2 - 3.5, width, 7)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        colours = ramp(signed=self._signed)
        for place in (0, 64, 127, 191, 255):
            gradient.setColorAt(place / 255, QColor.fromRgb(colours[place]))
        painter.fillRect(bar, gradient)
        paint.text(painter, QRectF(bar.right() + _GAP, 0, high, self.height()), self._high, tokens.text_3)
        if self._note and spare >= 24:
            box = QRectF(self.width() - note, 0, note, self.height())
            paint.text(painter, box, self._note, tokens.text_3, Qt.AlignmentFlag.AlignRight)
