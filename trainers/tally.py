"""Losses since the last report."""

from __future__ import annotations


class Tally:
    """Sums of losses by name. A loss that only some steps compute is averaged over those."""

    def __init__(self) -> None:
        self.count = 0
        """Steps since the last `take`."""
        self._sums: dict[str, float] = {}
        self._counts: dict[str, int] = {}

    def add(self, losses: dict[str, float]) -> None:
        """Take the losses of a step in."""
        self.count += 1
        for name, value in losses.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
            self._counts[name] = self._counts.get(name, 0) + 1

    def take(self) -> dict[str, float]:
        """The means so far; begins anew."""
        means = {name: total / self._counts[name] for name, total in self._sums.items()}
        self.__init__()  # type: ignore[misc]
        return means
