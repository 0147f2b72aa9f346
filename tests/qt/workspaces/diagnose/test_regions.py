"""Outlines: closed, around what is dense, agreeing with closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from latentlab.qt.workspaces.diagnose import regions

EXTENT = (-2.0, -2.0, 2.0, 2.0)


def _shoelace(line: np.ndarray) -> float:
    x, y = line.T
    return float(0.5 * (np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))))


def _grid(side: int = 128) -> tuple[np.ndarray, np.ndarray]:
    centres = -2 + 4 * (np.arange(side) + 0.5) / side
    y, x = np.meshgrid(centres, centres, indexing="ij")
    return x, y


def test_the_line_around_a_cone_is_a_circle() -> None:
    x, y = _grid()
    (line,) = regions.outlines(-np.hypot(x, y), -1.0, EXTENT)
    assert np.hypot(*line.T) == pytest.approx(np.ones(len(line)), abs=2e-3)
    assert _shoelace(line) == pytest.approx(np.pi, rel=2e-3)  # counter-clockwise


def test_a_ring_has_an_outer_line_and_a_hole() -> None:
    x, y = _grid()
    lines = regions.outlines(-abs(np.hypot(x, y) - 1.0), -0.3, EXTENT)
    assert sorted(_shoelace(line) for line in lines) == pytest.approx(
        [-np.pi * 0.7**2, np.pi * 1.3**2], rel=1e-2
    )


def test_lines_close_at_the_border() -> None:
    (line,) = regions.outlines(np.ones((10, 10)), 0.5, EXTENT)
    assert _shoelace(line) == pytest.approx(16.0, rel=0.2)


def test_a_saddle_gives_closed_lines() -> None:
    lines = regions.outlines(np.array([[1.0, 0.0], [0.0, 1.0]]), 0.5, EXTENT)
    assert all(_shoelace(line) > 0 for line in lines)
    assert sum(len(line) for line in lines) == 8


def test_density_keeps_the_number_of_points() -> None:
    points = np.random.default_rng(0).normal(0, 0.3, (500, 2))
    assert regions.density(points, EXTENT).sum() == pytest.approx(500, rel=1e-3)


def test_two_clusters_are_outlined_apart_with_their_members() -> None:
    random = np.random.default_rng(0)
    first = random.normal((-1, -1), 0.08, (40, 2))
    second = random.normal((1, 1), 0.08, (25, 2))
    found = regions.around(np.concatenate([first, second]), EXTENT)
    assert [len(one.members) for one in found[:2]] == [40, 25]
    assert set(found[0].members) == set(range(40))


def test_a_lone_point_is_outlined() -> None:
    (one,) = regions.around(np.array([[0.5, -0.5]]), EXTENT)
    assert one.members == (0,)
    assert one.lines[0].mean(0) == pytest.approx([0.5, -0.5], abs=0.05)


def test_nothing_has_no_lines() -> None:
    assert regions.around(np.empty((0, 2)), EXTENT) == []
    assert regions.contours(np.empty((0, 2)), EXTENT) == []
