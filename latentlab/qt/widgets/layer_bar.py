"""A range of layers as a row of cells."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from latentlab.qt.theme.tokens import current_tokens

from . import paint

_HEIGHT = 10
_PITCH = 4.0
_MOST_WIDTH = 84.0


class LayerBar(QWidget):
    """Drag over the cells to choose a range, double-click for all; Left and Right move it, with Shift its end."""

    changing = Signal(int, int)  # first and last layer, inclusive
    changed = Signal(int, int)

    def __init__(self, count: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = count
        self._first, self._last = 0, count - 1
        self._pressed: int | None = None
        self._unsettled = False
        self._locked = False
        self._active = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_count(count)

    def sizeHint(self) -> QSize:
        return QSize(round(self._pitch() * self._count) + 2, _HEIGHT + 6)

    def set_count(self, count: int) -> None:
        """How many layers there are; a bar of one is of no use and hides."""
        self._count = max(count, 1)
        self._first = min(self._first, self._count - 1)
        self._last = min(self._last, self._count - 1)
        self.setFixedSize(self.sizeHint())
        if self.parentWidget() is not None:
            self.setVisible(self._count > 1)
        self._describe()

    def count(self) -> int:
        return self._count

    def layer_range(self) -> tuple[int, int]:
        return self._first, self._last

    def set_layer_range(self, first: int, last: int) -> None:
        """Show layers `first` to `last`, inclusive; emits nothing."""
        self._first = min(max(first, 0), self._count - 1)
        self._last = min(max(last, self._first), self._count - 1)
        self._describe()

    def set_locked(self, locked: bool) -> None:
        self._locked = locked
        self.update()

    def set_active(self, active: bool) -> None:
        """Whether the hand is on the row that this belongs to."""
        self._active = active
        self.update()

    def _describe(self) -> None:
        self.setToolTip(self.tr("Layers {0} to {1}. Drag to choose").format(self._first, self._last))
        self.setAccessibleDescription(self.toolTip())
        self.update()

    def _pitch(self) -> float:
        return min(_PITCH, _MOST_WIDTH / self._count)

    def _cell_at(self, x: float) -> int:
        return min(max(int((x - 1) / self._pitch()), 0), self._count - 1)

    def _move_to(self, first: int, last: int) -> None:
        first, last = max(first, 0), min(last, self._count - 1)
        if (first, last) == (self._first, self._last):
            return
        self._first, self._last = first, last
        self._unsettled = True
        self._describe()
        self.changing.emit(first, last)

    def _settle(self) -> None:
        if self._unsettled:
            self._unsettled = False
            self.changed.emit(self._first, self._last)

    def _editable(self) -> bool:
        return self.isEnabled() and not self._locked

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._editable():
            self._pressed = self._cell_at(event.position().x())
            self._move_to(self._pressed, self._pressed)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            here = self._cell_at(event.position().x())
            self._move_to(min(here, self._pressed), max(here, self._pressed))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = None
            self._settle()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._editable():
            self._move_to(0, self._count - 1)
            self._settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._editable():
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._move_to(self._first, max(self._last + step, self._first))
        elif self._first + step >= 0 and self._last + step < self._count:
            self._move_to(self._first + step, self._last + step)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._settle()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._settle()
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pitch = self._pitch()
        chosen = tokens.accent_text if self._active and self._editable() else tokens.cell_on
        if not self.isEnabled():
            chosen = tokens.text_off
        gap = 1.0 if pitch >= 3 else 0.5
        for cell in range(self._count):
            inside = self._first <= cell <= self._last
            box = QRectF(1 + cell * pitch, 3, pitch - gap, _HEIGHT)
            painter.fillRect(box, chosen if inside else tokens.cell_off)
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(0.5, 1, -0.5, -1), 2, tokens)
