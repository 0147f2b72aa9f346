"""What rows of one number share: a slider and a field that agree, dice, reset and lock."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from .number_field import NumberField
from .row import Row, RowIcon
from .slider import Slider


class NumberRow(Row):
    """Shows one number and reports edits of it; `set_*` never emit."""

    changing = Signal(float)
    changed = Signal(float)

    def __init__(
        self,
        label: str,
        slider: Slider,
        field: NumberField,
        *,
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, tooltip, parent)
        self.slider = slider
        self.field = field
        for control in (slider, field):
            control.setParent(self)
            control.setToolTip(tooltip or label)
            control.setAccessibleName(label)
            control.changed.connect(self.changed)
        self._dice: RowIcon | None = None
        self._reset: RowIcon | None = None
        slider.changing.connect(self._on_slider_changing)
        field.changing.connect(self._on_field_changing)

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

    def is_changed(self) -> bool:
        return self.field.is_changed()

    def _add_dice(self) -> None:
        self._dice = self._add_icon("dice", self.tr("Randomise"))
        self._dice.clicked.connect(self.randomise_requested)

    def _add_reset(self) -> None:
        self._reset = self._add_icon("reset", self.tr("Reset"))
        self._reset.clicked.connect(self.field.reset)

    def _apply_lock(self, locked: bool) -> None:
        self.slider.set_locked(locked)
        self.field.set_locked(locked)
        super()._apply_lock(locked)

    def _show_state(self) -> None:
        if self._reset is not None:
            self._reset.setEnabled(self.is_changed() and not self.is_locked())
        if self._dice is not None:
            self._dice.setEnabled(not self.is_locked())
        super()._show_state()

    def _on_slider_changing(self, value: float) -> None:
        self.field.set_value(value)
        self._show_state()
        self.changing.emit(value)

    def _on_field_changing(self, value: float) -> None:
        self.slider.set_value(value)
        self._show_state()
        self.changing.emit(value)
