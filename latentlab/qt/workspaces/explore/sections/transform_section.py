"""Turning and shifting the picture inside the network, for models that can."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary

from .recipe_section import RecipeSection


class TransformSection(RecipeSection):
    """Edits `transform`."""

    shows = ("transform",)

    def __init__(self, session: Session, words: Vocabulary, parent: QWidget | None = None) -> None:
        super().__init__(session, words, parent=parent)
        self.set_title(self.tr("Position"))
        self.set_term("transform")
        if not session.model.capabilities.has_transform:
            self.set_available(False, self.tr("this model has none"))
            return
        self.set_note(self.tr("inside the network"))
        self.add_row("transform.rotation", suffix="°", decimals=1).slider.set_origin(0.0)
        self.add_row("transform.x").slider.set_origin(0.0)
        self.add_row("transform.y").slider.set_origin(0.0)
