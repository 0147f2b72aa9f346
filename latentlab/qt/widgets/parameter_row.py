"""A named number: slider and field, with dice, reset and lock."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from latentlab.qt.theme.tokens import Size

from .number_field import NumberField
from .row import Row, RowIcon
from .slider import Slider

_GAP = 8


class ParameterRow(Row):
    """Shows one number and reports edits of it; `set_*` never emit."""

    changing = Signal(float)
    changed = Signal(float)
    action_triggered = Signal()

    def __init__(
        self,
        label: str,
        *,
        limits: tuple[float, float] = (0.0, 1.0),
        default: float = 0.0,
        decimals: int = 2,
        step: float | None = None,
        signed: bool = False,
        suffix: str = "",
        tooltip: str = "",
        lockable: bool = True,
        randomisable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, tooltip, parent)
        self.slider = Slider(limits=limits, default=default, decimals=decimals, step=step, parent=self)
        self.field = NumberField(limits=limits, default=default, decimals=decimals, step=step, parent=self)
        for control in (self.slider, self.field):
            control.set_format(signed=signed, suffix=suffix)
            control.setToolTip(tooltip or label)
            control.setAccessibleName(label)
        self._dice: RowIcon | None = None
        self._lock: RowIcon | None = None
        self._action: RowIcon | None = None
        if randomisable:
            self._dice = self._add_icon("dice", self.tr("Randomise"))
            self._dice.clicked.connect(self.randomise_requested)
        self._reset = self._add_icon("reset", self.tr("Reset"))
        self._reset.clicked.connect(self.field.reset)
        if lockable:
            self._lock = self._add_lock(resting=True)
        self.slider.changing.connect(self._on_slider_changing)
        self.field.changing.connect(self._on_field_changing)
        self.slider.changed.connect(self.changed)
        self.field.changed.connect(self.changed)

    def sizeHint(self) -> QSize:
        return QSize(Size.INSPECTOR, Size.ROW)

    def value(self) -> float:
        return self.field.value()

    def set_value(self, value: float) -> None:
        self.slider.set_value(value)
        self.field.set_value(value)
        self._show_state()

    def set_default(self, default: float) -> None:
        self.slider.set_default(default)
        self.field.set_default(default)
        self._show_state()

    def set_limits(self, low: float, high: float) -> None:
        self.slider.set_limits(low, high)
        self.field.set_limits(low, high)
        self._show_state()

    def set_mixed(self, mixed: bool) -> None:
        self.slider.set_mixed(mixed)
        self.field.set_mixed(mixed)
        self._show_state()

    def set_locked(self, locked: bool) -> None:
        if self._lock is not None:
            self._lock.blockSignals(True)
            self._lock.setChecked(locked)
            self._lock.blockSignals(False)
        self._apply_lock(locked)

    def set_action(self, icon_name: str, tooltip: str) -> None:
        """An icon of this row's own in the last column; `action_triggered` reports it."""
        self._action = self._add_icon(icon_name, tooltip, resting=True)
        self._action.clicked.connect(self.action_triggered)
        self._action.show()
        self._place()

    def is_changed(self) -> bool:
        return self.field.is_changed()

    def _apply_lock(self, locked: bool) -> None:
        self.slider.set_locked(locked)
        self.field.set_locked(locked)
        super()._apply_lock(locked)
        self._show_state()

    def _show_state(self) -> None:
        self.setProperty("changed", self.is_changed())
        self._reset.setEnabled(self.is_changed() and not self.is_locked())
        if self._dice is not None:
            self._dice.setEnabled(not self.is_locked())
        self.update()

    def _on_slider_changing(self, value: float) -> None:
        self.field.set_value(value)
        self._show_state()
        self.changing.emit(value)

    def _on_field_changing(self, value: float) -> None:
        self.slider.set_value(value)
        self._show_state()
        self.changing.emit(value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        right = self.width() - Size.PADDING + 1
        last = self._lock or self._action
        if last is not None:
            last.move(right - last.width(), (Size.ROW - last.height()) // 2)
        if self._action is not None and last is not self._action:
            right -= Size.ROW_ICON
            self._action.move(right - Size.ROW_ICON, (Size.ROW - self._action.height()) // 2)
        right -= Size.ROW_ICON + _GAP - 2
        self.field.setGeometry(right - Size.VALUE_FIELD - 2, 1, Size.VALUE_FIELD + 2, self.field.height())
        label_end = Size.PADDING + Size.LABEL_COLUMN
        self.slider.setGeometry(
            label_end,
            (Size.ROW - self.slider.height()) // 2,
            self.field.x() - _GAP - label_end,
            self.slider.height(),
        )
        x = label_end - 4
        for icon in (self._reset, self._dice):
            if icon is not None:
                x -= icon.width()
                icon.move(x, (Size.ROW - icon.height()) // 2)
