"""Edits as a hand makes them: what moves between press and release is one step of the history."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from psygnal import Signal

from latentlab.latents.history import History
from latentlab.latents.recipe import Recipe


class Editor:
    """The one way in which the interface changes the recipe."""

    settled = Signal()
    """A hand let go: the picture may be drawn in full."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.moving = False
        """A hand is on a control now."""
        self._gesture = 0

    @property
    def recipe(self) -> Recipe:
        return self.history.recipe

    def move(self, label: str, what: Hashable, change: Callable[[Recipe], Recipe]) -> None:
        """Edit while a hand moves `what`; all moves until `done` undo as one."""
        self.moving = True
        self.history.apply(label, change(self.history.recipe), merge_key=(what, self._gesture))

    def done(self, label: str, what: Hashable, change: Callable[[Recipe], Recipe]) -> None:
        """The hand let go of `what`, or made an edit in one go."""
        self.moving = False
        self.history.apply(label, change(self.history.recipe), merge_key=(what, self._gesture))
        self._gesture += 1
        self.settled.emit()

    def apply(self, label: str, after: Recipe) -> None:
        """An edit in one go: a step of its own."""
        self.moving = False
        self._gesture += 1
        self.history.apply(label, after)
        self.settled.emit()
