"""How points of the data and of a model are painted in one plane."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import paint
from .scatter_data import Caught, Points, Region, ScatterData

ToScreen = Callable[[Points], Points]


def paint_still(
    painter: QPainter, data: ScatterData, chosen: Caught, to_screen: ToScreen, box: QRectF
) -> None:
    """All that stays until data, choice or view change.

    Args:
        painter: of a ground of the window's colour.
        data: what is shown.
        chosen: points that stand out.
        to_screen: from the plane to pixels.
        box: of the widget.
    """
    tokens = current_tokens()
    _frame(painter, data, to_screen, box)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _contours(painter, data, to_screen)
    _regions(painter, data, to_screen)
    some = bool(chosen.real or chosen.generated)
    grey, blue = QColor(tokens.text_2), QColor(tokens.series[0])
    for colour in (grey, blue):
        colour.setAlphaF(0.3 if some else 0.8)
    _dots(painter, to_screen(data.real), grey, 3.2)
    _pluses(painter, to_screen(data.generated), blue, 2.6, 1.0)
    if some:
        _dots(painter, to_screen(_within(chosen.real, data.real)), tokens.text, 4.4)
        drawn = to_screen(_within(chosen.generated, data.generated))
        _pluses(painter, drawn, tokens.accent_text, 3.6, 1.7)
    painter.setFont(font(TextRole.HINT))
    for region in data.regions:
        if region.text and region.outlines:
            _label(painter, region, to_screen, box)
    painter.setPen(QPen(tokens.line, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.drawRect(box.adjusted(0, 0, -1, -1))


def _frame(painter: QPainter, data: ScatterData, to_screen: ToScreen, box: QRectF) -> None:
    """A quarter of the extent per line, which moves along when a hand zooms."""
    left, bottom, right, top = data.extent
    xs, ys = np.linspace(left, right, 5), np.linspace(bottom, top, 5)
    places = to_screen(np.stack([xs, ys], 1))
    painter.setPen(QPen(current_tokens().panel, 1))
    for x, y in places[1:-1]:
        painter.drawLine(QLineF(round(x), 0, round(x), round(box.height())))
        painter.drawLine(QLineF(0, round(y), round(box.width()), round(y)))


def _contours(painter: QPainter, data: ScatterData, to_screen: ToScreen) -> None:
    for line, share in data.contours:
        colour = QColor(current_tokens().series[0])
        colour.setAlphaF(0.14 + 0.3 * share)
        painter.setPen(QPen(colour, 1))
        painter.drawPolyline(_polygon(to_screen(line)))


def _regions(painter: QPainter, data: ScatterData, to_screen: ToScreen) -> None:
    tokens = current_tokens()
    wash = QColor(tokens.warning)
    wash.setAlphaF(0.10)
    for region in data.regions:
        painter.setPen(QPen(tokens.warning, 1.4, Qt.PenStyle.DashLine))
        painter.setBrush(wash)
        for line in region.outlines:
            painter.drawPolygon(_polygon(to_screen(line)))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _label(painter: QPainter, region: Region, to_screen: ToScreen, room: QRectF) -> None:
    tokens = current_tokens()
    largest = _polygon(to_screen(max(region.outlines, key=len))).boundingRect()
    width = painter.fontMetrics().horizontalAdvance(region.text) + 14.0
    if not largest.intersects(room):
        return
    box = QRectF(0, 0, width, 20)
    box.moveCenter(QPointF(largest.center().x(), largest.bottom() + 2))
    box.moveLeft(min(max(box.left(), 4), max(room.width() - width - 4, 4)))
    box.moveTop(min(max(box.top(), 4), room.height() - 24))
    paint.rounded(painter, box, 3, tokens.raised, tokens.warning)
    paint.text(painter, box, region.text, tokens.warning, Qt.AlignmentFlag.AlignHCenter)


def _dots(painter: QPainter, places: Points, colour: QColor, size: float) -> None:
    pen = QPen(colour, size)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPoints(_polygon(places))


def _pluses(painter: QPainter, places: Points, colour: QColor, arm: float, width: float) -> None:
    painter.setPen(QPen(colour, width))
    lines = []
    for x, y in places.tolist():
        lines += [QLineF(x - arm, y, x + arm, y), QLineF(x, y - arm, x, y + arm)]
    painter.drawLines(lines)


def _within(places: Sequence[int], points: Points) -> Points:
    """The points that were chosen, as far as they are there."""
    chosen = np.asarray(places, np.int64)
    return points[chosen[chosen < len(points)]]


def _polygon(points: Points) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])
