"""How far pictures may stray from the typical one: truncation."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.widgets.parameter_row import ParameterRow

from .recipe_section import RecipeSection


class DiversitySection(RecipeSection):
    """Edits `truncation_psi` and `truncation_cutoff`."""

    shows = ("truncation_psi", "truncation_cutoff")

    def __init__(self, session: Session, words: Vocabulary, parent: QWidget | None = None) -> None:
        super().__init__(session, words, parent=parent)
        self.set_title(self.tr("Diversity"))
        self.set_term("truncation")
        self.cutoff: ParameterRow | None = None
        can = session.model.capabilities
        if not can.has_truncation or not can.num_codes:
            self.set_available(False, self.tr("this model has none"))
            return
        self.set_note(self.tr("typical ← → varied"))
        self.psi = self.add_row("truncation_psi", label=self.tr("Truncation"))
        self.psi.slider.set_origin(0.0)
        self._layers = can.num_codes
        if self._layers > 1:
            self.cutoff = self.add_row(
                "truncation_cutoff",
                label=self.tr("First layers"),
                limits=(0, self._layers),
                default=self._layers,
                to_recipe=lambda value: None if round(value) >= self._layers else round(value),
                randomisable=False,
            )
        self.show_recipe(self.recipe)

    def show_recipe(self, recipe: Recipe) -> None:
        if self.cutoff is not None and recipe.truncation_cutoff is None:
            self.cutoff.set_value(self._layers)
