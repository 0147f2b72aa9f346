"""Distributions above each other on one axis: their bars, their means, and where chosen items lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import current_tokens

from . import paint
from .ticks import tick_text, ticks

_AXIS = 20.0
_GAP = 10.0
_SIDE = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """One histogram."""

    name: str
    edges: NDArray[np.floating]
    """(B + 1,) the same for all."""
    counts: NDArray[np.floating]
    """(B,)."""
    mean: float
    colour: QColor
    chosen: NDArray[np.floating] = field(default_factory=lambda: np.empty(0))
    """Values of items that are chosen."""


class Histograms(QWidget):
    """Each is as high as its own greatest bar: shapes are compared, not numbers of items."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Distribution, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(180, 150)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(380, 300)

    @property
    def shown(self) -> tuple[Distribution, ...]:
        return self._shown

    def set_distributions(self, shown: Sequence[Distribution]) -> None:
        """Show these, in this order."""
        self._shown = tuple(shown)
        self.setAccessibleDescription(
            ", ".join(f"{one.name}: {format_number(one.mean, 2, signed=True)}" for one in shown)
        )
        self.update()

    def box(self, number: int) -> QRectF:
        """Where the bars of one lie."""
        height = (self.height() - _AXIS) / max(len(self._shown), 1)
        top = number * height + _GAP
        return QRectF(_SIDE, top, self.width() - 2 * _SIDE, height - _GAP)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._text_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _text_at(self, position: QPointF) -> str:
        for number, one in enumerate(self._shown):
            box = self.box(number)
            if box.contains(position):
                place = int((position.x() - box.left()) / box.width() * len(one.counts))
                place = min(max(place, 0), len(one.counts) - 1)
                span = f"{one.edges[place]:.2f} … {one.edges[place + 1]:.2f}"
                share = one.counts[place] / max(float(one.counts.sum()), 1e-12)
                return f"{one.name}, {span}: {share:.1%}"
        return ""

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._shown:
            return
        tokens = current_tokens()
        painter = QPainter(self)
        for number, one in enumerate(self._shown):
            self._paint_one(painter, self.box(number), one)
        self._paint_axis(painter, self._shown[0].edges)
        painter.setPen(QPen(tokens.line, 1))

    def _paint_one(self, painter: QPainter, box: QRectF, one: Distribution) -> None:
        tokens = current_tokens()
        most = max(float(one.counts.max(initial=0)), 1e-12)
        width = box.width() / max(len(one.counts), 1)
        for place, count in enumerate(one.counts):
            height = float(count) / most * (box.height() - 2)
            if height > 0:
                left, right = round(box.left() + place * width), round(box.left() + (place + 1) * width)
                painter.fillRect(
                    QRectF(left, box.bottom() - height, max(right - left - 1, 1), height), one.colour
                )
        painter.fillRect(QRectF(box.left(), box.bottom(), box.width(), 1), tokens.line_strong)
        low, high = float(one.edges[0]), float(one.edges[-1])
        x = box.left() + (one.mean - low) / (high - low) * box.width()
        painter.setPen(QPen(tokens.text, 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, box.top() - 2), QPointF(x, box.bottom()))
        if len(one.chosen):
            painter.setPen(QPen(tokens.accent_text, 1))
            for value in one.chosen[:200]:
                at = box.left() + (float(value) - low) / (high - low) * box.width()
                painter.drawLine(QPointF(at, box.bottom() - 7), QPointF(at, box.bottom() + 2))
        self._paint_name(painter, box, one, on_left=x > box.center().x())

    def _paint_name(self, painter: QPainter, box: QRectF, one: Distribution, *, on_left: bool) -> None:
        """On the side where the bars are low."""
        tokens = current_tokens()
        side = Qt.AlignmentFlag.AlignLeft if on_left else Qt.AlignmentFlag.AlignRight
        painter.setFont(font(TextRole.HINT))
        mean = self.tr("mean {0}").format(format_number(one.mean, 2, signed=True))
        for line, (text, colour) in enumerate(((one.name, tokens.text), (mean, tokens.text_3))):
            paint.text(
                painter, QRectF(box.left(), box.top() + line * 15, box.width(), 15), text, colour, side
            )

    def _paint_axis(self, painter: QPainter, edges: NDArray[np.floating]) -> None:
        tokens = current_tokens()
        painter.setFont(font(TextRole.CAPTION))
        low, high = float(edges[0]), float(edges[-1])
        left, width = _SIDE, self.width() - 2 * _SIDE
        marks, spacing = ticks(low, high, max(int(width // 70), 2))
        for value in marks:
            x = left + (value - low) / (high - low) * width
            box = QRectF(min(max(x - 24, 0), self.width() - 48), self.height() - 14, 48, 13)
            text = tick_text(value, spacing, signed=True)
            paint.text(painter, box, text, tokens.text_3, Qt.AlignmentFlag.AlignHCenter)
