"""Fully connected GAN generator (Goodfellow et al. 2014, arXiv:1406.2661), with classes as in Mirza & Osindero
2014 (arXiv:1411.1784)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from latentlab.models.stack import CodeConfig, CodeGenerator, Condition
from latentlab.models.steps import Activation, Linear, Norm, Reshape, Step


@dataclass(frozen=True, slots=True)
class MLPGANConfig(CodeConfig):
    """`mlp_gan` makes a good one."""


class MLPGAN(CodeGenerator):
    """z to a picture through fully connected layers."""

    family = "mlp_gan"

    def __init__(self, config: MLPGANConfig) -> None:
        super().__init__(config, "Conditional MLP GAN" if config.condition else "MLP GAN")


def mlp_gan(
    resolution: int = 28,
    *,
    z_dim: int = 100,
    image_channels: int = 1,
    hidden: tuple[int, ...] = (256, 512, 1024),
    num_classes: int = 0,
    embedding: int = 0,
    batch_norm: bool = True,
    tanh: bool = True,
) -> MLPGANConfig:
    """A generator of widening layers, leaky ReLU inside.

    Args:
        resolution: of the picture.
        z_dim: width of z.
        image_channels: 1 or 3.
        hidden: widths of the hidden layers.
        num_classes: above 0, the class is told behind z.
        embedding: width of the class's embedding; 0 for plain class weights.
        batch_norm: normalise every hidden layer but the first.
        tanh: whether the last layer is squashed into [-1, 1].
    """
    condition = Condition(num_classes, embedding=embedding) if num_classes else None
    widths = (z_dim + (condition.added if condition else 0), *hidden)
    layers: list[Step] = []
    for index, (before, after) in enumerate(itertools.pairwise(widths)):
        layers += [Linear(before, after)]
        layers += [Norm("batch", after)] if batch_norm and index else []
        layers += [Activation("leaky_relu", 0.2)]
    layers += [Linear(widths[-1], image_channels * resolution**2)]
    layers += [Activation("tanh")] if tanh else []
    layers += [Reshape((image_channels, resolution, resolution))]
    return MLPGANConfig(resolution, z_dim, tuple(layers), image_channels, condition)
