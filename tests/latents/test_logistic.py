"""Regularised logistic regression against scikit-learn's, and choosing the ridge for few examples."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from latentlab.latents import logistic


def few(seed: int, count: int, dims: int, apart: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    marked = np.arange(count) % 2 == 0
    rows = random.standard_normal((count, dims))
    rows[:, 0] += np.where(marked, apart, -apart)
    return rows, marked


@pytest.mark.parametrize("ridge", [0.01, 1.0, 30.0])
@pytest.mark.parametrize(("count", "dims"), [(12, 64), (60, 5)])
def test_the_boundary_is_that_of_scikit_learn(ridge: float, count: int, dims: int) -> None:
    rows, marked = few(1, count, dims, 0.7)
    marked[0] = False  # sides of different size
    ours = logistic.fit(rows, marked, ridge)
    theirs = LogisticRegression(C=1 / ridge, class_weight="balanced", tol=1e-10, max_iter=10_000)
    theirs.fit(rows, marked)
    assert np.allclose(ours.normal, theirs.coef_[0], atol=2e-4)
    assert np.allclose(ours.scores(rows), theirs.decision_function(rows), atol=2e-3)


def test_a_property_that_is_there_is_told_from_noise() -> None:
    rows, marked = few(2, 16, 4, 3.0)
    assert logistic.cross_validated(rows, marked).right.mean() > 0.9


def test_labels_without_meaning_are_told_by_chance() -> None:
    shares = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        marked = np.arange(12) < 6
        shares.append(logistic.cross_validated(random.standard_normal((12, 20)), marked).right.mean())
    assert 0.3 < np.mean(shares) < 0.7  # not the 1.0 that the fit itself would claim


def test_noise_is_met_with_more_regularisation_than_a_clear_property() -> None:
    clear, marked = few(3, 20, 3, 4.0)
    unclear, _ = few(3, 20, 60, 0.3)
    assert logistic.fit_chosen(unclear, marked)[1] > logistic.fit_chosen(clear, marked)[1]


def test_every_example_is_left_out_once_even_with_one_of_a_side() -> None:
    rows, _ = few(4, 7, 3, 2.0)
    marked = np.arange(7) == 0
    assert logistic.cross_validated(rows, marked).right.shape == (7,)
