"""Axes in our type: steps in thousands, values with no more digits than they need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg  # type: ignore[import-untyped]
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import MINUS, THIN_SPACE
from latentlab.qt.theme.tokens import current_tokens

_LIKED = (1, 2, 5, 3, 7, 4, 6, 8, 0)
"""First digits in the order in which a logarithmic axis names them; 9 is 0, and 10 is 1."""


def step_text(step: float, spacing: float = 1.0) -> str:
    """A step as an axis writes it: "0", "500", "13.2 k", "1.5 M"."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(step) >= size:
            text = f"{step / size:.{_decimals(spacing / size)}f}"
            return f"{text}{THIN_SPACE}{letter}"
    return f"{step:.0f}"


def value_text(value: float) -> str:
    """A value in at most four figures."""
    if not np.isfinite(value):
        return "–"
    size = abs(value)
    if size and (size < 1e-3 or size >= 1e5):
        text = f"{value:.2e}".replace("e-0", "e-").replace("e+0", "e")
    else:
        text = f"{value:.{0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 10 else 3}f}"
    return text.replace("-", MINUS)


class Axis(pg.AxisItem):  # type: ignore[misc]
    """Names values without tick marks. pyqtgraph's own painting takes a third of a frame while a hand moves."""

    apart = 40.0
    """Pixels that a label takes along the axis, the room around it included."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        dress(self)

    def labels(self, low: float, high: float, size: float) -> list[tuple[float, str]]:
        """Values between two ends, as many as `size` pixels have room for, and what stands beside them."""
        values: list[float] = []
        finest, room = 1.0, self.apart / size * (high - low)
        for spacing, more in self.tickValues(low, high, size):
            if spacing is None:  # between the powers of ten
                for value in sorted(more, key=lambda place: _LIKED.index(round(10 ** (place % 1)) % 9)):
                    if all(abs(value - other) >= room for other in values):
                        values.append(value)
            elif not values:
                values += more[:: max(1, round(len(more) * self.apart / size))]
                finest = spacing
            elif (len(values) + len(more)) * self.apart <= size:
                values += more
                finest = spacing
            else:
                break
        return list(zip(values, self.tickStrings(values, 1.0, finest), strict=True))

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        box: QRectF = self.mapRectFromParent(self.geometry())
        low, high = self.range
        below = self.orientation == "bottom"
        size = box.width() if below else box.height()
        if size < 1 or not high > low:
            return
        painter.setFont(self.style["tickFont"])
        painter.setPen(self.pen())
        painter.drawLine(
            box.topLeft() if below else box.topRight(), box.topRight() if below else box.bottomRight()
        )
        painter.setPen(self.textPen())
        metrics = painter.fontMetrics()
        tall, room = metrics.height(), float(self.style["tickTextOffset"][0])
        for value, text in self.labels(low, high, size):
            place, wide = (value - low) / (high - low) * size, metrics.horizontalAdvance(text)
            if below:
                left = min(max(place - wide / 2, 0.0), size - wide)
                painter.drawText(QPointF(box.left() + left, box.top() + room + metrics.ascent()), text)
            else:
                top = min(max(size - place - tall / 2, 0.0), size - tall)
                painter.drawText(QPointF(box.right() - room - wide, box.top() + top + metrics.ascent()), text)


class StepAxis(Axis):
    """Steps, below."""

    apart = 90.0

    def __init__(self) -> None:
        super().__init__("bottom")

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [step_text(value, spacing) for value in values]


class ValueAxis(Axis):
    """Values, at the left."""

    def __init__(self) -> None:
        super().__init__("left")
        self.setWidth(46)

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        if self.logMode:
            return [value_text(10.0**value) for value in values]
        return [f"{value:.{_decimals(spacing)}f}".replace("-", MINUS) for value in values]


class GridItem(pg.GraphicsObject):  # type: ignore[misc]
    """Lines across the plot at the values that an axis names. pyqtgraph's own cost more than all curves."""

    def __init__(self, axis: Axis) -> None:
        super().__init__()
        self._axis = axis

    def boundingRect(self) -> QRectF:
        return self.viewRect() or QRectF()

    def viewRangeChanged(self, *_: object) -> None:
        self.prepareGeometryChange()
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        view, transform = self.viewRect(), painter.worldTransform()
        box = transform.mapRect(view)
        painter.save()
        painter.resetTransform()
        painter.setPen(QPen(current_tokens().line))
        for value, _ in self._axis.labels(view.top(), view.bottom(), box.height()):
            y = round(value * transform.m22() + transform.dy())
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        painter.restore()


def dress(axis: pg.AxisItem) -> None:
    """Give an axis the colours of the theme."""
    tokens = current_tokens()
    axis.setPen(QPen(tokens.line))
    axis.setTextPen(QPen(tokens.text_3))
    axis.setStyle(tickFont=font(TextRole.CAPTION), tickLength=0, tickTextOffset=6)


def _decimals(spacing: float) -> int:
    return 0 if spacing >= 1 else min(6, int(np.ceil(-np.log10(spacing) - 1e-9)))
