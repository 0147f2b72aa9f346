"""Gradients on their way to the optimiser."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from latentlab.errors import TrainingError
from trainers.gradients import settle
from trainers.team import ALONE


def _with_gradients() -> nn.Linear:
    network = nn.Linear(1, 2)
    network.weight.grad = torch.tensor([[3.0], [0.0]])
    network.bias.grad = torch.tensor([0.0, 4.0])
    return network


def test_the_norm_is_of_all_weights_together() -> None:
    network = _with_gradients()
    assert settle("critic", network, ALONE, 0) == pytest.approx(5)
    assert network.bias.grad is not None
    assert network.bias.grad.tolist() == [0, 4]


def test_clipping_keeps_the_direction() -> None:
    network = _with_gradients()
    assert settle("critic", network, ALONE, 0, clip=1.0) == pytest.approx(5)
    assert network.weight.grad is not None
    assert network.bias.grad is not None
    assert network.weight.grad.flatten().tolist() == pytest.approx([0.6, 0])
    assert network.bias.grad.tolist() == pytest.approx([0, 0.8])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_bad_gradient_names_network_weight_and_step(value: float) -> None:
    network = _with_gradients()
    assert network.bias.grad is not None
    network.bias.grad[0] = value
    with pytest.raises(TrainingError, match=r"gradient 'critic\.bias' at step 7"):
        settle("critic", network, ALONE, 7)
