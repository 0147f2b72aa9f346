"""StyleGAN2 (Karras et al. 2020, arXiv:1912.04958) and StyleGAN2-ADA (arXiv:2006.06676): skip, resnet, orig.

Modulated convolutions scale their input, convolve with constant weights and demodulate their output, which is
exact and what prepacked convolutions and inference engines want. Parameters bear the names of NVIDIA's releases.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.models.capabilities import BlockInfo, Capabilities, NoiseMode
from latentlab.models.generator import Block, Generator, State
from latentlab.models.resampling import binomial_filter, filter_2d, upsample_2x
from latentlab.models.style_layers import (
    ACTIVATIONS,
    ActivationName,
    EqualizedLinear,
    MappingConfig,
    MappingNetwork,
    noise_factors,
    noise_map,
    require_choice,
    require_filter_shape,
    require_range,
)

Architecture = Literal["skip", "resnet", "orig"]


@dataclass(frozen=True, slots=True)
class StyleGAN2Config:
    """Architecture only; saved as JSON beside the weights."""

    resolution: int
    channels: tuple[int, ...]
    """Of each block's output, from 4 x 4 up to `resolution`."""
    z_dim: int = 512
    w_dim: int = 512
    c_dim: int = 0
    """Width of the condition; 0 for an unconditional model."""
    image_channels: int = 3
    mapping: MappingConfig = field(default_factory=MappingConfig)
    architecture: Architecture = "skip"
    kernel_size: int = 3
    activation: ActivationName = "lrelu"
    conv_clamp: float | None = None
    """Bound on what layers put out, beside their gain."""
    use_noise: bool = True
    filter_shape: tuple[int, ...] = (4, 4)
    """Of the resampling filters; one number where they are separable (8 taps and more)."""

    def __post_init__(self) -> None:
        require_range("resolution", self.resolution, 4, 4096)
        require_range("channels", len(self.channels), *[math.log2(self.resolution) - 1] * 2)
        for channels in self.channels:
            require_range("channels", channels, 1, 8192)
        for name in ("z_dim", "w_dim"):
            require_range(name, getattr(self, name), 1, 16384)
        require_range("c_dim", self.c_dim, 0, 65536)
        require_range("image_channels", self.image_channels, 1, 4)
        require_choice("architecture", self.architecture, ("skip", "resnet", "orig"))
        require_range("kernel_size", self.kernel_size, 1, 15)
        require_range("kernel_size % 2", self.kernel_size % 2, 1, 1)
        require_choice("activation", self.activation, ACTIVATIONS)
        if self.conv_clamp is not None:
            require_range("conv_clamp", self.conv_clamp, 0.0, 1e30)
        require_filter_shape("filter_shape", self.filter_shape)

    @property
    def num_ws(self) -> int:
        """Codes per picture: one per convolution and one for the last toRGB."""
        return 2 * len(self.channels)


def default_channels(resolution: int, base: int = 32768, maximum: int = 512) -> tuple[int, ...]:
    """Channels of the blocks 4 ... `resolution` as the releases choose them."""
    return tuple(min(base // 2**level, maximum) for level in range(2, round(math.log2(resolution)) + 1))


class ModulatedConv(nn.Module):
    """Convolution whose weights are scaled by a style. Section 2.2 of the paper, with constant weights.

    Instead of modulating and demodulating the weights for every picture, the input is multiplied by the style
    and the output by d[o] = 1 / sqrt(sum_i q[o, i] s[i]^2 + 1e-8), q being the energy of the kernels.
    """

    weight: nn.Parameter

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, w_dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.affine = EqualizedLinear(w_dim, in_channels, bias_init=1.0)
        self._energy: tuple[tuple[int, int], Tensor] | None = None

    def energy(self) -> Tensor:
        """q (out, in), the sum of squares of each kernel; remembered until the weights change."""
        if torch.is_grad_enabled() and self.weight.requires_grad:
            return self.weight.square().sum(dim=(2, 3))
        version = 0 if self.weight.is_inference() else self.weight._version
        key = (self.weight.data_ptr(), version)
        if self._energy is None or self._energy[0] != key:
            self._energy = (key, self.weight.detach().square().sum(dim=(2, 3)))
        return self._energy[1]

    def demodulation(self, styles: Tensor) -> Tensor:
        """d (N, out) for styles (N, in)."""
        return (styles.square() @ self.energy().t() + 1e-8).rsqrt()


class SynthesisLayer(ModulatedConv):
    """Modulated convolution, optionally to twice the size, then noise, bias, activation, gain and clamp."""

    def __init__(
        self, config: StyleGAN2Config, in_channels: int, out_channels: int, side: int, up: bool
    ) -> None:
        super().__init__(in_channels, out_channels, config.kernel_size, config.w_dim)
        self.up = up
        self.activation = config.activation
        self.clamp = config.conv_clamp
        if config.use_noise:
            self.noise_strength = nn.Parameter(torch.zeros([]))
            self.register_buffer("noise_const", torch.randn(side, side))
        if up:
            self.register_buffer("resample_filter", binomial_filter(config.filter_shape))

    def forward(self, x: Tensor, w: Tensor, noise: Tensor | None = None, *, gain: float = 1.0) -> Tensor:
        """x (N, in, H, W) and w (N, w_dim) to (N, out, H or 2H, W or 2W)."""
        styles = self.affine(w)
        x = x * styles[:, :, None, None].to(x.dtype)
        x = (
            self._upsampled(x)
            if self.up
            else functional.conv2d(x, self.weight, padding=self.weight.shape[2] // 2)
        )
        x = x * self.demodulation(styles)[:, :, None, None].to(x.dtype)
        if noise is not None:
            x = x + noise.to(x.dtype)
        activation, activation_gain = ACTIVATIONS[self.activation]
        x = activation(x + self.bias[:, None, None]) * (activation_gain * gain)
        return x if self.clamp is None else x.clamp(-self.clamp * gain, self.clamp * gain)

    def filter_padding(self) -> tuple[int, int, int, int]:
        """Padding (negative: crop) between the transposed convolution and its filter."""
        kernel = self.weight.shape[2]
        taps = self.get_buffer("resample_filter")
        rows, columns = taps.shape[0], taps.shape[-1]

        def ends(n: int) -> tuple[int, int]:
            return kernel // 2 + (n + 1) // 2 - (kernel - 1), kernel // 2 + (n - 2) // 2 - (kernel - 2)

        return (*ends(columns), *ends(rows))

    def _upsampled(self, x: Tensor) -> Tensor:
        x = functional.conv_transpose2d(x, self.weight.transpose(0, 1), stride=2)
        return filter_2d(x, self.get_buffer("resample_filter"), self.filter_padding(), gain=4.0)


class ToRGB(ModulatedConv):
    """Modulated 1 x 1 convolution to colours, without demodulation."""

    def __init__(self, config: StyleGAN2Config, in_channels: int) -> None:
        super().__init__(in_channels, config.image_channels, 1, config.w_dim)
        self.clamp = config.conv_clamp
        self.weight_gain = 1.0 / math.sqrt(in_channels)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """(N, in, H, W) to (N, image_channels, H, W), float32."""
        styles = self.affine(w) * self.weight_gain
        x = functional.conv2d(x * styles[:, :, None, None].to(x.dtype), self.weight, self.bias)
        return x if self.clamp is None else x.clamp(-self.clamp, self.clamp)


class ResidualBranch(nn.Module):
    """1 x 1 convolution to twice the size, without bias or activation, times sqrt(1/2)."""

    def __init__(self, config: StyleGAN2Config, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, 1, 1))
        self.register_buffer("resample_filter", binomial_filter(config.filter_shape))

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, H, W) to (N, out, 2H, 2W)."""
        x = functional.conv2d(x, self.weight * math.sqrt(0.5 / self.weight.shape[1]))
        return upsample_2x(x, self.get_buffer("resample_filter"))


class SynthesisBlock(Block):
    """All layers of one resolution: conv0 (to twice the size) and conv1; toRGB as the architecture has it."""

    def __init__(self, config: StyleGAN2Config, level: int, first_code: int) -> None:
        super().__init__()
        resolution = 4 * 2**level
        channels = config.channels[level]
        is_last = level == len(config.channels) - 1
        self.architecture = config.architecture
        if level == 0:
            self.const = nn.Parameter(torch.randn(channels, 4, 4))
        else:
            before = config.channels[level - 1]
            self.conv0 = SynthesisLayer(config, before, channels, resolution, up=True)
            if config.architecture == "resnet":
                self.skip = ResidualBranch(config, before, channels)
            elif config.architecture == "skip":
                self.register_buffer("resample_filter", binomial_filter(config.filter_shape))
        self.conv1 = SynthesisLayer(config, channels, channels, resolution, up=False)
        self.has_torgb = is_last or config.architecture == "skip"
        if self.has_torgb:
            self.torgb = ToRGB(config, channels)
        num_convs = 1 if level == 0 else 2
        self.info = BlockInfo(
            name=f"b{resolution}",
            resolution=resolution,
            channels=channels,
            codes=tuple(range(first_code, first_code + num_convs + self.has_torgb)),
            noise=((resolution, resolution),) * (num_convs if config.use_noise else 0),
        )

    @property
    def layers(self) -> tuple[SynthesisLayer, ...]:
        """The convolutions, in order."""
        return (self.conv0, self.conv1) if hasattr(self, "conv0") else (self.conv1,)

    def forward(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        """See `Block.forward`."""
        w = codes.unbind(dim=1)
        maps = noise or (None,) * len(self.layers)
        x = state.features
        if x is None:
            x = self.const[None].expand(codes.shape[0], -1, -1, -1).to(codes.dtype)
            x = self.conv1(x, w[0], maps[0])
        elif self.architecture == "resnet":
            shortcut = self.skip(x)
            x = self.conv0(x, w[0], maps[0])
            x = shortcut + self.conv1(x, w[1], maps[1], gain=math.sqrt(0.5))
        else:
            x = self.conv0(x, w[0], maps[0])
            x = self.conv1(x, w[1], maps[1])
        image = state.image
        if image is not None:
            image = upsample_2x(image, self.get_buffer("resample_filter"))
        if self.has_torgb:
            colours = self.torgb(x, w[-1])
            image = colours if image is None else image + colours
        return State(x, image)

    def code_weights(self) -> tuple[Tensor, ...]:
        """The style matrices of the convolutions and of toRGB."""
        modules = (*self.layers, self.torgb) if self.has_torgb else self.layers
        return tuple(module.affine.weight for module in modules)


class StyleGAN2(Generator):
    """StyleGAN2 with any of its three synthesis architectures."""

    family = "stylegan2"

    def __init__(self, config: StyleGAN2Config) -> None:
        super().__init__()
        self.config = config
        self.mapping = MappingNetwork(config.mapping, config.z_dim, config.c_dim, config.w_dim)
        self.synthesis = nn.ModuleDict()
        first_code = 0
        for level in range(len(config.channels)):
            block = SynthesisBlock(config, level, first_code)
            self.synthesis[block.info.name] = block
            first_code += len(block.layers)
        self.capabilities = Capabilities(
            family="StyleGAN2",
            resolution=config.resolution,
            image_channels=config.image_channels,
            z_dim=config.z_dim,
            code_dim=config.w_dim,
            num_codes=config.num_ws,
            latent_dims=config.w_dim,
            has_mapping=True,
            has_truncation=config.mapping.has_w_avg,
            num_classes=config.c_dim,
            has_noise=config.use_noise,
        )

    @property
    def blocks(self) -> tuple[SynthesisBlock, ...]:
        """b4 to the last resolution."""
        return tuple(cast(SynthesisBlock, block) for block in self.synthesis.values())

    @property
    def code_mean(self) -> Tensor:  # type: ignore[override]
        """w_avg."""
        return self.mapping.mean()

    def map(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        """See `Generator.map`; every layer gets the same w."""
        w: Tensor = self.mapping(z, condition)
        return w[:, None].repeat(1, self.config.num_ws, 1)

    def noise_maps(
        self, mode: str = NoiseMode.CONST, *, seed: int = 0, strength: tuple[float, ...] | float = 1.0
    ) -> tuple[tuple[Tensor | None, ...], ...]:
        """See `Generator.noise_maps`."""
        layers = [layer for block in self.blocks for layer in block.layers if block.info.noise]
        factors = noise_factors(strength, len(layers))
        maps = iter(
            _scaled(noise_map(layer.get_buffer("noise_const"), mode, seed, index), layer, factor)
            for index, (layer, factor) in enumerate(zip(layers, factors, strict=True))
        )
        return tuple(tuple(next(maps) for _ in block.info.noise) for block in self.blocks)


def _scaled(noise: Tensor | None, layer: SynthesisLayer, factor: float) -> Tensor | None:
    """Noise (H, W) times the learned strength and the user's factor, (1, 1, H, W)."""
    if noise is None or factor == 0.0:
        return None
    return (noise * (layer.noise_strength * factor))[None, None]
