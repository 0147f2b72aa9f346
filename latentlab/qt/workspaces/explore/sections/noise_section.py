"""Per-pixel noise: which, how strong, on all layers or on each."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from latentlab.latents import paths
from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session, new_seed
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.seed_row import SeedRow
from latentlab.qt.widgets.segmented import SegmentedControl

from .noise_layers import NoiseLayers
from .recipe_section import RecipeSection

_MODES = ("const", "random", "none")


class NoiseSection(RecipeSection):
    """Edits `noise`."""

    shows = ("noise",)

    def __init__(self, session: Session, words: Vocabulary, parent: QWidget | None = None) -> None:
        super().__init__(session, words, parent=parent)
        self.set_title(self.tr("Noise"))
        self.set_term("noise")
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
        self.again = Button(self.tr("Draw the noise anew"), icon_name="dice", role="quiet", small=True)
        self.again.setToolTip(self.tr("Other random noise on all layers (mode random, a new seed)"))
        self.again.clicked.connect(self._on_again)
        self.add_inset(self.again, top=4)
        self.layers = NoiseLayers(session)
        self.layers.row_made.connect(self.bind)
        self.add(self.layers)
        self.show_recipe(self.recipe)

    def show_recipe(self, recipe: Recipe) -> None:
        if not self.session.model.capabilities.has_noise:
            return
        noise = recipe.noise
        self.modes.set_current(_MODES.index(noise.mode))
        self.seed.setVisible(noise.mode == "random")
        for widget in (self.strength, self.layers):
            widget.setEnabled(noise.mode != "none")
        self.layers.show_recipe(recipe)
        notes = {
            "const": self.tr("fixed"),
            "random": self.tr("seed {0}").format(noise.seed),
            "none": self.tr("off"),
        }
        self.set_note(notes[noise.mode])

    def _on_again(self) -> None:
        noise = replace(self.recipe.noise, mode="random", seed=new_seed(), seeds=())
        self.session.editor.apply(self.tr("Noise anew"), replace(self.recipe, noise=noise))

    def _on_mode_chosen(self, index: int) -> None:
        self.session.editor.apply(
            self.tr("Noise"), paths.with_value(self.recipe, "noise.mode", _MODES[index])
        )
