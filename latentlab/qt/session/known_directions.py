"""The directions of a session's model: found by search, a person's own, and brought in with pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from psygnal import Signal

from latentlab.latents.recipe import Recipe

if TYPE_CHECKING:
    from latentlab.latents.directions import Direction, DirectionSet
    from latentlab.latents.own_directions import Note, OwnDirections
    from latentlab.latents.picture_record import PictureRecord

    Change = Callable[[OwnDirections], OwnDirections]


class KnownDirections:
    """None are known until the search has told; then `all` has them."""

    changed = Signal()
    own_changed = Signal(object)
    """A person changed the own ones: the change, for whoever keeps them on disk."""

    def __init__(self, brought: Iterable[Direction] = ()) -> None:
        self._brought = {direction.id: direction for direction in brought}
        self._found: DirectionSet | None = None
        self._own: OwnDirections | None = None
        self._all: DirectionSet | None = None

    @property
    def brought(self) -> tuple[Direction, ...]:
        """Those that came with pictures and cannot be computed again."""
        return tuple(self._brought.values())

    @property
    def own(self) -> OwnDirections:
        """What a person keeps of this model's directions."""
        if self._own is None:
            from latentlab.latents.own_directions import OwnDirections

            self._own = OwnDirections()
        return self._own

    @property
    def all(self) -> DirectionSet | None:
        """Everything that recipes may name; None before the search has told."""
        return self._all

    def note(self, direction: str) -> Note:
        """What a person wrote beside a direction."""
        return self.own.note(direction)

    def is_own(self, direction: str) -> bool:
        """Whether a direction may be deleted: it was learned, imported, or made by a person's wish."""
        return any(item.id == direction for item in self.own.directions)

    def found(self, directions: DirectionSet, own: OwnDirections | None = None) -> None:
        """The search has told, and what a person keeps was read."""
        self._found = directions
        if own is not None:
            self._own = own
        self._gather()

    def change_own(self, change: Change) -> None:
        """Change what a person keeps, here and on disk."""
        self._own = change(self.own)
        self._gather()
        self.own_changed.emit(change)

    def recipe_of(self, record: PictureRecord) -> Recipe:
        """The record's recipe, after taking in the directions that it brings."""
        assert self._all is not None
        known = self._all
        recipe, after = record.restored(known)
        brought = {direction.id: direction for direction in after if direction.id not in known}
        if brought:
            self._brought.update(brought)
            self._gather()
        return recipe

    def suffice_for(self, recipe: Recipe) -> bool:
        """Whether every direction that the recipe moves along is known."""
        moved = [weight.direction for weight in recipe.directions if weight.weight]
        known = self.all
        return not moved or (known is not None and all(direction in known for direction in moved))

    def _gather(self) -> None:
        if self._found is not None:
            self._all = self.own.applied(self._found.with_directions(self._brought.values()))
        self.changed.emit()
