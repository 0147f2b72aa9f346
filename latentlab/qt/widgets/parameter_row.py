"""A named number: slider and field, with dice, reset and lock."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from latentlab.qt.theme.tokens import Size

from .number_field import NumberField
from .number_row import NumberRow
from .row import RowIcon
from .slider import Slider

_GAP = 8


class ParameterRow(NumberRow):
    """One line: label, slider, field, lock; dice and reset appear at the end of the label's room."""

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
        super().__init__(
            label,
            Slider(limits=limits, default=default, decimals=decimals, step=step),
            NumberField(limits=limits, default=default, decimals=decimals, step=step),
            tooltip=tooltip,
            parent=parent,
        )
        for control in (self.slider, self.field):
            control.set_format(signed=signed, suffix=suffix)
        self._action: RowIcon | None = None
        if randomisable:
            self._add_dice()
        self._add_reset()
        if lockable:
            self._add_lock(resting=True)
        self._show_state()

    def sizeHint(self) -> QSize:
        return QSize(Size.INSPECTOR, Size.ROW)

    def set_action(self, icon_name: str, tooltip: str) -> None:
        """An icon of this row's own in the last column; `action_triggered` reports it."""
        self._action = self._add_icon(icon_name, tooltip, resting=True)
        self._action.clicked.connect(self.action_triggered)
        self._action.show()
        self._place()

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
