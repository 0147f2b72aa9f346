"""The formulas of the StyleGAN papers written plainly in NumPy, double precision, one picture, loops and all.

Weights are modulated, samples are inserted and discarded, filters are scipy's convolutions: nothing is shared
with the networks that are checked against it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import convolve, correlate

Array = NDArray[np.float64]
Weights = Mapping[str, Array]


def insert_zeros(x: Array, factor: int) -> Array:
    """(C, H, W) to (C, H * factor, W * factor), zeros after each sample."""
    result = np.zeros((x.shape[0], x.shape[1] * factor, x.shape[2] * factor))
    result[:, ::factor, ::factor] = x
    return result


def pad_or_crop(x: Array, padding: tuple[int, int, int, int]) -> Array:
    """(x_lo, x_hi, y_lo, y_hi); negative crops."""
    x_lo, x_hi, y_lo, y_hi = padding
    x = np.pad(x, ((0, 0), (max(y_lo, 0), max(y_hi, 0)), (max(x_lo, 0), max(x_hi, 0))))
    return x[:, max(-y_lo, 0) : x.shape[1] - max(-y_hi, 0), max(-x_lo, 0) : x.shape[2] - max(-x_hi, 0)]


def as_2d(taps: Array | None) -> Array:
    """A separable filter as its outer product."""
    if taps is None:
        return np.ones((1, 1))
    return np.outer(taps, taps) if taps.ndim == 1 else taps


def filtered(x: Array, taps: Array) -> Array:
    """True convolution where the filter fits."""
    return np.stack([convolve(plane, taps, mode="valid", method="direct") for plane in x])


def resample(
    x: Array, taps: Array | None, up: int, down: int, padding: tuple[int, int, int, int], gain: float
) -> Array:
    """Zero insertion, padding, full-size filter, discarding."""
    x = pad_or_crop(insert_zeros(x, up), padding)
    return filtered(x, as_2d(taps) * gain)[:, ::down, ::down]


def double_size(x: Array, taps: Array) -> Array:
    """StyleGAN2's upsampling of images and residual branches."""
    n = taps.shape[0]
    return resample(x, taps, 2, 1, ((n + 1) // 2, (n - 2) // 2, (n + 1) // 2, (n - 2) // 2), 4.0)


def correlated(x: Array, weight: Array, padding: int) -> Array:
    """conv2d: (I, H, W) and (O, I, k, k) to (O, H', W')."""
    x = pad_or_crop(x, (padding,) * 4)
    return np.stack([correlate(x, kernel, mode="valid", method="direct")[0] for kernel in weight])


def act(x: Array, activation: str, gain: float = 1.0, clamp: float | None = None) -> Array:
    """Activation with its gain, then a clamp scaled by `gain`."""
    if activation == "lrelu":
        x = np.where(x > 0, x, 0.2 * x) * math.sqrt(2)
    elif activation == "relu":
        x = np.maximum(x, 0) * math.sqrt(2)
    x = x * gain
    return x if clamp is None else np.clip(x, -clamp * gain, clamp * gain)


def dense(x: Array, weights: Weights, prefix: str, lr_multiplier: float = 1.0) -> Array:
    """Equalised dense layer."""
    weight = weights[f"{prefix}.weight"]
    return (weight * (lr_multiplier / math.sqrt(weight.shape[1]))) @ x + weights[
        f"{prefix}.bias"
    ] * lr_multiplier


def mapping(weights: Weights, config: Any, z: Array, condition: Array | None) -> Array:
    """w of one z."""
    x = z / np.sqrt(np.mean(z**2) + 1e-8)
    if config.c_dim:
        y = dense(condition, weights, "mapping.embed")
        x = np.concatenate([x, y / np.sqrt(np.mean(y**2) + 1e-8)])
    for index in range(config.mapping.num_layers):
        x = act(
            dense(x, weights, f"mapping.fc{index}", config.mapping.lr_multiplier), config.mapping.activation
        )
    return x


def modulated(weights: Weights, prefix: str, w: Array) -> Array:
    """Weights (O, I, k, k) scaled by the style and demodulated."""
    scaled = weights[f"{prefix}.weight"] * dense(w, weights, f"{prefix}.affine")[None, :, None, None]
    return scaled / np.sqrt((scaled**2).sum(axis=(1, 2, 3), keepdims=True) + 1e-8)


def stylegan2_layer(
    weights: Weights, config: Any, prefix: str, x: Array, w: Array, up: bool, gain: float, noise: bool
) -> Array:
    """One layer of StyleGAN2."""
    weight = modulated(weights, prefix, w)
    k = weight.shape[2]
    if up:
        full = np.zeros((len(weight), x.shape[1] * 2 + k - 1, x.shape[2] * 2 + k - 1))
        for o, kernels in enumerate(weight):
            for plane, kernel in zip(insert_zeros(x, 2), kernels, strict=True):
                full[o] += convolve(plane, kernel, mode="full", method="direct")
        taps = as_2d(weights[f"{prefix}.resample_filter"])
        n = taps.shape[0]
        # `full` is one sample longer than a transposed convolution: the last inserted zero.
        low, high = k // 2 + (n + 1) // 2 - (k - 1), k // 2 + (n - 2) // 2 - (k - 2) - 1
        x = filtered(pad_or_crop(full, (low, high, low, high)), taps * 4)
    else:
        x = correlated(x, weight, k // 2)
    if config.use_noise and noise:
        x = x + weights[f"{prefix}.noise_const"] * weights[f"{prefix}.noise_strength"]
    return act(x + weights[f"{prefix}.bias"][:, None, None], config.activation, gain, config.conv_clamp)


def stylegan2(weights: Weights, config: Any, ws: Array, *, noise: bool = True) -> Array:
    """Picture (channels, R, R) of one ws (num_ws, w_dim)."""
    index, image = 0, None
    x = weights["synthesis.b4.const"]
    for level in range(len(config.channels)):
        block = f"synthesis.b{4 * 2**level}"
        residual = level > 0 and config.architecture == "resnet"
        if residual:
            skip = weights[f"{block}.skip.weight"] / math.sqrt(x.shape[0])
            shortcut = double_size(correlated(x, skip, 0), weights[f"{block}.skip.resample_filter"])
        if level:
            x = stylegan2_layer(weights, config, f"{block}.conv0", x, ws[index], True, 1.0, noise)
            index += 1
        gain = math.sqrt(0.5) if residual else 1.0
        x = stylegan2_layer(weights, config, f"{block}.conv1", x, ws[index], False, gain, noise)
        index += 1
        if residual:
            x = x + shortcut * math.sqrt(0.5)
        if image is not None:
            image = double_size(image, weights[f"{block}.resample_filter"])
        if config.architecture == "skip" or level == len(config.channels) - 1:
            style = dense(ws[index], weights, f"{block}.torgb.affine") / math.sqrt(x.shape[0])
            colours = correlated(x, weights[f"{block}.torgb.weight"] * style[None, :, None, None], 0)
            colours = act(
                colours + weights[f"{block}.torgb.bias"][:, None, None], "linear", 1.0, config.conv_clamp
            )
            image = colours if image is None else image + colours
    assert image is not None
    return image


def stylegan3_input(weights: Weights, config: Any, w: Array) -> Array:
    """Fourier features (C, height, width)."""
    t = dense(w, weights, "synthesis.input.affine")
    t = t / np.hypot(t[0], t[1])
    rotation = np.array([[t[0], -t[1], 0], [t[1], t[0], 0], [0, 0, 1]])
    shift = np.array([[1, 0, -t[2]], [0, 1, -t[3]], [0, 0, 1]])
    transform = rotation @ shift @ weights["synthesis.input.transform"]
    freqs, phases = weights["synthesis.input.freqs"], weights["synthesis.input.phases"]
    phases = phases + freqs @ transform[:2, 2]
    freqs = freqs @ transform[:2, :2]
    room = config.sampling_rate / 2 - config.bandwidth
    amplitudes = np.clip(1 - (np.linalg.norm(freqs, axis=1) - config.bandwidth) / room, 0, 1)
    width, height = config.input_size
    values = np.zeros((len(freqs), height, width))
    for row in range(height):
        for column in range(width):
            position = np.array([column + 0.5 - width / 2, row + 0.5 - height / 2]) / config.sampling_rate
            values[:, row, column] = amplitudes * np.sin(2 * np.pi * (freqs @ position + phases))
    return np.einsum("oi,ihw->ohw", weights["synthesis.input.weight"] / math.sqrt(len(freqs)), values)


def stylegan3(weights: Weights, config: Any, ws: Array) -> Array:
    """Picture (channels, R, R) of one ws (num_ws, w_dim)."""
    x = stylegan3_input(weights, config, ws[0])
    for index, layer in enumerate(config.layers):
        prefix = f"synthesis.{config.layer_name(index)}"
        if layer.is_torgb:
            kernel = weights[f"{prefix}.weight"]
            style = dense(ws[index + 1], weights, f"{prefix}.affine") / math.sqrt(kernel[0].size)
            weight = kernel * style[None, :, None, None]
        else:
            weight = modulated(weights, prefix, ws[index + 1])
        x = correlated(x, weight / np.sqrt(weights[f"{prefix}.magnitude_ema"]), layer.kernel_size - 1)
        x = x + weights[f"{prefix}.bias"][:, None, None]
        x = resample(x, weights.get(f"{prefix}.up_filter"), layer.up, 1, layer.padding, layer.up**2)
        x = act(x, "linear" if layer.is_torgb else "lrelu", 1.0, layer.conv_clamp)
        x = resample(x, weights.get(f"{prefix}.down_filter"), 1, layer.down, (0, 0, 0, 0), 1.0)
    return x * config.output_scale


def stylegan(weights: Weights, config: Any, ws: Array) -> Array:
    """Picture (channels, R, R) of StyleGAN (2019) with its stored noise."""
    x = weights["synthesis.b4.const"]
    for level in range(len(config.channels)):
        block = f"synthesis.b{4 * 2**level}"
        if level:
            x = np.repeat(np.repeat(x, 2, axis=1), 2, axis=2)
            weight = weights[f"{block}.conv0.weight"]
            x = correlated(x, weight * math.sqrt(2 / weight[0].size), 1)
            x = filtered(pad_or_crop(x, (1, 1, 1, 1)), np.outer([0.25, 0.5, 0.25], [0.25, 0.5, 0.25]))
        for half in (0, 1):
            if half:
                weight = weights[f"{block}.conv1.weight"]
                x = correlated(x, weight * math.sqrt(2 / weight[0].size), 1)
            prefix = f"{block}.style{half}"
            noise = (
                weights[f"{prefix}.noise_const"][None] * weights[f"{prefix}.noise_strength"][:, None, None]
            )
            x = x + noise + weights[f"{prefix}.bias"][:, None, None]
            x = np.where(x > 0, x, 0.2 * x)
            x = (x - x.mean(axis=(1, 2), keepdims=True)) / np.sqrt(x.var(axis=(1, 2), keepdims=True) + 1e-8)
            style = dense(ws[2 * level + half], weights, f"{prefix}.style")
            x = x * (style[: len(x)] + 1)[:, None, None] + style[len(x) :][:, None, None]
    weight = weights[f"{block}.torgb.weight"]
    return (
        correlated(x, weight / math.sqrt(weight.shape[1]), 0) + weights[f"{block}.torgb_bias"][:, None, None]
    )
