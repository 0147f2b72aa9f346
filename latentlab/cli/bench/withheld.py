"""Sets of samples with known faults: parts of the data withheld, duplicates planted, training pictures copied."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.data import Data
from latentlab.diagnosis.diagnose import diagnose, natural_features
from latentlab.diagnosis.result import Against, Subject, Verdict
from latentlab.diagnosis.sampling import Wanted
from latentlab.diagnosis.session import Model, Options, Session
from latentlab.diagnosis.store import Store
from latentlab.diagnosis.writing import ResultWriter
from latentlab.models.points import Points, PointsConfig

COUNT = 2000
"""Samples, and items of the data."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Items enough for data and for samples, and what they show."""

    name: str
    items: NDArray[Any]
    """(N, H, W, C) or (N, 2)."""
    traits: dict[str, NDArray[np.bool_]]
    """What could be withheld, (N,) each."""
    labels: NDArray[np.int64] | None = None
    class_names: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a diagnosis said."""

    verdicts: tuple[Verdict, ...]
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[str]:
        """Verdicts that say that something is wrong."""
        return frozenset(one.key for one in self.verdicts if one.severity in ("serious", "warning"))

    @property
    def lost_names(self) -> frozenset[str]:
        """Named things that it calls lost."""
        names, lost = self.arrays.get("trait_name"), self.arrays.get("trait_lost")
        if names is None or lost is None:
            return frozenset()
        return frozenset(str(name) for name, gone in zip(names, lost, strict=True) if gone)

    def in_lost_regions(self, rows: NDArray[np.bool_]) -> float:
        """Share of some items of the data (N,) that lies in regions called lost."""
        return float(self.arrays["bin_lost"][self.arrays["real_bin"]][rows].mean())


def digits(seed: int = 0) -> Pool:
    """Rendered digits, 32 px."""
    from trainers.data import DataSettings, open_data
    from trainers.data.settings import RenderedDigitsSource

    settings = DataSettings(
        source=RenderedDigitsSource(count=3 * COUNT + 500, seed=seed),
        resolution=32,
        colour="grey",
        held_out=0.001,
    )
    found = open_data(settings)
    assert found.stored is not None
    assert found.labels is not None
    names = found.shape.class_names
    traits = {name: found.labels == number for number, name in enumerate(names)}
    return Pool("digits", np.asarray(found.stored.pixels), traits, found.labels, names)


def grid(seed: int = 0) -> Pool:
    """Points of the grid of 25 Gaussians."""
    from trainers.data.points import mixture

    values, modes = mixture("grid").sample(4 * COUNT, seed)
    return Pool("grid", values, {str(mode): modes == mode for mode in range(25)})


FACES = {
    "open-peeps": ("head", "accessories", "facialHair"),
    "adventurer": ("hair", "glasses", "earrings"),
}
"""DiceBear styles, and the attributes that captions name. The detectors were made with the first one alone."""


def faces(style: str, *, seed: int = 0) -> Pool:
    """Drawn heads at 64 px whose captions name some of their attributes."""
    from trainers.data import DataSettings, open_data
    from trainers.data.settings import DrawnSource

    source = DrawnSource(style=style, count=2 * COUNT + 1500, seed=seed, caption=FACES[style])
    found = open_data(DataSettings(source=source, resolution=64, colour="rgb", held_out=0.001))
    assert found.stored is not None
    captions = tuple(caption or "" for caption in found.stored.captions)
    from latentlab.diagnosis import traits

    names, rows = traits.named(None, (), captions)
    known = {name: rows[:, number] for number, name in enumerate(names)}
    return Pool(style, np.asarray(found.stored.pixels), known, captions=captions)


def without(
    pool: Pool, withheld: tuple[str, ...], seed: int, *, told: bool = True
) -> tuple[Data, NDArray[Any]]:
    """Data, and samples that lack what is withheld; no item is in both.

    Args:
        pool: of items.
        withheld: names of traits.
        seed: of the choice.
        told: whether the data's labels and captions are known.
    """
    order = np.random.default_rng(seed).permutation(len(pool.items))
    real, rest = order[:COUNT], order[COUNT:]
    gone = np.zeros(len(pool.items), bool)
    for name in withheld:
        gone |= pool.traits[name]
    fake = rest[~gone[rest]][:COUNT]
    held = np.zeros(COUNT, bool)
    held[-COUNT // 5 :] = True
    data = Data(
        pool.name,
        pool.name,
        pool.items[real],
        held,
        labels=pool.labels[real] if told and pool.labels is not None else None,
        class_names=pool.class_names if told else (),
        captions=tuple(pool.captions[row] for row in real) if told and pool.captions else (),
    )
    return data, pool.items[fake]


def real_rows(pool: Pool, seed: int) -> NDArray[np.int64]:
    """The items that `without` takes as the data."""
    return np.random.default_rng(seed).permutation(len(pool.items))[:COUNT]


def planted(samples: NDArray[Any], share: float, seed: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Samples of which a share is replaced by copies of others, and which those are."""
    random = np.random.default_rng(seed)
    rows = random.permutation(len(samples))
    count = round(share * len(samples))
    changed = np.array(samples)
    changed[rows[:count]] = samples[rows[count : 2 * count]]
    return changed, rows[:count]


def diagnosed(data: Data, samples: NDArray[Any], *, store: Store | None = None) -> Found:
    """The measures of samples against data, without a model behind them."""
    with tempfile.TemporaryDirectory() as folder:
        writer = ResultWriter(
            Path(folder), Subject("model", "", data.source), Against(data.source, data.text)
        )
        extractor = None if data.is_points else natural_features(np.asarray(data.items, np.uint8))
        session = Session(
            writer,
            Model(Points(PointsConfig()), ""),
            data,
            extractor,
            Options(samples=len(samples), latent=False),
            store,
            asked=Wanted(np.arange(len(samples), dtype=np.int64)),
            generated=samples,
        )
        for _ in diagnose(session):
            pass
        return Found(writer.verdicts, dict(writer.arrays))


def trials(pool: Pool, most: int, rounds: int, *, seed: int = 0) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Seeds, and 1 ... `most` things to withhold, whose items all together are no more than half."""
    random = np.random.default_rng(seed)
    names = sorted(pool.traits)
    for number in range(rounds):
        for count in range(1, most + 1):
            chosen = tuple(str(name) for name in random.choice(names, count, replace=False))
            gone = np.zeros(len(pool.items), bool)
            for name in chosen:
                gone |= pool.traits[name]
            if gone.mean() <= 0.6:
                yield 100 * number + count, chosen


def blurred(samples: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Softer by a box of 3 x 3, twice."""
    found: NDArray[Any] = samples.astype(np.float32)
    for _ in range(2):
        for axis in (1, 2):
            found = (np.roll(found, 1, axis) + found + np.roll(found, -1, axis)) / 3
    return found.round().astype(np.uint8)
