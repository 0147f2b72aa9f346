"""The discriminator of StyleGAN (Karras et al. 2019, arXiv:1812.04948), grown with the generator.

It is that of Progressive GAN (arXiv:1710.10196, appendix A) with a smoothing filter before every halving.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.models.style_layers import EqualizedLinear
from trainers.networks.equalized import BatchSpread, Convolution


class GrowingDiscriminator(nn.Module):
    """Pictures of any resolution it has a level for, to logits."""

    def __init__(self, channels: tuple[int, ...], image_channels: int, *, group: int = 4) -> None:
        """Make the network.

        Args:
            channels: of the features at 4, 8, 16 ... pixels.
            image_channels: 1 or 3.
            group: pictures whose spread is judged together.
        """
        super().__init__()
        self.from_rgb = nn.ModuleList(Convolution(image_channels, wide, 1) for wide in channels)
        self.blocks = nn.ModuleList(
            nn.Sequential(Convolution(wide, wide, 3), Convolution(wide, narrow, 3, down=True))
            for narrow, wide in pairwise(channels)
        )
        self.spread = BatchSpread(group)
        self.conv = Convolution(channels[0] + 1, channels[0], 3)
        self.dense = EqualizedLinear(16 * channels[0], channels[0], activation="lrelu")
        self.out = EqualizedLinear(channels[0], 1)

    def forward(self, images: Tensor, level: int, alpha: float = 1.0) -> Tensor:
        """Images (N, C, r, r) with r = 4 * 2**level to logits (N,).

        Args:
            images: as large as the level says.
            level: that has grown.
            alpha: share of the level, 0 ... 1; the rest sees the pictures at half the size.
        """
        x: Tensor = self.from_rgb[level](images)
        for below in range(level - 1, -1, -1):
            x = self.blocks[below](x)
            if below == level - 1 and alpha < 1:
                x = torch.lerp(self.from_rgb[below](functional.avg_pool2d(images, 2)), x, alpha)
        x = self.conv(self.spread(x))
        x = self.out(self.dense(x.flatten(1)))
        return x.squeeze(1)
