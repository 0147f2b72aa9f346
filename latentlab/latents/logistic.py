"""Regularised logistic regression for few examples of many numbers. NumPy alone.

Minimises  sum_i c_i log(1 + exp(-s_i (x_i . beta + b))) + ridge / 2 |beta|^2  by Newton's method; the intercept b
is not penalised and c_i balances the two sides (Hastie, Tibshirani & Friedman 2009, sections 4.4 and 18.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RIDGES: tuple[float, ...] = tuple(10.0 ** (power / 2) for power in range(-6, 5))
"""Tried for rows whose mean squared length is about 1."""
_STEPS = 100
_HALVINGS = 40
_TINY = 1e-10
_MOST_FOLDS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """What separates two sides: x is on the marked side where `x @ normal + intercept` is positive."""

    normal: Floats
    """(D,)."""
    intercept: float

    def scores(self, rows: Floats) -> Floats:
        """Log odds of the marked side for rows (N, D): (N,)."""
        scores: Floats = rows @ self.normal + self.intercept
        return scores


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """How well examples are told apart that were left out of the fit."""

    right: Flags
    """(N,): whether each example, left out, falls on its side."""
    loss: float
    """Mean log loss in nats, each side counting half."""


def fit(rows: Floats, marked: Flags, ridge: float) -> Boundary:
    """The boundary between rows (N, D) that are marked (N,) and those that are not."""
    left, lengths, right = np.linalg.svd(rows, full_matrices=False)
    kept = lengths > _TINY * max(float(lengths.max(initial=0.0)), _TINY)
    spanned = np.column_stack(
        [left[:, kept] * lengths[kept], np.ones(len(rows))]
    )  # beta lies in the rows' span
    penalty = np.append(np.full(int(kept.sum()), ridge), 0.0)
    solution = _newton(spanned, np.where(marked, 1.0, -1.0), _balance(marked), penalty)
    return Boundary(right[kept].T @ solution[:-1], float(solution[-1]))


def fit_chosen(rows: Floats, marked: Flags) -> tuple[Boundary, float]:
    """The boundary with the ridge of `RIDGES` that tells left-out examples apart best, and that ridge."""
    ridge = _best_ridge(rows, marked)
    return fit(rows, marked, ridge), ridge


def cross_validated(rows: Floats, marked: Flags) -> Checked:
    """Leave examples out in turn, one or a few of each side; the ridge is chosen anew without them."""
    scores = np.zeros(len(rows))
    for held in _folds(marked):
        boundary, _ = fit_chosen(rows[~held], marked[~held])
        scores[held] = boundary.scores(rows[held])
    return _checked(scores, marked)


def _best_ridge(rows: Floats, marked: Flags) -> float:
    if min(int(marked.sum()), int((~marked).sum())) < 2:
        return 1.0  # nothing to leave out
    losses = []
    for ridge in RIDGES:
        scores = np.zeros(len(rows))
        for held in _folds(marked):
            scores[held] = fit(rows[~held], marked[~held], ridge).scores(rows[held])
        losses.append(_checked(scores, marked).loss)
    best = min(losses)
    # Among ridges as good as the best, the strongest: with few examples it errs least.
    return max(ridge for ridge, loss in zip(RIDGES, losses, strict=True) if loss <= best + 0.01)


def _folds(marked: Flags) -> Iterator[Flags]:
    """Masks of examples to leave out: every fold has some of both sides, and every example its turn."""
    sides = [np.flatnonzero(marked), np.flatnonzero(~marked)]
    count = min(*(len(side) for side in sides), _MOST_FOLDS)
    for number in range(count):
        held = np.zeros(len(marked), dtype=np.bool_)
        for side in sides:
            held[side[number::count]] = True
        yield held


def _checked(scores: Floats, marked: Flags) -> Checked:
    signs = np.where(marked, 1.0, -1.0)
    losses = np.logaddexp(0.0, -signs * scores)
    return Checked(signs * scores > 0, float((_balance(marked) * losses).sum() / len(marked)))


def _balance(marked: Flags) -> Floats:
    """Weights (N,) that sum to N and let both sides count alike."""
    positive = int(marked.sum())
    sides: Sequence[int] = (positive, len(marked) - positive)
    return np.where(marked, len(marked) / (2 * max(sides[0], 1)), len(marked) / (2 * max(sides[1], 1)))


def _newton(rows: Floats, signs: Floats, weights: Floats, penalty: Floats) -> Floats:
    """Damped Newton steps until the gradient vanishes."""

    def value(point: Floats) -> float:
        return float(
            (weights * np.logaddexp(0.0, -signs * (rows @ point))).sum() + (penalty * point**2).sum() / 2
        )

    point = np.zeros(rows.shape[1])
    here = value(point)
    for _ in range(_STEPS):
        wrong = 1.0 / (1.0 + np.exp(np.clip(signs * (rows @ point), -500.0, 500.0)))
        gradient = penalty * point - rows.T @ (weights * signs * wrong)
        if float(np.abs(gradient).max()) < _TINY:
            break
        curvature = (rows * (weights * wrong * (1.0 - wrong))[:, None]).T @ rows + np.diag(penalty + _TINY)
        step = np.linalg.solve(curvature, gradient)
        length = 1.0
        for _ in range(_HALVINGS):
            there = value(point - length * step)
            if there <= here:
                break
            length /= 2
        point, before, here = point - length * step, here, there
        if before - here < 1e-13 * max(abs(here), 1.0):
            break
    return point
