"""Fully connected discriminator (Goodfellow et al. 2014, arXiv:1406.2661), for pictures and for points."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn

from trainers.networks.projection import ProjectionHead


class MLPDiscriminator(nn.Module):
    """Layers of equal width with leaky ReLU, and a score."""

    def __init__(
        self,
        inputs: int,
        hidden: tuple[int, ...],
        *,
        num_classes: int = 0,
        bias: bool = True,
        frequency: float = 0.0,
        waves: int = 32,
    ) -> None:
        """Make the network.

        Args:
            inputs: numbers of an image or point, of all that are judged together.
            hidden: widths of the hidden layers.
            num_classes: above 0, it also judges whether an image fits its class.
            bias: of the score.
            frequency: above 0, sines and cosines of the input are shown beside it, their frequencies from
                N(0, frequency²) in radians per unit: it then tells places apart that lie closer together
                (Tancik et al. 2020, arXiv:2006.10739).
            waves: how many sines.
        """
        super().__init__()
        self.waves: Tensor | None
        self.register_buffer("waves", frequency * torch.randn(waves, inputs) if frequency else None)
        widths = (inputs + (2 * waves if frequency else 0), *hidden)
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise(widths):
            layers += [nn.Linear(before, after), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers)
        self.head = ProjectionHead(widths[-1], num_classes, bias=bias)

    def forward(self, images: Tensor, classes: Tensor | None = None) -> Tensor:
        """Images (N, ...) and class weights (N, num_classes) to scores (N,)."""
        features = images.flatten(1)
        if self.waves is not None:
            phases = features @ self.waves.T
            features = torch.cat([features, phases.sin(), phases.cos()], 1)
        scores: Tensor = self.head(self.layers(features), classes)
        return scores
