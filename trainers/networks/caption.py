"""A discriminator that judges whether a picture is real and fits its caption.

Strided convolutions without normalisation, so that no score depends on another picture; the caption enters by
projection (Miyato & Koyama 2018, arXiv:1802.05637): what is said adds up word by word with what is seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from latentlab.models.caption_encoder import CaptionConfig, CaptionEncoder


class CaptionDiscriminator(nn.Module):
    """Scores pictures with captions; reads captions with a text encoder of its own."""

    def __init__(
        self,
        captions: CaptionConfig,
        resolution: int,
        image_channels: int,
        *,
        width: int = 32,
        max_width: int = 192,
        constant: bool = True,
    ) -> None:
        """Build an untrained one.

        Args:
            captions: vocabulary; `caption_dim` is the width of the projection too.
            resolution: a power of two, 8 and above.
            image_channels: 1 or 3.
            width: channels at half the resolution; doubled at every halving.
            max_width: what the doubling stops at.
            constant: whether scores have one; a game that compares pairs of them cannot teach it.
        """
        super().__init__()
        layers: list[nn.Module] = []
        before, side = image_channels, resolution
        while side > 4:
            side //= 2
            after = min(max_width, width * resolution // (2 * side))
            layers += [nn.Conv2d(before, after, 4, 2, 1), nn.LeakyReLU(0.2)]
            before = after
        layers += [nn.Conv2d(before, before, 3, 1, 1), nn.LeakyReLU(0.2), nn.Flatten()]
        layers += [nn.Linear(16 * before, captions.caption_dim), nn.LeakyReLU(0.2)]
        self.trunk = nn.Sequential(*layers)
        self.reader = CaptionEncoder(captions)
        self.unconditional = nn.Linear(captions.caption_dim, 1, bias=constant)

    def features(self, images: Tensor) -> Tensor:
        """What is seen in images (N, C, H, W) in [-1, 1], (N, caption_dim)."""
        result: Tensor = self.trunk(images)
        return result.float()

    def judge(self, features: Tensor, captions: Sequence[str]) -> Tensor:
        """Scores (N,) of what `features` returned, beside one caption each."""
        with torch.autocast(features.device.type, enabled=False):
            said: Tensor = self.reader(captions)
            alone: Tensor = self.unconditional(features)
            fitting = (features * said).sum(1) / math.sqrt(features.shape[1])
            return alone[:, 0] + fitting

    def forward(self, images: Tensor, captions: Sequence[str]) -> Tensor:
        """Scores (N,) of images (N, C, H, W) with one caption each."""
        return self.judge(self.features(images), captions)
