"""The line above the crossings: how they are laid out, how many, and new sources."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.latents.crossing import MOST_SOURCES, Crossing, Mode
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.number_field import NumberField
from latentlab.qt.widgets.rule import Rule
from latentlab.qt.widgets.segmented import SegmentedControl

_MODES: tuple[Mode, ...] = ("grid", "row", "blend")
_HEIGHT = 40


class MixBar(QFrame):
    """Reports what a person chose; shows a crossing's."""

    mode_chosen = Signal(str)
    size_chosen = Signal(int, int)
    """Rows, columns."""
    new_sources_wanted = Signal()
    add_wanted = Signal(QPoint)
    """Where a menu may open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "window")
        title = QLabel(self.tr("Crossing"))
        title.setFont(font(TextRole.TITLE))
        self.modes = SegmentedControl([self.tr("Grid"), self.tr("Row"), self.tr("Blend")])
        self.modes.set_texts(
            [self.tr("Grid"), self.tr("Row"), self.tr("Blend")],
            [
                self.tr("Every side picture with every top picture"),
                self.tr("One side picture: what coarse, middle and fine bring, one below the other"),
                self.tr("All steps between four pictures"),
            ],
        )
        self.modes.setFixedWidth(210)
        self.modes.setAccessibleName(title.text())
        self.modes.chosen.connect(lambda index: self.mode_chosen.emit(_MODES[index]))
        self.rows, self.columns = (
            NumberField(limits=(1, MOST_SOURCES), default=6, decimals=0, step=1) for _ in range(2)
        )
        for field, name in ((self.rows, self.tr("Rows")), (self.columns, self.tr("Columns"))):
            field.setFixedWidth(40)
            field.setToolTip(name)
            field.setAccessibleName(name)
            field.changed.connect(self._on_size)
        self._note = QLabel()
        self._note.setProperty("tone", "3")
        self.fresh = Button(self.tr("New sources"), icon_name="dice", small=True)
        self.fresh.setToolTip(self.tr("Fresh seeds in place of all that is not locked (R)"))
        self.fresh.clicked.connect(self.new_sources_wanted)
        self.add = Button(self.tr("Add source"), icon_name="plus", role="outline", small=True)
        self.add.setToolTip(self.tr("Another picture at the side. Pictures can also be dropped on the grid"))
        self.add.clicked.connect(
            lambda: self.add_wanted.emit(self.add.mapToGlobal(QPoint(0, self.add.height() + 2)))
        )
        self._size = QLabel(self.tr("Size"))
        times = QLabel("×")
        times.setProperty("tone", "3")
        line = QHBoxLayout()
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(8)
        rule = Rule(Qt.Orientation.Vertical, around=6)
        rule.setFixedHeight(20)
        first: tuple[QWidget, ...] = (title, self.modes, rule, self._size, self.rows, times, self.columns)
        last: tuple[QWidget, ...] = (self._note, self.fresh, self.add)
        for widget in first:
            line.addWidget(widget)
        line.addStretch(1)
        for widget in last:
            line.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line, 1)
        layout.addWidget(Rule(Qt.Orientation.Horizontal, edge=True))
        self.setFixedHeight(_HEIGHT + 1)

    def show_crossing(self, crossing: Crossing) -> None:
        """Show its layout and size."""
        self.modes.set_current(_MODES.index(crossing.mode))
        rows, columns = crossing.shape()
        self.rows.set_value(rows)
        self.columns.set_value(columns)
        self.rows.setEnabled(crossing.mode != "row")

    def set_note(self, text: str) -> None:
        """What is going on."""
        self._note.setText(text)

    def _on_size(self, value: float) -> None:
        self.size_chosen.emit(round(self.rows.value()), round(self.columns.value()))
