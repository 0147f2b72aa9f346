"""Exponential moving average of a network's weights."""

from __future__ import annotations

import copy
from typing import Generic, TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


_EVERY = 8
"""Steps between updates: following costs as much memory traffic as optimising does."""


class Average(Generic[Network]):
    """A copy of a network whose weights follow slowly: what samples and saved models are drawn with."""

    def __init__(self, network: Network, half_life: float) -> None:
        """Start as a copy of `network`.

        Args:
            network: followed by `update`.
            half_life: steps after which an old weight counts half.
        """
        self.network: Network = copy.deepcopy(network)
        self.network.eval().requires_grad_(False)
        self._half_life = half_life

    @torch.no_grad()
    def update(self, network: Network, step: int) -> None:
        """Move towards `network` after step number `step`, from 0.

        Quicker at first, so that the start is forgotten.
        """
        if (step + 1) % _EVERY:
            return
        decay = min(0.5 ** (_EVERY / self._half_life), (1 + step) / (10 + step))
        for weight, new in zip(self.network.parameters(), network.parameters(), strict=True):
            weight.mul_(decay).add_(new, alpha=1 - decay)
        for ours, theirs in zip(self.network.buffers(), network.buffers(), strict=True):
            ours.copy_(theirs)
