"""Pictures that are marked A or B: what a direction is learned from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from psygnal import Signal

from latentlab.latents.recipe import Recipe

Side = Literal["A", "B"]


class Marks:
    """A has what shall be learned, B has not. Newest last; no picture is on both sides."""

    changed = Signal()

    def __init__(self, more: Iterable[Recipe] = (), less: Iterable[Recipe] = ()) -> None:
        self._sides: dict[Side, dict[Recipe, None]] = {"A": dict.fromkeys(more), "B": dict.fromkeys(less)}

    @property
    def more(self) -> tuple[Recipe, ...]:
        """A."""
        return tuple(self._sides["A"])

    @property
    def less(self) -> tuple[Recipe, ...]:
        """B."""
        return tuple(self._sides["B"])

    def side_of(self, recipe: Recipe) -> Side | None:
        """Which mark a picture has."""
        return next((side for side, marked in self._sides.items() if recipe in marked), None)

    def mark(self, recipes: Iterable[Recipe], side: Side) -> None:
        """Mark pictures, whatever they were marked; if all have this mark already, take it away."""
        recipes = list(recipes)
        away = all(self.side_of(recipe) == side for recipe in recipes)
        for recipe in recipes:
            for marked in self._sides.values():
                marked.pop(recipe, None)
            if not away:
                self._sides[side][recipe] = None
        if recipes:
            self.changed.emit()

    def clear(self) -> None:
        """Take all marks away."""
        for marked in self._sides.values():
            marked.clear()
        self.changed.emit()
