"""Time left: from measured time, with its uncertainty."""

from __future__ import annotations

import math

import pytest

from trainers.describing import duration
from trainers.timing import Estimate


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _train(estimate: Estimate, clock: Clock, steps: int, pace: float) -> None:
    """Two blocks of steps with a tenth of their time around each."""
    for number in range(steps):
        clock.now += 0.1 * pace
        estimate.waited()
        clock.now += 0.9 * pace
        estimate.stepped()
        if (number + 1) % 10 == 0:
            estimate.end_block()


def test_samples_and_checkpoints_count() -> None:
    clock = Clock()
    estimate = Estimate(1000, 100, 250, clock)
    assert math.isnan(estimate.left(0)[0])
    _train(estimate, clock, 100, 2.0)
    clock.now += 30.0
    estimate.spent("sample")
    clock.now += 50.0
    estimate.spent("checkpoint")
    seconds, error = estimate.left(100)
    assert seconds == pytest.approx(900 * 2.0 + 9 * 30.0 + 4 * 50.0)
    assert error == pytest.approx(0.0, abs=1e-6)
    assert estimate.in_steps == pytest.approx(180.0)
    assert estimate.overhead == pytest.approx(100.0 / 280.0)
    assert estimate.left(1000)[0] == 0


def test_a_pause_is_no_training() -> None:
    clock = Clock()
    estimate = Estimate(100, 1000, 1000, clock)
    _train(estimate, clock, 10, 1.0)
    clock.now += 3600.0
    estimate.forget_time()
    _train(estimate, clock, 10, 1.0)
    assert estimate.left(20)[0] == pytest.approx(80.0)


def test_an_unsteady_pace_shows_in_the_uncertainty() -> None:
    clock = Clock()
    estimate = Estimate(1000, 5000, 5000, clock)
    _train(estimate, clock, 10, 1.0)
    assert math.isnan(estimate.left(10)[1])
    for pace in (2.0, 1.0, 2.0, 1.0, 2.0):
        _train(estimate, clock, 10, pace)
    seconds, error = estimate.left(60)
    assert seconds == pytest.approx(940 * 1.5)
    assert error == pytest.approx(940 * 0.5477, rel=1e-3)


@pytest.mark.parametrize(
    ("seconds", "error", "words"),
    [
        (math.nan, math.nan, "time left not known yet"),
        (42.0, math.nan, "42 s left"),
        (600.0, 61.0, "10 ± 1 min left"),
        (36_000.0, 3_600.0, "10 ± 1 h left"),
    ],
)
def test_time_left_in_words(seconds: float, error: float, words: str) -> None:
    assert duration(seconds, error) == words
