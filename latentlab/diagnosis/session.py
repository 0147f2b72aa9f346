"""What the stages of one diagnosis share: the model, the data, samples, features, and the result that grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.bins import Bins
from latentlab.diagnosis.data import Data
from latentlab.diagnosis.distances import Features
from latentlab.diagnosis.estimate import Estimate
from latentlab.diagnosis.features import Extractor, extract
from latentlab.diagnosis.features.extractor import Pictures, as_tensor, resized
from latentlab.diagnosis.features.own import LabelNetwork
from latentlab.diagnosis.progress import Watch
from latentlab.diagnosis.result import Better, Figure
from latentlab.diagnosis.sampling import Wanted
from latentlab.diagnosis.store import Store
from latentlab.diagnosis.writing import ResultWriter
from latentlab.models.generator import Generator

Scores = Callable[[Pictures, NDArray[np.int64] | None, Sequence[str]], NDArray[np.float32]]
"""A discriminator's logits (N,) of pictures (N, H, W, C) or points (N, 2), with classes and captions."""

_FEWEST_LABELS = 64
_EVEN_AXES, _FLOOR = 192, 0.3
_PLACES = 32
"""Side of the pictures that tell where something is."""
_NOTHING = 1e-12
"""Variance beside the largest, below which an axis is rounding."""
AXES = 64
"""Principal axes of the features that distances are taken in."""


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """The model of an earlier step of its run."""

    step: int
    key: str
    open: Callable[[], Generator]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What is measured."""

    generator: Generator
    key: str
    """Equal for equal weights."""
    back: Generator | None = None
    """Of a translator: the way back."""
    scores: Scores | None = None
    """Its discriminator."""
    checkpoints: tuple[Checkpoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """How thoroughly."""

    samples: int = 2000
    over_time: int = 500
    """Samples per checkpoint."""
    bins: int = 50
    psi: float = 1.0
    seed: int = 0
    latent: bool = True
    """Also look at the latent space: basins, a walk, dead directions, truncation."""


@dataclass(slots=True, eq=False)
class Session:
    """One diagnosis."""

    writer: ResultWriter
    model: Model
    data: Data
    extractor: Extractor | None
    """None for points, which are their own features."""
    options: Options
    store: Store | None
    may_choose: bool = False
    """Whether simpler features may take the place of `extractor` where it cannot compare samples with data."""
    asked: Wanted = field(default_factory=lambda: Wanted(np.zeros(0, np.int64)))
    generated: NDArray[np.uint8] | NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.uint8))
    """Samples; drawn from the model where there are none yet."""
    raw_real: Features = field(default_factory=lambda: np.zeros((0, 0)))
    """(N, D) as the extractor gives them."""
    raw_fake: Features = field(default_factory=lambda: np.zeros((0, 0)))
    real: Features = field(default_factory=lambda: np.zeros((0, 0)))
    """(N, at most `AXES`), on the data's principal axes."""
    fake: Features = field(default_factory=lambda: np.zeros((0, 0)))
    bins: Bins | None = None
    _labels: LabelNetwork | None = None
    _mean: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    _axes: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))

    def features(self, items: NDArray[np.uint8] | NDArray[np.float32], watch: Watch) -> Features:
        """Features (N, D) as the extractor gives them."""
        if self.extractor is None:
            return np.asarray(items, np.float64)
        return extract(self.extractor, np.asarray(items, np.uint8), store=self.store, watch=watch)

    def fit_axes(self) -> None:
        """Find the principal axes of the data's features, and put both sides on them."""
        self._mean, self._axes, _ = _principal(self.raw_real, AXES)
        self.real, self.fake = self.on_axes(self.raw_real), self.on_axes(self.raw_fake)

    def on_axes(self, features: Features) -> NDArray[np.float64]:
        """(N, D) to (N, at most `AXES`)."""
        found: NDArray[np.float64] = (features - self._mean) @ self._axes
        return found

    def even_axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Data and samples on many more axes of about equal spread: what linear detectors like.

        Half of them are of small grey pictures: features that are pooled over places do not tell one pair of
        glasses from another.
        """
        parts = [_evened(self.raw_real, self.raw_fake)]
        if self.extractor is not None:
            parts.append(_evened(_places(self.data.items), _places(self.generated)))
        real, fake = (np.concatenate(side, 1) for side in zip(*parts, strict=True))
        return real, fake

    def label_network(self) -> LabelNetwork | None:
        """A classifier of the data's labels, trained when it is first asked for; None where there are too few."""
        labels = self.data.labels
        if self._labels is None and labels is not None and not self.data.is_points:
            rows = self.training
            if rows.sum() >= _FEWEST_LABELS:
                pictures = np.asarray(self.data.items[rows], np.uint8)
                self._labels = LabelNetwork(pictures, labels[rows], len(self.data.class_names))
        return self._labels

    @property
    def training(self) -> NDArray[np.bool_]:
        """(N,) items of the data that training saw."""
        found: NDArray[np.bool_] = ~self.data.held_out
        return found

    def figure(
        self,
        key: str,
        group: str,
        name: str,
        term: str,
        value: Estimate | float,
        meaning: str,
        *,
        data: float = float("nan"),
        better: Better = "",
        of: float = float("nan"),
        unit: str = "",
        bias: str = "",
    ) -> None:
        """Add a figure."""
        found = value if isinstance(value, Estimate) else Estimate(value, float("nan"), float("nan"))
        self.writer.add(
            Figure(
                key,
                group,
                name,
                term,
                found.value,
                found.low,
                found.high,
                data,
                better,
                of,
                unit,
                meaning,
                bias,
            )
        )


def _evened(real: Features, fake: Features) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean, axes, widths = _principal(real, _EVEN_AXES)
    axes = axes / np.sqrt(widths + _FLOOR * widths.mean()).clip(1e-12)
    return (real - mean) @ axes, (fake - mean) @ axes


def _places(items: NDArray[np.uint8] | NDArray[np.float32]) -> Features:
    """Grey values (N, at most 1024) of pictures (N, H, W, C) made small."""
    pictures = np.asarray(items, np.uint8)
    side = min(_PLACES, pictures.shape[1])
    parts = [
        resized(as_tensor(pictures[begin : begin + 500]).mean(1, keepdim=True), side).flatten(1).numpy()
        for begin in range(0, len(pictures), 500)
    ]
    found: Features = np.concatenate(parts).astype(np.float64)
    return found


def _principal(
    features: Features, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean (D,), the first principal axes (D, at most `count`), and the variances along them."""
    mean = features.mean(0, dtype=np.float64)
    centred = features - mean
    if len(centred) < centred.shape[1]:  # by products: LAPACK's quick SVD fails on some finite matrices
        widths, rows = np.linalg.eigh(centred @ centred.T)
        chosen = np.flatnonzero(widths > _NOTHING * max(widths[-1], _NOTHING))[::-1][:count]
        return mean, centred.T @ (rows[:, chosen] / np.sqrt(widths[chosen])), widths[chosen] / len(centred)
    widths, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    return mean, vectors[:, ::-1][:, :count], widths[::-1][:count].clip(0.0)
