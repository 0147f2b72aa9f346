"""Fréchet and kernel distances, the Vendi score: against closed forms and an independent package."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.linalg

from latentlab.diagnosis.frechet import frechet_distance, frechet_estimate, kernel_distance, polynomial_mmd
from latentlab.diagnosis.vendi import vendi_score
from latentlab.errors import Cancelled, ShapeError


@pytest.mark.parametrize("shapes", [((300, 8), (200, 8)), ((20, 64), (30, 64)), ((20, 16), (400, 16))])
def test_frechet_distance_is_that_of_the_definition(shapes: tuple[tuple[int, int], ...]) -> None:
    random = np.random.default_rng(0)
    a = random.normal(size=shapes[0]) @ random.normal(size=(shapes[0][1], shapes[0][1]))
    b = random.normal(size=shapes[1]) * 2.0 + 0.5
    first, second = np.cov(a.T), np.cov(b.T)
    root = np.real(scipy.linalg.sqrtm(first @ second))
    expected = np.square(a.mean(0) - b.mean(0)).sum() + np.trace(first + second - 2 * root)
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("count", "most"), [(9, 2.0), (40, 1.6), (400, 1.25)])
def test_the_interval_of_a_frechet_distance_is_as_wide_as_it_scatters(count: int, most: float) -> None:
    random = np.random.default_rng(3)
    first, second = random.normal(size=(2, 12, 12))
    found = [
        frechet_estimate(
            random.normal(size=(count, 12)) @ first, random.normal(size=(count, 12)) @ second + 0.3
        )
        for _ in range(150)
    ]
    scatter = np.std([one.value for one in found])
    told = np.mean([one.high - one.value for one in found]) / 1.96
    assert 0.85 < told / scatter < most


def test_frechet_distance_to_itself_is_0() -> None:
    a = np.random.default_rng(1).normal(size=(50, 5))
    assert frechet_distance(a, a) == pytest.approx(0.0, abs=1e-9)


def test_frechet_distance_of_a_shift_is_its_square() -> None:
    a = np.random.default_rng(2).normal(size=(500, 3))
    assert frechet_distance(a, a + 2.0) == pytest.approx(12.0, rel=1e-6)


def test_discrepancy_is_that_of_the_double_sums() -> None:
    random = np.random.default_rng(3)
    x, y = random.normal(size=(12, 4)), random.normal(size=(9, 4)) + 0.3

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        return float((a @ b / 4 + 1) ** 3)

    same = sum(kernel(a, b) for i, a in enumerate(x) for j, b in enumerate(x) if i != j) / (12 * 11)
    other = sum(kernel(a, b) for i, a in enumerate(y) for j, b in enumerate(y) if i != j) / (9 * 8)
    across = sum(kernel(a, b) for a in x for b in y) / (12 * 9)
    assert polynomial_mmd(x, y) == pytest.approx(same + other - 2 * across)


def test_kernel_distance_is_unbiased_and_sees_a_difference() -> None:
    random = np.random.default_rng(4)
    a, b = random.normal(size=(600, 6)), random.normal(size=(600, 6))
    same = kernel_distance(a, b, subsets=50, size=100)
    assert abs(same.value) < 0.05
    moved = kernel_distance(a, b + 0.5, subsets=50, size=100)
    assert moved.low > same.high
    with pytest.raises(Cancelled):
        kernel_distance(a, b, watch=lambda share: share > 0.2)


def test_kernel_distance_of_few_samples_has_an_interval() -> None:
    random = np.random.default_rng(5)
    a, b = random.normal(size=(60, 8)), random.normal(0.3, 1.0, size=(60, 8))
    found = kernel_distance(a, b, subsets=50, size=1000)
    assert found.low < found.value < found.high
    with pytest.raises(ShapeError, match="four samples"):
        kernel_distance(a[:3], b)


@pytest.mark.filterwarnings("ignore:Please import:DeprecationWarning")  # by the package
@pytest.mark.parametrize("shape", [(40, 8), (12, 30)])
def test_vendi_score_is_that_of_the_authors(shape: tuple[int, int]) -> None:
    from vendi_score import vendi  # warns when it is imported

    x = np.random.default_rng(5).normal(size=shape)
    assert vendi_score(x) == pytest.approx(
        vendi.score_X(x / np.linalg.norm(x, axis=1, keepdims=True)), rel=1e-6
    )


def test_vendi_score_counts_different_samples() -> None:
    assert vendi_score(np.ones((10, 4))) == pytest.approx(1.0)
    assert vendi_score(np.eye(6)) == pytest.approx(6.0)
    assert vendi_score(np.repeat(np.eye(3), 5, 0)) == pytest.approx(3.0)
    assert math.isfinite(vendi_score(np.zeros((3, 3)) + np.eye(3)[0]))
