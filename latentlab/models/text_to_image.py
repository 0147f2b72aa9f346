"""A generator that draws what a caption says (after Reed et al. 2016, arXiv:1605.05396), light enough for a CPU.

Its blocks are those of `latentlab.models.layered`: every one takes a code of its own, z and, behind it, what the
text encoder makes of the caption, so that words reach shapes at 4 px and colours at the last pixel alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.errors import ShapeError
from latentlab.models.capabilities import Capabilities
from latentlab.models.caption_encoder import CaptionConfig, CaptionEncoder
from latentlab.models.generator import Block, Generator
from latentlab.models.layered import check_layers, even_channels, layered_blocks


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
        check_layers(self.resolution, self.channels, self.z_dim, self.image_channels)

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
    channels = even_channels(resolution, width, max_width)
    return TextToImageConfig(resolution, channels, captions, z_dim, image_channels)


class TextToImage(Generator):
    """z and a caption to a picture."""

    family = "text_to_image"
    config: TextToImageConfig

    def __init__(self, config: TextToImageConfig) -> None:
        super().__init__()
        self.config = config
        self.reader = CaptionEncoder(config.captions)
        self.synthesis = layered_blocks(config.channels, config.code_dim, config.image_channels)
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
    def blocks(self) -> tuple[Block, ...]:
        """b4 to the last resolution."""
        return tuple(block for block in self.synthesis.values() if isinstance(block, Block))

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
