"""A convolutional generator whose every block takes a code of its own, light enough for a CPU.

Behind each convolution the code, z and what stands for the class, scales and shifts the features (FiLM, Perez et
al. 2018, arXiv:1709.07871), so that a class reaches shapes at 4 px and colours at the last pixel alike. Every
block adds to the picture (skip generator, Karras et al. 2020, arXiv:1912.04958, section 4.1), which gives each
one a picture of its own. Nothing is normalised, and nothing squashes the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.errors import CheckpointError
from latentlab.models.capabilities import BlockInfo, Capabilities
from latentlab.models.generator import Block, Generator, State
from latentlab.models.stack import Condition, ConditionEncoder, check_channels
from latentlab.models.steps import check_range

RESOLUTIONS = (8, 16, 32, 64, 128, 256, 512)


@dataclass(frozen=True, slots=True)
class LayeredConfig:
    """Architecture only; saved as JSON beside the weights. `layered_gan` makes a good one."""

    resolution: int
    channels: tuple[int, ...]
    """Of each block's output, from 4 x 4 up to `resolution`."""
    z_dim: int = 64
    image_channels: int = 3
    condition: Condition | None = None

    def __post_init__(self) -> None:
        check_layers(self.resolution, self.channels, self.z_dim, self.image_channels)
        if self.condition and self.condition.kind != "concat":
            raise CheckpointError("A class stands behind z in this generator: the file is damaged.")

    @property
    def code_dim(self) -> int:
        """Width of a code: z and the class."""
        return self.z_dim + (self.condition.added if self.condition else 0)


def layered_gan(
    resolution: int = 64,
    *,
    z_dim: int = 64,
    image_channels: int = 3,
    width: int = 32,
    max_width: int = 192,
    condition: Condition | None = None,
) -> LayeredConfig:
    """An architecture of even work per resolution.

    Args:
        resolution: a power of two, 8 to 512.
        z_dim: width of z.
        image_channels: 1 or 3.
        width: channels at full resolution; doubled at every halving.
        max_width: what the doubling stops at.
        condition: what stands for a class behind z.
    """
    channels = even_channels(resolution, width, max_width)
    return LayeredConfig(resolution, channels, z_dim, image_channels, condition)


def even_channels(resolution: int, width: int, max_width: int) -> tuple[int, ...]:
    """Channels of each block from 4 x 4 up: `width` at the last, doubled at every halving up to `max_width`."""
    levels = resolution.bit_length() - 2
    return tuple(min(max_width, width << (levels - 1 - level)) for level in range(levels))


def check_layers(resolution: int, channels: Sequence[int], z_dim: int, image_channels: int) -> None:
    """Refuse what no generator of such blocks can have.

    Raises:
        CheckpointError: a number is out of range, or there are too many or too few blocks.
    """
    if resolution not in RESOLUTIONS:
        raise CheckpointError(
            f"A generator of this kind cannot have {resolution} px: choose a power of two, 8 to 512."
        )
    check_range("number of blocks", len(channels), *[resolution.bit_length() - 2] * 2)
    for count in channels:
        check_range("channels", count, 1, 1 << 13)
    check_range("z_dim", z_dim, 1, 1 << 14)
    check_channels(image_channels)


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


class LayeredBlock(Block):
    """All layers of one resolution: to twice the size, a convolution, and what they add to the picture."""

    def __init__(self, level: int, before: int, channels: int, code_dim: int, image_channels: int) -> None:
        """Make an untrained block.

        Args:
            level: it draws 4 << level px.
            before: channels of the block before; the first has none.
            channels: of its own.
            code_dim: width of a code.
            image_channels: 1 or 3.
        """
        super().__init__()
        side = 4 << level
        self.info = BlockInfo(f"b{side}", side, channels, codes=(level,))
        if level:
            self.enlarge: nn.Module = nn.ConvTranspose2d(before, channels, 4, 2, 1, bias=False)
        else:
            self.enlarge = nn.Linear(code_dim, channels * 16, bias=False)
        self.style0 = ModulatedActivation(code_dim, channels)
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.style1 = ModulatedActivation(code_dim, channels)
        self.to_rgb = nn.Conv2d(channels, image_channels, 1)
        # Each number of a layer's output has `fan` inputs of about unit size.
        for layer, fan in ((self.enlarge, 4 * before if level else code_dim), (self.conv, 9 * channels)):
            nn.init.normal_(layer.weight, std=(2.0 / fan) ** 0.5)
        nn.init.normal_(self.to_rgb.weight, std=0.2 * channels**-0.5)

    def forward(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        """See `Block.forward`."""
        code = codes[:, 0]
        if state.features is None:
            x = self.enlarge(code).reshape(-1, self.info.channels, 4, 4)
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


def layered_blocks(channels: Sequence[int], code_dim: int, image_channels: int) -> nn.ModuleDict:
    """Untrained blocks by name, b4 to the last resolution."""
    blocks = nn.ModuleDict()
    for level, count in enumerate(channels):
        block = LayeredBlock(level, channels[level - 1] if level else 0, count, code_dim, image_channels)
        blocks[block.info.name] = block
    return blocks


class LayeredGAN(Generator):
    """z, and a class where it knows some, to a picture."""

    family = "layered_gan"
    config: LayeredConfig

    def __init__(self, config: LayeredConfig) -> None:
        super().__init__()
        self.config = config
        self.condition = ConditionEncoder(config.condition) if config.condition else None
        self.synthesis = layered_blocks(config.channels, config.code_dim, config.image_channels)
        self.register_buffer("code_mean", torch.zeros(config.code_dim), persistent=False)
        self.capabilities = Capabilities(
            family="Conditional layered GAN" if config.condition else "Layered GAN",
            resolution=config.resolution,
            image_channels=config.image_channels,
            z_dim=config.z_dim,
            code_dim=config.code_dim,
            num_codes=len(config.channels),
            latent_dims=config.z_dim,
            num_classes=config.condition.num_classes if config.condition else 0,
        )

    @property
    def blocks(self) -> tuple[Block, ...]:
        """b4 to the last resolution."""
        return tuple(block for block in self.synthesis.values() if isinstance(block, Block))

    def map(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        """See `Generator.map`: z and the class, the same for every block."""
        code = z if self.condition is None else torch.cat([z, self.condition(condition).to(z)], dim=1)
        return code[:, None].repeat(1, self.capabilities.num_codes, 1)
