"""Who gives which layer: the strip with its handles, and how much of coarse, middle and fine is taken."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from latentlab.latents.crossing import GROUPS, Crossing, Group, Units
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.elided_label import ElidedLabel
from latentlab.qt.widgets.number_field import NumberField
from latentlab.qt.widgets.rule import Rule
from latentlab.qt.widgets.slider import Slider
from latentlab.qt.widgets.unit_strip import StripUnit, UnitStrip


class StripPanel(QFrame):
    """Shows a crossing's takes and reports edits of them."""

    amount_moving = Signal(int, float)
    amount_moved = Signal(int, float)
    """Group (0 coarse, 1 middle, 2 fine), 0 ... 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "window")
        self.strip = UnitStrip()
        self._title = QLabel()
        self._title.setFont(font(TextRole.TITLE))
        self._hint = ElidedLabel()
        self._hint.setFont(font(TextRole.HINT))
        self._hint.setProperty("tone", "3")
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._legend = _Legend()
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._title)
        head.addWidget(self._hint, 1)
        head.addWidget(self._legend)
        names = (self.tr("Coarse"), self.tr("Middle"), self.tr("Fine"))
        self.groups = [GroupAmount(name, 100.0 * (name == names[2])) for name in names]
        foot = QGridLayout()
        foot.setHorizontalSpacing(20)
        for group, control in zip(GROUPS, self.groups, strict=True):
            foot.addWidget(control, 0, group)
            foot.setColumnStretch(group, 1)
            control.slider.changing.connect(lambda value, group=group: self._on_moving(group, value))
            control.field.changing.connect(lambda value, group=group: self._on_moving(group, value))
            control.slider.changed.connect(lambda value, group=group: self._on_moved(group, value))
            control.field.changed.connect(lambda value, group=group: self._on_moved(group, value))
        body = QVBoxLayout()
        body.setContentsMargins(16, 8, 16, 8)
        body.setSpacing(4)
        body.addLayout(head)
        body.addWidget(self.strip)
        body.addLayout(foot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Rule(Qt.Orientation.Horizontal, edge=True))
        layout.addLayout(body)

    def show_crossing(self, crossing: Crossing, units: Units) -> None:
        """Show what every layer takes."""
        if units.kind == "layers":
            self._title.setText(self.tr("Layers"))
            hint = self.tr("Drag a handle to move a border, click a layer to flip its source")
        else:
            self._title.setText(self.tr("Parts of the code"))
            numbers = sum(len(part) for part in units.numbers)
            hint = self.tr(
                "This model has one code for the whole picture: {0} numbers in {1} parts, "
                "from layout on the left to colour on the right"
            ).format(numbers, units.count)
        blending = crossing.mode == "blend"
        if blending:
            hint = self.tr("A blend takes everything from all four corners, by nearness")
        self._hint.setText(hint)
        self.strip.setEnabled(not blending)
        taken = [crossing.take(unit) for unit in range(units.count)]
        self.strip.set_units(
            [
                StripUnit(take.weight, caption, take.ingredient.label if take.ingredient is not None else "")
                for take, caption in zip(taken, units.captions, strict=True)
            ],
            crossing.borders,
        )
        ends = (0, *crossing.borders, units.count)
        for group, control in zip(GROUPS, self.groups, strict=True):
            control.show_amount(crossing.amounts[group], ends[group], ends[group + 1] - 1)
            control.setEnabled(not blending and ends[group] < ends[group + 1])

    def _on_moving(self, group: Group, value: float) -> None:
        self.amount_moving.emit(group, value / 100)

    def _on_moved(self, group: Group, value: float) -> None:
        self.amount_moved.emit(group, value / 100)


class GroupAmount(QWidget):
    """Name, layers, slider and per cent of one group."""

    def __init__(self, name: str, default: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = QLabel(name)
        self._name.setFont(font(TextRole.TITLE))
        self._range = QLabel()
        self._range.setProperty("tone", "3")
        self._range.setMinimumWidth(34)
        self.slider = Slider(limits=(0.0, 100.0), default=default, decimals=0, step=1.0)
        self.field = NumberField(limits=(0.0, 100.0), default=default, decimals=0, step=1.0)
        self.field.setFixedWidth(58)
        for control in (self.slider, self.field):
            control.set_format(signed=False, suffix=" %")
            control.setAccessibleName(name)
            control.setToolTip(self.tr("How much of {0} comes from the top picture").format(name.lower()))
        self.slider.changing.connect(self.field.set_value)
        self.field.changing.connect(self.slider.set_value)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._name)
        layout.addWidget(self._range)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.field)

    def show_amount(self, amount: float, first: int, last: int) -> None:
        """Layers `first` to `last` take `amount`, 0 ... 1."""
        text = "–" if last < first else str(first) if first == last else f"{first}–{last}"
        self._range.setText(text)
        self.slider.set_value(100 * amount)
        self.field.set_value(100 * amount)


class _Legend(QWidget):
    """Which colour comes from where."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font(TextRole.HINT))
        self._texts = (self.tr("from the side"), self.tr("from the top"))
        metrics = self.fontMetrics()
        self.setFixedSize(sum(metrics.horizontalAdvance(text) + 36 for text in self._texts), 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        x = 0.0
        for text, colour in zip(self._texts, (tokens.line_strong, tokens.accent), strict=True):
            painter.setOpacity(1.0 if colour is tokens.line_strong else 0.65)
            painter.fillRect(QRectF(x, 3, 14, 9), colour)
            painter.setOpacity(1.0)
            width = painter.fontMetrics().horizontalAdvance(text)
            paint.text(painter, QRectF(x + 20, 0, width + 2, 16), text, tokens.text_3)
            x += width + 36
