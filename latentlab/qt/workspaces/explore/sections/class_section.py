"""Which class is shown, or in which shares several are mixed."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from latentlab.latents.recipe import ClassWeight, Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.widgets.class_mixer import ClassMixer, Mixture

from .recipe_section import RecipeSection

_WHAT = "classes"


class ClassSection(RecipeSection):
    """Edits `classes`."""

    shows = ("classes",)

    def __init__(self, session: Session, words: Vocabulary, parent: QWidget | None = None) -> None:
        super().__init__(session, words, parent=parent)
        self.set_title(self.tr("Class"))
        self.set_term("condition")
        self.mixer: ClassMixer | None = None
        count = session.model.capabilities.num_classes
        if not count:
            self.set_available(False, self.tr("this model has none"))
            return
        self._names = session.model.capabilities.class_names or tuple(
            self.tr("Class {0}").format(index) for index in range(count)
        )
        self.mixer = ClassMixer()
        self.mixer.set_classes(self._names)
        self.mixer.changing.connect(self._on_changing)
        self.mixer.changed.connect(self._on_changed)
        self.add(self.mixer)
        self.show_recipe(self.recipe)

    def show_recipe(self, recipe: Recipe) -> None:
        if self.mixer is None:
            return
        classes = recipe.classes or (ClassWeight(0),)
        mixture = tuple((entry.index, entry.weight) for entry in classes)
        if mixture != self.mixer.mixture():
            self.mixer.set_mixture(mixture)
        self.set_note(
            self._names[classes[0].index] if len(classes) == 1 else self.tr("{0} mixed").format(len(classes))
        )

    def show_class(self, index: int) -> None:
        """One pure class."""
        self._on_changed(((index, 1.0),))

    def _on_changing(self, mixture: Mixture) -> None:
        self.session.editor.move(self.tr("Class"), _WHAT, lambda recipe: _with(recipe, mixture))

    def _on_changed(self, mixture: Mixture) -> None:
        self.session.editor.done(self.tr("Class"), _WHAT, lambda recipe: _with(recipe, mixture))


def _with(recipe: Recipe, mixture: Mixture) -> Recipe:
    return replace(recipe, classes=tuple(ClassWeight(index, weight) for index, weight in mixture))
