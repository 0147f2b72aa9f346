"""What training adds to the generators of StyleGAN and StyleGAN2: mixed styles, fresh noise, the mean of w."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from latentlab.models.style_layers import MappingNetwork
from latentlab.models.stylegan import StyleGAN
from latentlab.models.stylegan2 import StyleGAN2
from trainers.team import Team

_W_AVG_HALF_LIFE = 35_000.0
"""Images. StyleGAN's 0.995 per step of its batches of 32 ... 64 (arXiv:1812.04948, released code)."""


class StyleSampler:
    """Draws what a batch of pictures is made of, for the whole batch of a team, and keeps this process's rows."""

    def __init__(self, team: Team, device: str, mixing: float) -> None:
        """Describe the team.

        Args:
            team: this process and the others.
            device: of the networks.
            mixing: share of the pictures that take their later layers from a second code.
        """
        self._team = team
        self._device = device
        self._mixing = mixing

    def normal(self, noise: torch.Generator, count: int, *shape: int) -> Tensor:
        """Standard normal numbers (count / team, *shape)."""
        return self._team.part(torch.randn(count, *shape, generator=noise)).to(self._device)

    def codes(
        self,
        network: StyleGAN | StyleGAN2,
        noise: torch.Generator,
        count: int,
        condition: Tensor | None,
        layers: int,
    ) -> Tensor:
        """Codes (count / team, num_codes, w_dim) with mixing regularisation (arXiv:1812.04948, section 3.1).

        Args:
            network: whose mapping network is used.
            noise: of the step.
            count: pictures of all processes together.
            condition: class weights of this process's rows.
            layers: codes that are in use, among which the second one may begin.
        """
        z, other = (self.normal(noise, count, network.capabilities.z_dim) for _ in range(2))
        mixed = torch.rand(count, generator=noise) < self._mixing
        first = torch.randint(1, max(layers, 2), (count,), generator=noise)
        first = torch.where(mixed, first, network.capabilities.num_codes)  # of the second code
        codes = network.map(z, condition)
        if not self._mixing:
            return codes
        takes_other = torch.arange(codes.shape[1])[None, :] >= self._team.part(first)[:, None]
        return torch.where(takes_other[:, :, None].to(self._device), network.map(other, condition), codes)

    def maps(
        self, network: StyleGAN | StyleGAN2, noise: torch.Generator, count: int, blocks: int | None = None
    ) -> tuple[tuple[Tensor | None, ...], ...]:
        """Fresh noise for every picture, as the first `blocks` blocks of a network take it."""
        found: list[tuple[Tensor | None, ...]] = []
        for block in network.blocks[:blocks]:
            drawn = [self.normal(noise, count, 1, *size) for size in block.info.noise]
            strengths = _strengths(network, len(found))
            found.append(tuple(one * strength for one, strength in zip(drawn, strengths, strict=True)))
        return tuple(found)

    @torch.no_grad()
    def follow_mean(self, mapping: MappingNetwork, codes: Tensor, batch_size: int) -> None:
        """Move w_avg towards the mean of this step's first codes (N, num_codes, w_dim)."""
        mean = self._team.mean(codes[:, 0].detach().float().mean(0))
        mapping.get_buffer("w_avg").lerp_(mean, 1 - math.pow(0.5, batch_size / _W_AVG_HALF_LIFE))


def partners(count: int, group: int) -> tuple[Tensor, Tensor]:
    """Rows of a batch of `count` whose pictures are to be told apart: the i-th of the first with the i-th of the
    second.

    They stand in groups side by side, each picture with its partner in the next group: the discriminator judges
    the variety of a group, and partners of one class within it would betray themselves. Parts of a batch that hold
    whole pairs of groups have the same partners as the whole.
    """
    group = max(1, min(group, count // 2))
    rows = torch.arange(count - count % (2 * group)).view(-1, 2, group)
    return rows[:, 0].flatten(), rows[:, 1].flatten()


def _strengths(network: StyleGAN | StyleGAN2, block: int) -> tuple[Tensor | float, ...]:
    """What a block's noise is multiplied with before it is handed over; StyleGAN's blocks do that themselves."""
    if isinstance(network, StyleGAN):
        return (1.0,) * len(network.blocks[block].info.noise)
    layers = network.blocks[block].layers
    return tuple(layer.noise_strength for layer in layers) if network.config.use_noise else ()
