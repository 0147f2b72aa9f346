"""Counting modes, on samples whose modes are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2, entropy

from latentlab.diagnosis.modes import count_modes, reverse_kl

_CENTRES = np.array([[x, y] for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)], float)


def _mixture(counts: list[int], sigma: float = 0.05) -> NDArray[np.float64]:
    random = np.random.default_rng(0)
    chosen = np.repeat(_CENTRES[: len(counts)], counts, axis=0)
    return chosen + sigma * random.standard_normal(chosen.shape)


def test_the_data_themselves_have_every_mode() -> None:
    found = count_modes(_mixture([400] * 25), _CENTRES, 0.05)
    assert (found.captured, found.balanced) == (25, 25)
    assert found.high_quality == pytest.approx(
        chi2(2).cdf(9), abs=0.003
    )  # within 3 sigma in the plane: 98.9 %
    assert found.reverse_kl < 0.001
    assert sum(found.shares) == pytest.approx(found.high_quality)


def test_lost_and_thin_modes() -> None:
    """20 modes evenly, one with a tenth of its share, four lost."""
    found = count_modes(_mixture([1000] * 20 + [100]), _CENTRES, 0.05)
    assert (found.captured, found.balanced) == (21, 20)
    shares = np.array([1000] * 20 + [100])
    assert found.reverse_kl == pytest.approx(entropy(shares, np.ones(21)) + math.log(25 / 21), abs=0.01)


def test_samples_between_modes_are_not_of_high_quality() -> None:
    between = np.array([[-3.0, -4.0], [-1.0, 0.0], [9.0, 9.0]])
    found = count_modes(np.concatenate([between, _CENTRES[:1]]), _CENTRES, 0.05)
    assert found.high_quality == 0.25
    assert found.captured == 1


def test_the_border_is_three_sigma() -> None:
    at = np.array([[0.149, 0.0], [0.151, 0.0]])
    assert count_modes(at, np.zeros((1, 2)), 0.05).high_quality == 0.5


def test_nothing_at_all() -> None:
    found = count_modes(np.full((5, 2), 100.0), _CENTRES, 0.05)
    assert (found.captured, found.balanced, found.high_quality) == (0, 0, 0)
    assert math.isnan(found.reverse_kl)
    assert reverse_kl(np.array([7, 0, 0, 0])) == pytest.approx(math.log(4))
