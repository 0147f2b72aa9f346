"""How long blocks take, measured while they run, so that previews finish within their budget."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from statistics import median

from latentlab.models.capabilities import BlockInfo

_REMEMBERED = 7


class BlockTimes:
    """Milliseconds per block and per stretch of blocks: the median of the last few runs.

    Before a block was timed, its share is judged from its size and from what else was timed.
    """

    def __init__(self, blocks: Sequence[BlockInfo]) -> None:
        self._work = _work(blocks)
        self._blocks: list[deque[float]] = [deque(maxlen=_REMEMBERED) for _ in blocks]
        self._showing: list[deque[float]] = [deque(maxlen=_REMEMBERED) for _ in blocks]
        self._stretches: dict[tuple[int, int], deque[float]] = {}

    def record_blocks(self, first: int, milliseconds: Sequence[float]) -> None:
        """Note the times of single blocks from `first` on."""
        for index, value in enumerate(milliseconds, first):
            self._blocks[index].append(value)

    def record_stretch(self, first: int, last: int, milliseconds: float) -> None:
        """Note the time of blocks `first` to `last` run in one go."""
        self._stretches.setdefault((first, last), deque(maxlen=_REMEMBERED)).append(milliseconds)

    def record_showing(self, index: int, milliseconds: float) -> None:
        """Note how long it took to turn the state after block `index` into pixels."""
        self._showing[index].append(milliseconds)

    def predict(self, first: int, last: int) -> float | None:
        """Milliseconds to run blocks `first` to `last` and show the last; None before anything was timed."""
        if first > last:
            return self._shown(last)
        if stretch := self._stretches.get((first, last)):
            return median(stretch) + self._shown(last)
        speed = self._milliseconds_per_work()
        if speed is None:
            return None
        blocks = (
            median(self._blocks[index]) if self._blocks[index] else self._work[index] * speed
            for index in range(first, last + 1)
        )
        return sum(blocks) + self._shown(last)

    def _shown(self, index: int) -> float:
        return median(self._showing[index]) if self._showing[index] else 0.0

    def _milliseconds_per_work(self) -> float | None:
        """From single blocks where there are any, else from the longest stretch."""
        timed = [index for index, times in enumerate(self._blocks) if times]
        if timed:
            return sum(median(self._blocks[index]) for index in timed) / sum(self._work[i] for i in timed)
        if not self._stretches:
            return None
        first, last = max(self._stretches, key=lambda stretch: stretch[1] - stretch[0])
        return median(self._stretches[first, last]) / sum(self._work[first : last + 1])


def _work(blocks: Sequence[BlockInfo]) -> list[float]:
    """Multiplications of each block up to a common factor: pixels times channels in times channels out."""
    channels_in = [blocks[0].channels, *(block.channels for block in blocks[:-1])] if blocks else []
    return [
        float(max(1, block.resolution) ** 2 * block.channels * before)
        for block, before in zip(blocks, channels_in, strict=True)
    ]
