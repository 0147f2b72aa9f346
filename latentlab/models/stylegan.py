"""StyleGAN (Karras et al. 2019, arXiv:1812.04948): learned constant, AdaIN styles, noise per layer.

Every block has a toRGB of its own, so that the network can be grown (Progressive GAN, arXiv:1710.10196) and every
block shows a picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.errors import ShapeError
from latentlab.models.capabilities import BlockInfo, Capabilities, NoiseMode
from latentlab.models.generator import Block, Generator, State
from latentlab.models.resampling import filter_2d
from latentlab.models.style_layers import (
    EqualizedLinear,
    MappingConfig,
    MappingNetwork,
    noise_factors,
    noise_map,
    require_range,
)


@dataclass(frozen=True, slots=True)
class StyleGANConfig:
    """Architecture only; saved as JSON beside the weights."""

    resolution: int
    channels: tuple[int, ...]
    """Of each block's output, from 4 x 4 up to `resolution`."""
    z_dim: int = 512
    w_dim: int = 512
    image_channels: int = 3
    mapping: MappingConfig = field(default_factory=MappingConfig)
    use_noise: bool = True
    fade: float = 1.0
    """Share of the last block in the picture; below 1 while that block is being faded in, the rest being the
    block before."""

    def __post_init__(self) -> None:
        require_range("resolution", self.resolution, 4, 4096)
        require_range("channels", len(self.channels), *[math.log2(self.resolution) - 1] * 2)
        for channels in self.channels:
            require_range("channels", channels, 1, 8192)
        for name in ("z_dim", "w_dim"):
            require_range(name, getattr(self, name), 1, 16384)
        require_range("image_channels", self.image_channels, 1, 4)
        require_range("fade", self.fade, 0.0 if len(self.channels) > 1 else 1.0, 1.0)


class EqualizedConv(nn.Module):
    """Convolution whose stored weights have unit variance."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, *, gain: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size))
        self._gain = gain / math.sqrt(in_channels * kernel_size**2)

    def forward(self, x: Tensor, *, up: bool = False) -> Tensor:
        """(N, in, H, W) to (N, out, H, W); `up` repeats every pixel 2 x 2 first."""
        if up:
            x = functional.interpolate(x, scale_factor=2, mode="nearest")
        return functional.conv2d(x * self._gain, self.weight, padding=self.weight.shape[2] // 2)


class StyledActivation(nn.Module):
    """Noise, bias, leaky ReLU, then the style: each map normalised, scaled and shifted (AdaIN). Section 2."""

    def __init__(self, config: StyleGANConfig, channels: int, side: int) -> None:
        super().__init__()
        if config.use_noise:
            self.noise_strength = nn.Parameter(torch.zeros(channels))
            self.register_buffer("noise_const", torch.randn(side, side))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.style = EqualizedLinear(config.w_dim, 2 * channels)

    def forward(self, x: Tensor, w: Tensor, noise: Tensor | None = None) -> Tensor:
        """x (N, C, H, W), w (N, w_dim) and noise (1 or N, 1, H, W) to (N, C, H, W)."""
        if noise is not None:
            x = x + noise.to(x.dtype) * self.noise_strength[:, None, None]
        x = functional.leaky_relu(x + self.bias[:, None, None], 0.2)
        x = x - x.mean(dim=(2, 3), keepdim=True)
        x = x * (x.square().mean(dim=(2, 3), keepdim=True) + 1e-8).rsqrt()
        scale, shift = self.style(w).to(x.dtype).chunk(2, dim=1)
        styled: Tensor = x * (scale + 1)[:, :, None, None] + shift[:, :, None, None]
        return styled


class StyleGANBlock(Block):
    """All layers of one resolution, and its toRGB."""

    def __init__(self, config: StyleGANConfig, level: int) -> None:
        super().__init__()
        resolution = 4 * 2**level
        channels = config.channels[level]
        self.is_last = level == len(config.channels) - 1
        if level == 0:
            self.const = nn.Parameter(torch.ones(channels, 4, 4))
        else:
            self.conv0 = EqualizedConv(config.channels[level - 1], channels, 3, gain=math.sqrt(2.0))
            self.register_buffer("blur", torch.tensor([1.0, 2.0, 1.0]) / 4)
        self.style0 = StyledActivation(config, channels, resolution)
        self.conv1 = EqualizedConv(channels, channels, 3, gain=math.sqrt(2.0))
        self.style1 = StyledActivation(config, channels, resolution)
        self.torgb = EqualizedConv(channels, config.image_channels, 1, gain=1.0)
        self.torgb_bias = nn.Parameter(torch.zeros(config.image_channels))
        self.fade = config.fade if self.is_last else 1.0
        if self.fade < 1:
            self.coarse = EqualizedConv(config.channels[level - 1], config.image_channels, 1, gain=1.0)
            self.coarse_bias = nn.Parameter(torch.zeros(config.image_channels))
        self.info = BlockInfo(
            name=f"b{resolution}",
            resolution=resolution,
            channels=channels,
            codes=(2 * level, 2 * level + 1),
            noise=((resolution, resolution),) * (2 if config.use_noise else 0),
        )

    def forward(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        """See `Block.forward`; the learned strength is per channel and is applied here."""
        first, second = noise or (None, None)
        if state.features is None:
            x = self.const[None].expand(codes.shape[0], -1, -1, -1).to(codes.dtype)
        else:
            x = self.conv0(state.features, up=True)
            x = filter_2d(x, self.get_buffer("blur"), (1, 1, 1, 1))
        x = self.style0(x, codes[:, 0], first)
        x = self.style1(self.conv1(x), codes[:, 1], second)
        if not self.is_last:
            return State(x)
        image = self.colours(x)
        if self.fade < 1 and state.features is not None:
            image = _faded(self.coarse(state.features) + self.coarse_bias[:, None, None], image, self.fade)
        return State(x, image)

    def colours(self, features: Tensor) -> Tensor:
        """toRGB: (N, C, H, W) to (N, image_channels, H, W)."""
        image: Tensor = self.torgb(features)
        return image + self.torgb_bias[:, None, None]

    def rgb(self, state: State) -> Tensor | None:
        """See `Block.rgb`."""
        if state.image is not None:
            return state.image
        return None if state.features is None else self.colours(state.features)

    def code_weights(self) -> tuple[Tensor, ...]:
        """The style matrices."""
        return (self.style0.style.weight, self.style1.style.weight)


class StyleGAN(Generator):
    """StyleGAN of 2019."""

    family = "stylegan"

    def __init__(self, config: StyleGANConfig) -> None:
        super().__init__()
        self.config = config
        self.mapping = MappingNetwork(config.mapping, config.z_dim, 0, config.w_dim, gain_on_weight=True)
        self.synthesis = nn.ModuleDict()
        for level in range(len(config.channels)):
            block = StyleGANBlock(config, level)
            self.synthesis[block.info.name] = block
        self.capabilities = Capabilities(
            family="StyleGAN",
            resolution=config.resolution,
            image_channels=config.image_channels,
            z_dim=config.z_dim,
            code_dim=config.w_dim,
            num_codes=2 * len(config.channels),
            latent_dims=config.w_dim,
            has_mapping=True,
            has_truncation=config.mapping.has_w_avg,
            has_noise=config.use_noise,
        )

    @property
    def blocks(self) -> tuple[StyleGANBlock, ...]:
        """b4 to the last resolution."""
        return tuple(cast(StyleGANBlock, block) for block in self.synthesis.values())

    @property
    def code_mean(self) -> Tensor:  # type: ignore[override]
        """w_avg."""
        return self.mapping.mean()

    def map(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        """See `Generator.map`; every layer gets the same w."""
        w: Tensor = self.mapping(z)
        return w[:, None].repeat(1, self.capabilities.num_codes, 1)

    def noise_maps(
        self, mode: str = NoiseMode.CONST, *, seed: int = 0, strength: tuple[float, ...] | float = 1.0
    ) -> tuple[tuple[Tensor | None, ...], ...]:
        """See `Generator.noise_maps`; times the user's factor only."""
        stored = [
            style.get_buffer("noise_const")
            for block in self.blocks
            for style in (block.style0, block.style1)
            if block.info.noise
        ]
        factors = noise_factors(strength, len(stored))
        maps = iter(
            None if noise is None or factor == 0.0 else noise[None, None] * factor
            for noise, factor in zip(
                (noise_map(own, mode, seed, index) for index, own in enumerate(stored)), factors, strict=True
            )
        )
        return tuple(tuple(next(maps) for _ in block.info.noise) for block in self.blocks)

    def synthesize_grown(
        self,
        codes: Tensor,
        level: int,
        alpha: float,
        noise: tuple[tuple[Tensor | None, ...], ...] | None = None,
    ) -> Tensor:
        """The picture of the network grown to block `level`, which is faded in by `alpha` (0 ... 1).

        Returns:
            (N, image_channels, r, r) with the resolution r of that block.

        Raises:
            ShapeError: there is no such block.
        """
        if not 0 <= level < len(self.blocks):
            raise ShapeError(f"This model has blocks 0 ... {len(self.blocks) - 1}, not {level}.")
        noise = self.noise_maps() if noise is None else noise
        state = before = self.start()
        for block, maps in zip(self.blocks[: level + 1], noise, strict=False):
            before, state = state, block(state, codes[:, list(block.info.codes)], maps)
        image = self.blocks[level].rgb(state)
        assert image is not None
        if level == 0 or alpha == 1.0:
            return image
        coarse = self.blocks[level - 1].rgb(before)
        assert coarse is not None
        return _faded(coarse, image, alpha)

    @torch.no_grad()
    def grown(self, level: int, alpha: float) -> StyleGAN:
        """What draws `synthesize_grown` with this level and alpha, as a network of its own with copied weights."""
        config = replace(
            self.config,
            resolution=4 * 2**level,
            channels=self.config.channels[: level + 1],
            fade=alpha if level else 1.0,
        )
        network = StyleGAN(config)
        own = self.state_dict()
        if config.fade < 1:
            before, last = self.blocks[level - 1], f"synthesis.{self.blocks[level].info.name}"
            own[f"{last}.coarse.weight"] = before.torgb.weight
            own[f"{last}.coarse_bias"] = before.torgb_bias
        network.load_state_dict({name: own[name] for name in network.state_dict()})
        return network.to(self.mapping.mean().device).eval().requires_grad_(False)


def _faded(coarse: Tensor, image: Tensor, alpha: float) -> Tensor:
    """(N, C, r / 2, r / 2) enlarged and (N, C, r, r), the second with the share `alpha`."""
    return torch.lerp(functional.interpolate(coarse, scale_factor=2, mode="nearest"), image, alpha)
