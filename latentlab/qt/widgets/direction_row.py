"""One direction in use: name, layers, value, and a filmstrip to drag over."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Signal
from PySide6.QtGui import QColor, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from latentlab.qt.theme.tokens import Size, current_tokens

from .direction_strip import DirectionStrip
from .layer_bar import LayerBar
from .number_field import NumberField
from .number_row import NumberRow

_HEAD = 30
_ICON_GAP = 2


class DirectionRow(NumberRow):
    """A signed weight with its layer range. Setters never emit."""

    layers_changing = Signal(int, int)  # first and last, inclusive
    layers_changed = Signal(int, int)
    remove_requested = Signal()

    def __init__(
        self,
        label: str,
        *,
        limits: tuple[float, float] = (-2.0, 2.0),
        layers: int = 16,
        tooltip: str = "",
        removable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        self.strip = DirectionStrip(limits=limits)
        super().__init__(label, self.strip, NumberField(limits=limits), tooltip=tooltip, parent=parent)
        self.setFixedHeight(Size.DIRECTION_ROW)
        self.strip.set_format(signed=True)
        self.field.set_format(signed=True)
        self.layers = LayerBar(layers, self)
        self.layers.setAccessibleName(self.tr("Layers of {0}").format(label))
        if removable:
            self._add_icon("close", self.tr("Take away")).clicked.connect(self.remove_requested)
        self._add_dice()
        self._add_reset()
        self._add_lock(resting=False)
        self.layers.changing.connect(self.layers_changing)
        self.layers.changed.connect(self.layers_changed)
        self._show_state()

    def sizeHint(self) -> QSize:
        return QSize(Size.INSPECTOR, Size.DIRECTION_ROW)

    def set_pictures(self, pictures: Sequence[QPixmap]) -> None:
        """Five pictures at `picture_values()`, or none for the placeholder."""
        self.strip.set_pictures(pictures)

    def picture_values(self) -> list[float]:
        return self.strip.picture_values()

    def set_layer_count(self, count: int) -> None:
        self.layers.set_count(count)
        self._place()

    def set_layer_range(self, first: int, last: int) -> None:
        self.layers.set_layer_range(first, last)

    def _apply_lock(self, locked: bool) -> None:
        self.layers.set_locked(locked)
        super()._apply_lock(locked)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.layers.set_active(event.type() == QEvent.Type.Enter)
        return super().event(event)

    def _label_rect(self) -> QRect:
        ends = [icon.x() for icon in self._icons if icon.is_shown()]
        if self.layers.count() > 1:
            ends.append(self.layers.x())
        right = min([self.field.x(), *ends]) - 4
        return QRect(Size.PADDING, 0, right - Size.PADDING, _HEAD)

    def _label_colour(self) -> QColor:
        tokens = current_tokens()
        return tokens.text if self.isEnabled() else tokens.text_off

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        right = self.width() - Size.PADDING + 1
        self.field.setGeometry(right - Size.VALUE_FIELD - 2, 3, Size.VALUE_FIELD + 2, self.field.height())
        x = self.field.x() - 9
        if self.layers.count() > 1:
            x -= self.layers.width()
            self.layers.move(x, (_HEAD - self.layers.height()) // 2)
        x -= 8
        for icon in reversed(self._icons):
            x -= icon.width()
            icon.move(x, (_HEAD - icon.height()) // 2)
            x -= _ICON_GAP
        self.strip.setGeometry(Size.PADDING, 25, self.width() - 2 * Size.PADDING, self.strip.height())
        self.strip.lower()
