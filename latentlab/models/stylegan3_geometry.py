"""How the releases of StyleGAN3 choose sizes, rates and filters (Karras et al. 2021, arXiv:2106.12423).

Section 3.2 and appendix C. A file needs none of this to run when it says its sizes; a bare state dict does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.errors import CheckpointError
from latentlab.models.style_layers import MappingConfig, require_range
from latentlab.models.stylegan3 import StyleGAN3, StyleGAN3Config, StyleGAN3LayerConfig


@dataclass(frozen=True, slots=True)
class StyleGAN3Design:
    """The numbers that fix every layer; defaults as in the paper's T configuration."""

    resolution: int
    channel_base: int = 32768
    channel_max: int = 512
    conv_kernel: int = 3
    use_radial_filters: bool = False
    num_layers: int = 14
    num_critical: int = 2
    first_cutoff: float = 2.0
    first_stopband: float = 2.0**2.1
    last_stopband_rel: float = 2.0**0.3
    margin_size: int = 10
    filter_size: int = 6
    lrelu_upsampling: int = 2
    conv_clamp: float | None = 256.0
    image_channels: int = 3

    def __post_init__(self) -> None:
        require_range("resolution", self.resolution, 4, 4096)
        require_range("num_layers", self.num_layers, 1, 127)
        require_range("num_critical", self.num_critical, 0, self.num_layers - 1)
        for name in ("first_cutoff", "first_stopband", "last_stopband_rel"):
            require_range(name, getattr(self, name), 1e-3, 1e4)
        require_range("margin_size", self.margin_size, 0, 1024)
        require_range("filter_size", self.filter_size, 1, 64)
        require_range("lrelu_upsampling", self.lrelu_upsampling, 1, 16)

    def cutoff(self, index: int) -> float:
        """Cutoff f_c of layer `index` in cycles per picture width."""
        return float(self.first_cutoff * (self.resolution / 2 / self.first_cutoff) ** self._progress(index))

    def stopband(self, index: int) -> float:
        """Stopband edge f_t."""
        last = self.resolution / 2 * self.last_stopband_rel
        return float(self.first_stopband * (last / self.first_stopband) ** self._progress(index))

    def rate(self, index: int) -> int:
        """Sampling rate s, a power of two."""
        return int(2 ** math.ceil(math.log2(min(2 * self.stopband(index), self.resolution))))

    def half_width(self, index: int) -> float:
        """Transition half width f_h."""
        return max(self.stopband(index), self.rate(index) / 2) - self.cutoff(index)

    def size(self, index: int) -> int:
        """Samples along an axis."""
        return self.resolution if index >= self.num_layers - 1 else self.rate(index) + 2 * self.margin_size

    def channels(self, index: int) -> int:
        """Feature maps; image channels at the last."""
        if index == self.num_layers:
            return self.image_channels
        return round(min(self.channel_base / 2 / self.cutoff(index), self.channel_max))

    def _progress(self, index: int) -> float:
        return min(index / (self.num_layers - self.num_critical), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class DesignedLayer:
    """A layer and its filters, float32; None where it has none."""

    config: StyleGAN3LayerConfig
    up_filter: Tensor | None
    down_filter: Tensor | None


def design_layer(design: StyleGAN3Design, index: int) -> DesignedLayer:
    """Layer `index`, 0 ... num_layers (the last is toRGB)."""
    before = max(index - 1, 0)
    is_torgb = index == design.num_layers
    is_critical = index >= design.num_layers - design.num_critical
    in_rate, out_rate = design.rate(before), design.rate(index)
    between = max(in_rate, out_rate) * (1 if is_torgb else design.lrelu_upsampling)
    up, down = between // in_rate, between // out_rate
    kernel = 1 if is_torgb else design.conv_kernel
    up_taps = design.filter_size * up if up > 1 and not is_torgb else 1
    down_taps = design.filter_size * down if down > 1 and not is_torgb else 1
    in_size, out_size = design.size(before), design.size(index)
    total = (out_size - 1) * down + 1 - (in_size + kernel - 1) * up + up_taps + down_taps - 2
    low = (total + up) // 2
    up_filter = lowpass_filter(up_taps, design.cutoff(before), 2 * design.half_width(before), between)
    down_filter = lowpass_filter(
        down_taps,
        design.cutoff(index),
        2 * design.half_width(index),
        between,
        radial=design.use_radial_filters and not is_critical,
    )
    config = StyleGAN3LayerConfig(
        in_channels=design.channels(before),
        out_channels=design.channels(index),
        kernel_size=kernel,
        in_size=(in_size, in_size),
        out_size=(out_size, out_size),
        up=up,
        down=down,
        padding=(low, total - low, low, total - low),
        up_filter=None if up_filter is None else tuple(up_filter.shape),
        down_filter=None if down_filter is None else tuple(down_filter.shape),
        conv_clamp=design.conv_clamp,
        is_torgb=is_torgb,
    )
    return DesignedLayer(config, up_filter, down_filter)


def stylegan3_config(
    design: StyleGAN3Design,
    *,
    z_dim: int = 512,
    w_dim: int = 512,
    c_dim: int = 0,
    mapping: MappingConfig | None = None,
    output_scale: float = 0.25,
) -> StyleGAN3Config:
    """The config of a whole network designed so."""
    layers = tuple(design_layer(design, index).config for index in range(design.num_layers + 1))
    return StyleGAN3Config(
        resolution=design.resolution,
        input_channels=layers[0].in_channels,
        input_size=layers[0].in_size,
        sampling_rate=float(design.rate(0)),
        bandwidth=design.cutoff(0),
        layers=layers,
        z_dim=z_dim,
        w_dim=w_dim,
        c_dim=c_dim,
        image_channels=design.image_channels,
        mapping=mapping or MappingConfig(num_layers=2),
        output_scale=output_scale,
    )


def load_designed_filters(generator: StyleGAN3, design: StyleGAN3Design) -> None:
    """Give a network built from `stylegan3_config(design)` the filters of the design."""
    for index, block in enumerate(generator.blocks[1:]):
        layer = design_layer(design, index)
        for name, taps in (("up_filter", layer.up_filter), ("down_filter", layer.down_filter)):
            if taps is not None:
                block.get_buffer(name).copy_(taps)


def lowpass_filter(
    taps: int, cutoff: float, width: float, rate: float, *, radial: bool = False
) -> Tensor | None:
    """Kaiser-windowed low-pass filter, summing to 1. Appendix C.2.

    Args:
        taps: length; 1 has no filter (None).
        cutoff: cycles per unit.
        width: of the transition band, in the same unit.
        rate: samples per unit.
        radial: rotation-symmetric, (taps, taps) and not separable; otherwise (taps,).
    """
    if taps == 1:
        return None
    if rate <= 0:
        raise CheckpointError(
            "A filter of this StyleGAN3 has an impossible sampling rate: the file is damaged."
        )
    positions = torch.arange(taps, dtype=torch.float64) - (taps - 1) / 2
    attenuation = 2.285 * (taps - 1) * math.pi * width / (rate / 2) + 7.95
    window = _kaiser(positions, _kaiser_beta(attenuation))
    if not radial:
        kernel = torch.sinc(2 * cutoff / rate * positions) * window
    else:
        radius = torch.hypot(positions[:, None], positions[None, :]) / rate
        jinc = torch.special.bessel_j1(2 * math.pi * cutoff * radius) / (math.pi * radius)
        kernel = torch.where(radius == 0, cutoff, jinc) * torch.outer(window, window)
    return (kernel / kernel.sum()).float()


def _kaiser_beta(attenuation: float) -> float:
    if attenuation > 50:
        return 0.1102 * (attenuation - 8.7)
    if attenuation >= 21:
        return float(0.5842 * (attenuation - 21) ** 0.4 + 0.07886 * (attenuation - 21))
    return 0.0


def _kaiser(positions: Tensor, beta: float) -> Tensor:
    half = positions.abs().max()
    inside = (1 - (positions / half).square()).clamp(min=0).sqrt()
    window: Tensor = torch.special.i0(beta * inside) / torch.special.i0(
        torch.tensor(beta, dtype=torch.float64)
    )
    return window
