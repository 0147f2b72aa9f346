"""Distances between distributions of features: Fréchet distance and maximum mean discrepancy.

Named FID and KID only over Inception features; over any other network they are FD and KD of that network.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

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
    first, second = _taken_apart(a, b)
    return _distance(
        first, second, np.linalg.svd(first.factor @ second.factor.T, compute_uv=False).astype(np.float64)
    )


def frechet_estimate(a: Features, b: Features) -> Estimate:
    """`frechet_distance` with an interval: how it moves with the choice of samples, not with its bias.

    The distance is differentiated by each sample (its influence function), whose variances add up: the central
    limit theorem of Rippl, Munk & Sturm 2016 (arXiv:1506.00153) without the limit's inverse matrices.
    """
    first, second = _taken_apart(a, b)
    left, shared, right = np.linalg.svd(first.factor @ second.factor.T, full_matrices=False)
    value, apart = _distance(first, second, shared), first.mean - second.mean
    variance = sum(
        float(found.influences(shift, turned, shared).var(ddof=1)) / len(found.centred)
        for found, shift, turned in ((first, apart, left), (second, -apart, right.T))
    )
    half = 1.959964 * math.sqrt(variance)
    return Estimate(value, max(0.0, value - half), value + half)


@dataclass(frozen=True, slots=True)
class _Samples:
    """Samples (N, D) taken apart: mean, centred samples, and F (R, D) with F.T @ F their covariance; R is the
    smaller of N and D."""

    mean: NDArray[np.float64]
    centred: NDArray[np.float64]
    factor: NDArray[np.float64]
    whitening: NDArray[np.float64] | None
    """(D, R): the centred samples times it have unit covariance. None where they are their own factor, but for a
    number."""

    def influences(
        self, apart: NDArray[np.float64], turned: NDArray[np.float64], shared: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """How each sample pulls at the distance, (N,), up to a constant.

        Args:
            apart: this mean less the other one, (D,).
            turned: singular vectors of the product of the factors on this side, (R, K).
            shared: its singular values, (K,).
        """
        if self.whitening is None:
            rows = math.sqrt(len(self.centred) - 1) * turned
        else:
            rows = self.centred @ (self.whitening @ turned)
        pulled: NDArray[np.float64] = (
            np.square(self.centred).sum(1) - np.square(rows) @ shared + 2 * self.centred @ apart
        )
        return pulled


def _taken_apart(a: Features, b: Features) -> tuple[_Samples, _Samples]:
    if min(len(a), len(b)) < 2:
        raise ShapeError("A Fréchet distance needs at least two samples on each side.")
    return _samples(a), _samples(b)


def _samples(x: Features) -> _Samples:
    mean = x.mean(0, dtype=np.float64)
    centred = x.astype(np.float64) - mean
    if len(x) <= x.shape[1]:
        return _Samples(mean, centred, centred / math.sqrt(len(x) - 1), None)
    widths, axes = np.linalg.eigh(centred.T @ centred / (len(x) - 1))
    roots = np.sqrt(widths.clip(0.0))
    inverse = np.divide(1.0, roots, where=roots > 1e-9 * roots[-1], out=np.zeros_like(roots))
    return _Samples(mean, centred, roots[:, None] * axes.T, axes * inverse)


def _distance(first: _Samples, second: _Samples, shared: NDArray[np.float64]) -> float:
    """The trace of (A B)^(1/2) is the sum of the singular values of the product of their square roots."""
    apart = first.mean - second.mean
    traces = float(np.square(first.factor).sum() + np.square(second.factor).sum())
    return max(0.0, float(apart @ apart) + traces - 2 * float(shared.sum()))


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
        size: samples of each side in a subset; at most half of them, or subsets would hardly differ.
        seed: of the subsets.
        watch: told the share done; may cancel.
    """
    size = min(size, len(a) // 2, len(b) // 2)
    if size < 2:
        raise ShapeError("A kernel distance needs at least four samples on each side.")
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
