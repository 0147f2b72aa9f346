"""A slider that shows where its default is and what was changed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.tokens import Size, current_tokens

from . import paint
from .value_control import FINE, ValueControl

_HANDLE = 10.0
_TRACK = 3.0


class Slider(ValueControl):
    """Click or drag; Shift is fine; a double click resets. The fill starts at 0, or at the low end."""

    def __init__(
        self,
        *,
        limits: tuple[float, float] = (0.0, 1.0),
        default: float = 0.0,
        decimals: int = 2,
        step: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(limits=limits, default=default, decimals=decimals, step=step, parent=parent)
        self._origin: float | None = None
        self._dragging = False
        self._last_x = 0.0
        self._exact = 0.0
        self.setFixedHeight(Size.FIELD)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, Size.FIELD)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, Size.FIELD)

    def set_origin(self, origin: float | None) -> None:
        """Where the fill starts; None is 0 where the limits enclose it, and the low end otherwise."""
        self._origin = origin
        self.update()

    def origin(self) -> float:
        low, high = self._limits
        if self._origin is not None:
            return self._origin
        return 0.0 if low < 0.0 < high else low

    # Geometry: where values lie.

    def _span(self) -> tuple[float, float]:
        """Left and right end of the values, in pixels."""
        return _HANDLE / 2, self.width() - _HANDLE / 2

    def x_of(self, value: float) -> float:
        low, high = self._limits
        left, right = self._span()
        share = (self._clamped(value) - low) / (high - low) if high > low else 0.0
        return left + share * (right - left)

    def value_at(self, x: float) -> float:
        low, high = self._limits
        left, right = self._span()
        return self._clamped(low + (x - left) / max(right - left, 1.0) * (high - low))

    # The hand.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._editable():
            event.ignore()
            return
        x = event.position().x()
        self._dragging = True
        self._last_x = x
        on_handle = not self._mixed and abs(x - self.x_of(self._value)) <= _HANDLE
        self._exact = self._value if on_handle else self.value_at(x)
        if not on_handle:
            self._move_to(self._exact)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not self._dragging:
            return
        x = event.position().x()
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        left, right = self._span()
        per_pixel = (self._limits[1] - self._limits[0]) / max(right - left, 1.0)
        self._exact += (x - self._last_x) * per_pixel * (FINE if fine else 1.0)
        self._last_x = x
        self._move_to(self._exact)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._dragging:
            self._dragging = False
            self._settle()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset()

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        middle = self.height() / 2
        low_x, high_x = self._span()
        track = QRectF(low_x - _HANDLE / 2, middle - _TRACK / 2, high_x - low_x + _HANDLE, _TRACK)
        paint.rounded(painter, track, _TRACK / 2, tokens.groove)
        tick = round(self.x_of(self._default))
        painter.fillRect(QRectF(min(tick, self.width() - 1), middle - 5, 1, 10), tokens.text_off)
        if self._mixed:
            return
        here, origin = self.x_of(self._value), self.x_of(self.origin())
        if origin <= low_x:
            origin = track.left()
        muted = self._locked or not self.isEnabled()
        fill = tokens.accent if self.is_changed() and self.isEnabled() else tokens.fill
        knob = QColor(tokens.handle)
        if muted:
            fill = QColor(fill)
            fill.setAlphaF(0.62 if self.isEnabled() else 0.4)
            knob = tokens.text_off
        line = QRectF(min(here, origin), middle - _TRACK / 2, abs(here - origin), _TRACK)
        paint.rounded(painter, line, _TRACK / 2, fill)
        self._paint_handle(painter, QPointF(here, middle), knob)

    def _paint_handle(self, painter: QPainter, centre: QPointF, colour: QColor) -> None:
        tokens = current_tokens()
        paint.dot(painter, centre, _HANDLE + 2, tokens.accent if self.hasFocus() else tokens.edge)
        paint.dot(painter, centre, _HANDLE, colour)
