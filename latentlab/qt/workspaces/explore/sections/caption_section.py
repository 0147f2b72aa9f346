"""What is to be drawn, in words; and a second caption to go towards."""

from __future__ import annotations

import random
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from latentlab.latents.recipe import Recipe
from latentlab.models.caption_words import unknown_words
from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.widgets.caption_field import CaptionField
from latentlab.qt.widgets.parameter_row import ParameterRow

from .recipe_section import RecipeSection


class CaptionSection(RecipeSection):
    """Edits `caption`, `second_caption` and `caption_blend`."""

    shows = ("caption", "second_caption", "caption_blend")

    def __init__(self, session: Session, words: Vocabulary, parent: QWidget | None = None) -> None:
        super().__init__(session, words, parent=parent)
        self.set_title(self.tr("Caption"))
        self.set_term("caption")
        can = session.model.capabilities
        self.first: CaptionField | None = None
        if not can.has_captions:
            self.set_available(False, self.tr("this model reads none"))
            return
        self._known = frozenset(can.caption_words)
        self._examples = can.caption_examples
        self.another = self.add_action("dice", self.tr("Another caption from those it learned with"))
        self.another.setEnabled(bool(self._examples))
        self.another.clicked.connect(self._on_another)
        example = self._examples[0] if self._examples else ""
        self.first = self._field("caption", self.tr("Caption"), example)
        self.hint = QLabel()
        self.hint.setFont(font(TextRole.HINT))
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setProperty("tone", "warning")
        self.hint.setWordWrap(True)
        self.add_inset(self.hint, bottom=4)
        self.second = self._field(
            "second_caption", self.tr("Second caption"), self.tr("Another caption to go towards")
        )
        self.blend: ParameterRow = self.add_row("caption_blend", lockable=False, randomisable=False)
        self.show_recipe(self.recipe)

    def show_recipe(self, recipe: Recipe) -> None:
        if self.first is None:
            return
        self.first.set_text(recipe.caption)
        self.second.set_text(recipe.second_caption)
        self.blend.setEnabled(bool(recipe.second_caption or recipe.caption_blend))
        unknown = unknown_words(f"{recipe.caption} {recipe.second_caption}", self._known)
        if self.session.editor.moving:  # a word that is being typed may still become a known one
            unknown = tuple(word for word in unknown if not any(one.startswith(word) for one in self._known))
        listed = ", ".join(f"“{word}”" for word in unknown[:6]) + ("…" if len(unknown) > 6 else "")
        self.hint.setText(self.tr("Not known to this model, passed over: {0}").format(listed))
        self.hint.setVisible(bool(unknown))
        if recipe.caption or recipe.second_caption:
            self.set_note("")
        else:
            self.set_note(self.tr("none: anything may come"))

    def _field(self, attribute: str, label: str, placeholder: str) -> CaptionField:
        """A field that edits one text of the recipe."""
        field = CaptionField(label, placeholder)
        can = self.session.model.capabilities
        field.set_words(can.caption_words, lambda text: unknown_words(text, self._known))
        editor = self.session.editor
        field.changing.connect(
            lambda text: editor.move(label, attribute, lambda recipe: replace(recipe, **{attribute: text}))
        )
        field.changed.connect(
            lambda text: editor.done(label, attribute, lambda recipe: replace(recipe, **{attribute: text}))
        )
        field.changed.connect(lambda _: self.show_recipe(self.recipe))
        self.add_inset(field, top=2, bottom=4)
        return field

    def _on_another(self) -> None:
        others = [caption for caption in self._examples if caption != self.recipe.caption]
        if others:
            caption = random.choice(others)  # noqa: S311 - for variety, not for secrets
            self.session.editor.apply(self.tr("Another caption"), replace(self.recipe, caption=caption))
