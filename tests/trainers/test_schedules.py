"""Schedules: their ends, their middle, and that nothing jumps."""

from __future__ import annotations

import itertools
import math

import pytest
import torch

from trainers import schedules


def test_a_cosine_goes_up_stays_and_comes_down() -> None:
    rates = [schedules.rate_factor("cosine", step, 100, warm=10, steady=0.4) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == rates[40] == 1
    assert rates[70] == pytest.approx(0.5)
    assert rates[100] == pytest.approx(0, abs=1e-12)
    assert max(a - b for a, b in itertools.pairwise(rates)) < math.pi / 100


def test_a_line_and_a_constant() -> None:
    assert [schedules.rate_factor("linear", step, 10, steady=0.5) for step in (0, 5, 6, 10)] == [
        1,
        1,
        pytest.approx(0.8),
        0,
    ]
    assert [schedules.rate_factor("constant", step, 10, warm=2) for step in (0, 1, 2, 10)] == [0.5, 1, 1, 1]


def test_a_run_of_half_the_steps_passes_through_the_same_rates() -> None:
    settings = schedules.RateSettings(schedule="cosine", steady=0.3)
    assert [settings.factor(step, 100) for step in range(0, 100, 2)] == [
        pytest.approx(settings.factor(step, 50)) for step in range(50)
    ]


def test_torch_has_the_same_cosine() -> None:
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=40)
    for step in range(40):
        assert schedules.rate_factor("cosine", step, 40) == pytest.approx(optimiser.param_groups[0]["lr"])
        optimiser.step()
        theirs.step()


def test_warming_up_and_annealing() -> None:
    assert [schedules.warm_up(step, 4) for step in (0, 1, 4, 9)] == [0, 0.25, 1, 1]
    assert schedules.warm_up(0, 0) == 1
    assert [schedules.annealed(3.0, 1.0, share) for share in (-1, 0, 0.5, 1, 2)] == [
        3,
        3,
        pytest.approx(2),
        1,
        1,
    ]


def test_every_group_gets_the_rate() -> None:
    weights = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    optimiser = torch.optim.Adam([{"params": [weight]} for weight in weights], lr=1.0)
    schedules.set_rate(optimiser, 0.25)
    assert [group["lr"] for group in optimiser.param_groups] == [0.25, 0.25]
