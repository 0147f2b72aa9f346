"""What happens to gradients between `backward` and the optimiser, in every system."""

from __future__ import annotations

import torch
from torch import nn

from trainers.finite import check_finite
from trainers.team import Team


def settle(name: str, network: nn.Module, team: Team, step: int, clip: float = 0.0) -> float:
    """Average the gradients over the team, check them, and clip them; returns their norm before clipping.

    Args:
        name: of the network, for the error.
        network: whose gradients are there.
        team: this process and the others.
        step: number of the step, from 0.
        clip: largest norm; 0: no limit.

    Raises:
        TrainingError: a gradient is not finite; the text names its weight.
    """
    team.average_gradients(network)
    gradients = {f"{name}.{key}": weight.grad for key, weight in network.named_parameters()}
    found = [gradient for gradient in gradients.values() if gradient is not None]
    norm = float(torch.stack(torch._foreach_norm(found)).norm())
    if not norm < float("inf"):
        check_finite("gradient", gradients, step)
    if clip and norm > clip:
        torch._foreach_mul_(found, clip / norm)
    return norm
