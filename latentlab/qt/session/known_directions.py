"""The directions of a session's model: found by search, and brought in with pictures from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from psygnal import Signal

from latentlab.latents.recipe import Recipe

if TYPE_CHECKING:
    from latentlab.latents.directions import Direction, DirectionSet
    from latentlab.latents.picture_record import PictureRecord


class KnownDirections:
    """None are known until the search has told; then `all` has them."""

    changed = Signal()

    def __init__(self, brought: Iterable[Direction] = ()) -> None:
        self._brought = {direction.id: direction for direction in brought}
        self._found: DirectionSet | None = None

    @property
    def brought(self) -> tuple[Direction, ...]:
        """Those that cannot be computed again."""
        return tuple(self._brought.values())

    @property
    def all(self) -> DirectionSet | None:
        """Everything that recipes may name; None before the search has told."""
        return self._found.with_directions(self._brought.values()) if self._found is not None else None

    def found(self, directions: DirectionSet) -> None:
        """The search has told."""
        self._found = directions
        self.changed.emit()

    def recipe_of(self, record: PictureRecord) -> Recipe:
        """The record's recipe, after taking in the directions that it brings."""
        assert self._found is not None
        known = self._found.with_directions(self._brought.values())
        recipe, after = record.restored(known)
        brought = {direction.id: direction for direction in after if direction.id not in known}
        if brought:
            self._brought.update(brought)
            self.changed.emit()
        return recipe

    def suffice_for(self, recipe: Recipe) -> bool:
        """Whether every direction that the recipe moves along is known."""
        moved = [weight.direction for weight in recipe.directions if weight.weight]
        known = self.all
        return not moved or (known is not None and all(direction in known for direction in moved))
