"""Which regions of the data a generator draws too rarely or too often: shares of k-means bins.

Number of statistically different bins: Richardson & Weiss 2018 (arXiv:1805.12462), section 3. Each bin's share
among real and generated samples is compared by a two-proportion z-test.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from latentlab.diagnosis.distances import Features, nearest
from latentlab.diagnosis.progress import Watch, unwatched
from latentlab.errors import Cancelled, ShapeError

_SIGNIFICANT = 0.05
_ROUNDS = 50
_TRIALS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """A partition of the data: a sample belongs to the nearest centre."""

    centres: NDArray[np.float64]
    """(K, D)."""

    def members(self, features: Features) -> NDArray[np.int64]:
        """The bin of each sample, (N,)."""
        return nearest(features, self.centres)[1]

    def counts(self, features: Features) -> NDArray[np.int64]:
        """Samples per bin, (K,)."""
        return np.bincount(self.members(features), minlength=len(self.centres))


@dataclass(frozen=True, slots=True, eq=False)
class BinComparison:
    """Shares of bins among real and generated samples."""

    real: NDArray[np.int64]
    """(K,) samples of the data."""
    fake: NDArray[np.int64]
    """(K,) generated samples."""

    @property
    def z(self) -> NDArray[np.float64]:
        """(K,) standard errors by which a bin's share of generated samples is above that of the data."""
        total_real, total_fake = self.real.sum(), self.fake.sum()
        pooled = (self.real + self.fake) / (total_real + total_fake)
        error = np.sqrt(pooled * (1 - pooled) * (1 / total_real + 1 / total_fake))
        difference = self.fake / total_fake - self.real / total_real
        scores: NDArray[np.float64] = np.divide(difference, error, out=np.zeros(len(error)), where=error > 0)
        return scores

    @property
    def p_values(self) -> NDArray[np.float64]:
        """(K,) chance of a difference as large by luck alone, two-sided."""
        return np.array([math.erfc(abs(z) / math.sqrt(2)) for z in self.z])

    @property
    def different(self) -> int:
        """NDB: bins whose shares differ with a p-value below 0.05. Of K equal bins, 5 % do so by luck."""
        return int((self.p_values < _SIGNIFICANT).sum())

    @property
    def divergence(self) -> float:
        """Jensen-Shannon divergence of the shares in nats: 0 ... log 2. Biased upwards where bins are small."""
        p, q = self.real / self.real.sum(), self.fake / self.fake.sum()
        middle = (p + q) / 2
        return 0.5 * (_relative_entropy(p, middle) + _relative_entropy(q, middle))

    def starved(self, false_discoveries: float = _SIGNIFICANT) -> NDArray[np.int64]:
        """Bins drawn too rarely, the rarest beside the data first.

        Args:
            false_discoveries: greatest expected share of mistakes among them (Benjamini & Hochberg 1995).
        """
        chances = np.array([0.5 * math.erfc(-z / math.sqrt(2)) for z in self.z])  # one-sided
        order = np.argsort(chances, kind="stable")
        limits = false_discoveries * np.arange(1, len(order) + 1) / len(order)
        below = np.flatnonzero(chances[order] <= limits)
        chosen = order[: below[-1] + 1] if len(below) else order[:0]
        shares = (self.fake[chosen] / self.fake.sum()) / (self.real[chosen] / self.real.sum()).clip(1e-300)
        return chosen[np.argsort(shares, kind="stable")]


def k_means(
    features: Features, count: int, *, seed: int = 0, rounds: int = _ROUNDS, watch: Watch = unwatched
) -> Bins:
    """Bins of the data: Lloyd's rounds from k-means++ starts (Arthur & Vassilvitskii 2007), the best of three.

    Args:
        features: (N, D) of training data.
        count: bins, at most N.
        seed: of the starts.
        rounds: most rounds of each trial; it ends when no sample changes its bin.
        watch: told the share done; may cancel.

    Raises:
        ShapeError: there are fewer samples than bins.
        Cancelled: `watch` said so.
    """
    if len(features) < count:
        raise ShapeError(f"{len(features)} samples cannot fill {count} bins: ask for fewer bins.")
    x = torch.from_numpy(np.ascontiguousarray(features, np.float64))
    random = np.random.default_rng(seed)
    best: tuple[float, torch.Tensor] | None = None
    for trial in range(_TRIALS):
        centres = _starts(x, count, random)
        members = torch.full((len(x),), -1)
        for step in range(rounds):
            if watch((trial + step / rounds) / _TRIALS):
                raise Cancelled
            distances, now = _assign(x, centres)
            if bool((now == members).all()):
                break
            members = now
            centres = _means(x, members, centres, distances)
        inertia = float(_assign(x, centres)[0].sum())
        if best is None or inertia < best[0]:
            best = inertia, centres
    assert best is not None
    return Bins(best[1].numpy())


def compare(bins: Bins, real: Features, fake: Features) -> BinComparison:
    """Count real samples (N, D) and generated ones (M, D) in the bins."""
    return BinComparison(bins.counts(real), bins.counts(fake))


def _assign(x: torch.Tensor, centres: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Squared distance to the nearest centre, (N,), and which it is, (N,)."""
    squares = torch.addmm(centres.square().sum(1), x, centres.T, alpha=-2.0)
    found = squares.min(1)
    return (found.values + x.square().sum(1)).clamp_min(0.0), found.indices


def _means(
    x: torch.Tensor, members: torch.Tensor, centres: torch.Tensor, distances: torch.Tensor
) -> torch.Tensor:
    """Means of the bins; an empty one moves to the sample that is farthest from its centre."""
    sums = torch.zeros_like(centres).index_add_(0, members, x)
    sizes = torch.bincount(members, minlength=len(centres))
    empty = torch.nonzero(sizes == 0).flatten()
    means = sums / sizes.clamp_min(1)[:, None]
    if len(empty):
        means[empty] = x[torch.topk(distances, len(empty)).indices]
    return means


def _starts(x: torch.Tensor, count: int, random: np.random.Generator) -> torch.Tensor:
    chosen = [int(random.integers(len(x)))]
    distances = (x - x[chosen[0]]).square().sum(1)
    while len(chosen) < count:
        total = float(distances.sum())
        weights = distances.numpy() / total if total > 0 else None  # None: all samples are the same
        chosen.append(int(random.choice(len(x), p=weights)))
        distances = torch.minimum(distances, (x - x[chosen[-1]]).square().sum(1))
    return x[chosen].clone()


def _relative_entropy(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    present = p > 0
    return float((p[present] * np.log(p[present] / q[present])).sum())
