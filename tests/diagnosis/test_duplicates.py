"""Closest pairs, copies, and the birthday test."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.spatial.distance
import scipy.stats

from latentlab.diagnosis.duplicates import (
    closest_pairs,
    nearest_training,
    pairs_within,
    same_picture_limit,
    support_size,
    twins,
)


def test_closest_pairs_are_those_of_all_distances() -> None:
    x = np.random.default_rng(0).normal(size=(70, 4))
    table = scipy.spatial.distance.pdist(x)
    found = closest_pairs(x, 10)
    assert [pair.distance for pair in found] == pytest.approx(sorted(table)[:10])
    for pair in found:
        assert pair.first < pair.second
        assert np.linalg.norm(x[pair.first] - x[pair.second]) == pytest.approx(pair.distance)


def test_every_planted_duplicate_is_found() -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=(2000, 32)).astype(np.float32)
    copies = random.choice(1000, 20, replace=False)
    x[1980:] = x[copies]
    found = {(pair.first, pair.second) for pair in closest_pairs(x, 20)}
    assert found == {(int(copy), 1980 + i) for i, copy in enumerate(copies)}
    limit = same_picture_limit(twins(x[:1900])[0])
    assert pairs_within(x, limit * 0.5) == 20


def test_pairs_are_no_more_than_there_are() -> None:
    assert len(closest_pairs(np.zeros((3, 2)), 10)) == 3
    assert closest_pairs(np.zeros((1, 2)), 10) == ()


def test_a_copy_leads_to_its_training_picture() -> None:
    random = np.random.default_rng(2)
    training = random.normal(size=(300, 8))
    lengths, places = nearest_training(training[[17, 230]] + 1e-6, training)
    assert places.tolist() == [17, 230]
    assert (lengths < 1e-4).all()


def test_the_limit_keeps_different_pictures_apart() -> None:
    x = np.random.default_rng(3).normal(size=(400, 5))
    table = scipy.spatial.distance.squareform(scipy.spatial.distance.pdist(x)) + np.diag([np.inf] * 400)
    apart, nearest = twins(x)
    assert apart == pytest.approx(table.min(1))
    assert nearest.tolist() == table.argmin(1).tolist()
    expected = min(np.quantile(apart, 0.01), np.median(apart) / 4)
    assert same_picture_limit(apart, share=0.01) == pytest.approx(expected)


def test_what_lies_close_together_everywhere_is_no_repetition() -> None:
    random = np.random.default_rng(4)
    apart = twins(random.normal(size=(1000, 5)))[0]
    softer = twins(0.75 * random.normal(size=(1000, 5)))[0]
    assert (softer <= same_picture_limit(apart)).mean() < 0.01


def test_support_size_is_right_for_equally_likely_pictures() -> None:
    random = np.random.default_rng(4)
    held = 0
    for _ in range(200):
        _, counts = np.unique(random.integers(500, size=100), return_counts=True)
        found = support_size(100, int((counts * (counts - 1) // 2).sum()))
        held += found.low <= 500 <= found.high
    assert held >= 185


def test_the_interval_is_garwoods() -> None:
    found = support_size(100, 7)
    low, high = scipy.stats.chi2.ppf(0.025, 14) / 2, scipy.stats.chi2.ppf(0.975, 16) / 2
    assert found.low == pytest.approx(4950 / high, rel=1e-6)
    assert found.high == pytest.approx(4950 / low, rel=1e-6)


def test_without_a_pair_only_the_lower_end_is_known() -> None:
    found = support_size(100, 0)
    assert math.isinf(found.value)
    assert math.isinf(found.high)
    assert found.low == pytest.approx(4950 / -math.log(0.025), rel=1e-6)
