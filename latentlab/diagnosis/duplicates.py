"""Repetition and copying: the closest pairs of samples, their nearest training pictures, the support's size.

The birthday test: Arora & Zhang 2017 (arXiv:1706.08224). A batch of s samples that holds c pairs of the same
picture points to about s (s - 1) / (2 c) different pictures, if all are equally likely; a generator with
favourites has more than that, so it is a lower end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from latentlab.diagnosis.distances import Features, distance_rows, nearest
from latentlab.diagnosis.estimate import Estimate
from latentlab.diagnosis.progress import Watch, unwatched

_NEAR = 0.25


@dataclass(frozen=True, slots=True)
class Pair:
    """Two samples that lie close together."""

    first: int
    second: int
    """Above `first`."""
    distance: float


def closest_pairs(features: Features, count: int, *, watch: Watch = unwatched) -> tuple[Pair, ...]:
    """The `count` closest pairs of samples (N, D), closest first."""
    wanted = min(count, len(features) * (len(features) - 1) // 2)
    kept = np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64)
    for begin, distances in distance_rows(features, features, watch=watch):
        rows = begin + torch.arange(len(distances))
        distances[torch.arange(len(features))[None] <= rows[:, None]] = math.inf  # each pair once
        found = distances.flatten().topk(min(wanted, distances.numel()), largest=False)
        first = found.indices // len(features) + begin
        second = found.indices % len(features)
        joined = tuple(
            np.concatenate([old, new.numpy()])
            for old, new in zip(kept, (found.values, first, second), strict=True)
        )
        order = np.argsort(joined[0], kind="stable")[:wanted]
        kept = joined[0][order], joined[1][order], joined[2][order]
    return tuple(
        Pair(int(a), int(b), float(length))
        for length, a, b in zip(*kept, strict=True)
        if math.isfinite(length)
    )


def pairs_within(features: Features, limit: float, *, watch: Watch = unwatched) -> int:
    """How many pairs of samples (N, D) are at most `limit` apart."""
    total = 0
    for begin, distances in distance_rows(features, features, watch=watch):
        rows = begin + torch.arange(len(distances))
        later = torch.arange(len(features))[None] > rows[:, None]
        total += int(((distances <= limit) & later).sum())
    return total


def nearest_training(
    samples: Features, training: Features, *, watch: Watch = unwatched
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distance of every sample (N, D) to its nearest training item, and which it is, (N,) each."""
    return nearest(samples, training, watch=watch)


def twins(features: Features, *, watch: Watch = unwatched) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distance of every item (N, D) to the nearest other one, and which it is, (N,) each."""
    lengths, places = np.empty(len(features)), np.empty(len(features), np.int64)
    for begin, distances in distance_rows(features, features, watch=watch):
        rows = np.arange(len(distances))
        distances[rows, begin + rows] = math.inf
        found = distances.min(1)
        lengths[begin : begin + len(rows)] = found.values.numpy()
        places[begin : begin + len(rows)] = found.indices.numpy()
    return lengths, places


def same_picture_limit(apart: NDArray[np.float64], *, share: float = 0.001) -> float:
    """A distance below which two samples count as the same picture, from the data itself.

    Different pictures of the data are farther apart in all but `share` of the cases; and it is a quarter of their
    usual distance at most, because the samples of a soft generator lie closer together everywhere.

    Args:
        apart: (N,) distances of the data's pictures to the nearest other one (`twins`).
        share: of them.
    """
    return min(float(np.quantile(apart, share)), _NEAR * float(np.median(apart)))


def support_size(samples: int, pairs: int) -> Estimate:
    """How many different pictures a generator draws, from `pairs` of the same among `samples`.

    The interval is that of a Poisson number of pairs (Garwood 1936). Without a pair only its lower end is known.
    """
    chances = samples * (samples - 1) / 2
    low_pairs, high_pairs = _poisson_interval(pairs)
    return Estimate(
        chances / pairs if pairs else math.inf,
        chances / high_pairs,
        chances / low_pairs if low_pairs else math.inf,
    )


def _poisson_interval(count: int) -> tuple[float, float]:
    """Means that make `count` or fewer, and `count` or more, a 2.5 % chance."""
    low = 0.0 if count == 0 else _solve(lambda mean: 1.0 - _poisson_cdf(count - 1, mean), 0.025, count)
    high = _solve(lambda mean: 1.0 - _poisson_cdf(count, mean), 0.975, count)
    return low, high


def _poisson_cdf(count: int, mean: float) -> float:
    """Chance of at most `count`, through the regularised upper gamma function."""
    return float(
        torch.special.gammaincc(
            torch.tensor(count + 1.0, dtype=torch.float64), torch.tensor(mean, dtype=torch.float64)
        )
    )


def _solve(rising: Callable[[float], float], wanted: float, near: int) -> float:
    """The mean at which a rising function of it reaches `wanted`, by halving."""
    low, high = 0.0, 10.0 + 2.0 * near + 10.0 * math.sqrt(near + 1)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2
