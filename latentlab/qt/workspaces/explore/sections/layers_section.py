"""What each block of the network has drawn, and after which one to stop."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QWidget

from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.widgets.combo_box import ChoiceRow
from latentlab.qt.widgets.layer_strip import LayerPicture, LayerStrip

from .recipe_section import RecipeSection

_MOST_PICTURES = 16


class LayersSection(RecipeSection):
    """Edits `stop_after`."""

    shows = ("stop_after",)

    def __init__(self, session: Session, words: Vocabulary, parent: QWidget | None = None) -> None:
        super().__init__(session, words, parent=parent)
        self.set_title(self.tr("Layers"))
        blocks = session.model.blocks
        self.pictured = _spread([block.name for block in blocks], _MOST_PICTURES)
        """Names of the blocks whose pictures are in the strip."""
        self.strip = LayerStrip()
        by_name = {block.name: block for block in blocks}
        self.strip.set_layers([LayerPicture(name, by_name[name].resolution) for name in self.pictured])
        self.strip.chosen.connect(self._on_chosen)
        self.add_inset(self.strip, top=2, bottom=4)
        last = blocks[-1]
        self.choice = ChoiceRow(
            self.tr("Stop after"), tooltip=self.tr("The last block that runs (stop_after)")
        )
        self.choice.set_choices(
            [
                (self.tr("Last layer ({0} px)").format(last.resolution), ""),
                *(
                    (self.tr("{0} ({1} px)").format(block.name, block.resolution), block.name)
                    for block in reversed(blocks[:-1])
                ),
            ]
        )
        self.choice.chosen.connect(self._stop_after)
        self.add(self.choice)
        self.show_recipe(self.recipe)

    def show_recipe(self, recipe: Recipe) -> None:
        name = recipe.stop_after
        self.choice.set_value(name)
        self.strip.set_current(self.pictured.index(name) if name in self.pictured else None)

    def show_picture(self, name: str, picture: QImage) -> None:
        """The picture of a block's state has been drawn."""
        self.strip.set_pixmap(self.pictured.index(name), QPixmap.fromImage(picture))

    def _on_chosen(self, index: int | None) -> None:
        self._stop_after("" if index is None else self.pictured[index])

    def _stop_after(self, name: object) -> None:
        self.session.editor.apply(self.tr("Stop after"), replace(self.recipe, stop_after=str(name)))


def _spread(names: list[str], most: int) -> list[str]:
    """At most so many names, evenly, with the first and the last."""
    if len(names) <= most:
        return names
    return [names[round(place * (len(names) - 1) / (most - 1))] for place in range(most)]
