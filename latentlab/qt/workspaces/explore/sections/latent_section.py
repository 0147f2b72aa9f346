"""Where the picture comes from: its seed, a step nearby, and the raw numbers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from latentlab.latents.recipe import BlendSource, PhotoSource, Recipe, SeedSource, VectorSource
from latentlab.qt.session.session import Session, new_seed
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.widgets.seed_row import SeedRow

from .components_list import ComponentsList
from .recipe_section import RecipeSection


class LatentSection(RecipeSection):
    """Edits `source` (seeds), `nearby` and `components`."""

    shows = ("source", "nearby", "components")

    def __init__(self, session: Session, words: Vocabulary, parent: QWidget | None = None) -> None:
        super().__init__(session, words, parent=parent)
        self.set_title(self.tr("Latent"))
        self.set_term("latent")
        self.components: ComponentsList | None = None
        can = session.model.capabilities
        if not can.z_dim:
            self.set_available(False, self.tr("this model starts from a picture"))
            return
        self.seed = SeedRow(self.tr("Seed"), tooltip=self.tr("Seed of z: the same everywhere"))
        self.bind(self.seed, "source.seed")
        self.add(self.seed)
        self.nearby = self.add_row("nearby.amount", lockable=False, randomisable=False)
        self.nearby.set_action("nearby", self.tr("Another way to go"))
        self.nearby.action_triggered.connect(self._on_reseed_nearby)
        self.components = ComponentsList(self)
        self.add(self.components)
        self.show_recipe(self.recipe)

    def show_recipe(self, recipe: Recipe) -> None:
        if self.components is None:
            return
        self.seed.set_mixed(not isinstance(recipe.source, SeedSource))
        self.components.show_recipe(recipe)
        self.set_note(self._source_in_words(recipe))

    def _source_in_words(self, recipe: Recipe) -> str:
        source = recipe.source
        if isinstance(source, BlendSource):
            return self.tr("blend of {0} seeds").format(len(source.seeds))
        if isinstance(source, VectorSource):
            return self.tr("stored {0}").format(source.space)
        if isinstance(source, PhotoSource):
            return self.tr("from a photo")
        can = self.session.model.capabilities
        space = "W" if can.has_mapping else "z"
        return f"{space}, {format_number(can.z_dim, 0)}"

    def _on_reseed_nearby(self) -> None:
        nearby = replace(self.recipe.nearby, seed=new_seed(), amount=self.recipe.nearby.amount or 0.2)
        self.session.editor.apply(self.tr("Nearby"), replace(self.recipe, nearby=nearby))
