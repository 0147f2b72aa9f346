"""What every source of pictures is: a list of items read one after the other, from any place on.

A `Listing` knows no cache and no split. It reads what it is asked for and never keeps it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(H, W, C) or (N, H, W, C)."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How pictures are cut to the size of the networks."""

    resolution: int
    """Side in pixels."""
    channels: int
    """1 (grey) or 3 (RGB)."""
    fit: Literal["crop", "pad", "stretch"] = "crop"
    background: Literal["white", "black"] = "white"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a source, ready to be kept."""

    name: str
    """The same for the same item, however the source grows."""
    pixels: Pixels
    """(resolution, resolution, channels)."""
    size: tuple[int, int]
    """Width and height of the original in pixels."""
    label: str | None = None
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """An item that cannot be read."""

    name: str
    reason: str


class Listing(ABC):
    """The items of a source, in a fixed order."""

    count: int
    """Items, those included that will turn out to be unreadable."""
    class_names: tuple[str, ...] = ()
    """Classes in their natural order, where the source knows one; else they are sorted."""
    licence: str = ""
    """Of the data, where a licence is known."""
    notes: tuple[str, ...] = ()
    """What a person should know about how the source was understood."""

    @abstractmethod
    def fingerprint(self) -> object:
        """JSON values that change whenever anything that is read changes: names, sizes, times, settings."""

    @abstractmethod
    def is_grey(self) -> bool:
        """Whether the first pictures have no colour."""

    @abstractmethod
    def items(self, framing: Framing, first: int, workers: int) -> Iterator[Item | Skipped]:
        """Read from item number `first` on.

        Args:
            framing: what pictures are cut to.
            first: items before this one are not read.
            workers: threads or processes that read; 0 reads in this one.
        """

    def describe(self) -> str:
        """The source in a sentence."""
        return f"{self.count:,} pictures."

    def close(self) -> None:
        """Close what is open."""


def read_in_threads(
    read: Callable[[int], Item | Skipped], first: int, count: int, workers: int
) -> Iterator[Item | Skipped]:
    """`read(first)` ... `read(count - 1)` in order. Decoders leave Python's lock, so threads are enough."""
    if not workers:
        yield from map(read, range(first, count))
        return
    block = 16 * workers  # no more than this is held in memory
    with ThreadPoolExecutor(workers) as pool:
        for start in range(first, count, block):
            yield from pool.map(read, range(start, min(start + block, count)))
