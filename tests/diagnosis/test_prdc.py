"""Precision, recall, density, coverage: against the authors' package, and where the answer is known."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from prdc import compute_prdc

from latentlab.diagnosis.distances import distance_rows, nearest, radii
from latentlab.diagnosis.prdc import expected_coverage, neighbourhoods
from latentlab.errors import Cancelled, ShapeError


def _sets(reals: int, fakes: int, width: int, shift: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(reals + fakes)
    return random.normal(size=(reals, width)), random.normal(size=(fakes, width)) * 0.8 + shift


@pytest.mark.parametrize(("reals", "fakes", "width"), [(300, 200, 5), (150, 400, 40), (60, 60, 2)])
@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_figures_are_those_of_the_authors(reals: int, fakes: int, width: int, shift: float) -> None:
    real, fake = _sets(reals, fakes, width, shift)
    with contextlib.redirect_stdout(io.StringIO()):
        expected = compute_prdc(real_features=real, fake_features=fake, nearest_k=5)
    found = neighbourhoods(real, fake, 5)
    for name in ("precision", "recall", "density", "coverage"):
        assert getattr(found, name).value == pytest.approx(expected[name], abs=1e-6), name


def test_distances_are_exact_far_from_the_origin() -> None:
    random = np.random.default_rng(0)
    a, b = random.normal(size=(40, 7)) + 1000.0, random.normal(size=(30, 7)) + 1000.0
    found = np.concatenate([part.numpy() for _, part in distance_rows(a, b, of=7)])
    assert found == pytest.approx(np.linalg.norm(a[:, None] - b[None], axis=2), rel=1e-6)


def test_the_nearest_is_found_in_any_stretch() -> None:
    random = np.random.default_rng(1)
    a, b = random.normal(size=(50, 3)), random.normal(size=(20, 3))
    lengths, places = nearest(a, b)
    table = np.linalg.norm(a[:, None] - b[None], axis=2)
    assert (places == table.argmin(1)).all()
    assert lengths == pytest.approx(table.min(1))


def test_a_radius_leaves_out_the_sample_itself_but_not_its_twin() -> None:
    points = np.array([[0.0], [0.0], [3.0], [4.0]])
    assert radii(points, 1).tolist() == [0.0, 0.0, 1.0, 1.0]
    assert radii(points, 2).tolist() == [3.0, 3.0, 3.0, 4.0]


def test_a_lost_half_of_the_data_lowers_coverage_and_not_precision() -> None:
    random = np.random.default_rng(2)
    real = np.concatenate([random.normal(-10, 1, (300, 4)), random.normal(10, 1, (300, 4))])
    fake = random.normal(10, 1, (600, 4))
    found = neighbourhoods(real, fake)
    assert found.precision.value > 0.9
    assert found.coverage.value == pytest.approx(0.5, abs=0.05)
    assert not found.covered[:300].any()
    assert (found.gaps[:300] > 1).all()
    assert found.coverage.low < 0.5 < found.coverage.high


def test_coverage_of_a_perfect_generator_is_as_expected() -> None:
    random = np.random.default_rng(3)
    found = [
        neighbourhoods(random.normal(size=(100, 3)), random.normal(size=(80, 3)), 3).coverage.value
        for _ in range(60)
    ]
    assert np.mean(found) == pytest.approx(expected_coverage(100, 80, 3), abs=0.02)


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ShapeError, match="take more than 5"):
        neighbourhoods(np.zeros((5, 2)), np.zeros((20, 2)))
    with pytest.raises(ShapeError, match="cannot be compared"):
        nearest(np.zeros((5, 2)), np.zeros((5, 3)))


def test_progress_rises_and_cancel_stops() -> None:
    real, fake = _sets(400, 400, 3, 0.0)
    shares: list[float] = []

    def watch(share: float) -> bool:
        shares.append(share)
        return share >= 0.3

    with pytest.raises(Cancelled):
        neighbourhoods(real, fake, watch=watch)
    assert shares == sorted(shares)
    assert shares[0] == 0.0
