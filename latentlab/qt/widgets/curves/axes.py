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


class StepAxis(pg.AxisItem):  # type: ignore[misc]
    """Steps, below."""

    def __init__(self) -> None:
        super().__init__("bottom")
        dress(self)

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [step_text(value, spacing) for value in values]


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """Values, at the left."""

    def __init__(self) -> None:
        super().__init__("left")
        dress(self)
        self.setWidth(46)

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        if self.logMode:
            return [value_text(10.0**value) for value in values]
        return [f"{value:.{_decimals(spacing)}f}".replace("-", MINUS) for value in values]


class GridItem(pg.GraphicsObject):  # type: ignore[misc]
    """Lines across the plot at the values that an axis names. pyqtgraph's own cost more than all curves."""

    def __init__(self, axis: pg.AxisItem) -> None:
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
        levels = self._axis.tickValues(view.top(), view.bottom(), box.height())
        for value in levels[0][1] if levels else ():
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
