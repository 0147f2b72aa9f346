"""How many modes of a known mixture a generator draws, and how evenly.

Captured modes, high-quality share and reverse KL: VEEGAN (Srivastava et al. 2017, arXiv:1705.07761), PacGAN
(Lin et al. 2018, arXiv:1712.04086, section 4.1). "At least one sample" flatters a generator that has
all but lost a mode, so balanced modes are counted too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_REACH = 3.0
"""A sample belongs to a mode within this many standard deviations."""
_BALANCED = 0.2
"""Share of a uniform share that makes a mode balanced."""


@dataclass(frozen=True, slots=True)
class Modes:
    """What was found of a mixture of K equal modes."""

    captured: int
    """Modes with at least one sample."""
    balanced: int
    """Modes with at least a fifth of a uniform share of all samples."""
    high_quality: float
    """Share of the samples that belong to a mode, 0 ... 1."""
    reverse_kl: float
    """KL from the shares of the modes, among samples that belong, to uniform, in nats: 0 is even; NaN without
    such samples."""
    shares: tuple[float, ...]
    """Share of all samples that belongs to each mode."""


def count_modes(samples: NDArray[np.float64], centres: NDArray[np.float64], sigma: float) -> Modes:
    """Count the modes of a mixture of equal Gaussians.

    Args:
        samples: (N, D), at least one.
        centres: (K, D) of the modes.
        sigma: their common standard deviation per dimension.
    """
    distances = np.linalg.norm(samples[:, None] - centres[None], axis=2)
    nearest = distances.argmin(1)
    belongs = distances.min(1) <= _REACH * sigma
    counts = np.bincount(nearest[belongs], minlength=len(centres))
    shares = counts / len(samples)
    return Modes(
        captured=int((counts > 0).sum()),
        balanced=int((shares >= _BALANCED / len(centres)).sum()),
        high_quality=float(belongs.mean()),
        reverse_kl=reverse_kl(counts),
        shares=tuple(shares.tolist()),
    )


def reverse_kl(counts: NDArray[np.integer]) -> float:
    """sum p log(K p) of counts (K,) as shares p, in nats; NaN when all are 0."""
    total = int(counts.sum())
    if not total:
        return math.nan
    shares = counts[counts > 0] / total
    return float((shares * np.log(len(counts) * shares)).sum())
