"""Resampling by finite impulse response filters, exact and without inserting or discarding samples.

Filters are true convolutions. A 1-D filter acts along both axes (separable), a 2-D one as it stands. StyleGAN3
(Karras et al. 2021, arXiv:2106.12423), section 3 and appendix C, and StyleGAN2 (arXiv:1912.04958), appendix B.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.jit._trace import is_tracing
from torch.nn import functional

Padding = tuple[int, int, int, int]
"""(x_lo, x_hi, y_lo, y_hi), in samples at the higher rate. Negative values crop."""

_GROUP_BYTES = 24 * 2**20
"""Of the samples at the higher rate that are worked on at once; about what a large cache holds."""


def binomial_filter(shape: tuple[int, ...]) -> Tensor:
    """The smooth default of a given shape, summing to 1: [1, 3, 3, 1] for 4 taps, its outer product for (4, 4)."""
    axes = [
        torch.tensor([math.comb(taps - 1, i) for i in range(taps)], dtype=torch.float64) for taps in shape
    ]
    taps = axes[0] if len(axes) == 1 else torch.outer(axes[0], axes[1])
    return (taps / taps.sum()).float()


def upsample(x: Tensor, taps: Tensor | None, factor: int, padding: Padding, gain: float = 1.0) -> Tensor:
    """Zero-insert, pad and convolve, in one transposed convolution per axis.

    Args:
        x: (N, C, H, W).
        taps: (n,) or (n, m); None is a filter of a single 1.
        factor: samples per sample of `x`.
        padding: around the zero-inserted samples, before the filter.
        gain: on the values; factor**2 keeps their size.

    Returns:
        (N, C, H * factor + y_lo + y_hi - n + 1, W * factor + x_lo + x_hi - n + 1).
    """
    x_lo, x_hi, y_lo, y_hi = padding
    if taps is None:
        if factor == 1:
            return _padded(x * gain if gain != 1.0 else x, padding)
        taps = x.new_ones(1)
    if taps.ndim == 1:
        x = _transposed(x, (taps * math.sqrt(gain))[None, :], (1, factor), (x_lo, x_hi, 0, 0))
        return _transposed(x, (taps * math.sqrt(gain))[:, None], (factor, 1), (0, 0, y_lo, y_hi))
    return _transposed(x, taps * gain, (factor, factor), padding)


def downsample(x: Tensor, taps: Tensor | None, factor: int) -> Tensor:
    """Convolve where the filter fits and keep every `factor`-th sample, computing no other.

    Args:
        x: (N, C, H, W).
        taps: (n,) or (n, m); None keeps every `factor`-th sample as it is.

    Returns:
        (N, C, (H - n) // factor + 1, (W - m) // factor + 1).
    """
    if taps is None:
        return x[:, :, ::factor, ::factor]
    if taps.ndim == 1:
        x = _strided(x, taps[:, None], (factor, 1))
        return _strided(x, taps[None, :], (1, factor))
    return _strided(x, taps, (factor, factor))


def upsample_2x(x: Tensor, taps: Tensor) -> Tensor:
    """(N, C, H, W) to (N, C, 2H, 2W) as StyleGAN2 does for images and residual branches."""
    rows, columns = taps.shape[0], taps.shape[-1]
    padding = ((columns + 1) // 2, (columns - 2) // 2, (rows + 1) // 2, (rows - 2) // 2)
    return upsample(x, taps, 2, padding, gain=4.0)


def activate_between_rates(
    x: Tensor,
    up_taps: Tensor | None,
    down_taps: Tensor | None,
    factors: tuple[int, int],
    padding: Padding,
    *,
    slope: float,
    gain: float,
    clamp: float | None,
) -> Tensor:
    """Upsample, leaky ReLU with gain and clamp, downsample: StyleGAN3, section 3.2.

    Args:
        x: (N, C, H, W).
        factors: up and down.
        padding: as in `upsample`.

    On the CPU channels go through in groups: the samples at the higher rate stay in the cache, and only a few
    of them exist at a time.
    """
    up = factors[0]
    if x.device.type != "cpu":
        return _activate_group(x, up_taps, down_taps, factors, padding, slope, gain, clamp)
    x = x.contiguous(memory_format=torch.channels_last)
    bytes_per_channel = x.shape[0] * x.shape[2] * x.shape[3] * up * up * x.element_size()
    size = max(_GROUP_BYTES // bytes_per_channel // 16 * 16, 16)
    groups = [group.contiguous(memory_format=torch.channels_last) for group in torch.split(x, size, dim=1)]
    results = [
        _activate_group(group, up_taps, down_taps, factors, padding, slope, gain, clamp) for group in groups
    ]
    return results[0] if len(results) == 1 else torch.cat(results, dim=1)


def _activate_group(
    x: Tensor,
    up_taps: Tensor | None,
    down_taps: Tensor | None,
    factors: tuple[int, int],
    padding: Padding,
    slope: float,
    gain: float,
    clamp: float | None,
) -> Tensor:
    up, down = factors
    # A leaky ReLU commutes with a positive gain, so the gain of the filter does the activation's work.
    x = upsample(x, up_taps, up, padding, gain=up * up * gain)
    if slope != 1.0:
        x = functional.leaky_relu(x, slope)
    if clamp is not None:
        x = x.clamp(-clamp, clamp)
    return downsample(x, down_taps, down)


def filter_2d(x: Tensor, taps: Tensor, padding: Padding, gain: float = 1.0) -> Tensor:
    """Pad (or crop) and convolve at the same rate."""
    x_lo, x_hi, y_lo, y_hi = padding
    if taps.ndim == 1:
        x = _padded(x, (x_lo, x_hi, y_lo, y_hi))
        x = _strided(x, (taps * math.sqrt(gain))[:, None], (1, 1))
        return _strided(x, (taps * math.sqrt(gain))[None, :], (1, 1))
    return _strided(_padded(x, padding), taps * gain, (1, 1))


def _transposed(x: Tensor, taps: Tensor, factor: tuple[int, int], padding: Padding) -> Tensor:
    """Depthwise transposed convolution; `padding` as in `upsample`, per axis 0 where that axis is untouched."""
    rows, columns = taps.shape
    x_lo, x_hi, y_lo, y_hi = padding
    # What the full transposed convolution has too much of at each end; negative where it is too short.
    left, right = columns - 1 - x_lo, columns - factor[1] - x_hi
    top, bottom = rows - 1 - y_lo, rows - factor[0] - y_hi
    crop = (max(min(top, bottom), 0), max(min(left, right), 0))
    weight = _depthwise(x, taps)
    y = functional.conv_transpose2d(x, weight, stride=factor, padding=crop, groups=len(weight))
    return _padded(y, (crop[1] - left, crop[1] - right, crop[0] - top, crop[0] - bottom))


def _strided(x: Tensor, taps: Tensor, factor: tuple[int, int]) -> Tensor:
    weight = _depthwise(x, taps.flip((0, 1)))
    return functional.conv2d(x, weight, stride=factor, groups=len(weight))


def _depthwise(x: Tensor, taps: Tensor) -> Tensor:
    """The filter once for every channel of x, (C, 1, rows, columns)."""
    weight = taps.to(x.dtype).expand(int(x.shape[1]), 1, *taps.shape)
    if is_tracing():  # type: ignore[no-untyped-call]  # an export knows no kernel whose shape is computed
        return torch.tensor(weight.tolist(), dtype=x.dtype, device=x.device)
    return weight


def _padded(x: Tensor, padding: Padding) -> Tensor:
    return functional.pad(x, padding) if any(padding) else x
