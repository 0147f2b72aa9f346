"""Bins: k-means against scikit-learn, the test of shares against scipy, missing modes found."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.spatial.distance
import scipy.stats
from sklearn.cluster import KMeans

from latentlab.diagnosis.bins import BinComparison, compare, k_means
from latentlab.errors import Cancelled, ShapeError


def _blobs(random: np.random.Generator, counts: list[int]) -> np.ndarray:
    centres = np.random.default_rng(99).normal(size=(len(counts), 6)) * 12
    return np.concatenate(
        [random.normal(centre, 1.0, (n, 6)) for centre, n in zip(centres, counts, strict=True)]
    )


def test_k_means_is_as_good_as_scikit_learns() -> None:
    x = np.random.default_rng(0).normal(size=(600, 5))
    bins = k_means(x, 12)
    ours = np.square(x - bins.centres[bins.members(x)]).sum()
    theirs = KMeans(12, n_init=3, random_state=0).fit(x).inertia_
    assert ours <= 1.03 * theirs


def test_k_means_is_the_same_for_the_same_seed_and_finds_clear_clusters() -> None:
    x = _blobs(np.random.default_rng(1), [80] * 8)
    one, two = k_means(x, 8, seed=3), k_means(x, 8, seed=3)
    assert (one.centres == two.centres).all()
    assert sorted(one.counts(x).tolist()) == [80] * 8


def test_k_means_of_equal_samples_ends() -> None:
    assert k_means(np.ones((10, 2)), 3).counts(np.ones((10, 2))).sum() == 10
    with pytest.raises(ShapeError, match="fewer bins"):
        k_means(np.ones((2, 2)), 3)
    with pytest.raises(Cancelled):
        k_means(np.random.default_rng(0).normal(size=(100, 2)), 3, watch=lambda share: True)


def test_p_values_are_those_of_two_proportions() -> None:
    found = BinComparison(np.array([30, 50, 20, 100]), np.array([60, 45, 5, 190]))
    for i in range(4):
        table = [[found.real[i], 200 - found.real[i]], [found.fake[i], 300 - found.fake[i]]]
        assert found.p_values[i] == pytest.approx(
            scipy.stats.chi2_contingency(table, correction=False).pvalue
        )
    assert (np.sign(found.z) == np.sign(found.fake / 300 - found.real / 200)).all()


def test_divergence_is_scipys() -> None:
    real, fake = np.array([10, 0, 30, 60]), np.array([25, 25, 0, 50])
    expected = scipy.spatial.distance.jensenshannon(real / 100, fake / 100) ** 2
    assert BinComparison(real, fake).divergence == pytest.approx(expected)


def test_few_bins_differ_between_two_halves_of_the_data() -> None:
    random = np.random.default_rng(5)
    shares = [
        BinComparison(random.multinomial(2000, [0.02] * 50), random.multinomial(2000, [0.02] * 50)).different
        / 50
        for _ in range(60)
    ]
    assert np.mean(shares) == pytest.approx(0.05, abs=0.015)


def test_withheld_clusters_are_named_and_no_others() -> None:
    random = np.random.default_rng(2)
    real = _blobs(random, [100] * 20)
    bins = k_means(real, 20)
    fake = _blobs(random, [0, 0, 10] + [118] * 17)
    centres = np.random.default_rng(99).normal(size=(20, 6)) * 12
    lost = set(bins.members(centres[:3]).tolist())
    assert set(compare(bins, real, fake).starved().tolist()) == lost


def test_nothing_is_starved_by_luck() -> None:
    random = np.random.default_rng(3)
    named = sum(
        len(
            BinComparison(
                random.multinomial(2000, [0.02] * 50), random.multinomial(2000, [0.02] * 50)
            ).starved()
        )
        for _ in range(100)
    )
    assert named <= 15
