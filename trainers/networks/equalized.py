"""What the discriminators of the StyleGANs are made of: equalised learning rate, and the spread of the batch.

Progressive GAN (Karras et al. 2018, arXiv:1710.10196), sections 3 and 4.1.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.errors import TrainingError
from latentlab.models.resampling import binomial_filter


class Convolution(nn.Module):
    """Convolution with equalised learning rate; with a bias and a leaky ReLU of gain sqrt(2), or with neither.

    With `down` its input is smoothed by [1, 3, 3, 1] and its output is half the size, both in one step.
    """

    taps: Tensor

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        *,
        down: bool = False,
        activate: bool = True,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels)) if activate else None
        self.down = down
        self._gain = 1 / math.sqrt(in_channels * kernel_size**2)
        if down:
            self.register_buffer("taps", binomial_filter((4, 4)), persistent=False)

    def forward(self, x: Tensor, gain: float = 1.0) -> Tensor:
        """(N, in, H, W) to (N, out, H, W), or half the size."""
        weight = self.weight * self._gain
        size = weight.shape[2]
        if not self.down:
            x = functional.conv2d(x, weight, self.bias, padding=size // 2)
        else:
            x = functional.pad(x, (size // 2 + 1,) * 4)
            x = functional.conv2d(x, self.taps.expand(x.shape[1], 1, 4, 4), groups=x.shape[1])
            if size == 1:
                x = functional.conv2d(x[:, :, ::2, ::2], weight, self.bias)
            else:
                x = functional.conv2d(x, weight, self.bias, stride=2)
        if self.bias is None:
            return x * gain
        return functional.leaky_relu(x, 0.2) * (gain * math.sqrt(2.0))


class BatchSpread(nn.Module):
    """Adds one map: how much the pictures of a group differ, which betrays a generator that repeats itself.

    Progressive GAN, section 3. Groups are consecutive rows, so that the parts of a batch hold whole groups.
    """

    def __init__(self, group: int) -> None:
        super().__init__()
        self.group = group

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C + 1, H, W); a last group may be smaller than the others."""
        spreads = [
            self._spread(part).expand(len(part), 1, *x.shape[2:]) for part in torch.split(x, self.group)
        ]
        return torch.cat([x, torch.cat(spreads).to(x.dtype)], dim=1)

    def _spread(self, x: Tensor) -> Tensor:
        """(), the standard deviation over the group, averaged over features and places."""
        centred = x.float() - x.float().mean(0)
        return (centred.square().mean(0) + 1e-8).sqrt().mean()


def check_groups(group: int, batch_size: int, team_size: int) -> None:
    """Raise TrainingError unless every process has whole groups: else several processes would not equal one."""
    if team_size > 1 and batch_size // team_size % group:
        raise TrainingError(
            f"{batch_size} pictures on {team_size} processes cannot be divided into groups of {group}: "
            "choose another batch size."
        )
