"""StyleGAN3-T and -R (Karras et al. 2021, arXiv:2106.12423): alias-free synthesis from Fourier features.

A layer knows its sizes, rates and filters from its config and its buffers alone, so that a file is run as it
says; how the releases choose them is in `stylegan3_geometry`. Parameters bear the names of NVIDIA's release.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.errors import CheckpointError, ShapeError
from latentlab.models.capabilities import BlockInfo, Capabilities
from latentlab.models.generator import Block, Generator, State
from latentlab.models.resampling import activate_between_rates, binomial_filter
from latentlab.models.style_layers import (
    EqualizedLinear,
    MappingConfig,
    MappingNetwork,
    require_filter_shape,
    require_range,
)
from latentlab.models.stylegan2 import ModulatedConv

_MAX_SIDE = 16384


@dataclass(frozen=True, slots=True)
class StyleGAN3LayerConfig:
    """One synthesis layer. Sizes are (width, height)."""

    in_channels: int
    out_channels: int
    kernel_size: int
    in_size: tuple[int, int]
    out_size: tuple[int, int]
    up: int = 1
    down: int = 1
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)
    """(x_lo, x_hi, y_lo, y_hi) at the higher rate; negative crops."""
    up_filter: tuple[int, ...] | None = None
    """Shape of the filter; None has no filter."""
    down_filter: tuple[int, ...] | None = None
    conv_clamp: float | None = 256.0
    is_torgb: bool = False
    """No demodulation, and a linear activation."""

    def __post_init__(self) -> None:
        for name in ("in_channels", "out_channels"):
            require_range(name, getattr(self, name), 1, 16384)
        require_range("kernel_size", self.kernel_size, 1, 15)
        for name in ("up", "down"):
            require_range(name, getattr(self, name), 1, 64)
        for name in ("up_filter", "down_filter"):
            if getattr(self, name) is not None:
                require_filter_shape(name, getattr(self, name))
        if self.conv_clamp is not None:
            require_range("conv_clamp", self.conv_clamp, 0.0, 1e30)
        for axis in (0, 1):
            require_range("in_size", self.in_size[axis], 1, _MAX_SIDE)
            require_range("out_size", self.out_size[axis], 1, _MAX_SIDE)
            between = self.size_between(axis)
            require_range("padding", between, 1, 4 * _MAX_SIDE)
            size = (between - _taps(self.down_filter, axis)) // self.down + 1
            if size != self.out_size[axis]:
                raise CheckpointError(
                    f"A StyleGAN3 layer says that it puts out {self.out_size[axis]} samples but its padding and "
                    f"filters give {size}: the file is damaged."
                )

    def size_between(self, axis: int) -> int:
        """Samples at the higher rate along x (0) or y (1)."""
        lo, hi = self.padding[2 * axis : 2 * axis + 2]
        full = self.in_size[axis] + self.kernel_size - 1
        return full * self.up + lo + hi - _taps(self.up_filter, axis) + 1


@dataclass(frozen=True, slots=True)
class StyleGAN3Config:
    """Architecture only; saved as JSON beside the weights. Sizes are (width, height)."""

    resolution: int
    input_channels: int
    input_size: tuple[int, int]
    sampling_rate: float
    """Of the input, in samples per picture width."""
    bandwidth: float
    """Of the input, in cycles per picture width."""
    layers: tuple[StyleGAN3LayerConfig, ...]
    z_dim: int = 512
    w_dim: int = 512
    c_dim: int = 0
    """Width of the condition; 0 for an unconditional model."""
    image_channels: int = 3
    mapping: MappingConfig = field(default_factory=lambda: MappingConfig(num_layers=2))
    output_scale: float = 0.25

    def __post_init__(self) -> None:
        require_range("resolution", self.resolution, 1, 4096)
        for name in ("z_dim", "w_dim"):
            require_range(name, getattr(self, name), 1, 16384)
        require_range("input_channels", self.input_channels, 1, 16384)
        require_range("c_dim", self.c_dim, 0, 65536)
        require_range("image_channels", self.image_channels, 1, 4)
        require_range("sampling_rate", self.sampling_rate, 1e-3, 1e5)
        require_range("bandwidth", self.bandwidth, 0.0, 1e5)
        require_range("output_scale", self.output_scale, -1e6, 1e6)
        require_range("layers", len(self.layers), 1, 128)
        channels, size = self.input_channels, self.input_size
        for layer in self.layers:
            if layer.in_channels != channels or layer.in_size != size:
                raise CheckpointError(
                    "The layers of this StyleGAN3 do not fit together: the file is damaged."
                )
            channels, size = layer.out_channels, layer.out_size
        if channels != self.image_channels or size != (self.resolution, self.resolution):
            raise CheckpointError(
                "The last layer of this StyleGAN3 does not give the picture: the file is damaged."
            )

    @property
    def num_ws(self) -> int:
        """Codes per picture: one for the input and one per layer."""
        return len(self.layers) + 1

    def layer_name(self, index: int) -> str:
        """As in the release: "L5_84_512"."""
        layer = self.layers[index]
        return f"L{index}_{layer.out_size[0]}_{layer.out_channels}"


class SynthesisInput(Block):
    """Fourier features, rotated and shifted by w and by the user's transform. Section 3.1 and appendix."""

    def __init__(self, config: StyleGAN3Config) -> None:
        super().__init__()
        channels = config.input_channels
        self._size = config.input_size
        self._rate = config.sampling_rate
        self._bandwidth = config.bandwidth
        directions = torch.randn(channels, 2)
        radius = directions.square().sum(dim=1, keepdim=True).sqrt()
        # Uniform in the disc of the bandwidth.
        self.register_buffer(
            "freqs", directions / (radius * radius.square().exp().pow(0.25)) * self._bandwidth
        )
        self.register_buffer("phases", torch.rand(channels) - 0.5)
        self.register_buffer("transform", torch.eye(3))
        self.weight = nn.Parameter(torch.randn(channels, channels))
        self.affine = EqualizedLinear(config.w_dim, 4)
        nn.init.zeros_(self.affine.weight)
        with torch.no_grad():
            self.affine.bias[0] = 1.0
        self.info = BlockInfo("input", min(round(self._rate), *self._size), channels, codes=(0,))

    def forward(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        """See `Block.forward`; features are (N, C, height, width)."""
        freqs, phases, amplitudes = self.waves(codes[:, 0])
        width, height = self._size
        x = (torch.arange(width, device=freqs.device) + 0.5 - width / 2) / self._rate
        y = (torch.arange(height, device=freqs.device) + 0.5 - height / 2) / self._rate
        angles = (
            freqs[:, None, None, :, 0] * x[None, None, :, None]
            + freqs[:, None, None, :, 1] * y[None, :, None, None]
            + phases[:, None, None, :]
        )  # (N, H, W, C)
        waves = torch.sin(angles * (2 * math.pi)) * amplitudes[:, None, None, :]
        features = waves @ (self.weight.t() / math.sqrt(self.weight.shape[0]))
        return State(features.permute(0, 3, 1, 2).to(codes.dtype))

    def waves(self, w: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Frequencies (N, C, 2), phases (N, C) and amplitudes (N, C) for w (N, w_dim)."""
        t = self.affine(w)
        t = (t / t[:, :2].norm(dim=1, keepdim=True)).float()
        one, zero = torch.ones_like(t[:, 0]), torch.zeros_like(t[:, 0])
        rows = [(t[:, 0], -t[:, 1], zero), (t[:, 1], t[:, 0], zero), (zero, zero, one)]
        rotation = torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)
        rows = [(one, zero, -t[:, 2]), (zero, one, -t[:, 3]), (zero, zero, one)]
        shift = torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)
        transform = rotation @ shift @ self.get_buffer("transform").float()
        base = self.get_buffer("freqs").float()
        phases = self.get_buffer("phases").float() + (base @ transform[:, :2, 2:]).squeeze(2)
        freqs = base @ transform[:, :2, :2]
        room = self._rate / 2 - self._bandwidth
        # Frequencies that the sampling cannot carry fade out instead of aliasing.
        amplitudes = (1 - (freqs.norm(dim=2) - self._bandwidth) / room).clamp(0, 1)
        return freqs, phases, amplitudes

    def code_weights(self) -> tuple[Tensor, ...]:
        """The matrix that makes rotation and shift."""
        return (self.affine.weight,)

    def rgb(self, state: State) -> Tensor | None:
        """None: there is no picture of it."""
        return None


class StyleGAN3Layer(ModulatedConv, Block):
    """Modulated convolution, then a leaky ReLU between an upsampling and a downsampling filter. Section 3.2."""

    def __init__(self, config: StyleGAN3Config, index: int, rate: float) -> None:
        layer = config.layers[index]
        super().__init__(layer.in_channels, layer.out_channels, layer.kernel_size, config.w_dim)
        self.layer = layer
        self.is_last = index == len(config.layers) - 1
        self.output_scale = config.output_scale
        self.register_buffer("magnitude_ema", torch.ones([]))
        for name, shape in (("up_filter", layer.up_filter), ("down_filter", layer.down_filter)):
            self.register_buffer(name, None if shape is None else binomial_filter(shape))
        side = min(round(rate), *layer.out_size)
        self.info = BlockInfo(config.layer_name(index), side, layer.out_channels, codes=(index + 1,))

    def forward(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...] = ()) -> State:
        """See `Block.forward`."""
        x = state.features
        if x is None:
            raise ShapeError("A StyleGAN3 layer needs the features of the block before it.")
        scale, demodulation = self.scales(codes[:, 0])
        kernel = self.weight.shape[2]
        x = functional.conv2d(x * scale[:, :, None, None].to(x.dtype), self.weight, padding=kernel - 1)
        if demodulation is not None:
            x = x * demodulation[:, :, None, None].to(x.dtype)
        x = activate_between_rates(
            x + self.bias[:, None, None],
            self._buffers["up_filter"],
            self._buffers["down_filter"],
            (self.layer.up, self.layer.down),
            self.layer.padding,
            slope=1.0 if self.layer.is_torgb else 0.2,
            gain=1.0 if self.layer.is_torgb else math.sqrt(2.0),
            clamp=self.layer.conv_clamp,
        )
        return State(x, x * self.output_scale if self.is_last else None)

    def scales(self, w: Tensor) -> tuple[Tensor, Tensor | None]:
        """Factors on the input's channels (N, in) and, unless this is toRGB, on the output's (N, out)."""
        styles = self.affine(w)
        input_gain = self.get_buffer("magnitude_ema").rsqrt()
        kernel = self.weight.shape[2]
        if self.layer.is_torgb:
            return styles * (input_gain / math.sqrt(styles.shape[1] * kernel * kernel)), None
        # The release scales weights and styles to mean square 1 first. Demodulation cancels that, but for the
        # epsilon, which therefore has their size here.
        energy = self.energy()
        mean_squares = energy.mean(dim=1) / (kernel * kernel) * styles.square().mean(dim=1, keepdim=True)
        demodulation = (styles.square() @ energy.t() + 1e-8 * mean_squares).rsqrt()
        return styles, demodulation * input_gain

    def code_weights(self) -> tuple[Tensor, ...]:
        """The style matrix."""
        return (self.affine.weight,)


class StyleGAN3(Generator):
    """StyleGAN3 with any kernels, filters and sizes."""

    family = "stylegan3"

    def __init__(self, config: StyleGAN3Config) -> None:
        super().__init__()
        self.config = config
        self.mapping = MappingNetwork(config.mapping, config.z_dim, config.c_dim, config.w_dim)
        self.synthesis = nn.ModuleDict({"input": SynthesisInput(config)})
        rate = config.sampling_rate
        for index, layer in enumerate(config.layers):
            rate = rate * layer.up / layer.down
            self.synthesis[config.layer_name(index)] = StyleGAN3Layer(config, index, rate)
        self.capabilities = Capabilities(
            family="StyleGAN3",
            resolution=config.resolution,
            image_channels=config.image_channels,
            z_dim=config.z_dim,
            code_dim=config.w_dim,
            num_codes=config.num_ws,
            latent_dims=config.w_dim,
            has_mapping=True,
            has_truncation=config.mapping.has_w_avg,
            num_classes=config.c_dim,
            has_transform=True,
        )

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The input and the layers."""
        return tuple(cast(Block, block) for block in self.synthesis.values())

    @property
    def code_mean(self) -> Tensor:  # type: ignore[override]
        """w_avg."""
        return self.mapping.mean()

    def map(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        """See `Generator.map`; every layer gets the same w."""
        w: Tensor = self.mapping(z, condition)
        return w[:, None].repeat(1, self.config.num_ws, 1)

    def set_transform(self, matrix: Tensor) -> None:
        """See `Transforms.set_transform`.

        Raises:
            ShapeError: `matrix` is not (3, 3).
        """
        if matrix.shape != (3, 3):
            raise ShapeError(f"A transform is a 3 x 3 matrix, not of shape {tuple(matrix.shape)}.")
        self.synthesis["input"].get_buffer("transform").copy_(matrix)


def _taps(shape: tuple[int, ...] | None, axis: int) -> int:
    """Length of a filter along x (0) or y (1)."""
    if shape is None:
        return 1
    return shape[0] if len(shape) == 1 else shape[1 - axis]
