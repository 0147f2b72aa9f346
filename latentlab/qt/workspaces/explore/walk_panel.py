"""Which plane a hand on the picture walks over: a small panel above the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.models.capabilities import Capabilities
from latentlab.qt.session.session import PlaneChoice, new_seed
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.combo_box import ChoiceRow
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.seed_row import SeedRow
from latentlab.qt.widgets.segmented import SegmentedControl

_WIDTH = 320


class WalkPanel(QFrame):
    """Two directions, or four seeds. Every choice takes effect at once; a click elsewhere closes."""

    chosen = Signal(object)
    """PlaneChoice."""

    def __init__(
        self, choice: PlaneChoice, directions: Mapping[str, str], model: Capabilities, parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("pane", "overlay")
        self.setFixedWidth(_WIDTH)
        self._choice = choice
        self.kinds = SegmentedControl([self.tr("Two directions"), self.tr("Four seeds")])
        self.kinds.chosen.connect(self._on_kind)
        self._note = QLabel()
        self._note.setFont(font(TextRole.HINT))
        self._note.setProperty("tone", "3")
        self._note.setWordWrap(True)
        self._note.setContentsMargins(Size.PADDING, 2, Size.PADDING, 4)
        self._directions = self._direction_rows(directions)
        self._seeds = self._seed_rows()
        can_seeds, can_directions = model.z_dim > 0, len(directions) > 1
        self.kinds.setEnabled(can_seeds and can_directions)
        line = QHBoxLayout()
        line.setContentsMargins(Size.PADDING, 0, Size.PADDING, 4)
        line.addWidget(self.kinds)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 10, 0, 10)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self._note)
        layout.addWidget(self._directions)
        layout.addWidget(self._seeds)
        self._show()

    def open_above(self, widget: QWidget) -> None:
        """Appear over a widget, right-aligned with it."""
        self.adjustSize()
        corner = widget.mapToGlobal(QPoint(widget.width() - self.width(), -self.height() - 4))
        self.move(corner)
        self.show()

    def _direction_rows(self, directions: Mapping[str, str]) -> QWidget:
        box, column = _column()
        self.right = ChoiceRow(self.tr("To the right"))
        self.up = ChoiceRow(self.tr("Upwards"))
        named: list[tuple[str, object]] = [(name, direction) for direction, name in directions.items()]
        for row, name, usual in (
            (self.right, "right", self.tr("The first with a slider")),
            (self.up, "up", self.tr("The next with a slider")),
        ):
            row.set_choices([(usual, ""), *named])
            row.chosen.connect(lambda value, name=name: self._choose(**{name: str(value)}))
            column.addWidget(row)
        return box

    def _seed_rows(self) -> QWidget:
        box, column = _column()
        names = (self.tr("Top left"), self.tr("Top right"), self.tr("Bottom left"), self.tr("Bottom right"))
        self.corners = [SeedRow(name) for name in names]
        for corner, row in enumerate(self.corners):
            row.changed.connect(lambda seed, corner=corner: self._set_corner(corner, seed))
            row.randomise_requested.connect(lambda corner=corner: self._set_corner(corner, new_seed()))
            column.addWidget(row)
        self.others = Button(self.tr("Other seeds, from here"), icon_name="dice", role="quiet", small=True)
        self.others.clicked.connect(lambda: self._choose(seeds=()))
        line = QHBoxLayout()
        line.setContentsMargins(Size.PADDING, 6, Size.PADDING, 0)
        line.addWidget(self.others)
        line.addStretch(1)
        column.addLayout(line)
        return box

    def _on_kind(self, index: int) -> None:
        self._choose(kind="seeds" if index else "directions")

    def _set_corner(self, corner: int, seed: int) -> None:
        seeds = list(self._choice.seeds)
        if len(seeds) == 4:
            seeds[corner] = seed
            self._choose(seeds=tuple(seeds))

    def _choose(self, **values: object) -> None:
        self._choice = replace(self._choice, **values)  # type: ignore[arg-type]  # fields of PlaneChoice
        self.chosen.emit(self._choice)
        self._show()

    def show_choice(self, choice: PlaneChoice) -> None:
        """What the choice became."""
        self._choice = choice
        self._show()

    def _show(self) -> None:
        patch = self._choice.kind == "seeds"
        self.kinds.set_current(int(patch))
        self._directions.setVisible(not patch)
        self._seeds.setVisible(patch)
        self.right.set_value(self._choice.right)
        self.up.set_value(self._choice.up)
        if len(self._choice.seeds) == 4:
            for row, seed in zip(self.corners, self._choice.seeds, strict=True):
                row.set_value(seed)
        self._note.setText(
            self.tr("Every corner is a seed; in between they are blended.")
            if patch
            else self.tr("A drag on the picture moves it along both.")
        )
        self.adjustSize()


def _column() -> tuple[QWidget, QVBoxLayout]:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return box, column
