"""A seed: one wide field with dice and lock."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from latentlab.qt.theme.tokens import Size

from .number_field import NumberField
from .row import Row


class SeedRow(Row):
    """Whole numbers; the dice asks for a new one (`randomise_requested`)."""

    changing = Signal(object)  # int: seeds exceed Qt's own int
    changed = Signal(object)

    def __init__(
        self,
        label: str,
        *,
        most: int = 2**32 - 1,
        default: int = 0,
        tooltip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, tooltip, parent)
        self.field = NumberField(limits=(0, most), default=default, decimals=0, step=1, parent=self)
        self.field.set_drag_step(0.25)
        self.field.setAccessibleName(label)
        self.field.setToolTip(tooltip or label)
        self._dice = self._add_icon("dice", self.tr("New seed"), resting=True)
        self._dice.clicked.connect(self.randomise_requested)
        self._add_lock(resting=True)
        self.field.changing.connect(self._on_changing)
        self.field.changed.connect(self._on_changed)

    def sizeHint(self) -> QSize:
        return QSize(Size.INSPECTOR, Size.ROW)

    def value(self) -> int:
        return int(self.field.value())

    def set_value(self, seed: int) -> None:
        self.field.set_value(seed)
        self._show_state()

    def set_default(self, seed: int) -> None:
        self.field.set_default(seed)
        self._show_state()

    def set_mixed(self, mixed: bool) -> None:
        self.field.set_mixed(mixed)
        self._show_state()

    def is_changed(self) -> bool:
        return self.field.is_changed()

    def _apply_lock(self, locked: bool) -> None:
        self.field.set_locked(locked)
        self._dice.setEnabled(not locked)
        super()._apply_lock(locked)

    def _on_changing(self, value: float) -> None:
        self._show_state()
        self.changing.emit(int(value))

    def _on_changed(self, value: float) -> None:
        self.changed.emit(int(value))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        right = self.width() - Size.PADDING + 1
        for icon in reversed(self._icons):
            right -= icon.width()
            icon.move(right, (Size.ROW - icon.height()) // 2)
            right -= 6
        left = Size.PADDING + Size.LABEL_COLUMN
        self.field.setGeometry(left, 1, right - left, self.field.height())
