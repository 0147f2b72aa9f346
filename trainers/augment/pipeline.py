"""The augmentations of StyleGAN2-ADA (Karras et al. 2020, arXiv:2006.06676, appendix B).

Flips, quarter turns, shifts, scales and turns are gathered in one matrix per image and carried out by a single
resampling between an upsampling and a downsampling by an orthogonal wavelet, which leave a picture that is not
moved exactly as it was. Colours change by another matrix.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from latentlab.models.resampling import downsample, upsample
from trainers.augment.sampling import sample

NUMBERS = 28
"""Uniform numbers per image: for every transform one that decides whether it happens, and one for each choice."""

# Lowpass of the symlet with 6 vanishing moments (Daubechies 1992, "Ten lectures on wavelets", section 8.1.1).
_SYMLET = torch.tensor(
    [
        *(0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633),
        *(0.4910559419267466, 0.787641141030194, 0.3379294217276218, -0.07263752278646252),
        *(-0.021060292512300564, 0.04472490177066578, 0.0017677118642428036, -0.007800708325034148),
    ],
    dtype=torch.float64,
)
_TAPS = (_SYMLET / math.sqrt(2)).float()  # sum to 1
_REACH = len(_TAPS) - 2  # 10: samples at the double rate that a border pixel needs on each side
_DELAY = float((torch.arange(len(_SYMLET)) * _SYMLET).sum() / _SYMLET.sum())
"""Where, in samples at the double rate after its own, the filter puts a pixel."""


@dataclass(frozen=True, slots=True)
class Transforms:
    """Which transforms may happen. Those that the data cannot forgive (mirrored text) are left out."""

    mirror: bool = True
    quarter_turns: bool = True
    shift: bool = True
    scale: bool = True
    turn: bool = True
    colour: bool = True


def augment(images: Tensor, numbers: Tensor, p: float, transforms: Transforms | None = None) -> Tensor:
    """Change every image in its own way.

    Args:
        images: (N, C, H, H) in about [-1, 1], C 1 or 3.
        numbers: (N, NUMBERS), uniform in [0, 1).
        p: probability of every transform; 0 returns the images themselves.
        transforms: the ones that may happen; all if None.
    """
    if p <= 0:
        return images
    allowed = transforms or Transforms()
    numbers = numbers.to(images)
    matrices = placement(numbers, p, images.shape[3], allowed)
    images = moved(images, matrices)
    if allowed.colour:
        images = recoloured(images, colouring(numbers, p, images.shape[1]))
    return images


def placement(numbers: Tensor, p: float, side: int, allowed: Transforms) -> Tensor:
    """Matrices (N, 3, 3) from a place in the new picture to the place in the old one that it shows.

    Places are (x, y, 1) in pixels from the middle, y down. Appendix B.1, "geometric transformations".
    """
    gates, normal = numbers < p, _normal(numbers)
    whole = torch.round((2 * numbers - 1) * 0.125 * side)
    angle = (2 * numbers - 1) * math.pi
    # Two turns surround the anisotropic scale; together they happen with probability p.
    turns = numbers < 1 - math.sqrt(1 - min(p, 1.0))
    result = torch.eye(3, dtype=numbers.dtype, device=numbers.device).expand(len(numbers), 3, 3)
    if allowed.mirror:
        flip = gates[:, 0] & (numbers[:, 1] < 0.5)
        result = result @ _scaling(torch.where(flip, -1.0, 1.0), torch.ones_like(numbers[:, 0]))
    if allowed.quarter_turns:
        result = result @ _rotation(gates[:, 2] * (numbers[:, 3] * 4).floor() * (math.pi / 2))
    if allowed.shift:
        result = result @ _translation(gates[:, 4] * whole[:, 5], gates[:, 4] * whole[:, 6])
    if allowed.scale:
        size = torch.exp2(-0.2 * normal[:, 8] * gates[:, 7])
        result = result @ _scaling(size, size)
    if allowed.turn:
        result = result @ _rotation(angle[:, 10] * turns[:, 9])
    if allowed.scale:
        stretch = torch.exp2(-0.2 * normal[:, 12] * gates[:, 11])
        result = result @ _scaling(stretch, 1 / stretch)
    if allowed.turn:
        result = result @ _rotation(angle[:, 14] * turns[:, 13])
    if allowed.shift:
        by = 0.125 * side * gates[:, 15]
        result = result @ _translation(by * normal[:, 16], by * normal[:, 17])
    return result


def colouring(numbers: Tensor, p: float, channels: int) -> Tensor:
    """Matrices (N, C, C + 1) from colours (r, g, b, 1) to colours. Appendix B.1, "color transformations"."""
    gates, normal = numbers < p, _normal(numbers)
    brightness = 0.2 * normal[:, 19] * gates[:, 18]
    contrast = torch.exp2(0.5 * normal[:, 21] * gates[:, 20])
    if channels == 1:
        return torch.stack([contrast, contrast * brightness], 1)[:, None]
    one = torch.eye(3, dtype=numbers.dtype, device=numbers.device)
    grey = torch.full_like(one, 1 / 3)  # v vT of the luma axis v = (1, 1, 1) / sqrt(3)
    flip = gates[:, 22] & (numbers[:, 23] < 0.5)
    linear = one - 2 * grey * flip[:, None, None]
    linear = _hue_rotation((2 * numbers[:, 25] - 1) * math.pi * gates[:, 24]) @ linear
    saturation = torch.exp2(normal[:, 27] * gates[:, 26])[:, None, None]
    linear = (grey + (one - grey) * saturation) @ linear
    linear = linear * contrast[:, None, None]
    return torch.cat([linear, linear.sum(2, keepdim=True) * brightness[:, None, None]], 2)


def recoloured(images: Tensor, matrices: Tensor) -> Tensor:
    """Apply (N, C, C + 1) to the colours of (N, C, H, W)."""
    colours = matrices[:, :, :-1] @ images.flatten(2) + matrices[:, :, -1:]
    return colours.view_as(images)


def moved(images: Tensor, matrices: Tensor) -> Tensor:
    """Redraw (N, C, H, H) so that each place shows what `matrices` (N, 3, 3) say; mirrored beyond the border."""
    side = images.shape[3]
    margin = side // 4 + _REACH // 2
    taps = _TAPS.to(images)
    # Filters of few channels are several times as quick in this layout.
    mirrored = _mirrored(images, margin).contiguous(memory_format=torch.channels_last)
    canvas = upsample(mirrored, taps, 2, (1, 0, 1, 0), gain=4.0)
    first = _REACH - 2 * margin  # place of the canvas's first sample, counted from that of pixel 0
    middle = (side - 1) / 2
    places = (torch.arange(2 * side + _REACH, dtype=images.dtype, device=images.device) - _DELAY) / 2 - middle
    x, y = places[None, :], places[:, None]
    row_x, row_y = matrices[:, 0, :, None, None], matrices[:, 1, :, None, None]
    sources = [row[:, 0] * x + row[:, 1] * y + row[:, 2] for row in (row_x, row_y)]
    index = (torch.stack(sources, -1) + middle) * 2 + _DELAY - first  # (N, h, w, 2), samples of the canvas
    grid = (2 * index + 1) / canvas.shape[3] - 1
    return downsample(sample(canvas, grid), taps.flip(0), 2)


def _mirrored(images: Tensor, margin: int) -> Tensor:
    """Continue (N, C, H, H) on all sides as in mirrors that stand on the outermost pixels."""
    side = images.shape[3]
    period = max(1, 2 * (side - 1))
    wanted = torch.arange(-margin, side + margin, device=images.device) % period
    wanted = torch.where(wanted < side, wanted, period - wanted)
    return images[:, :, wanted][:, :, :, wanted]


def _normal(uniform: Tensor) -> Tensor:
    inside = uniform.clamp(1e-7, 1 - 1e-7)
    return torch.erfinv(2 * inside - 1) * math.sqrt(2)


def _matrix(rows: list[list[Tensor]]) -> Tensor:
    return torch.stack([torch.stack(row, 1) for row in rows], 1)


def _scaling(x: Tensor, y: Tensor) -> Tensor:
    zero, one = torch.zeros_like(y), torch.ones_like(y)
    return _matrix([[x.to(y), zero, zero], [zero, y, zero], [zero, zero, one]])


def _rotation(angle: Tensor) -> Tensor:
    cos, sin, zero, one = angle.cos(), angle.sin(), torch.zeros_like(angle), torch.ones_like(angle)
    return _matrix([[cos, -sin, zero], [sin, cos, zero], [zero, zero, one]])


def _translation(x: Tensor, y: Tensor) -> Tensor:
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    return _matrix([[one, zero, x], [zero, one, y], [zero, zero, one]])


def _hue_rotation(angle: Tensor) -> Tensor:
    """Rotations of colours about the luma axis (Rodrigues' formula), (N, 3, 3)."""
    axis = 1 / math.sqrt(3)
    cross = axis * torch.tensor(
        [[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]], dtype=angle.dtype, device=angle.device
    )
    cos, sin = angle.cos()[:, None, None], angle.sin()[:, None, None]
    return cos * torch.eye(3, dtype=angle.dtype, device=angle.device) + sin * cross + (1 - cos) / 3
