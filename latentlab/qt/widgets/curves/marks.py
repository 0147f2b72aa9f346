"""What happened during a run, on its time axis: checkpoints, warnings, the playhead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyqtgraph as pg  # type: ignore[import-untyped]
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from latentlab.qt.theme.tokens import Tokens, current_tokens

Kind = Literal["checkpoint", "milestone", "warning", "serious", "info"]

_REACH = 6.0
"""Pixels from a mark within which it is meant."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a step."""

    step: float
    kind: Kind
    text: str = ""


class MarksItem(pg.GraphicsObject):  # type: ignore[misc]
    """Dashed lines with a flag at the top; warnings as a triangle at the foot and a faint band."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: tuple[Mark, ...] = ()
        self.playhead: float | None = None

    def boundingRect(self) -> QRectF:
        return self.viewRect() or QRectF()

    def viewRangeChanged(self, *_: object) -> None:
        self.prepareGeometryChange()
        self.update()

    def near(self, step: float, pixel: float) -> Mark | None:
        """The mark that a mouse at `step` means, where a pixel is `pixel` steps wide."""
        found = [mark for mark in self.marks if abs(mark.step - step) <= _REACH * pixel]
        return min(found, key=lambda mark: abs(mark.step - step), default=None)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        transform = painter.worldTransform()
        view = self.viewRect()
        box = transform.mapRect(view)
        tokens = current_tokens()
        painter.save()
        painter.resetTransform()
        painter.setClipRect(box)
        seen = [mark for mark in self.marks if view.left() <= mark.step <= view.right()]
        crowded = len(seen) > box.width() / 12
        for mark in seen:
            x = mark.step * transform.m11() + transform.dx()
            if mark.kind in ("warning", "serious"):
                self._paint_warning(painter, x, box, mark, tokens)
            elif mark.kind == "info":
                _line(painter, x, box, tokens.text_3, Qt.PenStyle.DotLine)
            elif not crowded or mark.kind == "milestone":
                _line(painter, x, box, tokens.line_strong, Qt.PenStyle.DashLine)
                _flag(painter, x, box.top(), tokens.text_3)
        if self.playhead is not None:
            x = self.playhead * transform.m11() + transform.dx()
            _line(painter, x, box, tokens.text, Qt.PenStyle.SolidLine)
        painter.restore()

    def _paint_warning(self, painter: QPainter, x: float, box: QRectF, mark: Mark, tokens: Tokens) -> None:
        colour = tokens.error if mark.kind == "serious" else tokens.warning
        wash = QColor(colour)
        wash.setAlpha(32)
        painter.fillRect(QRectF(x - 10, box.top(), 20, box.height()), wash)
        _line(painter, x, box, colour, Qt.PenStyle.SolidLine)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        foot = box.bottom() - 1
        painter.drawPolygon(QPolygonF([QPointF(x - 6, foot), QPointF(x + 6, foot), QPointF(x, foot - 11)]))


def _line(painter: QPainter, x: float, box: QRectF, colour: QColor, style: Qt.PenStyle) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(colour, 1.0, style))
    painter.drawLine(QPointF(round(x), box.top()), QPointF(round(x), box.bottom()))


def _flag(painter: QPainter, x: float, top: float, colour: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    x = round(x)
    corners = ((x - 4, top), (x + 5, top), (x + 5, top + 6), (x + 0.5, top + 10), (x - 4, top + 6))
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
