"""The discriminator of DCGAN (Radford et al. 2016, arXiv:1511.06434), as published and in a modern form."""

from __future__ import annotations

import itertools
from typing import Literal, TypeVar

import torch.nn.functional as F  # noqa: N812 - the field's name
from torch import Tensor, nn

from trainers.networks.projection import ProjectionHead

Network = TypeVar("Network", bound=nn.Module)


class Halve(nn.Module):
    """Half the size by bilinear interpolation."""

    def forward(self, features: Tensor) -> Tensor:
        return F.avg_pool2d(features, 2)  # what bilinear sampling half way between pixels is


class DCGANDiscriminator(nn.Module):
    """Halves the picture down to 4 x 4 while the channels double, then scores it."""

    def __init__(
        self,
        resolution: int,
        image_channels: int,
        *,
        width: int = 64,
        max_width: int = 512,
        norm: Literal["none", "batch"] = "none",
        downsampling: Literal["strided", "bilinear"] = "bilinear",
        num_classes: int = 0,
        bias: bool = True,
    ) -> None:
        """Make the network.

        Args:
            resolution: a power of two, 8 or more.
            image_channels: of all pictures that are judged together.
            width: channels at half the resolution; doubled at every halving.
            max_width: what the doubling stops at.
            norm: "batch" normalises all but the first layer, as published.
            downsampling: convolutions of stride 2, or a 3 x 3 convolution and bilinear downsampling.
            num_classes: above 0, it also judges whether a picture fits its class.
            bias: of the score.
        """
        super().__init__()
        halvings = resolution.bit_length() - 3
        widths = [image_channels, *(min(max_width, width << level) for level in range(halvings))]
        layers: list[nn.Module] = []
        for index, (before, after) in enumerate(itertools.pairwise(widths)):
            normed = norm == "batch" and index > 0
            if downsampling == "strided":
                layers.append(nn.Conv2d(before, after, 4, 2, 1, bias=not normed))
            else:
                layers += [nn.Conv2d(before, after, 3, 1, 1, bias=not normed), Halve()]
            layers += [nn.BatchNorm2d(after)] if normed else []
            layers.append(nn.LeakyReLU(0.2))
        self.layers = nn.Sequential(*layers)
        self.head = ProjectionHead(widths[-1] * 16, num_classes, bias=bias)

    def forward(self, images: Tensor, classes: Tensor | None = None) -> Tensor:
        """Images (N, C, H, W) and class weights (N, num_classes) to scores (N,)."""
        scores: Tensor = self.head(self.layers(images).flatten(1), classes)
        return scores


def start_scaled(network: Network) -> Network:
    """Weights of variance 2 over the inputs of their layer, biases 0; the same network.

    He et al. 2015 (arXiv:1502.01852). N(0, 0.02) is about that for 64 channels and more, and starves narrower
    networks that nothing normalises.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, 0.2)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network


def start_small(network: Network) -> Network:
    """Weights from N(0, 0.02), biases 0, gains from N(1, 0.02), as published in section 3; the same network."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(module.weight, 0.0, 0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, 0.02)
            nn.init.zeros_(module.bias)
    return network
