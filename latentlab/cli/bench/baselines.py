"""StyleGAN2 and 3 written plainly: what the fast ways are measured against, run beside them.

The operators are those that the papers describe, one after the other, in eager float32: weights modulated and
demodulated for every picture and convolved in groups, separate filters, and resampling by inserting zeros,
filtering at full size and discarding samples.
"""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn import functional

from latentlab.models.stylegan2 import StyleGAN2, SynthesisLayer, ToRGB
from latentlab.models.stylegan3 import StyleGAN3, StyleGAN3Layer
from latentlab.render.engine import NoiseMaps

Padding = tuple[int, int, int, int]


def plain_stylegan2(generator: StyleGAN2, codes: Tensor, noise: NoiseMaps) -> Tensor:
    """Pictures (N, C, R, R) from codes (N, num_ws, w_dim) and the maps of `noise_maps`; skip architecture only."""
    x = image = None
    for block, maps in zip(generator.blocks, noise, strict=True):
        w = codes[:, list(block.info.codes)].unbind(dim=1)
        if x is None:
            x = block.const[None].repeat(codes.shape[0], 1, 1, 1)
        for layer, own_w, own_noise in zip(block.layers, w, maps or (None, None), strict=False):
            x = _stylegan2_layer(layer, x, own_w, own_noise)
        colours = _torgb(block.torgb, x, w[-1])
        if image is None:
            image = colours
        else:
            image = _resampled(image, block.get_buffer("resample_filter"), 2, 1, (2, 1, 2, 1), 4.0) + colours
    assert image is not None
    return image


def plain_stylegan3(generator: StyleGAN3, codes: Tensor) -> Tensor:
    """Pictures (N, C, R, R) from codes (N, num_ws, w_dim)."""
    entry, *layers = generator.blocks
    x = entry(generator.start(), codes[:, :1]).features
    assert x is not None
    for index, layer in enumerate(layers):
        assert isinstance(layer, StyleGAN3Layer)
        x = plain_stylegan3_layer(layer, x, codes[:, index + 1])
    return x * float(generator.config.output_scale)


def plain_stylegan3_layer(layer: StyleGAN3Layer, x: Tensor, w: Tensor) -> Tensor:
    """One layer on features (N, C, H, W)."""
    config = layer.layer
    styles = layer.affine(w)
    weight = layer.weight[None]
    if config.is_torgb:
        weight = weight * (styles / math.sqrt(layer.weight[0].numel()))[:, None, :, None, None]
    else:
        weight = weight * weight.square().mean(dim=(2, 3, 4), keepdim=True).rsqrt()
        styles = styles * styles.square().mean().rsqrt()
        weight = _demodulated(weight * styles[:, None, :, None, None])
    weight = weight * layer.get_buffer("magnitude_ema").rsqrt()
    x = _grouped(x, weight, config.kernel_size - 1) + layer.bias[:, None, None]
    taps = layer.get_buffer("up_filter") if config.up_filter else None
    x = _resampled(x, taps, config.up, 1, config.padding, config.up**2)
    if not config.is_torgb:
        x = functional.leaky_relu(x, 0.2) * math.sqrt(2.0)
    if config.conv_clamp is not None:
        x = x.clamp(-config.conv_clamp, config.conv_clamp)
    taps = layer.get_buffer("down_filter") if config.down_filter else None
    return _resampled(x, taps, 1, config.down, (0, 0, 0, 0), 1.0)


def _stylegan2_layer(layer: SynthesisLayer, x: Tensor, w: Tensor, noise: Tensor | None) -> Tensor:
    weight = _demodulated(layer.weight[None] * layer.affine(w)[:, None, :, None, None])
    if layer.up:
        batch, _, height, width = x.shape
        weight = weight.transpose(1, 2).flatten(0, 1)
        x = functional.conv_transpose2d(x.reshape(1, -1, height, width), weight, stride=2, groups=batch)
        x = x.reshape(batch, -1, 2 * height + 1, 2 * width + 1)
        x = _resampled(x, layer.get_buffer("resample_filter"), 1, 1, layer.filter_padding(), 4.0)
    else:
        x = _grouped(x, weight, 1)
    if noise is not None:
        x = x + noise
    x = functional.leaky_relu(x + layer.bias[:, None, None], 0.2) * math.sqrt(2.0)
    return x if layer.clamp is None else x.clamp(-layer.clamp, layer.clamp)


def _torgb(layer: ToRGB, x: Tensor, w: Tensor) -> Tensor:
    styles = layer.affine(w) * layer.weight_gain
    x = _grouped(x, layer.weight[None] * styles[:, None, :, None, None], 0) + layer.bias[:, None, None]
    return x if layer.clamp is None else x.clamp(-layer.clamp, layer.clamp)


def _demodulated(weight: Tensor) -> Tensor:
    return weight * (weight.square().sum(dim=(2, 3, 4), keepdim=True) + 1e-8).rsqrt()


def _grouped(x: Tensor, weight: Tensor, padding: int) -> Tensor:
    """Every picture with weights of its own: x (N, I, H, W), weight (N, O, I, k, k)."""
    batch, _, height, width = x.shape
    y = functional.conv2d(
        x.reshape(1, -1, height, width), weight.flatten(0, 1), padding=padding, groups=batch
    )
    return y.reshape(batch, -1, *y.shape[2:])


def _resampled(x: Tensor, taps: Tensor | None, up: int, down: int, padding: Padding, gain: float) -> Tensor:
    """Insert zeros, pad, filter at full size, discard. A separable filter goes along one axis, then the other."""
    batch, channels, height, width = x.shape
    if up > 1:
        x = functional.pad(x.reshape(batch, channels, height, 1, width, 1), (0, up - 1, 0, 0, 0, up - 1))
        x = x.reshape(batch, channels, height * up, width * up)
    x = functional.pad(x, padding)
    if taps is None:
        x = x * gain
    else:
        kernels = [taps] if taps.ndim == 2 else [taps[None, :], taps[:, None]]
        for kernel in kernels:
            kernel = (kernel * gain ** (1 / len(kernels))).flip((0, 1))
            x = functional.conv2d(x, kernel.repeat(channels, 1, 1, 1), groups=channels)
    return x[:, :, ::down, ::down]
