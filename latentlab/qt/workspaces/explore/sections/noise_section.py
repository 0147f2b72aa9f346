"""Per-pixel noise: which, how strong."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from latentlab.latents import paths
from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.widgets.seed_row import SeedRow
from latentlab.qt.widgets.segmented import SegmentedControl

from .recipe_section import RecipeSection

_MODES = ("const", "random", "none")


class NoiseSection(RecipeSection):
    """Edits `noise`."""

    shows = ("noise",)

    def __init__(self, session: Session, words: Vocabulary, parent: QWidget | None = None) -> None:
        super().__init__(session, words, parent=parent)
        self.set_title(self.tr("Noise"))
        if not session.model.capabilities.has_noise:
            self.set_available(False, self.tr("this model has none"))
            return
        modes = [self.tr("Fixed"), self.tr("Random"), self.tr("Off")]
        self.modes = SegmentedControl(modes)
        self.modes.set_texts(
            modes,
            [
                self.tr("The noise that was stored with the model (const)"),
                self.tr("Noise drawn from a seed (random)"),
                self.tr("No noise (none)"),
            ],
        )
        self.modes.chosen.connect(self._on_mode_chosen)
        self.add_inset(self.modes, top=2, bottom=4)
        self.strength = self.add_row("noise.strength")
        self.seed = SeedRow(self.tr("Noise seed"), tooltip=self.tr("Seed of random noise"))
        self.bind(self.seed, "noise.seed")
        self.add(self.seed)
        self.show_recipe(self.recipe)

    def show_recipe(self, recipe: Recipe) -> None:
        if not self.session.model.capabilities.has_noise:
            return
        noise = recipe.noise
        self.modes.set_current(_MODES.index(noise.mode))
        self.seed.setVisible(noise.mode == "random")
        self.strength.setEnabled(noise.mode != "none")
        notes = {
            "const": self.tr("fixed"),
            "random": self.tr("seed {0}").format(noise.seed),
            "none": self.tr("off"),
        }
        self.set_note(notes[noise.mode])

    def _on_mode_chosen(self, index: int) -> None:
        self.session.editor.apply(
            self.tr("Noise"), paths.with_value(self.recipe, "noise.mode", _MODES[index])
        )
