"""The data that a generator is measured against, as arrays. Whoever reads them hands them in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from latentlab.errors import DiagnosisError


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Items of training and held-out parts."""

    source: str
    """What the user named."""
    text: str
    """In a sentence."""
    items: NDArray[np.uint8] | NDArray[np.float32]
    """(N, H, W, C) uint8, or (N, 2) float32 for points."""
    held_out: NDArray[np.bool_]
    """(N,): training never sees it."""
    names: tuple[str, ...] = ()
    labels: NDArray[np.int64] | None = None
    """(N,) into `class_names`."""
    class_names: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    origin: NDArray[np.uint8] | None = None
    """(M, H, W, C): what a translator starts from, where `items` are what it should draw."""
    origin_names: tuple[str, ...] = ()
    binary: bool = False
    """Pixels are black or white, and what is drawn is made so too: a model of such pictures draws chances."""

    def __post_init__(self) -> None:
        if len(self.items) < 2:
            raise DiagnosisError(
                f"{self.source} holds {len(self.items)} items: measuring needs at least two."
            )

    @property
    def is_points(self) -> bool:
        """Whether items are points in the plane."""
        return self.items.ndim == 2

    def some(self, most: int) -> Data:
        """At most `most` items, held-out ones in their share, evenly from all: the same every time."""
        if len(self.items) <= most:
            return self
        rows = []
        for part in (np.flatnonzero(~self.held_out), np.flatnonzero(self.held_out)):
            count = round(most * len(part) / len(self.items))
            rows.append(part[np.linspace(0, len(part) - 1, count).round().astype(int)] if count else part[:0])
        chosen = np.concatenate(rows)
        return replace(
            self,
            items=np.asarray(self.items[chosen]),
            held_out=self.held_out[chosen],
            names=tuple(self.names[row] for row in chosen) if self.names else (),
            labels=None if self.labels is None else self.labels[chosen],
            captions=tuple(self.captions[row] for row in chosen) if self.captions else (),
        )
