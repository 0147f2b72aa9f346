"""The plane of two directions that a drag walks over, as a small map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Tokens, current_tokens

from . import paint
from .icon_button import IconButton

_PADDING = 8.0
_HEAD = 16.0
_FIELD = 132.0
_STEP = 0.02  # of the limit, per key press
_TRAIL = 400
_CORNER = 34.0


class WalkPlane(QWidget):
    """Drag the dot, or walk with the arrows; Backspace and a double click go back to the middle.

    Setters never emit. `changing` follows the hand, `changed` comes once at the end.
    """

    changing = Signal(float, float)
    changed = Signal(float, float)
    choice_requested = Signal()  # another plane is wanted

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = ("", "")
        self._limit = 2.0
        self._point = QPointF(0.0, 0.0)
        self._trail: list[QPointF] = []
        self._dragging = False
        self._unsettled = False
        self._corners: list[QPixmap] | None = None
        """Pictures at the corners of a patch: top left, top right, bottom left, bottom right."""
        self._seeds: tuple[int, ...] = ()
        self._off_plane = False
        self._choose = IconButton(
            "chevron-down", self.tr("Choose the plane"), width=16, icon_size=12, parent=self
        )
        self._choose.setFixedSize(15, 16)
        self._choose.clicked.connect(self.choice_requested)
        self._choose.move(round(_PADDING) + 51, round(_PADDING) - 1)
        self.setFixedSize(self.sizeHint())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Walk plane"))

    def sizeHint(self) -> QSize:
        return QSize(round(_FIELD + 2 * _PADDING), round(_FIELD + _HEAD + 2 * _PADDING + 4))

    def set_axes(self, right: str, up: str) -> None:
        """Names of what grows to the right and upwards."""
        self._names = (right, up)
        self._corners = None
        self.setToolTip(self.tr("{0} to the right, {1} upwards. Drag to walk").format(right, up))
        self.clear_trail()

    def set_patch(self, seeds: Sequence[int]) -> None:
        """The plane between four seeds: top left, top right, bottom left, bottom right."""
        self._names = ("", "")
        self._seeds = tuple(seeds)
        self._corners = [QPixmap() for _ in seeds]
        self._limit = 1.0
        self.setToolTip(self.tr("Between the seeds {0}. Drag to walk").format(", ".join(map(str, seeds))))
        self.clear_trail()

    def seeds(self) -> tuple[int, ...]:
        """Of the patch; empty where the plane is one of directions."""
        return self._seeds if self._corners is not None else ()

    def set_corner(self, corner: int, pixmap: QPixmap) -> None:
        """The picture of a corner has been drawn."""
        if self._corners is not None:
            self._corners[corner] = pixmap
            self.update()

    def set_off_plane(self, off: bool) -> None:
        """The picture does not lie on this plane: no dot is shown."""
        self._off_plane = off
        self.update()

    def set_limit(self, limit: float) -> None:
        """The plane reaches from -limit to limit on both axes."""
        self._limit = limit
        self.update()

    def point(self) -> tuple[float, float]:
        return self._point.x(), self._point.y()

    def set_point(self, right: float, up: float) -> None:
        """Where the picture is; the way there is drawn."""
        here = QPointF(right, up)
        if here != self._point:
            self._trail = [*self._trail[-_TRAIL:], here]
        self._point = here
        self.setAccessibleDescription(self._written())
        self.update()

    def clear_trail(self) -> None:
        """Forget the way and start it here."""
        self._trail = [self._point]
        self.update()

    # Geometry.

    def field(self) -> QRectF:
        """The plane itself, in this widget's coordinates."""
        return QRectF(_PADDING, _PADDING + _HEAD + 4, _FIELD, _FIELD)

    def _title(self) -> QRectF:
        """The words above the plane, up to the sign that they open something."""
        return QRectF(0.0, 0.0, self._choose.geometry().right(), self.field().top())

    def position_of(self, right: float, up: float) -> QPointF:
        centre, scale = self.field().center(), self._scale()
        return QPointF(centre.x() + right * scale, centre.y() - up * scale)

    def _scale(self) -> float:
        """Pixels per unit. A patch ends in the middle of its corners' pictures."""
        reach = _FIELD / 2 if self._corners is None else _FIELD / 2 - 4 - _CORNER / 2
        return reach / self._limit

    def _move_to(self, right: float, up: float) -> None:
        right, up = (min(max(value, -self._limit), self._limit) for value in (right, up))
        if (right, up) != self.point():
            self.set_point(right, up)
            self._unsettled = True
            self.changing.emit(right, up)

    def _settle(self) -> None:
        if self._unsettled:
            self._unsettled = False
            self.changed.emit(*self.point())

    # The hand.

    def _follow(self, position: QPointF) -> None:
        offset = (position - self.field().center()) / self._scale()
        self._move_to(offset.x(), -offset.y())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self.field().contains(event.position()):
            self._dragging = True
            self.clear_trail()
            self._follow(event.position())
        elif self._title().contains(event.position()):
            self.choice_requested.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._follow(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False
        self._settle()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.field().contains(event.position()):
            self._move_to(0.0, 0.0)
            self._settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        way = ways.get(Qt.Key(event.key()))
        if way is not None:
            step = self._limit * _STEP
            self._move_to(self._point.x() + way[0] * step, self._point.y() + way[1] * step)
        elif event.key() == Qt.Key.Key_Backspace:
            self._move_to(0.0, 0.0)
            self._settle()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._settle()

    # Painting.

    def _written(self) -> str:
        return ", ".join(format_number(value, 2) for value in self.point())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        frame = QRectF(self.rect())
        paint.rounded(painter, frame, 6, tokens.window, tokens.line)
        painter.setFont(font(TextRole.CAPTION))
        head = QRectF(_PADDING, _PADDING - 1, _FIELD, _HEAD)
        paint.text(painter, head, self.tr("Walk plane"), tokens.text_2)
        written = "" if self._off_plane else self._written()
        paint.text(painter, head, written, tokens.text, Qt.AlignmentFlag.AlignRight)
        field = self.field()
        painter.fillRect(field, tokens.surround)
        if self._corners is None:
            self._paint_axes(painter, field, tokens)
        else:
            self._paint_corners(painter, field, tokens)
        if not self._off_plane:
            self._paint_way(painter, tokens)
        if self.hasFocus():
            paint.focus_ring(painter, frame.adjusted(1, 1, -1, -1), 6, tokens)

    def _paint_corners(self, painter: QPainter, field: QRectF, tokens: Tokens) -> None:
        assert self._corners is not None
        for corner, pixmap in enumerate(self._corners):
            left = field.left() + 4 if corner % 2 == 0 else field.right() - 4 - _CORNER
            top = field.top() + 4 if corner < 2 else field.bottom() - 4 - _CORNER
            rect = QRectF(left, top, _CORNER, _CORNER)
            if pixmap.isNull():
                paint.rounded(painter, rect, 3, tokens.control)
            else:
                paint.cover(painter, rect, pixmap, 3)

    def _paint_axes(self, painter: QPainter, field: QRectF, tokens: Tokens) -> None:
        self._paint_grid(painter, field, tokens)
        inner = field.adjusted(5, 2, -5, -2)
        top, low = QRectF(inner), QRectF(inner)
        top.setHeight(16)
        low.setTop(low.bottom() - 16)
        paint.text(painter, top, f"↑ {self._names[1]}", tokens.text_surround)
        paint.text(painter, low, f"{self._names[0]} →", tokens.text_surround)

    def _paint_grid(self, painter: QPainter, field: QRectF, tokens: Tokens) -> None:
        centre = field.center()
        painter.setPen(QPen(tokens.line_strong, 1))
        painter.drawLine(QPointF(field.left(), centre.y()), QPointF(field.right(), centre.y()))
        painter.drawLine(QPointF(centre.x(), field.top()), QPointF(centre.x(), field.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for share in (0.45, 0.9):
            painter.drawEllipse(centre, share * field.width() / 2, share * field.width() / 2)

    def _paint_way(self, painter: QPainter, tokens: Tokens) -> None:
        painter.save()
        painter.setClipRect(self.field())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(self._trail) > 1:
            painter.setPen(QPen(tokens.accent, 1.2))
            painter.drawPolyline(QPolygonF([self.position_of(p.x(), p.y()) for p in self._trail]))
        if self._trail:
            first = self._trail[0]
            paint.dot(painter, self.position_of(first.x(), first.y()), 4, tokens.accent)
        here = self.position_of(*self.point())
        paint.dot(painter, here, 10, tokens.edge)
        paint.dot(painter, here, 8, tokens.handle)
        painter.restore()
