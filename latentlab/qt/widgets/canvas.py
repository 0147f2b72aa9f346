"""The picture: zoom, pan, walk, compare. A preview takes the place of a frame without moving anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from . import canvas_paint
from .picture_image import image_of
from .view_transform import ViewTransform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MARGIN = 20
_THRESHOLD = 3
_NOTCH = 120
_ZOOM_PER_NOTCH = 2**0.25
_NEAREST_ABOVE = 1.0
_GRIP = 6.0


class Canvas(QWidget):
    """Shows frames in the geometry of the full picture.

    Wheel zooms at the cursor, middle-drag pans, left-drag walks: `walked` gives the way since the press, to the
    right and upwards, where 1 is the shown picture's shorter side.
    """

    walk_started = Signal()
    walked = Signal(float, float)
    walk_finished = Signal()
    clicked = Signal(QPointF)  # a point of the picture, 0 ... 1 from its top left
    view_changed = Signal(float, bool)  # zoom (1 is a picture pixel per device pixel), whether fitted
    compare_held = Signal(bool)
    pulled_out = Signal()  # a hand with Ctrl drags the picture to another program

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._reduced: tuple[int, QImage] | None = None
        self._compare = QImage()
        self._comparing = False
        self._wipe: float | None = None
        self._gain = 0
        self._difference: tuple[int, int, int, QImage] | None = None
        self._bare = False
        self._smooth: bool | None = None
        self._known_size = False
        self._view = ViewTransform(QSizeF(), QSizeF())
        self._notes = canvas_paint.Notes()
        self._pressed: QPointF | None = None
        self._panned: QPointF | None = None
        self._walking = False
        self._wiping = False
        self._pulling = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Picture"))

    def sizeHint(self) -> QSize:
        return QSize(640, 640)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 160)

    # Data in.

    def set_picture_size(self, width: int, height: int) -> None:
        """Size of the full picture in pixels. Frames of any resolution are shown in it."""
        size = QSizeF(width, height)
        self._known_size = True
        if size != self._view.picture:
            self._view.picture = size
            self.fit()

    def set_frame(self, pixels: NDArray[np.uint8]) -> None:
        """Show uint8 RGB (H, W, 3). The first frame gives the size if `set_picture_size` did not."""
        self.set_image(image_of(pixels))

    def set_image(self, image: QImage) -> None:
        """Show a frame that another thread has converted."""
        self._image = image
        self._reduced = None
        if not self._known_size:
            self.set_picture_size(self._image.width(), self._image.height())
        self.update()

    def image(self) -> QImage:
        """What is shown now; null when nothing is."""
        return self._image

    def clear(self) -> None:
        """Forget the picture and its size."""
        self._image = self._compare = QImage()
        self._reduced = None
        self._known_size = False
        self._comparing = False
        self._wipe = None
        self.update()

    def set_compare_frame(self, pixels: NDArray[np.uint8] | None) -> None:
        """The picture to compare with, shown while comparing and left of the wipe."""
        self.set_compare_image(image_of(pixels) if pixels is not None else QImage())

    def set_compare_image(self, image: QImage) -> None:
        """The same, converted by another thread; a null image for none."""
        self._compare = image
        self.update()

    def set_comparing(self, comparing: bool) -> None:
        """Show the other picture instead, for as long as this holds."""
        self._comparing = comparing
        self.update()

    def is_comparing(self) -> bool:
        """Whether the other picture is shown instead."""
        return self._comparing

    def set_wipe(self, wiping: bool) -> None:
        """Show the other picture left of a line that can be dragged."""
        self._wipe = (0.5 if self._wipe is None else self._wipe) if wiping else None
        self.update()

    def set_difference(self, gain: int) -> None:
        """Show how far the picture is from the other one, times a power of two; 0 shows the picture itself."""
        self._gain = gain
        self.update()

    def set_bare(self, bare: bool) -> None:
        """Nothing but the picture, up to the edges."""
        self._bare = bare
        self.fit()

    def set_smooth(self, smooth: bool | None) -> None:
        """How pixels are enlarged; None: plain squares above one screen pixel each."""
        self._smooth = smooth
        self.update()

    def set_info(self, lines: Sequence[str]) -> None:
        """Lines for the upper left corner; hidden where the picture needs the room."""
        self._notes.info = tuple(lines)
        self.update()

    def set_compare_label(self, label: str) -> None:
        """What the corner says while the other picture is shown."""
        self._notes.compare = label

    def set_busy(self, text: str) -> None:
        """A quiet line in the upper right corner while something is prepared; "" takes it away."""
        self._notes.busy = text
        self.update()

    def set_empty(self, title: str, hint: str = "") -> None:
        """What stands here while there is no picture."""
        self._notes.title, self._notes.hint = title, hint
        self.update()

    def set_drop_hint(self, text: str) -> None:
        """What would happen to a file that hovers over the window; "" when none does."""
        self._notes.drop = text
        self.update()

    # The view.

    def zoom(self) -> float:
        return self._view.zoom

    def is_fitted(self) -> bool:
        return self._view.fitted

    def picture_rect(self) -> QRectF:
        """Where the picture lies, in this widget's coordinates."""
        return self._view.rect()

    def picture_point(self, position: QPointF) -> QPointF:
        """Which pixel of the full picture lies at a position of this widget."""
        return self._view.to_picture(position)

    def fit(self) -> None:
        self._view.ratio = self.devicePixelRatioF()
        self._view.fit(0 if self._bare else _MARGIN)
        self._on_view_moved()

    def one_to_one(self) -> None:
        self.set_zoom(1.0)

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        self._view.zoom_to(zoom, at)
        self._on_view_moved()

    def zoom_by(self, notches: float, at: QPointF | None = None) -> None:
        """Zoom in (positive) or out by wheel notches."""
        self.set_zoom(self._view.zoom * _ZOOM_PER_NOTCH**notches, at)

    def _on_view_moved(self) -> None:
        self.update()
        self.view_changed.emit(self._view.zoom, self._view.fitted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._view.pane = QSizeF(self.size())
        self._view.ratio = self.devicePixelRatioF()
        if self._view.fitted and not self._view.picture.isEmpty():
            self.fit()
        super().resizeEvent(event)

    # The hand.

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self._image.isNull():
            self.zoom_by(event.angleDelta().y() / _NOTCH, event.position())
        event.accept()

    def nativeGestureEvent(self, event: QNativeGestureEvent) -> None:
        if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.set_zoom(self._view.zoom * (1 + event.value()), event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panned = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton and not self._image.isNull():
            self._pressed = event.position()
            self._wiping = self._near_wipe(event.position())
            self._pulling = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        if self._panned is not None:
            self._view.pan(here - self._panned)
            self._panned = here
            self._on_view_moved()
        elif self._wiping:
            rect = self.picture_rect()
            self._wipe = min(max((here.x() - rect.left()) / rect.width(), 0.0), 1.0)
            self.update()
        elif self._pressed is not None and self._pulling:
            if (here - self._pressed).manhattanLength() >= QApplication.startDragDistance():
                self._pressed = None
                self.pulled_out.emit()
        elif self._pressed is not None:
            self._walk(here - self._pressed)
        elif self._wipe is not None:
            shape = Qt.CursorShape.SplitHCursor if self._near_wipe(here) else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)

    def _walk(self, moved: QPointF) -> None:
        if not self._walking and max(abs(moved.x()), abs(moved.y())) >= _THRESHOLD:
            self._walking = True
            self.walk_started.emit()
        if self._walking:
            rect = self.picture_rect()
            side = max(min(rect.width(), rect.height()), 1.0)
            self.walked.emit(moved.x() / side, -moved.y() / side)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panned = None
            self.unsetCursor()
        elif event.button() == Qt.MouseButton.LeftButton and self._pressed is not None:
            rect = self.picture_rect()
            inside = rect.contains(event.position()) and not self._wiping
            self._pressed = None
            self._wiping = False
            if self._walking:
                self._walking = False
                self.walk_finished.emit()
            elif inside:
                offset = event.position() - rect.topLeft()
                self.clicked.emit(QPointF(offset.x() / rect.width(), offset.y() / rect.height()))

    def _near_wipe(self, position: QPointF) -> bool:
        rect = self.picture_rect()
        if self._wipe is None or not rect.top() <= position.y() <= rect.bottom():
            return False
        return abs(position.x() - (rect.left() + self._wipe * rect.width())) <= _GRIP

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._hold_compare(event, held=True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._hold_compare(event, held=False)

    def _hold_compare(self, event: QKeyEvent, *, held: bool) -> None:
        if event.key() != Qt.Key.Key_Backslash:
            event.ignore()
        elif not event.isAutoRepeat():
            self.compare_held.emit(held)

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas_paint.ground(painter, self.rect())
        rect = self.picture_rect()
        if self._image.isNull():
            canvas_paint.empty(painter, QRectF(self.rect()), self._notes)
        elif self._comparing and not self._compare.isNull():
            self._paint_picture(painter, self._compare, rect)
            canvas_paint.info(painter, rect, (self._notes.compare,))
        elif self._gain and not self._compare.isNull():
            self._paint_picture(painter, self._difference_image(), rect)
            canvas_paint.info(painter, rect, self._notes.info)
        else:
            self._paint_picture(painter, self._sized_image(), rect)
            if self._wipe is not None and not self._compare.isNull():
                self._paint_wipe(painter, rect, self._wipe)
            if not self._bare:
                canvas_paint.info(painter, rect, self._notes.info)
        canvas_paint.busy(painter, QRectF(self.rect()), self._notes.busy)
        canvas_paint.drop(painter, QRectF(self.rect()), self._notes.drop)

    def _sized_image(self) -> QImage:
        """The frame, halved beforehand where bilinear sampling alone would skip pixels."""
        shrink = int(self._image.width() / max(self._view.picture.width() * self._view.zoom, 1.0))
        if shrink < 2:
            return self._image
        if self._reduced is None or self._reduced[0] != shrink:
            size = self._image.size() / shrink
            mode = Qt.TransformationMode.SmoothTransformation
            ratio = Qt.AspectRatioMode.IgnoreAspectRatio
            self._reduced = (shrink, self._image.scaled(size.expandedTo(QSize(1, 1)), ratio, mode))
        return self._reduced[1]

    def _difference_image(self) -> QImage:
        """Computed once for each pair of pictures."""
        key = (self._image.cacheKey(), self._compare.cacheKey(), self._gain)
        if self._difference is None or self._difference[:3] != key:
            self._difference = (*key, canvas_paint.difference(self._image, self._compare, self._gain))
        return self._difference[3]

    def _paint_picture(self, painter: QPainter, image: QImage, rect: QRectF) -> None:
        enlarged = rect.width() * self._view.ratio / max(image.width(), 1)
        full = image.width() >= self._view.picture.width()
        nearest = full and (enlarged > _NEAREST_ABOVE if self._smooth is None else not self._smooth)
        smooth = not nearest and abs(enlarged - 1.0) > 1e-6
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        target, source = canvas_paint.visible_part(rect, QRectF(self.rect()), image.size())
        painter.drawImage(target, image, source)

    def _paint_wipe(self, painter: QPainter, rect: QRectF, share: float) -> None:
        x = rect.left() + share * rect.width()
        painter.save()
        painter.setClipRect(QRectF(rect.left(), rect.top(), x - rect.left(), rect.height()))
        self._paint_picture(painter, self._compare, rect)
        painter.restore()
        canvas_paint.wipe_line(painter, rect, x)
