"""What every section is: a folding part of the inspector that shows the recipe and edits it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

import psygnal
from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from latentlab.latents import paths
from latentlab.latents.randomise import randomised
from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Session, new_seed
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.widgets.parameter_row import ParameterRow
from latentlab.qt.widgets.section import Section


class ValueRow(Protocol):
    """What rows of one value have in common."""

    changing: SignalInstance
    changed: SignalInstance
    lock_toggled: SignalInstance
    randomise_requested: SignalInstance

    def label(self) -> str: ...
    def value(self) -> Any: ...
    def set_value(self, value: Any) -> None: ...
    def set_locked(self, locked: bool) -> None: ...


class RecipeSection(Section):
    """Follows the recipe and the locks of one session."""

    shows: ClassVar[tuple[str, ...]] = ()
    """Fields of the recipe that are shown here: changes of others are none of this section's business."""

    def __init__(
        self, session: Session, words: Vocabulary, *, expanded: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__("", expanded=expanded, parent=parent)
        self.session = session
        self.words = words
        self._bound: dict[str, ValueRow] = {}
        self._followed: list[tuple[psygnal.SignalInstance, Callable[..., Any]]] = []
        self.follow(session.history.changed, self._on_recipe_changed)
        self.follow(session.locks.changed, self._on_lock_changed)

    @property
    def recipe(self) -> Recipe:
        return self.session.history.recipe

    def follow(self, signal: psygnal.SignalInstance, slot: Callable[..., Any]) -> None:
        """Connect to something that may live longer than this section."""
        signal.connect(slot)
        self._followed.append((signal, slot))

    def detach(self) -> None:
        """Follow nothing any more: the section is about to be destroyed."""
        for signal, slot in self._followed:
            signal.disconnect(slot)
        self._followed.clear()

    def show_recipe(self, recipe: Recipe) -> None:
        """Show what is not in a bound row. Must not edit."""

    def add_row(
        self,
        path: str,
        *,
        label: str = "",
        to_recipe: Callable[[Any], Any] = lambda value: value,
        **options: Any,
    ) -> ParameterRow:
        """Append a row for the value at a path, with the name and range that the model gives it.

        Args:
            label: in place of the model's word for it.
            to_recipe: turns the row's value into the recipe's.
            options: further arguments of `ParameterRow`, in place of what the model says.
        """
        editable = self.session.editable(path)
        said: dict[str, Any] = {
            "limits": (editable.low, editable.high),
            "default": editable.default if editable.default is not None else 0.0,
            "decimals": 0 if editable.kind == "integer" else 2,
            "step": editable.step,
            "tooltip": self.words.tooltip(editable),
        }
        row = ParameterRow(label or self.words.label(editable), **{**said, **options})
        self.bind(row, path, to_recipe=to_recipe)
        self.add(row)
        return row

    def bind(
        self, row: ValueRow, path: str, *, to_recipe: Callable[[Any], Any] = lambda value: value
    ) -> None:
        """Let a row show and edit the value at a path of the recipe; its drag is one step to undo."""

        def changed(recipe: Recipe, value: Any) -> Recipe:
            return paths.with_value(recipe, path, to_recipe(value))

        editor = self.session.editor
        row.changing.connect(
            lambda value: editor.move(row.label(), path, lambda recipe: changed(recipe, value))
        )
        row.changed.connect(
            lambda value: editor.done(row.label(), path, lambda recipe: changed(recipe, value))
        )
        row.randomise_requested.connect(lambda: self._randomise(path))
        row.lock_toggled.connect(lambda locked: self.session.locks.set_locked(path, locked))
        self._bound[path] = row
        row.set_locked(self.session.locks.is_locked(path))
        self._show_value(row, path, self.recipe)

    def unbind(self, path: str) -> None:
        """The row of this path is gone."""
        del self._bound[path]

    def row_of(self, path: str) -> ValueRow | None:
        """The row bound to a path."""
        return self._bound.get(path)

    def _show_value(self, row: ValueRow, path: str, recipe: Recipe) -> None:
        value = paths.get(recipe, path)
        if value is not None and value != row.value():
            row.set_value(value)

    def _randomise(self, path: str) -> None:
        editable = self.session.editable(path)
        self.session.editor.apply(
            self.words.label(editable), randomised(self.recipe, editable, seed=new_seed())
        )

    def _on_recipe_changed(self, before: Recipe, after: Recipe) -> None:
        if all(getattr(before, field) == getattr(after, field) for field in self.shows):
            return
        for path, row in self._bound.items():
            self._show_value(row, path, after)
        self.show_recipe(after)

    def _on_lock_changed(self, path: str, locked: bool) -> None:
        row = self._bound.get(path)
        if row is not None:
            row.set_locked(locked)
