"""How long a run still takes: from measured time, sampling and checkpoints included, with its uncertainty."""

from __future__ import annotations

import math
import statistics
import time
from collections import deque
from collections.abc import Callable

_BLOCKS = 20
"""Recent stretches of steps that count: old ones know nothing of a network that has grown since."""


class Estimate:
    """Time spent in steps and around them, and what it says about the rest."""

    def __init__(
        self,
        steps: int,
        sample_every: int,
        checkpoint_every: int,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Count for a run of `steps` steps."""
        self._steps = steps
        self._every = {"sample": sample_every, "checkpoint": checkpoint_every}
        self._clock = clock
        self._paces: deque[float] = deque(maxlen=_BLOCKS)
        self._costs: dict[str, deque[float]] = {name: deque(maxlen=5) for name in self._every}
        self._block_seconds = 0.0
        self._block_steps = 0
        self.in_steps = 0.0
        """Seconds in steps of optimisation since this process began."""
        self.around = 0.0
        """Seconds of training since this process began that were not."""
        self._mark = clock()

    def forget_time(self) -> None:
        """What passed since the last call was no training: a pause."""
        self._mark = self._clock()

    def waited(self) -> None:
        """What passed since the last call was spent around steps: data, events."""
        self.around += self._lap(in_block=True)

    def stepped(self) -> None:
        """What passed since the last call was one step."""
        self.in_steps += self._lap(in_block=True)
        self._block_steps += 1

    def spent(self, what: str) -> None:
        """What passed since the last call was one "sample" or one "checkpoint"."""
        seconds = self._lap(in_block=False)
        self.around += seconds
        self._costs[what].append(seconds)

    def end_block(self) -> float:
        """Close a stretch of steps; returns its seconds per step."""
        pace = self._block_seconds / max(1, self._block_steps)
        self._paces.append(pace)
        self._block_seconds, self._block_steps = 0.0, 0
        return pace

    @property
    def overhead(self) -> float:
        """Share of this process's training time that was not spent in steps."""
        total = self.in_steps + self.around
        return self.around / total if total else 0.0

    def left(self, step: int) -> tuple[float, float]:
        """Seconds to the last step after `step` steps, and half the width within which they may fall.

        NaN for what cannot be known yet. The width is the spread of the recent stretches: a run that slows down
        (a network that grows) says so by a wide one.
        """
        if not self._paces:
            return math.nan, math.nan
        remaining = self._steps - step
        seconds = remaining * statistics.fmean(self._paces)
        for name, every in self._every.items():
            if self._costs[name]:
                times = self._steps // every - step // every
                seconds += times * statistics.fmean(self._costs[name])
        if len(self._paces) < 3:
            return seconds, math.nan
        return seconds, remaining * statistics.stdev(self._paces)

    def _lap(self, *, in_block: bool) -> float:
        now = self._clock()
        seconds, self._mark = now - self._mark, now
        if in_block:
            self._block_seconds += seconds
        return seconds
