"""All curves of a plot as one item: it reads from each series what the view can show, and no more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from latentlab.qt.theme.tokens import Tokens, current_tokens
from latentlab.qt.widgets.curves import raster
from latentlab.qt.widgets.curves.series import Array, Series

_RAW = 0.25
"""How much of a curve's colour its raw line has."""
_HALF = 0.35
"""Pixels by which a line is drawn above and below its place: two thin lines are quicker than a wide one."""
_PLAIN = 4
"""Colours of the palette before dashes begin."""


@dataclass(eq=False, slots=True)
class Trace:
    """One curve of a plot."""

    key: str
    name: str
    """For people."""
    series: Series
    place: int
    """In the palette: colour, then dashes."""
    visible: bool = True

    def colour(self, tokens: Tokens) -> QColor:
        """Of its line."""
        return tokens.series[self.place % len(tokens.series)]

    @property
    def dashed(self) -> bool:
        """Whether it needs more than a colour to be told apart."""
        return self.place >= _PLAIN


class CurvesItem(pg.GraphicsObject):  # type: ignore[misc]
    """Raw curves faintly, smoothed ones over them."""

    def __init__(self) -> None:
        super().__init__()
        self.traces: list[Trace] = []
        self.span = 0.0
        """Points over which curves are smoothed; 0 shows the raw line alone."""
        self.logarithmic = False
        self.hurried = False
        """A hand moves the view: draw coarsely."""
        self.vector = False
        """Draw raw curves as lines, for a file that can be enlarged."""
        self._kept: tuple[QImage, QRectF] | None = None
        """Raw curves as they were painted last, and the view that they show."""

    def boundingRect(self) -> QRectF:
        return self.viewRect() or QRectF()

    def viewRangeChanged(self, *_: object) -> None:
        self.prepareGeometryChange()
        self.update()

    def shown_value(self, value: float) -> float:
        """Where on the y axis a value lies; NaN where a logarithmic one has no place for it."""
        if not self.logarithmic:
            return value
        return float(np.log10(value)) if value > 0 else float("nan")

    def bounds(self, begin: float, end: float) -> tuple[float, float] | None:
        """Lowest and highest place on the y axis of what is visible between two steps; None where nothing is."""
        found = [trace.series.bounds(begin, end) for trace in self.traces if trace.visible]
        values = np.array([self._on_axis(np.array(pair)) for pair in found if pair is not None])
        if not values.size or np.isnan(values).all():
            return None
        return float(np.nanmin(values)), float(np.nanmax(values))

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        view = self.viewRect()
        transform = painter.worldTransform()
        box = transform.mapRect(view)
        if box.width() < 2 or box.height() < 2:
            return
        painter.save()
        painter.resetTransform()
        painter.setClipRect(box)
        shown = [trace for trace in self.traces if trace.visible and len(trace.series)]
        self._paint_raw(painter, shown, view, box, transform)
        if self.span > 0:
            self._paint_smooth(painter, shown, view, box, transform)
        painter.restore()

    def _paint_raw(
        self, painter: QPainter, traces: list[Trace], view: QRectF, box: QRectF, transform: QTransform
    ) -> None:
        tokens = current_tokens()
        if self.vector:
            for trace in traces:
                painter.setPen(QPen(self._raw_colour(trace, tokens), 0.7))
                x, y = trace.series.outline(view.left(), view.right(), int(box.width()))
                for line in raster.polygons(*self._to_pixels(x, y, transform)):
                    painter.drawPolyline(line)
            return
        if self.hurried and self.span > 0 and self._kept is not None:
            image, was = self._kept  # moved and stretched with the view until it rests
            painter.drawImage(transform.mapRect(was), image)
            return
        grain = 2 if self.hurried else 1
        width, height = int(np.ceil(box.width() / grain)), int(np.ceil(box.height()))
        image, pixels = raster.transparent(width, height)
        curves, colours = [], []
        for trace in traces:
            x, y = trace.series.outline(view.left(), view.right(), width)
            columns, rows = self._to_pixels(x, y, transform)
            points = (columns - box.left()) / grain, rows - box.top()
            curves.append(_joined(*points, width) if len(x) < width else points)
            colours.append(self._raw_colour(trace, tokens))
        raster.fill(pixels, curves, colours)
        painter.drawImage(QRectF(box.left(), box.top(), width * grain, height), image)
        self._kept = image.copy(), QRectF(view)

    def _paint_smooth(
        self, painter: QPainter, traces: list[Trace], view: QRectF, box: QRectF, transform: QTransform
    ) -> None:
        tokens = current_tokens()
        columns = int(box.width() / (10 if self.hurried else 3))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for trace in traces:
            pen = QPen(trace.colour(tokens), 1.0)
            if trace.dashed:
                pen.setDashPattern([6.0, 2.0 + trace.place % 3])
            painter.setPen(pen)
            x, y = trace.series.smooth(view.left(), view.right(), columns, self.span)
            for line in raster.polygons(*self._to_pixels(x, y, transform)):
                for shift in (-_HALF, 2 * _HALF):
                    line.translate(0.0, shift)
                    painter.drawPolyline(line)

    def _raw_colour(self, trace: Trace, tokens: Tokens) -> QColor:
        colour = trace.colour(tokens)
        return colour if self.span <= 0 else _mixed(colour, tokens.window)

    def _to_pixels(self, x: Array, y: Array, transform: QTransform) -> tuple[Array, Array]:
        y = self._on_axis(y)
        return x * transform.m11() + transform.dx(), y * transform.m22() + transform.dy()

    def _on_axis(self, values: NDArray[np.float64]) -> Array:
        if not self.logarithmic:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log10(values)
        return np.where(np.isfinite(logs), logs, np.nan)


def _joined(x: Array, y: Array, width: int) -> tuple[Array, Array]:
    """A polyline of few points with one more in every column, so that nothing is left open between them."""
    if len(x) < 2:
        return x, y
    columns = np.arange(max(0.0, np.floor(x[0])), min(width, np.floor(x[-1]) + 1))
    values = np.interp(columns, x, y)
    every = np.concatenate([columns, x])
    order = np.argsort(every, kind="stable")
    return every[order], np.concatenate([values, y])[order]


def _mixed(colour: QColor, ground: QColor) -> QColor:
    """A colour at `_RAW` over an opaque ground."""

    def part(own: int, other: int) -> int:
        return round(_RAW * own + (1 - _RAW) * other)

    return QColor(
        part(colour.red(), ground.red()),
        part(colour.green(), ground.green()),
        part(colour.blue(), ground.blue()),
    )
