"""A figure and how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating | np.integer | np.bool_]

_DRAWS = 1000
_BLOCK = 1 << 24
"""Indices that are drawn at once."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with an interval that holds the true one in about 95 of 100 cases."""

    value: float
    low: float
    high: float


def mean_with_interval(values: Values, *, seed: int = 0, draws: int = _DRAWS) -> Estimate:
    """The mean of values of independent samples (N,), with a bootstrap interval (percentiles; Efron 1979).

    The interval says how the figure moves with the choice of samples, not how it moves with their number: a biased
    figure stays biased.
    """
    numbers = np.asarray(values, np.float64)
    random = np.random.default_rng(seed)
    means = np.empty(draws)
    step = max(1, _BLOCK // len(numbers))
    for begin in range(0, draws, step):
        chosen = random.integers(len(numbers), size=(min(step, draws - begin), len(numbers)))
        means[begin : begin + step] = numbers[chosen].mean(1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Estimate(float(numbers.mean()), float(low), float(high))


def bootstrap(
    statistic: Callable[..., float],
    *samples: Values,
    seed: int = 0,
    draws: int = 100,
    paired: bool = False,
) -> Estimate:
    """A statistic of one or several sets of samples (N, ...), each redrawn with replacement on its own.

    A measure that counts near-duplicates must not be given to it: redrawing makes some.

    Args:
        statistic: of all sets.
        samples: the sets.
        seed: of the redrawing.
        draws: how often.
        paired: the sets are about the same N things and are redrawn alike.
    """
    random = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        sizes = [len(part) for part in (samples[:1] if paired else samples)]
        chosen = [random.integers(size, size=size) for size in sizes] * (len(samples) if paired else 1)
        found.append(statistic(*(part[rows] for part, rows in zip(samples, chosen, strict=True))))
    low, high = np.quantile(found, (0.025, 0.975))
    return Estimate(float(statistic(*samples)), float(low), float(high))


def share_with_interval(count: int, total: int) -> Estimate:
    """A share `count / total` with Wilson's interval (Wilson 1927), which stays sensible at 0 and 1."""
    z = 1.959964
    share = count / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * float(np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)))
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half))
