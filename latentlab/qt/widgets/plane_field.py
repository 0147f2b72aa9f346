"""The plane in which two networks play: field, warped grid, real and drawn points, and where they are pulled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import paint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.qt.threads.plane_reading import Plane

_ARROW = 0.14
"""Length of the longest arrow, as a share of the plane's half width."""
_ARM = 3.0
_SHORTEST = 3.0
"""Pixels: shorter arrows would be their barbs alone."""
_LEAST = 160


@dataclass(frozen=True, slots=True)
class Shown:
    """What is painted."""

    field: bool = True
    grid: bool = False
    arrows: bool = True
    points: bool = True


class PlaneField(QWidget):
    """A square as large as fits. Painted once for each plane and size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plane: Plane | None = None
        self._shown = Shown()
        self._empty = ""
        self._cache: QPixmap | None = None
        self.setMinimumSize(_LEAST, _LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("The plane: what the discriminator says of every place, and samples"))

    def sizeHint(self) -> QSize:
        return QSize(360, 360)

    @property
    def plane(self) -> Plane | None:
        """What is painted now."""
        return self._plane

    def show_plane(self, plane: Plane | None, empty: str = "") -> None:
        """Paint this; `empty` is said where there is none."""
        self._plane, self._empty, self._cache = plane, empty, None
        self.update()

    def set_shown(self, shown: Shown) -> None:
        """Choose what is painted."""
        self._shown, self._cache = shown, None
        self.update()

    def square(self) -> QRectF:
        """Where the plane lies."""
        side = min(self.width(), self.height()) - 16.0
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def place_of(self, x: float, y: float) -> QPointF:
        """Where a point of the plane is painted: x to the right, y upwards."""
        square = self.square()
        extent = self._plane.extent if self._plane is not None else 1.0
        return QPointF(
            square.left() + (x / extent + 1) / 2 * square.width(),
            square.bottom() - (y / extent + 1) / 2 * square.height(),
        )

    def _places(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """`place_of` for many points (..., 2)."""
        zero, one = self.place_of(0, 0), self.place_of(1, 1)
        places = points.copy()
        places[..., 0] = points[..., 0] * (one.x() - zero.x()) + zero.x()
        places[..., 1] = points[..., 1] * (one.y() - zero.y()) + zero.y()
        return places

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._cache = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.surround)
        if self._plane is None:
            painter.setFont(font(TextRole.BODY))
            paint.text(painter, self.rect(), self._empty, tokens.text_surround, Qt.AlignmentFlag.AlignHCenter)
            return
        if self._cache is None or self._cache.devicePixelRatio() != self.devicePixelRatioF():
            self._cache = self._painted(self._plane)
        painter.drawPixmap(0, 0, self._cache)

    def _painted(self, plane: Plane) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        tokens = current_tokens()
        pixmap.fill(tokens.surround)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        square = self.square()
        painter.setClipRect(square)
        painter.fillRect(square, tokens.window)
        if self._shown.field:
            painter.drawImage(square, plane.field, QRectF(plane.field.rect()))
            self._paint_contour(painter, plane)
        if self._shown.grid:
            self._paint_grid(painter, plane.grid)
        if self._shown.points:
            self._paint_points(painter, plane)
        if self._shown.arrows:
            self._paint_arrows(painter, plane)
        painter.end()
        return pixmap

    def _paint_contour(self, painter: QPainter, plane: Plane) -> None:
        painter.setPen(QPen(current_tokens().text_2, 1.4))
        pieces = self._places(plane.contour).reshape(-1, 4)
        painter.drawLines([QLineF(*piece) for piece in pieces.tolist()])

    def _paint_grid(self, painter: QPainter, grid: NDArray[np.float32]) -> None:
        colour = QColor(current_tokens().text)
        colour.setAlphaF(0.55)
        painter.setPen(QPen(colour, 1.0))
        places = self._places(grid)
        for lines in (places, places.swapaxes(0, 1)):
            for line in lines.tolist():
                painter.drawPolyline(QPolygonF([QPointF(*point) for point in line]))

    def _paint_points(self, painter: QPainter, plane: Plane) -> None:
        """Real points are dots, generated ones crosses: told apart without their colours too."""
        tokens = current_tokens()
        real = QColor(tokens.text)
        real.setAlphaF(0.75)
        painter.setPen(QPen(real, 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints(QPolygonF([QPointF(*point) for point in self._places(plane.real).tolist()]))
        drawn = self._places(plane.drawn).tolist()
        arms = [QLineF(x - _ARM, y, x + _ARM, y) for x, y in drawn]
        arms += [QLineF(x, y - _ARM, x, y + _ARM) for x, y in drawn]
        self._draw_twice(painter, arms, 1.5)

    def _paint_arrows(self, painter: QPainter, plane: Plane) -> None:
        starts = self._places(plane.drawn)
        ends = self._places(plane.drawn + _ARROW * plane.extent * plane.arrows)
        lines = []
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            line = QLineF(*start, *end)
            if line.length() < _SHORTEST:
                continue
            lines.append(line)
            for turn in (150.0, -150.0):
                barb = QLineF.fromPolar(4.0, line.angle() + turn)
                lines.append(QLineF(line.p2(), line.p2() + barb.p2()))
        self._draw_twice(painter, lines, 1.1)

    def _draw_twice(self, painter: QPainter, lines: list[QLineF], width: float) -> None:
        """In a colour that neither end of the field has, with a dark rim."""
        tokens = current_tokens()
        for colour, wide in ((tokens.edge, width + 1.6), (tokens.series[4], width)):
            painter.setPen(QPen(colour, wide))
            painter.drawLines(lines)
