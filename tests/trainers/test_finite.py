"""Where NaN and infinity first appear."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from trainers.finite import NotFiniteError, check_finite, check_losses, first_bad_layer


def test_the_first_bad_tensor_is_named() -> None:
    check_finite("loss", {"a": torch.ones(2), "b": None}, 3)
    with pytest.raises(NotFiniteError, match=r"infinity in the loss 'b' at step 3: .*lower learning rate"):
        check_finite("loss", {"a": torch.ones(2), "b": torch.tensor([1.0, math.inf])}, 3)
    with pytest.raises(NotFiniteError, match="'kl' is nan at step 4"):
        check_losses({"loss": 1.0, "kl": math.nan}, 4)


class _Root(nn.Module):
    """Its square root has an infinite slope at 0."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x - x.detach()).abs().sqrt() if self.training else x


def test_a_bad_weight_a_bad_output_and_a_bad_gradient_are_told_apart() -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2), _Root(), nn.Linear(2, 1))
    networks = {"net": network}

    def step(x: torch.Tensor) -> None:
        network(x).sum().backward()

    network.eval()
    assert first_bad_layer(networks, lambda: step(torch.ones(1, 2))) == ""
    assert first_bad_layer(networks, lambda: step(torch.full((1, 2), math.inf))).startswith(
        "the output of net.0"
    )
    network.train()
    assert first_bad_layer(networks, lambda: step(torch.ones(1, 2))) == "the gradient at net.1 (NaN)"
    with torch.no_grad():
        network[3].weight[0, 0] = math.nan
    assert first_bad_layer(networks, lambda: step(torch.ones(1, 2))) == "the weights net.3.weight"
    assert not network[0]._forward_hooks
