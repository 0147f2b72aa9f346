"""Points of the data and of a model in one plane, with regions outlined; a hand draws around what it wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import own_keys, paint
from .scatter_data import Caught, Points, ScatterData, inside
from .scatter_paint import paint_still

_NEAR = 9.0
"""Pixels within which a point is under the hand."""
_CLICK = 4.0
_PREVIEW = 72.0
_MOST_ZOOM = 40.0


class ScatterMap(QWidget):
    """Left drag draws around points (Shift adds), click takes one; wheel zooms, middle drag pans, 0 fits."""

    caught = Signal(object)
    """Caught, by a hand; empty where nothing was inside."""
    opened = Signal()
    """Enter or a double click: what is chosen shall be shown."""
    region_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = ScatterData()
        self._chosen = Caught()
        self._layer: QPixmap | None = None
        self._zoom, self._middle = 1.0, QPointF(0.5, 0.5)
        self._drawn: list[QPointF] = []
        self._pan: QPointF | None = None
        self._under: tuple[bool, int] | None = None
        self.picture: Callable[[bool, int], QImage | None] = lambda real, index: None
        """Gives the picture of a point: whether it is of the data, and which."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(180, 140)
        self.setAccessibleName(self.tr("Map of training and generated pictures"))

    def sizeHint(self) -> QSize:
        return QSize(460, 340)

    @property
    def data(self) -> ScatterData:
        return self._data

    def set_data(self, data: ScatterData) -> None:
        """Show other points; the view stays where it is."""
        self._data = data
        self._under = None
        self._repaint_points()

    def set_chosen(self, chosen: Caught) -> None:
        """Show points chosen; emits nothing."""
        self._chosen = chosen
        self._repaint_points()

    def chosen(self) -> Caught:
        return self._chosen

    def fit(self) -> None:
        """Show everything."""
        self._zoom, self._middle = 1.0, QPointF(0.5, 0.5)
        self._repaint_points()

    # Geometry.

    def to_screen(self, points: Points) -> Points:
        """Points of the plane (N, 2) in pixels of this widget."""
        left, bottom, right, top = self._data.extent
        unit = np.empty((len(points), 2))
        unit[:, 0] = (points[:, 0] - left) / ((right - left) or 1.0)
        unit[:, 1] = (top - points[:, 1]) / ((top - bottom) or 1.0)
        middle = np.array([self._middle.x(), self._middle.y()])
        size = np.array([self.width(), self.height()], float)
        places: Points = (unit - middle) * self._zoom * size + size / 2
        return places

    def _nearest(self, position: QPointF) -> tuple[bool, int] | None:
        best: tuple[float, bool, int] | None = None
        for real, points in ((False, self._data.generated), (True, self._data.real)):
            if not len(points):
                continue
            away = self.to_screen(points) - (position.x(), position.y())
            squares = (away**2).sum(1)
            index = int(squares.argmin())
            if squares[index] <= _NEAR**2 and (best is None or squares[index] < best[0]):
                best = float(squares[index]), real, index
        return None if best is None else (best[1], best[2])

    def _region_at(self, position: QPointF) -> int:
        for number, region in enumerate(self._data.regions):
            here = np.array([[position.x(), position.y()]])
            if any(inside(self.to_screen(line), here)[0] for line in region.outlines):
                return number
        return -1

    # The hand.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drawn = [event.position()]
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._pan = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        if self._pan is not None:
            moved = here - self._pan
            self._pan = here
            self._move_by(moved)
        elif self._drawn:
            if (here - self._drawn[-1]).manhattanLength() >= 3:
                self._drawn.append(here)
                self.update()
        else:
            under = self._nearest(here)
            if under != self._under:
                self._under = under
                self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan = None
        if event.button() != Qt.MouseButton.LeftButton or not self._drawn:
            return
        drawn, self._drawn = self._drawn, []
        adds = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if _extent(drawn) <= _CLICK:
            self._click(drawn[0], adds)
        else:
            outline = np.array([(point.x(), point.y()) for point in drawn])
            self._catch(
                Caught(
                    tuple(np.flatnonzero(inside(outline, self.to_screen(self._data.real))).tolist()),
                    tuple(np.flatnonzero(inside(outline, self.to_screen(self._data.generated))).tolist()),
                ),
                adds,
            )
        self.update()

    def _click(self, place: QPointF, adds: bool) -> None:
        under = self._nearest(place)
        if under is not None:
            real, index = under
            self._catch(Caught((index,), ()) if real else Caught((), (index,)), adds)
        elif (region := self._region_at(place)) >= 0:
            self.region_clicked.emit(region)
        else:
            self._catch(Caught(), adds)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._nearest(event.position()) is not None:
            self.opened.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        before = self._zoom
        self._zoom = min(max(before * 1.0015 ** event.angleDelta().y(), 1.0), _MOST_ZOOM)
        at = QPointF(event.position().x() / self.width() - 0.5, event.position().y() / self.height() - 0.5)
        self._middle += at / before - at / self._zoom
        self._stay_inside()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Escape and self._chosen != Caught():
            self._catch(Caught(), False)
        elif event.key() == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if own_keys.keep(event, (Qt.Key.Key_0,)):
            return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._under = None
        self.update()

    def _move_by(self, pixels: QPointF) -> None:
        self._middle -= QPointF(
            pixels.x() / self.width() / self._zoom, pixels.y() / self.height() / self._zoom
        )
        self._stay_inside()

    def _stay_inside(self) -> None:
        half = 0.5 / self._zoom
        self._middle = QPointF(
            min(max(self._middle.x(), half), 1 - half), min(max(self._middle.y(), half), 1 - half)
        )
        self._repaint_points()

    def _catch(self, caught: Caught, adds: bool) -> None:
        if adds:
            before = self._chosen
            caught = Caught(
                tuple(sorted({*before.real, *caught.real})),
                tuple(sorted({*before.generated, *caught.generated})),
            )
        self._chosen = caught
        self._repaint_points()
        self.caught.emit(caught)

    # Painting.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._repaint_points()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._repaint_points()
        super().changeEvent(event)

    def _repaint_points(self) -> None:
        self._layer = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        if self._layer is None:
            self._layer = self._painted_points()
        painter.drawPixmap(0, 0, self._layer)
        if len(self._drawn) > 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            wash = QColor(tokens.accent)
            wash.setAlphaF(0.12)
            painter.setBrush(wash)
            painter.setPen(QPen(tokens.accent, 1, Qt.PenStyle.DashLine))
            painter.drawPolygon(QPolygonF(self._drawn))
        elif self._under is not None:
            self._paint_preview(painter, *self._under)
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 2, tokens)

    def _painted_points(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        layer = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        layer.setDevicePixelRatio(ratio)
        layer.fill(current_tokens().window)
        painter = QPainter(layer)
        paint_still(painter, self._data, self._chosen, self.to_screen, QRectF(self.rect()))
        painter.end()
        return layer

    def _paint_preview(self, painter: QPainter, real: bool, index: int) -> None:
        """The picture of the point under the hand, beside it."""
        tokens = current_tokens()
        points = self._data.real if real else self._data.generated
        x, y = self.to_screen(points[index : index + 1])[0]
        painter.setPen(QPen(tokens.text, 1.4))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawEllipse(QPointF(x, y), 5, 5)
        image = self.picture(real, index)
        if image is None:
            return
        left = x + 12 if x + 12 + _PREVIEW < self.width() else x - 12 - _PREVIEW
        top = min(max(y - _PREVIEW / 2, 4), self.height() - _PREVIEW - 22)
        box = QRectF(left, top, _PREVIEW, _PREVIEW)
        frame = box.adjusted(-4, -4, 4, 18)
        paint.rounded(painter, frame, 4, tokens.raised, tokens.line_strong)
        painter.drawImage(box, image)
        painter.setFont(font(TextRole.CAPTION))
        text = self.tr("training") if real else self.tr("generated")
        paint.text(painter, QRectF(box.left(), box.bottom() + 2, box.width(), 14), text, tokens.text_2)


def _extent(drawn: Sequence[QPointF]) -> float:
    xs, ys = [point.x() for point in drawn], [point.y() for point in drawn]
    return max(max(xs) - min(xs), max(ys) - min(ys))
