"""ResNet image translator: the generator of Johnson et al. 2016 (arXiv:1603.08155) as CycleGAN uses it (Zhu et al.
2017, arXiv:1703.10593, section 7.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from latentlab.errors import ShapeError
from latentlab.models.capabilities import Capabilities
from latentlab.models.generator import State
from latentlab.models.stack import SIGNED, ImageRange, StackGenerator, check_channels, check_end
from latentlab.models.steps import (
    Activation,
    Conv,
    Norm,
    PlainStep,
    Shape,
    Skip,
    Step,
    Transposed,
    Upsample,
    check_range,
)


@dataclass(frozen=True, slots=True)
class TranslatorConfig:
    """Architecture only; saved as JSON beside the weights. `resnet_translator` makes the published ones."""

    layers: tuple[Step, ...]
    """From a picture to a picture."""
    resolution: int = 256
    """Nominal: the layers take any size whose halvings come out even."""
    input_channels: int = 3
    image_channels: int = 3
    image_range: ImageRange = SIGNED
    """Of both pictures."""

    def __post_init__(self) -> None:
        check_range("resolution", self.resolution, 8, 2048)
        check_channels(self.input_channels)
        check_channels(self.image_channels)
        check_end(self.layers, self.start, (self.image_channels, self.resolution, self.resolution))

    @property
    def start(self) -> Shape:
        """(C, H, W) of the picture it starts from."""
        return (self.input_channels, self.resolution, self.resolution)


class Translator(StackGenerator):
    """A picture to its like in another style."""

    family = "translator"
    config: TranslatorConfig

    def __init__(self, config: TranslatorConfig) -> None:
        super().__init__()
        self.config = config
        picture = (config.image_channels, config.resolution, config.resolution)
        self._build(config.layers, config.start, picture, config.image_range)
        self.capabilities = Capabilities(
            family="ResNet translator",
            resolution=config.resolution,
            image_channels=config.image_channels,
            z_dim=0,
            code_dim=0,
            num_codes=0,
            latent_dims=0,
            has_truncation=False,
            is_translator=True,
            photo_channels=config.input_channels,
        )

    def map(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        return torch.zeros(z.shape[0], 0, 0, device=z.device, dtype=z.dtype)

    def start(self, image: Tensor | None = None) -> State:
        """State before the first block: `image` (N, C, H, W) in [-1, 1], grey or RGB as the network takes it.

        Raises:
            ShapeError: there is no image, or it does not have the network's channels.
        """
        if image is None:
            raise ShapeError("An image translator starts from a picture: choose one.")
        if image.ndim != 4 or image.shape[1] != self.config.input_channels:
            raise ShapeError(
                f"This translator takes {self.config.input_channels}-channel pictures but was given "
                f"{tuple(image.shape)}: convert the picture first."
            )
        return State(self.config.image_range.from_signed(image))


def resnet_translator(
    resolution: int = 256,
    *,
    input_channels: int = 3,
    image_channels: int = 3,
    width: int = 64,
    downsamplings: int = 2,
    residuals: int = 9,
    norm: Literal["instance", "batch", "none"] = "instance",
    upsampling: Literal["transposed", "resize"] = "transposed",
) -> TranslatorConfig:
    """The paper's generator: 6 residual blocks for 128 px, 9 from 256 px on.

    Args:
        resolution: nominal, of both pictures.
        input_channels: 1 or 3.
        image_channels: 1 or 3, of the picture it draws.
        width: channels at full resolution.
        downsamplings: halvings before the residual blocks.
        residuals: number of residual blocks.
        norm: instance normalisation, or batch normalisation with its running statistics, or none.
        upsampling: how a resolution is doubled; "resize" is nearest-neighbour and a convolution.
    """
    bias = norm != "batch"

    def normed(channels: int) -> list[PlainStep]:
        return [] if norm == "none" else [Norm(norm, channels, affine=not bias)]

    def finish(channels: int) -> list[PlainStep]:
        return [*normed(channels), Activation("relu")]

    layers: list[Step] = [Conv(input_channels, width, 7, padding=3, bias=bias, padding_mode="reflect")]
    layers += finish(width)
    for level in range(downsamplings):
        channels = width << level
        layers += [Conv(channels, 2 * channels, 3, 2, 1, bias), *finish(2 * channels)]
    channels = width << downsamplings
    inner = Conv(channels, channels, 3, padding=1, bias=bias, padding_mode="reflect")
    layers += [Skip((inner, *finish(channels), inner, *normed(channels)))] * residuals
    for level in reversed(range(downsamplings)):
        channels = width << level
        if upsampling == "resize":
            layers += [Upsample(), Conv(2 * channels, channels, 3, padding=1, bias=bias)]
        else:
            layers += [Transposed(2 * channels, channels, 3, 2, 1, output_padding=1, bias=bias)]
        layers += finish(channels)
    layers += [Conv(width, image_channels, 7, padding=3, padding_mode="reflect"), Activation("tanh")]
    return TranslatorConfig(tuple(layers), resolution, input_channels, image_channels)
