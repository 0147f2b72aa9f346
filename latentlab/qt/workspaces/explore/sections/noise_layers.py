"""Strength and seed of each noise map by itself."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentlab.latents import paths
from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session, new_seed
from latentlab.qt.theme.icons import icon
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.parameter_row import ParameterRow


class NoiseLayers(QWidget):
    """Folded until somebody wants it: a large model has nearly twenty maps."""

    row_made = Signal(object, str)
    """ParameterRow and the path that it shall show."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[ParameterRow] = []
        self._names: list[str] = []
        self.fold = Button("", icon_name="chevron-right", role="quiet", small=True)
        self.fold.clicked.connect(lambda: self.unfold(not self.is_unfolded()))
        self.reset = Button(self.tr("All alike"), role="quiet", small=True)
        self.reset.clicked.connect(self._on_reset)
        line = QHBoxLayout()
        line.setContentsMargins(Size.PADDING - 6, 4, Size.PADDING, 2)
        line.addWidget(self.fold)
        line.addStretch(1)
        line.addWidget(self.reset)
        self._box = QWidget()
        self._column = QVBoxLayout(self._box)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._box.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self._box)
        self.show_recipe(session.history.recipe)

    def is_unfolded(self) -> bool:
        return not self._box.isHidden()

    def unfold(self, unfolded: bool) -> None:
        """Show or hide the rows; they are made when they are shown for the first time."""
        if unfolded and not self._rows:
            self._make_rows()
        self._box.setVisible(unfolded)
        self.fold.setIcon(icon("chevron-down" if unfolded else "chevron-right", "text_2"))
        self.show_recipe(self._session.history.recipe)

    def rows(self) -> tuple[ParameterRow, ...]:
        return tuple(self._rows)

    def show_recipe(self, recipe: Recipe) -> None:
        """Which maps have a seed of their own, and whether any differs."""
        own = dict(recipe.noise.seeds)
        for number, row in enumerate(self._rows):
            name = self._names[number]
            row.set_label(self.tr("{0} *").format(name) if number in own else name)
            row.setToolTip(
                self.tr("Seed {0} of its own").format(own[number])
                if number in own
                else self.tr("Noise map {0}: strength beside the others. The dice draws it anew").format(
                    number
                )
            )
        maps = sum(len(block.noise) for block in self._session.model.blocks)
        differing = len({index for index, _ in (*recipe.noise.layers, *recipe.noise.seeds)})
        text = self.tr("Each of {0} layers").format(maps)
        self.fold.setText(text if not differing else self.tr("{0}, {1} differ").format(text, differing))
        self.reset.setVisible(differing > 0)

    def _make_rows(self) -> None:
        number = 0
        for block in self._session.model.blocks:
            for height, width in block.noise:
                row = ParameterRow(
                    self.tr("{0} × {1}").format(width, height),
                    limits=(0.0, 2.0),
                    default=1.0,
                    lockable=False,
                    randomisable=False,
                )
                row.set_action("dice", self.tr("Draw this layer's noise anew"))
                row.action_triggered.connect(lambda number=number: self._reseed(number))
                self._rows.append(row)
                self._names.append(row.label())
                self._column.addWidget(row)
                self.row_made.emit(row, f"noise.layers[{number}]")
                number += 1

    def _reseed(self, number: int) -> None:
        recipe = paths.with_value(self._session.history.recipe, f"noise.seeds[{number}]", new_seed())
        self._session.editor.apply(self.tr("Noise of one layer"), recipe)

    def _on_reset(self) -> None:
        recipe = self._session.history.recipe
        alike = replace(recipe.noise, layers=(), seeds=())
        self._session.editor.apply(self.tr("Noise of all layers alike"), replace(recipe, noise=alike))
