"""Exponential moving average of a network's weights."""

from __future__ import annotations

import copy
from typing import Generic, TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


class Average(Generic[Network]):
    """A copy of a network whose weights follow slowly: what samples and saved models are drawn with."""

    def __init__(self, network: Network, half_life: float, *, every: int = 8) -> None:
        """Start as a copy of `network`.

        Args:
            network: followed by `update`.
            half_life: steps after which an old weight counts half; `steps_of` counts it in pictures.
            every: steps between updates: following costs as much memory traffic as optimising does.
        """
        self.network: Network = copy.deepcopy(network)
        self.network.eval().requires_grad_(False)
        self._half_life = half_life
        self._every = every

    @torch.no_grad()
    def update(self, network: Network, step: int) -> None:
        """Move towards `network` after step number `step`, from 0.

        Quicker at first, over about a ninth of the steps so far, so that the start is forgotten. Buffers (running
        statistics) are copied.
        """
        if (step + 1) % self._every:
            return
        decay = min(0.5 ** (1 / self._half_life), (1 + step) / (10 + step)) ** self._every
        torch._foreach_lerp_(list(self.network.parameters()), list(network.parameters()), 1 - decay)
        for ours, theirs in zip(self.network.buffers(), network.buffers(), strict=True):
            ours.copy_(theirs)


def steps_of(images: float, batch_size: int) -> float:
    """Steps in which training sees so many images: a half-life in images as `Average` takes it."""
    return images / batch_size
