"""Batch normalisation over a team: the statistics are those of the whole batch, not of one process's part."""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from trainers.team import Team

Network = TypeVar("Network", bound=nn.Module)


class TeamBatchNorm(_BatchNorm):
    """Batch normalisation of (N, C) and (N, C, H, W) whose statistics are shared by a team, gradients too."""

    def __init__(self, like: _BatchNorm, team: Team) -> None:
        """Take over the weights and statistics of `like`."""
        super().__init__(like.num_features, like.eps, like.momentum, like.affine, like.track_running_stats)
        self.load_state_dict(copy.deepcopy(like.state_dict()))
        self._team = team

    def _check_input_dim(self, input: Tensor) -> None:  # noqa: A002 - torch's name
        """Accept any number of sides."""

    def forward(self, features: Tensor) -> Tensor:
        if not self.training:
            return super().forward(features)
        sides = [0, *range(2, features.ndim)]
        mean = self._team.mean(features.mean(sides, keepdim=True))
        centred = features - mean
        variance = self._team.mean(centred.square().mean(sides, keepdim=True))
        self._follow(mean, variance, self._team.size * features.numel() // features.shape[1])
        result = centred * (variance + self.eps).rsqrt()
        if not self.affine:
            return result
        shape = (-1, *[1] * (features.ndim - 2))
        return result * self.weight.view(shape) + self.bias.view(shape)

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """Move the running statistics as torch does: its variance is the unbiased one of `count` numbers."""
        if self.running_mean is None or self.running_var is None or self.momentum is None:
            return
        self.running_mean.lerp_(mean.flatten(), self.momentum)
        self.running_var.lerp_(variance.flatten() * count / max(1, count - 1), self.momentum)
        if self.num_batches_tracked is not None:
            self.num_batches_tracked += 1


def share_statistics(network: Network, team: Team) -> Network:
    """Make every batch normalisation of `network` one over the team, in place; returns the network."""
    if team.size > 1:
        for module in list(network.modules()):
            for name, child in module.named_children():
                if isinstance(child, _BatchNorm) and not isinstance(child, TeamBatchNorm):
                    setattr(module, name, TeamBatchNorm(child, team))
    return network
