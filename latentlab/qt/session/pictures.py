"""The pictures of a session that are open in tabs: each has a history of its own.

The session's one `History` holds the tree of the picture that is shown; the others wait in histories of their own,
and choosing one exchanges the trees. So whatever follows the session's history follows the shown picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from psygnal import Signal

from latentlab.latents.history import History
from latentlab.latents.recipe import Recipe

MOST_CLOSED = 12
"""Closed pictures that can be opened again."""


@dataclass(slots=True, eq=False)
class Picture:
    """One tab."""

    id: int
    """Never used twice in one session."""
    name: str = ""
    """As a person named it; empty until then."""
    branches: dict[int, str] = field(default_factory=dict)
    """Names of branches by the step that they start with."""
    parked: History = field(default_factory=History)
    """Its history while another picture is shown."""


class Pictures:
    """Open pictures in the order of their tabs, and those that were closed lately."""

    changed = Signal()
    """Names, order, or which there are."""
    chosen = Signal()
    """Another picture is shown."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._open = [Picture(0)]
        self._closed: list[tuple[Picture, int]] = []
        self._current = self._open[0]

    @property
    def current(self) -> Picture:
        """The one that is shown: its steps are in the session's history."""
        return self._current

    @property
    def open(self) -> tuple[Picture, ...]:
        return tuple(self._open)

    @property
    def closed(self) -> tuple[Picture, ...]:
        """Lately closed, the last one last."""
        return tuple(picture for picture, _ in self._closed)

    def history_of(self, picture: Picture) -> History:
        """Where its steps are now."""
        return self._history if picture is self._current else picture.parked

    def restore(self, shown: Picture, pictures: Iterable[Picture], closed: Iterable[Picture] = ()) -> None:
        """Take what was saved; the session's history must already have the steps of `shown`."""
        self._open = list(pictures)
        self._closed = [(picture, len(self._open)) for picture in closed]
        self._current = shown

    def choose(self, picture: Picture) -> None:
        """Show another open picture."""
        if picture is self._current:
            return
        before, self._current = self._current, picture
        before.parked, picture.parked = picture.parked, before.parked
        self._history.exchange(before.parked)
        self.chosen.emit()

    def add(self, recipe: Recipe, label: str, *, name: str = "") -> Picture:
        """Open a picture beside the shown one, and show it."""
        picture = Picture(self._free_id(), name, parked=History(recipe, label))
        self._open.insert(self._open.index(self._current) + 1, picture)
        self.choose(picture)
        self.changed.emit()
        return picture

    def close(self, picture: Picture) -> bool:
        """Put a picture away, to be opened again; the last one stays. Returns whether it was closed."""
        if len(self._open) == 1:
            return False
        place = self._open.index(picture)
        if picture is self._current:
            self.choose(self._open[place + 1 if place + 1 < len(self._open) else place - 1])
        self._open.remove(picture)
        self._closed = [*self._closed, (picture, place)][-MOST_CLOSED:]
        self.changed.emit()
        return True

    def reopen(self) -> bool:
        """Bring back the picture that was closed last; returns whether there was one."""
        if not self._closed:
            return False
        picture, place = self._closed.pop()
        self._open.insert(min(place, len(self._open)), picture)
        self.choose(picture)
        self.changed.emit()
        return True

    def move(self, place: int, to: int) -> None:
        """Give a tab another place."""
        self._open.insert(to, self._open.pop(place))
        self.changed.emit()

    def rename(self, picture: Picture, name: str) -> None:
        """Call a picture by another name; an empty one takes it back."""
        if name != picture.name:
            picture.name = name
            self.changed.emit()

    def name_branch(self, step: int, name: str) -> None:
        """Name the branch of the shown picture that starts with a step; an empty name takes it back."""
        branches: Mapping[int, str] = self._current.branches
        if branches.get(step, "") == name:
            return
        kept = {key: value for key, value in branches.items() if key != step}
        self._current.branches = {**kept, step: name} if name else kept
        self.changed.emit()

    def _free_id(self) -> int:
        return 1 + max(picture.id for picture in (*self._open, *self.closed))
