"""DCGAN generator (Radford et al. 2016, arXiv:1511.06434), with classes as in Mirza & Osindero 2014
(arXiv:1411.1784) or ACGAN (Odena et al. 2017, arXiv:1610.09585)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from latentlab.errors import CheckpointError
from latentlab.models.stack import CodeConfig, CodeGenerator, Condition
from latentlab.models.steps import Activation, Conv, Linear, Norm, Reshape, Step, Transposed, Upsample


@dataclass(frozen=True, slots=True)
class DCGANConfig(CodeConfig):
    """`dcgan` makes a good one."""


class DCGAN(CodeGenerator):
    """z to a picture through transposed convolutions, or through upsampling and convolutions."""

    family = "dcgan"

    def __init__(self, config: DCGANConfig) -> None:
        super().__init__(config, "Conditional DCGAN" if config.condition else "DCGAN")


def dcgan(
    resolution: int = 64,
    *,
    z_dim: int = 100,
    image_channels: int = 3,
    width: int = 64,
    max_width: int = 512,
    condition: Condition | None = None,
    start: Literal["transposed", "linear"] = "transposed",
    upsampling: Literal["transposed", "resize", "bilinear"] = "transposed",
    norm: Literal["batch", "none"] = "batch",
    slope: float = 0.0,
    tanh: bool = True,
) -> DCGANConfig:
    """The paper's generator, for any power of two.

    Args:
        resolution: 16 to 512.
        z_dim: width of z.
        image_channels: 1 or 3.
        width: channels at half the resolution; doubled at every halving.
        max_width: what the doubling stops at.
        condition: how a class reaches the code.
        start: how the code becomes 4 x 4: a transposed convolution of z as a 1 x 1 picture, or a linear layer.
        upsampling: how a resolution is doubled; "resize" is nearest-neighbour and a convolution, "bilinear" is
            bilinear and a convolution.
        norm: what follows every layer but the last.
        slope: of the ReLU below 0.
        tanh: whether the last layer is squashed into [-1, 1].
    """
    if resolution not in (16, 32, 64, 128, 256, 512):
        raise CheckpointError(f"A DCGAN cannot have {resolution} px: choose a power of two, 16 to 512.")
    relu = Activation("leaky_relu", slope) if slope else Activation("relu")
    normed = norm == "batch"
    sides = [4 << level for level in range(resolution.bit_length() - 2)]  # 4, 8, ..., resolution
    channels = {side: min(max_width, width * resolution // (2 * side)) for side in sides[:-1]}
    channels[resolution] = image_channels
    code_dim = z_dim + (condition.added if condition else 0)

    layers: list[Step]
    if start == "linear":
        layers = [Linear(code_dim, channels[4] * 16), Reshape((channels[4], 4, 4))]
    else:
        layers = [Reshape((code_dim, 1, 1)), Transposed(code_dim, channels[4], 4, 1, 0, bias=not normed)]
    for side in sides[1:]:
        before, after, last = channels[side // 2], channels[side], side == resolution
        layers += [Norm("batch", before)] if normed else []
        layers += [relu]
        if upsampling == "transposed":
            layers += [Transposed(before, after, bias=not normed)]
        else:
            mode: Literal["bilinear", "nearest"] = "bilinear" if upsampling == "bilinear" else "nearest"
            layers += [Upsample(mode=mode), Conv(before, after, padding=1, bias=last or not normed)]
    layers += [Activation("tanh")] if tanh else []
    return DCGANConfig(resolution, z_dim, tuple(layers), image_channels, condition)
