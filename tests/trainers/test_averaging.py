"""The average of the weights: its half-life, and what it leaves alone."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from trainers.averaging import Average, steps_of


def _linear(value: float) -> nn.Linear:
    network = nn.Linear(2, 2)
    nn.init.constant_(network.weight, value)
    nn.init.constant_(network.bias, value)
    return network


@pytest.mark.parametrize("every", [1, 8])
def test_half_of_the_old_is_left_after_a_half_life(every: int) -> None:
    average = Average(_linear(0.0), 64, every=every)
    new = _linear(1.0)
    for step in range(100_000, 100_064):  # long after the quick start
        average.update(new, step)
    torch.testing.assert_close(average.network.weight, torch.full((2, 2), 0.5))


@pytest.mark.parametrize("every", [1, 8])
def test_the_start_is_soon_forgotten(every: int) -> None:
    average = Average(_linear(5.0), 1e6, every=every)
    new = _linear(1.0)
    for step in range(100):
        average.update(new, step)
    assert average.network.weight.max().item() == pytest.approx(1, abs=1e-3)


def test_running_statistics_are_copied_and_the_network_is_not_touched() -> None:
    network = nn.BatchNorm1d(3)
    average = Average(network, 100.0, every=1)
    network(torch.randn(16, 3) + 4)
    average.update(network, 0)
    assert torch.equal(average.network.running_mean, network.running_mean)  # type: ignore[arg-type]
    assert not average.network.training
    assert network.training
    assert all(not weight.requires_grad for weight in average.network.parameters())


def test_a_half_life_in_images() -> None:
    assert steps_of(10_000, 32) == 312.5
