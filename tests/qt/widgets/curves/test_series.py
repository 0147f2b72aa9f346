"""The data of a curve: nothing lost, nothing invented, quick at any size."""

from __future__ import annotations

import numpy as np
import pytest

from latentlab.qt.widgets.curves.series import Series, running_mean


def _noise(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=count)


def _filled(values: np.ndarray, pieces: int = 1) -> Series:
    series = Series()
    steps = np.arange(1, len(values) + 1) * 10.0
    for part in np.array_split(np.arange(len(values)), pieces):
        series.append(steps[part], values[part])
    return series


def test_few_points_are_shown_as_they_are() -> None:
    series = _filled(np.array([3.0, 1.0, 2.0]))
    x, y = series.outline(0, 40, 500)
    assert x.tolist() == [10, 20, 30]
    assert y.tolist() == [3, 1, 2]


@pytest.mark.parametrize("count", [999, 40_000])
def test_every_peak_is_in_the_outline(count: int) -> None:
    values = _noise(count)
    values[count // 3] = 50.0
    values[count // 2] = -70.0
    x, y = _filled(values).outline(0, count * 10 + 10, 200)
    assert y.max() == 50.0
    assert y.min() == -70.0
    assert len(x) == len(y) <= 8 * 200
    assert abs(x[y.argmax()] - (count // 3 + 1) * 10) <= 0.005 * count * 10 + 40


def test_appending_piece_by_piece_is_the_same_as_at_once() -> None:
    values = _noise(5003)
    whole, pieces = _filled(values), _filled(values, 137)
    for view in ((0, 50_050), (1000, 9000), (47_000, 50_030)):
        for one, other in zip(whole.outline(*view, 100), pieces.outline(*view, 100), strict=True):
            assert one == pytest.approx(other, nan_ok=True)


def test_what_is_done_again_replaces_what_was_there() -> None:
    series = _filled(np.ones(3000))
    series.append([20_000.0, 20_010.0], [5.0, 6.0])
    assert len(series) == 2001
    assert series.y[-2:].tolist() == [5.0, 6.0]
    assert series.bounds(0, 30_000) == (1.0, 6.0)
    series.cut(19_990)
    assert len(series) == 1999
    assert series.bounds(0, 30_000) == (1.0, 1.0)
    assert series.outline(0, 30_000, 50)[0].max() <= 19_990


def test_a_view_shows_its_stretch_and_one_point_more_at_each_side() -> None:
    series = _filled(_noise(100_000))
    x, _ = series.outline(500_000, 501_000, 400)
    assert x.tolist() == list(range(499_990, 501_011, 10)) or (x[0], x[-1]) == (499_990, 501_010)


def test_gaps_stay_gaps() -> None:
    values = np.ones(4000)
    values[1000:2000] = np.nan
    values[5] = np.inf
    series = _filled(values)
    x, y = series.outline(0, 40_001, 100)
    inside = (x > 10_500) & (x < 19_500)
    assert np.isnan(y[inside]).all()
    assert np.isfinite(y[~inside & (x > 100) & ((x < 9_900) | (x > 20_100))]).all()
    assert series.bounds(12_000, 18_000) is None


@pytest.mark.parametrize("width", [0.5, 7.0, 300.0])
def test_the_running_mean_is_its_definition(width: float) -> None:
    values = _noise(700)
    values[100:130] = np.nan
    expected = []
    for i in range(700):
        weights = np.exp(-(i - np.arange(i + 1)) / width)
        have = np.isfinite(values[: i + 1]) & (weights > 0)
        total = weights[have].sum()
        expected.append((weights[have] * values[: i + 1][have]).sum() / total if total > 1e-12 else np.nan)
    assert running_mean(values, width) == pytest.approx(np.array(expected), nan_ok=True, rel=1e-6, abs=1e-9)


def test_smoothing_hardly_depends_on_the_zoom() -> None:
    values = np.linspace(5, 1, 50_000) + _noise(50_000)
    series = _filled(values)
    exact = running_mean(values, 2000.0)
    for view, columns in (((0, 500_010), 300), ((250_000, 300_000), 300), ((499_000, 500_000), 800)):
        x, y = series.smooth(*view, columns, 2000.0)
        assert y == pytest.approx(np.interp(x, series.x, exact), abs=0.1)


def test_the_nearest_point_is_found() -> None:
    series = _filled(np.array([3.0, 1.0, 2.0]))
    assert series.nearest(-5) == (10.0, 3.0)
    assert series.nearest(24.9) == (20.0, 1.0)
    assert series.nearest(1e9) == (30.0, 2.0)
    assert Series().nearest(0) is None
