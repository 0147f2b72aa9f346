"""What every control of one number shares: range, default, stepping by wheel and keys, lock, mixed values."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from latentlab.qt.theme.numbers import MIXED, format_number

FINE = 0.1
COARSE = 10.0
_WHEEL_NOTCH = 120
_WHEEL_PAUSE_MS = 400
_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Left: -1}
_PAGES = {Qt.Key.Key_PageUp: 1, Qt.Key.Key_PageDown: -1}


def pace(modifiers: Qt.KeyboardModifier) -> float:
    """How much faster than plain a change goes: Shift is fine, Ctrl is coarse."""
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return FINE
    return COARSE if modifiers & Qt.KeyboardModifier.ControlModifier else 1.0


class ValueControl(QWidget):
    """A number that a hand can move. Setters never emit.

    `changing` follows the hand; `changed` comes once when it lets go, so that one gesture (a drag, one turn of
    the wheel, one held key) is one step to undo.
    """

    changing = Signal(float)
    changed = Signal(float)

    def __init__(
        self,
        *,
        limits: tuple[float, float] = (0.0, 1.0),
        default: float = 0.0,
        decimals: int = 2,
        step: float | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`limits` are inclusive; `step` (one key press or wheel notch) is a hundredth of them unless told."""
        super().__init__(parent)
        self._limits = limits
        self._default = default
        self._decimals = decimals
        self._step = step
        self._value = default
        self._signed = False
        self._suffix = ""
        self._locked = False
        self._mixed = False
        self._unsettled = False
        self._entered_at = QPoint()
        self._wheel_rest = 0
        self._wheel_pause = QTimer(self, singleShot=True, interval=_WHEEL_PAUSE_MS)
        self._wheel_pause.timeout.connect(self._settle)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    # Data in.

    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        """Show `value`; emits nothing. One outside the limits is shown as it is; only edits keep to the limits."""
        self._value = value
        self._mixed = False
        self._refresh()

    def limits(self) -> tuple[float, float]:
        return self._limits

    def set_limits(self, low: float, high: float) -> None:
        self._limits = (low, high)
        self._refresh()

    def default(self) -> float:
        return self._default

    def set_default(self, default: float) -> None:
        self._default = default
        self._refresh()

    def set_format(
        self, *, decimals: int | None = None, signed: bool | None = None, suffix: str | None = None
    ) -> None:
        """How the value is written; what is not given stays."""
        self._decimals = self._decimals if decimals is None else decimals
        self._signed = self._signed if signed is None else signed
        self._suffix = self._suffix if suffix is None else suffix
        self._refresh()

    def set_locked(self, locked: bool) -> None:
        """A locked control shows its value and takes no edit."""
        self._locked = locked
        self._refresh()

    def is_locked(self) -> bool:
        return self._locked

    def set_mixed(self, mixed: bool) -> None:
        """Show that what is selected has different values; the next edit gives all the same."""
        self._mixed = mixed
        self._refresh()

    def is_mixed(self) -> bool:
        return self._mixed

    def is_changed(self) -> bool:
        """Whether the value differs from the default as written."""
        return not self._mixed and self._written(self._value) != self._written(self._default)

    def text(self) -> str:
        return MIXED if self._mixed else self._written(self._value)

    # Data out.

    def edit(self, value: float) -> None:
        """Change the value as a finished edit of the user."""
        self._move_to(value)
        self._settle()

    def reset(self) -> None:
        """Back to the default, as an edit of the user."""
        self.edit(self._default)

    def _refresh(self) -> None:
        self.setAccessibleDescription(self.text())
        self.update()

    def _written(self, value: float) -> str:
        return format_number(value, self._decimals, signed=self._signed, suffix=self._suffix)

    def _clamped(self, value: float) -> float:
        low, high = self._limits
        return min(max(value, low), high)

    def _step_size(self) -> float:
        if self._step is not None:
            return self._step
        return max((self._limits[1] - self._limits[0]) / 100, 10.0**-self._decimals)

    def _editable(self) -> bool:
        return self.isEnabled() and not self._locked

    def _move_to(self, value: float) -> None:
        """One moment of an edit."""
        value = self._clamped(round(value, self._decimals + 1) if self._decimals else float(round(value)))
        if not self._editable() or (value == self._value and not self._mixed):
            return
        self._value = value
        self._mixed = False
        self._unsettled = True
        self._refresh()
        self.changing.emit(value)

    def _settle(self) -> None:
        """The end of an edit."""
        self._wheel_pause.stop()
        if self._unsettled:
            self._unsettled = False
            self.changed.emit(self._value)

    # Wheel: only after the pointer itself moved here, so that scrolling a panel never edits what passes by.

    def enterEvent(self, event: QEnterEvent) -> None:
        self._entered_at = event.globalPosition().toPoint()
        super().enterEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.globalPosition().toPoint() != self._entered_at:
            self._entered_at = QPoint(-1, -1)
        super().mouseMoveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        meant = self.hasFocus() or self._entered_at == QPoint(-1, -1)
        if not self._editable() or not meant:
            event.ignore()
            return
        delta = event.angleDelta()
        self._wheel_rest += delta.y() or delta.x()  # Alt and Shift may turn the wheel sideways
        notches, rest = divmod(abs(self._wheel_rest), _WHEEL_NOTCH)
        sign = 1 if self._wheel_rest > 0 else -1
        self._wheel_rest = sign * rest
        if notches:
            self._move_to(self._value + sign * notches * self._step_size() * pace(event.modifiers()))
            self._wheel_pause.start()
        event.accept()

    # Keys.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        amount = self._step_size() * pace(event.modifiers())
        if key in _STEPS:
            self._move_to(self._value + _STEPS[key] * amount)
        elif key in _PAGES:
            self._move_to(self._value + _PAGES[key] * COARSE * self._step_size())
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.reset()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        if Qt.Key(event.key()) in _STEPS or Qt.Key(event.key()) in _PAGES:
            self._settle()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._settle()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        # Left and right step this control before they are anybody's shortcut (previous and next seed).
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            steps = Qt.Key(event.key()) in _STEPS or Qt.Key(event.key()) in _PAGES
            if steps and self._editable():
                event.accept()
                return True
        return super().event(event)
