"""A slider whose track is its own filmstrip: one aims at a picture, not at a number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from latentlab.qt.theme.tokens import Tokens, current_tokens

from . import paint
from .slider import Slider

PICTURES = 5
STRIP_HEIGHT = 44
_OVER = 2  # the needle stands out above
_GROOVE = 3
_TICK = 3
_LOCKED_OPACITY = 0.62
_DISABLED_OPACITY = 0.4


class DirectionStrip(Slider):
    """Five pictures across the limits, a needle, and a line from the origin to it."""

    def __init__(
        self,
        *,
        limits: tuple[float, float] = (-2.0, 2.0),
        default: float = 0.0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(limits=limits, default=default, parent=parent)
        self._pictures: list[QPixmap] = []
        self.setFixedHeight(_OVER + STRIP_HEIGHT + _GROOVE + _TICK)

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())

    def set_pictures(self, pictures: Sequence[QPixmap]) -> None:
        """Pictures of the values at the middles of as many equal parts; none shows a neutral placeholder."""
        self._pictures = list(pictures)
        self.update()

    def picture_values(self) -> list[float]:
        """The values whose pictures the strip wants, left to right."""
        low, high = self._limits
        return [low + (index + 0.5) / PICTURES * (high - low) for index in range(PICTURES)]

    def _span(self) -> tuple[float, float]:
        return 2.0, self.width() - 2.0

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        strip = QRectF(0, _OVER, self.width(), STRIP_HEIGHT)
        painter.fillRect(strip.adjusted(0, 0, 0, _GROOVE), tokens.groove)
        self._paint_pictures(painter, strip, tokens)
        line = strip.bottom()
        origin = self.x_of(self.origin())
        painter.fillRect(QRectF(round(origin), line + 1, 1, _GROOVE + _TICK - 1), tokens.text_3)
        if not self._mixed:
            here = self.x_of(self._value)
            fill = QColor(tokens.accent if self.isEnabled() else tokens.fill)
            if self._locked:
                fill.setAlphaF(_LOCKED_OPACITY)
            painter.fillRect(QRectF(min(origin, here), line, abs(here - origin), _GROOVE), fill)
            self._paint_needle(painter, here, line + _GROOVE)
        if self.hasFocus():
            paint.focus_ring(painter, strip.adjusted(1, 0, -1, 0), 2, tokens)

    def _paint_pictures(self, painter: QPainter, strip: QRectF, tokens: Tokens) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(strip.adjusted(0, 0, 0, 4), 3, 3)
        painter.setClipRect(strip)
        painter.setClipPath(outline)
        if not self.isEnabled():
            painter.setOpacity(_DISABLED_OPACITY)
        elif self._locked:
            painter.setOpacity(_LOCKED_OPACITY)
        count = len(self._pictures) or PICTURES
        for index in range(count):
            left = round(index * strip.width() / count)
            right = round((index + 1) * strip.width() / count)
            gap = 1 if index < count - 1 else 0
            cell = QRectF(left, strip.top(), right - left - gap, strip.height())
            if self._pictures and not self._pictures[index].isNull():
                paint.cover(painter, cell, self._pictures[index])
            else:
                _placeholder(painter, cell, abs(index - (count - 1) / 2) / count, tokens)
        painter.restore()

    def _paint_needle(self, painter: QPainter, x: float, bottom: float) -> None:
        muted = self._locked or not self.isEnabled()
        edge, white = QColor(0, 0, 0), QColor(150, 150, 150) if muted else QColor(255, 255, 255)
        left = round(x) - 1
        painter.fillRect(QRectF(left - 1, 0, 4, bottom), edge)
        painter.fillRect(QRectF(left, 0, 2, bottom), white)


def _placeholder(painter: QPainter, cell: QRectF, away: float, tokens: Tokens) -> None:
    """A grey hint of sky and ground, fainter towards the ends."""
    top, low = QColor(tokens.control), QColor(tokens.raised)
    top.setAlphaF(1.0 - away)
    shade = QLinearGradient(QPointF(cell.left(), cell.top()), QPointF(cell.left(), cell.bottom()))
    shade.setColorAt(0.0, top)
    shade.setColorAt(1.0, low)
    painter.fillRect(cell, shade)
