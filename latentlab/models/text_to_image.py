"""A generator that draws what a caption says (after Reed et al. 2016, arXiv:1605.05396), light enough for a CPU.

Every block takes a code of its own: z and, behind it, what the text encoder makes of the caption. Behind each
convolution the code scales and shifts the features (FiLM, Perez et al. 2018, arXiv:1709.07871), so that words
reach shapes at 4 px and colours at the last pixel alike. Every block adds to the picture (skip generator, Karras
et al. 2020, arXiv:1912.04958, section 4.1), which gives each one a picture of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.errors import CheckpointError, ShapeError
from latentlab.models.capabilities import BlockInfo, Capabilities
from latentlab.models.caption_encoder import CaptionConfig, CaptionEncoder
from latentlab.models.generator import Block, Generator, State
from latentlab.models.stack import check_channels
from latentlab.models.steps import check_range

RESOLUTIONS = (8, 16, 32, 64, 128, 256, 512)


@dataclass(frozen=True, slots=True)
class TextToImageConfig:
    """Architecture only; saved as JSON beside the weights. `text_to_image` makes a good one."""

    resolution: int
    channels: tuple[int, ...]
    """Of each block's output, from 4 x 4 up to `resolution`."""
    captions: CaptionConfig
    z_dim: int = 64
    image_channels: int = 3

    def __post_init__(self) -> None:
        if self.resolution not in RESOLUTIONS:
            raise CheckpointError(
                f"A text-to-image generator cannot have {self.resolution} px: choose a power of two, 8 to 512."
            )
        check_range("number of blocks", len(self.channels), *[self.resolution.bit_length() - 2] * 2)
        for channels in self.channels:
            check_range("channels", channels, 1, 1 << 13)
        check_range("z_dim", self.z_dim, 1, 1 << 14)
        check_channels(self.image_channels)

    @property
    def code_dim(self) -> int:
        """Width of a code: z and the caption."""
        return self.z_dim + self.captions.caption_dim


def text_to_image(
    captions: CaptionConfig,
    resolution: int = 64,
    *,
    z_dim: int = 64,
    image_channels: int = 3,
    width: int = 32,
    max_width: int = 192,
) -> TextToImageConfig:
    """An architecture of even work per resolution.

    Args:
        captions: the vocabulary and the size of the text encoder.
        resolution: a power of two, 8 to 512.
        z_dim: width of z.
        image_channels: 1 or 3.
        width: channels at full resolution; doubled at every halving.
        max_width: what the doubling stops at.
    """
    levels = resolution.bit_length() - 2
    channels = tuple(min(max_width, width << (levels - 1 - level)) for level in range(levels))
    return TextToImageConfig(resolution, channels, captions, z_dim, image_channels)


class ModulatedActivation(nn.Module):
    """Scale and shift by the code, then a leaky ReLU."""

    def __init__(self, code_dim: int, channels: int) -> None:
        super().__init__()
        self.style = nn.Linear(code_dim, 2 * channels)
        nn.init.normal_(self.style.weight, std=0.5 * code_dim**-0.5)
        nn.init.zeros_(self.style.bias)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        """x (N, C, H, W) and code (N, code_dim) to (N, C, H, W)."""
        scale, shift = self.style(code).to(x.dtype)[:, :, None, None].chunk(2, dim=1)
        return functional.leaky_relu(torch.addcmul(shift, x, scale + 1), 0.2)


class TextToImageBlock(Block):
    """All layers of one resolution: to twice the size, a convolution, and what they add to the picture."""

    def __init__(self, config: TextToImageConfig, level: int) -> None:
        super().__init__()
        channels, side = config.channels[level], 4 << level
        self.info = BlockInfo(f"b{side}", side, channels, codes=(level,))
        if level:
            self.enlarge: nn.Module = nn.ConvTranspose2d(
                config.channels[level - 1], channels, 4, 2, 1, bias=False
            )
        else:
            self.enlarge = nn.Linear(config.code_dim, channels * 16, bias=False)
        self.style0 = ModulatedActivation(config.code_dim, channels)
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.style1 = ModulatedActivation(config.code_dim, channels)
        self.to_rgb = nn.Conv2d(channels, config.image_channels, 1)
        for layer in (
            self.enlarge,
            self.conv,
        ):  # each number of the output has `fan` inputs of about unit size
            weight = layer.weight
            fan = weight.shape[1] if weight.ndim == 2 else 9 * weight.shape[1]
            fan = 4 * weight.shape[0] if isinstance(layer, nn.ConvTranspose2d) else fan
            nn.init.normal_(weight, std=(2.0 / fan) ** 0.5)
        nn.init.normal_(self.to_rgb.weight, std=0.2 * channels**-0.5)

    def forward(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        """See `Block.forward`."""
        code = codes[:, 0]
        if state.features is None:
            x = self.enlarge(code).view(len(code), -1, 4, 4)
        else:
            x = self.enlarge(state.features)
        x = self.style0(x, code)
        x = x + self.style1(self.conv(x), code)
        image = self.to_rgb(x)
        if state.image is not None:
            image = image + functional.interpolate(state.image, scale_factor=2, mode="nearest")
        return State(x, image)

    def code_weights(self) -> tuple[Tensor, ...]:
        """The style matrices, and in the first block what draws the 4 x 4 features."""
        matrices = [self.style0.style.weight, self.style1.style.weight]
        if isinstance(self.enlarge, nn.Linear):
            matrices.insert(0, self.enlarge.weight)
        return (torch.cat(matrices),)


class TextToImage(Generator):
    """z and a caption to a picture."""

    family = "text_to_image"
    config: TextToImageConfig

    def __init__(self, config: TextToImageConfig) -> None:
        super().__init__()
        self.config = config
        self.reader = CaptionEncoder(config.captions)
        self.synthesis = nn.ModuleDict()
        for level in range(len(config.channels)):
            block = TextToImageBlock(config, level)
            self.synthesis[block.info.name] = block
        self.register_buffer("code_mean", torch.zeros(config.code_dim), persistent=False)
        self.capabilities = Capabilities(
            family="Text-to-image GAN",
            resolution=config.resolution,
            image_channels=config.image_channels,
            z_dim=config.z_dim,
            code_dim=config.code_dim,
            num_codes=len(config.channels),
            latent_dims=config.z_dim,
            has_captions=True,
            caption_words=config.captions.words,
            caption_examples=config.captions.examples,
        )

    @property
    def blocks(self) -> tuple[TextToImageBlock, ...]:
        """b4 to the last resolution."""
        return tuple(cast(TextToImageBlock, block) for block in self.synthesis.values())

    def read(self, captions: Sequence[str]) -> Tensor:
        """See `ReadsCaptions.read`."""
        result: Tensor = self.reader(captions)
        return result

    def map(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        """Codes (N, num_codes, code_dim): z and the caption, the same for every block.

        Args:
            z: (N, z_dim).
            condition: (N, caption_dim), what `read` makes of captions or a blend of several; None draws as if
                nothing was said.
        """
        if condition is None:
            condition = self.read([""]).expand(len(z), -1)
        if z.shape[1:] != (self.config.z_dim,) or condition.shape != (
            len(z),
            self.config.captions.caption_dim,
        ):
            raise ShapeError(
                f"This model takes z of width {self.config.z_dim} and captions of width "
                f"{self.config.captions.caption_dim}, not {tuple(z.shape)} and {tuple(condition.shape)}."
            )
        code = torch.cat([z, condition.to(z)], dim=1)
        return code[:, None].repeat(1, self.capabilities.num_codes, 1)
