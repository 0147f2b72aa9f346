"""What a run is trained on: opened once, read by index.

`prepare` fills the cache and says how far it is; `open_data` opens what is prepared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.errors import TrainingError
from trainers.batch import Batch, DataShape
from trainers.data import cache, split
from trainers.data.card import DataCard
from trainers.data.listing import Framing, Listing, Skipped
from trainers.data.order import batch_indices, mirrored
from trainers.data.points import mixture
from trainers.data.settings import DataSettings, FolderSource, PointsSource, TwoFoldersSource
from trainers.data.sources import listing_of
from trainers.team import ALONE, Team

_SECOND = 1 << 62
"""Added to the seed of a run for the order of a second set."""


class Items:
    """Some items of a set, by index 0 ... count - 1. Threads and processes may share it."""

    def __init__(
        self,
        values: NDArray[Any],
        rows: NDArray[np.int64],
        labels: NDArray[np.int64] | None = None,
        captions: Sequence[str] = (),
        targets: Items | None = None,
    ) -> None:
        """Choose rows of a set.

        Args:
            values: uint8 (M, H, W, C), or float32 (M, 2) for points.
            rows: which of them, (N,).
            labels: classes of all M.
            captions: of all M; empty without captions.
            targets: items of the second set.
        """
        self._values = values
        self._rows = rows
        self._labels = labels
        self._captions = captions
        self.targets = targets
        self.count = len(rows)

    @property
    def rows(self) -> NDArray[np.int64]:
        """(N,): which of the set's items these are, as `Stored` and `Dataset.labels` count them."""
        return self._rows

    def raw(self, indices: NDArray[np.int64] | slice) -> NDArray[Any]:
        """Items as they are stored: uint8 (B, H, W, C), or float32 (B, 2) for points."""
        found: NDArray[Any] = self._values[self._rows[indices]]
        return found

    def batch(
        self,
        indices: NDArray[np.int64] | slice,
        mirror: NDArray[np.bool_] | None = None,
        targets: NDArray[np.int64] | None = None,
        mirror_targets: NDArray[np.bool_] | None = None,
    ) -> Batch:
        """Items as networks see them.

        Args:
            indices: (B,), or a slice.
            mirror: (B,), which pictures are turned left to right.
            targets: (B,), which items of the second set come along. Without it the same ones, wrapped: true
                partners in the held-out part, where the files of two sets are partners by name.
            mirror_targets: (B,), the same for the second set.
        """
        rows = self._rows[indices]
        second = None
        if self.targets is not None:
            chosen = np.arange(self.count)[indices] % self.targets.count if targets is None else targets
            second = self.targets.batch(chosen, mirror_targets).images
        return Batch(
            to_images(self._values[rows], mirror),
            None if self._labels is None else torch.from_numpy(self._labels[rows]),
            tuple(self._captions[row] for row in rows) if self._captions else (),
            second,
        )


@dataclass(frozen=True, slots=True)
class Dataset:
    """Training items and held-out ones, with what is known about them."""

    settings: DataSettings
    shape: DataShape
    train: Items
    held_out: Items
    source: str
    """The source in a sentence."""
    licence: str = ""
    """Of the data, where it is known."""
    notes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """Items that could not be read."""
    stored: cache.Stored | None = None
    """What is on the disk; None for points."""
    labels: NDArray[np.int64] | None = None
    """Classes of all items, training and held out, as `stored` has them."""

    @property
    def count(self) -> int:
        """Training items."""
        return self.train.count

    def at_step(self, step: int, batch_size: int, seed: int, team: Team = ALONE) -> Batch:
        """This process's part of the batch of a step: a function of its arguments alone.

        Args:
            step: number of the step, from 0.
            batch_size: of all processes together.
            seed: of the run.
            team: whose part is taken.
        """
        own = batch_size // team.size
        part = slice(team.rank * own, (team.rank + 1) * own)
        turned = mirrored(step, 2 * batch_size, seed) if self.settings.mirror else None
        second = self.train.targets
        return self.train.batch(
            batch_indices(step, batch_size, self.count, seed)[part],
            None if turned is None else turned[:batch_size][part],
            None if second is None else batch_indices(step, batch_size, second.count, seed + _SECOND)[part],
            None if turned is None else turned[batch_size:][part],
        )

    def card(self) -> DataCard:
        """What is in the set; near-duplicates are looked for, so it takes a moment with many pictures."""
        return DataCard.of(self)


def to_images(values: NDArray[Any], mirror: NDArray[np.bool_] | None = None) -> Tensor:
    """uint8 (N, H, W, C) to float32 (N, C, H, W) in [-1, 1]; points (N, 2) stay as they are."""
    if values.dtype != np.uint8:
        return torch.from_numpy(np.array(values, np.float32))
    pixels = np.array(values)
    if mirror is not None:
        pixels[mirror] = pixels[mirror, :, ::-1]
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2)
    return images.to(torch.float32, memory_format=torch.contiguous_format).div_(127.5).sub_(1)


def prepare(settings: DataSettings, workers: int = 0) -> Iterator[tuple[float, str]]:
    """Fill the cache if it is not filled yet, telling the share done (0 ... 1) and what is done.

    It may be stopped or killed at any moment and goes on from there. Several processes may call it at once.

    Args:
        settings: what is wanted.
        workers: threads that decode, or low-priority processes that draw; 0 does all in this one.

    Raises:
        TrainingError: there is no such source, or no room on the disk.
    """
    for listing, framing in _sets(settings):
        with closing(listing):
            folder = cache.place_of(listing, framing, settings.most)
            yield from cache.fill(folder, listing, framing, settings.most, workers)


def open_data(settings: DataSettings, workers: int = 0) -> Dataset:
    """Open a source, prepared first where it is not.

    Raises:
        TrainingError: there is no such source, no room on the disk, or fewer than two readable items.
    """
    if isinstance(settings.source, PointsSource):
        return _open_points(settings, settings.source)
    sets = [_opened(settings, listing, framing, workers) for listing, framing in _sets(settings)]
    stored, listing, framing = sets[0]
    names = _class_names(stored, listing)
    labels = None
    if names:
        numbers = {name: number for number, name in enumerate(names)}
        labels = np.array([numbers[label or ""] for label in stored.labels], np.int64)
    captions = [caption or "" for caption in stored.captions] if any(stored.captions) else []
    train, test = split.split(stored.names, stored.digests, stored.labels, settings.held_out)
    second: list[Items | None] = [None, None]
    if len(sets) > 1:
        other = sets[1][0]
        rows = split.split(other.names, other.digests, other.labels, settings.held_out)
        second = [Items(other.pixels, each) for each in rows]
    return Dataset(
        settings=settings,
        shape=DataShape(
            "pictures",
            framing.resolution,
            framing.channels,
            len(train),
            names,
            tuple(sorted({captions[row] for row in train})) if captions else (),
            has_targets=len(sets) > 1,
        ),
        train=Items(stored.pixels, train, labels, captions, second[0]),
        held_out=Items(stored.pixels, test, labels, captions, second[1]),
        source=listing.describe(),
        licence=listing.licence,
        notes=tuple(note for _, each, _ in sets for note in each.notes),
        skipped=tuple(item for each, _, _ in sets for item in each.skipped),
        stored=stored,
        labels=labels,
    )


def _open_points(settings: DataSettings, source: PointsSource) -> Dataset:
    task = mixture(source.task)
    values, modes = task.sample(source.count, source.seed)
    held = min(source.count - 1, max(1, round(settings.held_out * source.count)))
    rows = np.arange(source.count)
    labels = modes if source.labels else None
    names = task.names if source.labels else ()
    return Dataset(
        settings=settings,
        shape=DataShape("points", 0, 2, source.count - held, names),
        train=Items(values, rows[:-held], labels),
        held_out=Items(values, rows[-held:], labels),
        source=f"{source.count:,} points of the {source.task} of {len(task.centres)} Gaussians.",
        labels=labels,
    )


def _sets(settings: DataSettings) -> Iterator[tuple[Listing, Framing]]:
    """The listings that a source needs, and what their pictures are cut to: the same for all."""
    source = settings.source
    if isinstance(source, PointsSource):
        return
    if isinstance(source, TwoFoldersSource):
        folders = [
            FolderSource(path=path, labels="none", captions="none") for path in (source.path, source.target)
        ]
        listings: list[Listing] = [listing_of(folder) for folder in folders]
    else:
        listings = [listing_of(source)]
    grey = settings.colour == "grey" or (
        settings.colour == "auto" and all(listing.is_grey() for listing in listings)
    )
    framing = Framing(settings.resolution, 1 if grey else 3, settings.fit, settings.background)
    for listing in listings:
        yield listing, framing


def _opened(
    settings: DataSettings, listing: Listing, framing: Framing, workers: int
) -> tuple[cache.Stored, Listing, Framing]:
    with closing(listing):
        folder = cache.place_of(listing, framing, settings.most)
        for _ in cache.fill(folder, listing, framing, settings.most, workers):
            pass
        stored = cache.load(folder, framing)
    if len(stored.names) < 2:
        reasons = "; ".join(f"{item.name}: {item.reason}" for item in stored.skipped[:3])
        raise TrainingError(
            f"{len(stored.names)} of the pictures could be read, and training needs two: {reasons}"
        )
    return stored, listing, framing


def _class_names(stored: cache.Stored, listing: Listing) -> tuple[str, ...]:
    found = {label or "" for label in stored.labels} if any(stored.labels) else set()
    if found <= set(listing.class_names):
        return listing.class_names if found else ()
    return tuple(sorted(found, key=_naturally))


def _naturally(name: str) -> list[tuple[int, str]]:
    """Sorts "2" before "10"."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]
