"""The picture that an image translator starts from, or that an encoder turns into a latent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from latentlab.latents.recipe import PhotoSource, Recipe, SeedSource
from latentlab.qt.session.session import Session, new_seed
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.widgets.icon_button import Button

from .recipe_section import RecipeSection


class PhotoSection(RecipeSection):
    """Edits `source` (photos)."""

    shows = ("source",)

    choose_requested = Signal()
    """A picture file shall be chosen."""

    def __init__(self, session: Session, words: Vocabulary, parent: QWidget | None = None) -> None:
        super().__init__(session, words, parent=parent)
        self.set_title(self.tr("Photo"))
        self.set_term("photo")
        can = session.model.capabilities
        self.usable = can.is_translator or can.has_encoder
        if not self.usable:
            self.set_available(False, self.tr("this model takes none"))
            return
        self._path = QLabel()
        self._path.setFont(font(TextRole.HINT))
        self._path.setProperty("tone", "3")
        self._path.setTextFormat(Qt.TextFormat.PlainText)
        self._path.setWordWrap(True)
        self.add_inset(self._path, bottom=4)
        self.choose = Button(self.tr("Choose a photo"), icon_name="image", role="outline", small=True)
        self.choose.setToolTip(self.tr("Or drop one on the window"))
        self.choose.clicked.connect(self.choose_requested)
        self.add_inset(self.choose, bottom=4)
        self.leave = Button(self.tr("Back to a seed"), role="quiet", small=True)
        self.leave.clicked.connect(self._on_leave)
        self.add_inset(self.leave)
        self.show_recipe(self.recipe)

    def show_recipe(self, recipe: Recipe) -> None:
        if not self.usable:
            return
        source = recipe.source
        translator = self.session.model.capabilities.is_translator
        if isinstance(source, PhotoSource):
            self._path.setText("\u200b".join(Path(source.path).name))  # a long name may break anywhere
            self._path.setToolTip(source.path)
        elif translator:
            self._path.setText(self.tr("This model changes pictures: choose a photo, or drop one."))
        else:
            self._path.setText(self.tr("The encoder finds the latent of a photo."))
        self.leave.setVisible(isinstance(source, PhotoSource) and not translator)

    def use(self, photo: PhotoSource) -> None:
        """Start from this photo."""
        self.session.editor.apply(
            self.tr("Photo {0}").format(Path(photo.path).name), replace(self.recipe, source=photo)
        )

    def _on_leave(self) -> None:
        self.session.editor.apply(self.tr("New seed"), replace(self.recipe, source=SeedSource(new_seed())))
