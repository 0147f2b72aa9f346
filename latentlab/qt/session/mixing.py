"""The crossing of a session: what is mixed, with undo of its own. No widgets."""

from __future__ import annotations

from collections.abc import Hashable

from psygnal import Signal

from latentlab.latents.crossing import Crossing

_MOST = 500


class Mixing:
    """The arrangement in the Mix workspace. Undo needs no inverse code: arrangements are values."""

    changed = Signal()

    def __init__(self, crossing: Crossing | None = None) -> None:
        self._now = crossing
        self._done: list[Crossing] = []
        self._undone: list[Crossing] = []
        self._merge_key: Hashable = None

    @property
    def crossing(self) -> Crossing | None:
        """None until the workspace was looked at."""
        return self._now

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def begin(self, crossing: Crossing) -> None:
        """The first arrangement: nothing to undo."""
        self._now = crossing
        self.changed.emit()

    def apply(self, after: Crossing, *, merge_key: Hashable = None) -> None:
        """Make `after` current; consecutive edits with one merge key (a drag) undo as one."""
        if self._now is None or after == self._now:
            return
        if merge_key is None or merge_key != self._merge_key:
            self._done = [*self._done[1 - _MOST :], self._now]
        self._merge_key = merge_key
        self._undone.clear()
        self._now = after
        self.changed.emit()

    def settle(self) -> None:
        """The hand let go: the next edit is another step."""
        self._merge_key = None

    def undo(self) -> None:
        self._move(self._done, self._undone)

    def redo(self) -> None:
        self._move(self._undone, self._done)

    def _move(self, source: list[Crossing], target: list[Crossing]) -> None:
        if source and self._now is not None:
            target.append(self._now)
            self._now = source.pop()
            self._merge_key = None
            self.changed.emit()
