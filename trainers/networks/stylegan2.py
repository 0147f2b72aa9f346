"""The discriminator of StyleGAN2 (Karras et al. 2020, arXiv:1912.04958), and a light one; both know labels."""

from __future__ import annotations

import math
from itertools import pairwise

from torch import Tensor, nn

from latentlab.models.style_layers import EqualizedLinear, normalize_2nd_moment
from trainers.networks.dcgan import start_scaled
from trainers.networks.equalized import BatchSpread, Convolution
from trainers.networks.projection import ProjectionHead


class ResidualBlock(nn.Module):
    """Two convolutions and a shortcut to half the size. Section 4.1."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv0 = Convolution(in_channels, in_channels, 3)
        self.conv1 = Convolution(in_channels, out_channels, 3, down=True)
        self.skip = Convolution(in_channels, out_channels, 1, down=True, activate=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, H, W) to (N, out, H / 2, W / 2)."""
        shortcut: Tensor = self.skip(x, gain=math.sqrt(0.5))
        changed: Tensor = self.conv1(self.conv0(x), gain=math.sqrt(0.5))
        return shortcut + changed


class StyleGAN2Discriminator(nn.Module):
    """Pictures to logits."""

    def __init__(
        self,
        channels: tuple[int, ...],
        image_channels: int,
        *,
        num_classes: int = 0,
        group: int = 4,
    ) -> None:
        """Make the network.

        Args:
            channels: of the features at 4, 8, 16 ... pixels, up to the picture's own size.
            image_channels: 1 or 3.
            num_classes: 0 for pictures without labels.
            group: pictures whose spread is judged together.
        """
        super().__init__()
        descending = tuple(reversed(channels))
        self.from_rgb = Convolution(image_channels, descending[0], 1)
        self.blocks = nn.Sequential(*(ResidualBlock(wide, narrow) for wide, narrow in pairwise(descending)))
        self.spread = BatchSpread(group)
        self.conv = Convolution(channels[0] + 1, channels[0], 3)
        self.dense = EqualizedLinear(16 * channels[0], channels[0], activation="lrelu")
        self.out = EqualizedLinear(channels[0], channels[0] if num_classes else 1)
        self.label = EqualizedLinear(num_classes, channels[0]) if num_classes else None

    def forward(self, images: Tensor, condition: Tensor | None = None) -> Tensor:
        """Images (N, C, H, W) and class weights (N, num_classes) to logits (N,).

        Labels are projected: the logit is the product of the features with the embedded label (Miyato & Koyama
        2018, arXiv:1802.05637; StyleGAN2-ADA, appendix).
        """
        x: Tensor = self.blocks(self.from_rgb(images))
        x = self.conv(self.spread(x))
        x = self.out(self.dense(x.flatten(1)))
        if self.label is None:
            return x.squeeze(1)
        if condition is None:
            raise ValueError("A discriminator with labels was given none")
        label = normalize_2nd_moment(self.label(condition))
        logits: Tensor = (x * label).sum(1) / math.sqrt(label.shape[1])
        return logits


class LightDiscriminator(nn.Module):
    """One strided convolution a resolution, as DCGAN's without normalisation, and the spread of the batch.

    Less work than the residual one, and less exact about where things are. Its learning rate is not equalised: it
    wants one of its own, some 6e-4.
    """

    def __init__(
        self, channels: tuple[int, ...], image_channels: int, *, num_classes: int = 0, group: int = 4
    ) -> None:
        """Make the network; see `StyleGAN2Discriminator`."""
        super().__init__()
        widths = (image_channels, *reversed(channels[:-1]))
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 4, 2, 1), nn.LeakyReLU(0.2)]
        self.layers = start_scaled(nn.Sequential(*layers))
        self.spread = BatchSpread(group)
        self.head = ProjectionHead(16 * (widths[-1] + 1), num_classes)

    def forward(self, images: Tensor, condition: Tensor | None = None) -> Tensor:
        """Images (N, C, H, W) and class weights (N, num_classes) to logits (N,)."""
        scores: Tensor = self.head(self.spread(self.layers(images)).flatten(1), condition)
        return scores
