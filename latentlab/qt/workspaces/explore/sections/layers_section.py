"""What each block of the network has drawn, after which one to stop, and edits of what they hand on."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.widgets.combo_box import ChoiceRow
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.layer_strip import LayerPicture, LayerStrip

from .edit_menu import described, edit_menu
from .edits_list import EditsList
from .recipe_section import RecipeSection

_MOST_PICTURES = 16


class LayersSection(RecipeSection):
    """Edits `stop_after` and `edits`."""

    shows = ("stop_after", "edits")

    features_wanted = Signal(str, object)
    """Name of a block whose feature maps shall be shown, and the channels to choose there."""

    def __init__(self, session: Session, words: Vocabulary, parent: QWidget | None = None) -> None:
        super().__init__(session, words, parent=parent)
        self.set_title(self.tr("Layers"))
        self.set_term("layers")
        blocks = session.model.blocks
        self.pictured = _spread([block.name for block in blocks], _MOST_PICTURES)
        """Names of the blocks whose pictures are in the strip."""
        self.strip = LayerStrip()
        by_name = {block.name: block for block in blocks}
        self.strip.set_layers(
            [
                LayerPicture(name, by_name[name].resolution, is_flat=by_name[name].is_flat)
                for name in self.pictured
            ]
        )
        self.strip.chosen.connect(self._on_chosen)
        self.add_inset(self.strip, top=2, bottom=4)
        last = blocks[-1]
        self.choice = ChoiceRow(
            self.tr("Stop after"), tooltip=self.tr("The last block that runs (stop_after)")
        )
        self.choice.set_choices(
            [
                (self.tr("Last layer ({0} px)").format(last.resolution), ""),
                *((described(self, block), block.name) for block in reversed(blocks[:-1])),
            ]
        )
        self.choice.chosen.connect(self._stop_after)
        self.add(self.choice)
        self.edits = EditsList(session)
        self.edits.shown.connect(lambda edit: self.features_wanted.emit(edit.block, edit.channels))
        self.add(self.edits)
        self.features = Button(self.tr("Feature maps"), icon_name="layers", role="quiet", small=True)
        self.features.setToolTip(
            self.tr("Every channel of a layer, with its figures; choose some to edit (L)")
        )
        self.features.clicked.connect(lambda: self.features_wanted.emit("", ()))
        self.add_edit = Button(self.tr("Edit a layer"), icon_name="plus", role="quiet", small=True)
        self.add_edit.setToolTip(
            self.tr("Strengthen, silence, turn, move or soften all that a layer hands on")
        )
        self.add_edit.clicked.connect(self._show_edit_menu)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.features)
        row.addWidget(self.add_edit)
        row.addStretch(1)
        self.add_inset(line, top=4)
        self.show_recipe(self.recipe)

    def show_recipe(self, recipe: Recipe) -> None:
        name = recipe.stop_after
        self.choice.set_value(name)
        self.strip.set_current(self.pictured.index(name) if name in self.pictured else None)
        self.edits.show_recipe(recipe)
        acting = sum(not edit.muted for edit in recipe.edits)
        self.set_note(
            "" if not recipe.edits else self.tr("{0} of {1} edits act").format(acting, len(recipe.edits))
        )

    def show_picture(self, name: str, picture: QImage) -> None:
        """The picture of a block's state has been drawn."""
        self.strip.set_pixmap(self.pictured.index(name), QPixmap.fromImage(picture))

    def _show_edit_menu(self) -> None:
        """Layers, and under each what can be done to it."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for block in self.session.model.blocks:
            inner = edit_menu(self, self.session, block.name, ())
            inner.setTitle(described(self, block))
            menu.addMenu(inner)
        menu.popup(self.add_edit.mapToGlobal(QPoint(0, self.add_edit.height() + 2)))

    def _on_chosen(self, index: int | None) -> None:
        self._stop_after("" if index is None else self.pictured[index])

    def _stop_after(self, name: object) -> None:
        self.session.editor.apply(self.tr("Stop after"), replace(self.recipe, stop_after=str(name)))


def _spread(names: list[str], most: int) -> list[str]:
    """At most so many names, evenly, with the first and the last."""
    if len(names) <= most:
        return names
    return [names[round(place * (len(names) - 1) / (most - 1))] for place in range(most)]
