"""A few lines with their intervals over one axis, with a cursor that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets.curves.axes import value_text
from latentlab.qt.widgets.curves.readout import Readout

from . import paint
from .ticks import tick_text, ticks

Values = NDArray[np.floating]

_LEFT = 46.0
_FOOT = 30.0
_TOP = 8.0
_LEGEND = 18.0
_RIGHT = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line."""

    name: str
    x: Values
    """(n,) rising."""
    y: Values
    """(n,)."""
    low: Values | None = None
    """(n,) of the interval."""
    high: Values | None = None
    colour: int = 0
    """Place in the palette."""
    dashed: bool = False


class LineChart(QWidget):
    """Hover reads all lines at the nearest x; a click chooses it."""

    clicked = Signal(int)
    """Number of the nearest x of the first line."""

    def __init__(self, x_title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self._x_title = x_title
        self._span = (0.0, 1.0, 0.0, 1.0)
        self._cursor: float | None = None
        self._marked: float | None = None
        self._zero = False
        self._readout = Readout(self)
        self._empty = ""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(180, 110)

    def sizeHint(self) -> QSize:
        return QSize(420, 200)

    @property
    def lines(self) -> tuple[Line, ...]:
        return self._lines

    @property
    def readout(self) -> Readout:
        """The figures under the cursor."""
        return self._readout

    def set_lines(self, lines: Sequence[Line], *, from_zero: bool = False, empty: str = "") -> None:
        """Show these; `from_zero` keeps 0 in view."""
        self._lines = tuple(line for line in lines if len(line.x))
        self._empty = empty
        self._zero = from_zero
        self._span = self._measured()
        self.update()

    def set_marked(self, x: float | None) -> None:
        """A line at an x that is in view elsewhere."""
        self._marked = x
        self.update()

    def _measured(self) -> tuple[float, float, float, float]:
        if not self._lines:
            return 0.0, 1.0, 0.0, 1.0
        xs = np.concatenate([line.x for line in self._lines])
        parts = [
            value for line in self._lines for value in (line.y, line.low, line.high) if value is not None
        ]
        ys = np.concatenate(parts)
        ys = ys[np.isfinite(ys)]
        low, high = (float(ys.min()), float(ys.max())) if len(ys) else (0.0, 1.0)
        if self._zero:
            low, high = min(low, 0.0), max(high, 0.0)
        room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
        bottom = low if self._zero and low == 0 else low - room
        return float(xs.min()), float(xs.max()), bottom, high + room

    # Geometry.

    def plot(self) -> QRectF:
        """Where the lines lie."""
        foot = _FOOT if self._x_title else _FOOT - 12
        head = _TOP + (_LEGEND if len(self._lines) > 1 else 0)
        return QRectF(_LEFT, head, max(self.width() - _LEFT - _RIGHT, 1), max(self.height() - head - foot, 1))

    def place(self, x: float, y: float) -> QPointF:
        """A point in pixels."""
        left, right, bottom, top = self._span
        box = self.plot()
        return QPointF(
            box.left() + (x - left) / ((right - left) or 1.0) * box.width(),
            box.bottom() - (y - bottom) / ((top - bottom) or 1.0) * box.height(),
        )

    def _nearest(self, pixel: float) -> int:
        first = self._lines[0]
        places = np.array([self.place(float(x), 0).x() for x in first.x])
        return int(np.abs(places - pixel).argmin())

    # The hand.

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._lines or not self.plot().adjusted(-6, 0, 6, 0).contains(event.position()):
            self._forget()
            return
        number = self._nearest(event.position().x())
        x = float(self._lines[0].x[number])
        self._cursor = x
        tokens = current_tokens()
        texts = []
        for line in self._lines:
            at = int(np.abs(line.x - x).argmin())
            text = value_text(float(line.y[at]))
            if line.low is not None and line.high is not None:
                text += f"  ({value_text(float(line.low[at]))} – {value_text(float(line.high[at]))})"
            texts.append((line.name, _colour(tokens.series, line.colour), text))
        title = f"{self._x_title} {value_text(x)}" if self._x_title else value_text(x)
        at_point = QPoint(round(self.place(x, 0).x()), round(event.position().y()))
        self._readout.show_at(at_point, title, texts, self.plot().toRect())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._forget()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._lines:
            self.clicked.emit(self._nearest(event.position().x()))

    def _forget(self) -> None:
        self._cursor = None
        self._readout.hide()
        self.update()

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        if not self._lines:
            painter.setFont(font(TextRole.BODY))
            painter.setPen(tokens.text_3)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(12, 0, -12, 0), int(flags), self._empty)
            return
        self._paint_axes(painter)
        if len(self._lines) > 1:
            self._paint_legend(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.plot().adjusted(-4, -4, 4, 4))
        for x, colour in ((self._marked, tokens.accent), (self._cursor, tokens.text_3)):
            if x is not None:
                at = self.place(x, 0).x()
                painter.setPen(QPen(colour, 1))
                painter.drawLine(QPointF(at, self.plot().top()), QPointF(at, self.plot().bottom()))
        for line in self._lines:
            self._paint_line(painter, line, _colour(tokens.series, line.colour))

    def _paint_line(self, painter: QPainter, line: Line, colour: QColor) -> None:
        if line.low is not None and line.high is not None:
            upper = [self.place(x, y) for x, y in zip(line.x.tolist(), line.high.tolist(), strict=True)]
            lower = [self.place(x, y) for x, y in zip(line.x.tolist(), line.low.tolist(), strict=True)]
            wash = QColor(colour)
            wash.setAlphaF(0.18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(wash)
            painter.drawPolygon(QPolygonF([*upper, *reversed(lower)]))
        points = [
            self.place(x, y) for x, y in zip(line.x.tolist(), line.y.tolist(), strict=True) if np.isfinite(y)
        ]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.7, Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine))
        painter.drawPolyline(QPolygonF(points))
        if len(points) <= 24 and not line.dashed:
            painter.setBrush(colour)
            for point in points:
                painter.drawEllipse(point, 2.2, 2.2)

    def _paint_legend(self, painter: QPainter) -> None:
        tokens = current_tokens()
        painter.setFont(font(TextRole.HINT))
        x = _LEFT
        for line in self._lines:
            width = painter.fontMetrics().horizontalAdvance(line.name) + 2.0
            if x + width + 18 > self.width():
                return
            style = Qt.PenStyle.DotLine if line.dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(_colour(tokens.series, line.colour), 2, style))
            painter.drawLine(QPointF(x, 11), QPointF(x + 12, 11))
            paint.text(painter, QRectF(x + 17, 3, width, 16), line.name, tokens.text_2)
            x += width + 32

    def _paint_axes(self, painter: QPainter) -> None:
        tokens = current_tokens()
        painter.setFont(font(TextRole.CAPTION))
        left, right, bottom, top = self._span
        box = self.plot()
        marks, spacing = ticks(bottom, top, max(int(box.height() // 34), 2))
        for value in marks:
            y = self.place(left, value).y()
            painter.fillRect(QRectF(box.left(), round(y), box.width(), 1), tokens.line)
            area = QRectF(0, y - 7, _LEFT - 7, 14)
            text = tick_text(value, spacing) if abs(value) < 1e5 else value_text(value)
            paint.text(painter, area, text, tokens.text_3, Qt.AlignmentFlag.AlignRight)
        marks, spacing = ticks(left, right, max(int(box.width() // 70), 2))
        for value in marks:
            x = self.place(value, bottom).x()
            area = QRectF(min(max(x - 30, 0), self.width() - 60), box.bottom() + 4, 60, 12)
            text = tick_text(value, spacing)
            paint.text(painter, area, text, tokens.text_3, Qt.AlignmentFlag.AlignHCenter)
        if self._x_title:
            area = QRectF(box.left(), self.height() - 13, box.width(), 13)
            paint.text(painter, area, self._x_title, tokens.text_3, Qt.AlignmentFlag.AlignRight)


def _colour(series: Sequence[QColor], place: int) -> QColor:
    return series[place % len(series)]
