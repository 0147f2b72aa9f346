"""A picture of a plane with named corners of its axes: each place has a colour and can be chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens

from . import own_keys, paint

_FOOT = 16.0
_PREVIEW = 84.0


class PlaneMap(QWidget):
    """Click chooses a place, a double click or Enter opens it; arrows move by one cell."""

    hovered = Signal(object)
    """(row, column) or None."""
    chosen = Signal(int, int)
    """Row and column, by a hand."""
    opened = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._lines = QImage()
        self._axes = ("", "")
        self._under: tuple[int, int] | None = None
        self._current: tuple[int, int] | None = None
        self.picture: Callable[[int, int], QImage | None] = lambda row, column: None
        """The picture of a place, shown beside the hand."""
        self.describe: Callable[[int, int], str] = lambda row, column: ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 160)

    def sizeHint(self) -> QSize:
        return QSize(360, 376)

    def set_plane(self, image: QImage, axes: tuple[str, str], lines: QImage | None = None) -> None:
        """One pixel of `image` per place; `lines`, of any size, lies over it. `axes` name right and up."""
        self._image, self._axes = image, axes
        self._lines = lines if lines is not None else QImage()
        self._under = self._current = None
        self.update()

    def current(self) -> tuple[int, int] | None:
        """Row and column that are chosen."""
        return self._current

    def set_current(self, place: tuple[int, int] | None) -> None:
        """Show a place chosen; emits nothing."""
        self._current = place
        self.update()

    def square(self) -> QRectF:
        """Where the plane lies."""
        side = max(min(self.width() - 2.0, self.height() - _FOOT - 2), 1.0)
        return QRectF((self.width() - side) / 2, 1, side, side)

    def centre(self, row: int, column: int) -> QPointF:
        """The middle of a place in pixels."""
        box = self.square()
        return QPointF(
            box.left() + (column + 0.5) / max(self._image.width(), 1) * box.width(),
            box.top() + (row + 0.5) / max(self._image.height(), 1) * box.height(),
        )

    def place_at(self, position: QPointF) -> tuple[int, int] | None:
        box = self.square()
        if self._image.isNull() or not box.contains(position):
            return None
        column = int((position.x() - box.left()) / box.width() * self._image.width())
        row = int((position.y() - box.top()) / box.height() * self._image.height())
        return min(row, self._image.height() - 1), min(column, self._image.width() - 1)

    # The hand.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._choose(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(*place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place != self._under:
            self._under = place
            self.hovered.emit(place)
            self.update()
        if place is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(place)

    def leaveEvent(self, event: QEvent) -> None:
        self._under = None
        self.hovered.emit(None)
        self.update()

    def event(self, event: QEvent) -> bool:
        if own_keys.keep(event, own_keys.ARROWS):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = _move(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            self.opened.emit(*self._current)
        elif move is not None and not self._image.isNull():
            row, column = self._current or (self._image.height() // 2, self._image.width() // 2)
            self._choose(
                (
                    min(max(row + move[0], 0), self._image.height() - 1),
                    min(max(column + move[1], 0), self._image.width() - 1),
                )
            )
        else:
            super().keyPressEvent(event)

    def _choose(self, place: tuple[int, int]) -> None:
        if place != self._current:
            self._current = place
            self.chosen.emit(*place)
            self.update()

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        tokens = current_tokens()
        painter = QPainter(self)
        box = self.square()
        painter.drawImage(box, self._image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self._lines.isNull():
            painter.drawImage(box, self._lines)
        painter.setFont(font(TextRole.CAPTION))
        foot = QRectF(box.left(), box.bottom() + 3, box.width(), 13)
        paint.text(painter, foot, self.tr("→ {0}").format(self._axes[0]), tokens.text_3)
        up = self.tr("↑ {0}").format(self._axes[1])
        paint.text(painter, foot, up, tokens.text_3, Qt.AlignmentFlag.AlignRight)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._current is not None:
            for colour, width in ((tokens.window, 3.5), (tokens.text, 1.6)):
                painter.setPen(QPen(colour, width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(self.centre(*self._current), 6, 6)
        if self._under is not None:
            self._paint_preview(painter, *self._under)
        if self.hasFocus():
            paint.focus_ring(painter, box, 1, tokens)

    def _paint_preview(self, painter: QPainter, row: int, column: int) -> None:
        tokens = current_tokens()
        image, text = self.picture(row, column), self.describe(row, column)
        if image is None and not text:
            return
        at = self.centre(row, column)
        height = (_PREVIEW if image is not None else 0) + (18 if text else 4)
        painter.setFont(font(TextRole.CAPTION))
        width = max(
            _PREVIEW if image is not None else 0.0, painter.fontMetrics().horizontalAdvance(text) + 4.0
        )
        left = at.x() + 14 if at.x() + 22 + width < self.width() else at.x() - 14 - width
        top = min(max(at.y() - height / 2, 4), self.height() - height - 6)
        frame = QRectF(left - 4, top - 4, width + 8, height + 6)
        paint.rounded(painter, frame, 4, tokens.raised, tokens.line_strong)
        if image is not None:
            painter.drawImage(QRectF(left, top, _PREVIEW, _PREVIEW), image)
        if text:
            area = QRectF(left, frame.bottom() - 18, width, 14)
            paint.text(painter, area, text, tokens.text_2, Qt.AlignmentFlag.AlignHCenter)


def _move(event: QKeyEvent) -> tuple[int, int] | None:
    return {
        Qt.Key.Key_Left: (0, -1),
        Qt.Key.Key_Right: (0, 1),
        Qt.Key.Key_Up: (-1, 0),
        Qt.Key.Key_Down: (1, 0),
    }.get(Qt.Key(event.key()))
