"""The data card: what is in a set, to be read before a night is spent on training with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainers.data import near_duplicates
from trainers.data.listing import Pixels, Skipped
from trainers.data.near_duplicates import Pair

if TYPE_CHECKING:
    from trainers.data.dataset import Dataset

_THUMBNAILS = 64
_MOST_PAIRS = 200


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sides of the originals in pixels."""

    least: tuple[int, int]
    """Width and height of the picture with the fewest pixels."""
    median: tuple[int, int]
    most: tuple[int, int]
    enlarged: int
    """Pictures whose shorter side is below the resolution: training sees them blurred."""
    not_square: int


@dataclass(frozen=True)
class DataCard:
    """What is in a set."""

    source: str
    licence: str
    kind: str
    """"pictures" or "points"."""
    resolution: int
    channels: int
    count: int
    """Training items."""
    held_out: int
    classes: tuple[tuple[str, int], ...]
    """Names with the number of items, held-out ones included."""
    captioned: int
    """Items that have a caption."""
    distinct_captions: int
    example_captions: tuple[str, ...]
    targets: int
    """Training items of the second set."""
    sizes: Sizes | None
    """None for points."""
    near_duplicates: tuple[Pair, ...]
    """Pairs that look the same, equal ones first; at most 200."""
    near_duplicate_items: int
    """Items that look like an earlier one."""
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    thumbnails: Pixels
    """(at most 64, resolution, resolution, channels), spread over the set and its classes; empty for points."""

    @classmethod
    def of(cls, data: Dataset) -> DataCard:
        """Look through a set."""
        stored, shape, labels = data.stored, data.shape, data.labels
        captions = [caption for caption in stored.captions if caption] if stored else []
        distinct = sorted(set(captions))
        found = near_duplicates.find(stored.pixels, stored.names, _MOST_PAIRS) if stored else None
        return cls(
            source=data.source,
            licence=data.licence,
            kind=shape.kind,
            resolution=shape.resolution,
            channels=shape.channels,
            count=data.count,
            held_out=data.held_out.count,
            classes=_classes(labels, shape.class_names),
            captioned=len(captions),
            distinct_captions=len(distinct),
            example_captions=tuple(distinct[:: max(1, len(distinct) // 5)][:5]),
            targets=data.train.targets.count if data.train.targets else 0,
            sizes=_sizes(np.array(stored.sizes), shape.resolution) if stored else None,
            near_duplicates=found.pairs if found else (),
            near_duplicate_items=found.items if found else 0,
            skipped=data.skipped,
            notes=data.notes,
            thumbnails=(
                np.asarray(stored.pixels[_spread(labels, len(stored.names))])
                if stored
                else np.zeros((0, 1, 1, 1), np.uint8)
            ),
        )


def _classes(labels: NDArray[np.int64] | None, names: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    if labels is None:
        return ()
    counts = Counter(labels.tolist())
    return tuple((name, counts[number]) for number, name in enumerate(names))


def _sizes(sizes: NDArray[np.int64], resolution: int) -> Sizes:
    order = np.argsort(sizes[:, 0] * sizes[:, 1], kind="stable")
    least, median, most = (
        (int(sizes[row, 0]), int(sizes[row, 1])) for row in (order[0], order[len(order) // 2], order[-1])
    )
    return Sizes(
        least,
        median,
        most,
        int((sizes.min(1) < resolution).sum()),
        int((sizes[:, 0] != sizes[:, 1]).sum()),
    )


def _spread(labels: NDArray[np.int64] | None, count: int) -> NDArray[np.int64]:
    """Rows spread evenly over the classes, and over the items of each."""
    if labels is None:
        return np.unique(np.linspace(0, count - 1, min(count, _THUMBNAILS)).round().astype(np.int64))
    order = np.argsort(labels, kind="stable")
    return order[np.unique(np.linspace(0, count - 1, min(count, _THUMBNAILS)).round().astype(np.int64))]
