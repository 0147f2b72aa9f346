"""Distances between distributions of features: Fréchet distance and maximum mean discrepancy.

Named FID and KID only over Inception features; over any other network they are FD and KD of that network.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.distances import Features
from latentlab.diagnosis.estimate import Estimate
from latentlab.diagnosis.progress import Watch, unwatched
from latentlab.errors import Cancelled, ShapeError


def frechet_distance(a: Features, b: Features) -> float:
    """|mean difference|^2 + Tr(A + B - 2 (A B)^(1/2)) of the covariances: Heusel et al. 2017 (arXiv:1706.08500).

    Biased upwards by small samples: compare only figures over the same numbers, well above the dimensions.

    Args:
        a: (N, D), N at least 2.
        b: (M, D), M at least 2.
    """
    if min(len(a), len(b)) < 2:
        raise ShapeError("A Fréchet distance needs at least two samples on each side.")
    first, second = _root_factor(a), _root_factor(b)
    # The trace of (A B)^(1/2) is the sum of the singular values of the product of their square roots.
    shared = float(np.linalg.svd(first @ second.T, compute_uv=False).sum())
    difference = a.mean(0, dtype=np.float64) - b.mean(0, dtype=np.float64)
    return max(
        0.0,
        float(difference @ difference) + float(np.square(first).sum() + np.square(second).sum()) - 2 * shared,
    )


def _root_factor(x: Features) -> NDArray[np.float64]:
    """F with F.T @ F the covariance (D, D) of samples (N, D), of at most D rows."""
    x = x.astype(np.float64)
    centred: NDArray[np.float64] = (x - x.mean(0)) / math.sqrt(len(x) - 1)
    if len(x) <= x.shape[1]:
        return centred
    widths, axes = np.linalg.eigh(centred.T @ centred)
    scaled: NDArray[np.float64] = np.sqrt(widths.clip(0.0))[:, None] * axes.T
    return scaled


def kernel_distance(
    a: Features, b: Features, *, subsets: int = 100, size: int = 1000, seed: int = 0, watch: Watch = unwatched
) -> Estimate:
    """Squared maximum mean discrepancy with the kernel (x.y / D + 1)^3: Binkowski et al. 2018 (arXiv:1801.01401).

    Unbiased: 0 on average for equal distributions, whatever the number of samples. The mean over random subsets,
    with the interval of that mean.

    Args:
        a: (N, D).
        b: (M, D).
        subsets: how many.
        size: samples of each side in a subset, or all there are.
        seed: of the subsets.
        watch: told the share done; may cancel.
    """
    size = min(size, len(a), len(b))
    if size < 2:
        raise ShapeError("A kernel distance needs at least two samples on each side.")
    random = np.random.default_rng(seed)
    found = np.empty(subsets)
    for number in range(subsets):
        if watch(number / subsets):
            raise Cancelled
        x = a[random.choice(len(a), size, replace=False)]
        y = b[random.choice(len(b), size, replace=False)]
        found[number] = polynomial_mmd(x, y)
    half = 1.959964 * float(found.std(ddof=1)) / math.sqrt(subsets) if subsets > 1 else math.nan
    return Estimate(float(found.mean()), float(found.mean()) - half, float(found.mean()) + half)


def polynomial_mmd(x: Features, y: Features) -> float:
    """The unbiased estimate of the squared discrepancy of two samples (N, D) and (M, D)."""
    within = _without_diagonal(_kernel(x, x)) + _without_diagonal(_kernel(y, y))
    return within - 2.0 * float(_kernel(x, y).mean())


def _kernel(x: Features, y: Features) -> NDArray[np.float64]:
    values: NDArray[np.float64] = (x.astype(np.float64) @ y.astype(np.float64).T / x.shape[1] + 1.0) ** 3
    return values


def _without_diagonal(kernel: NDArray[np.float64]) -> float:
    n = len(kernel)
    return float((kernel.sum() - np.trace(kernel)) / (n * (n - 1)))
