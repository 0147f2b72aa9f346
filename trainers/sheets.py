"""What samples look like on a sheet: pictures in a grid, points in the plane."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

_SIDE = 384
"""Pixels of a sheet of points."""
_REAL, _DRAWN = (92, 92, 96), (255, 170, 64)


def columns(count: int) -> int:
    """Pictures per row: a sheet about one and a half times as wide as high."""
    return max(1, math.ceil(math.sqrt(count * 1.5)))


def plane_of_latents(count: int) -> Tensor:
    """A square grid of latents (count, 2), each standing for an equal share of the normal distribution.

    Kingma & Welling 2014, arXiv:1312.6114, appendix A. The first number grows to the right, the second upwards.
    """
    side = math.isqrt(count)
    line = torch.special.ndtri((torch.arange(side, dtype=torch.float64) + 0.5) / side).float()
    return torch.stack([line.repeat(side), line.flip(0).repeat_interleave(side)], 1)


def plane(drawn: Tensor, real: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Generated points over real ones, (384, 384, 3): the same frame every time, set by the real ones.

    Args:
        drawn: (N, 2).
        real: (M, 2), M at least 1.
    """
    centre = (real.amax(0) + real.amin(0)) / 2
    reach = 1.25 * float((real - centre).abs().max()) or 1.0
    sheet = np.full((_SIDE, _SIDE, 3), 18, np.uint8)
    for points, colour in ((real, _REAL), (drawn, _DRAWN)):
        shares = ((points - centre) / reach).clamp(-1.1, 1.1).nan_to_num(nan=1.1)
        places = ((shares.cpu().numpy() + 1) / 2 * (_SIDE - 1)).round().astype(np.int64)
        for across in (0, 1):
            for down in (0, 1):  # two pixels a side: one is hard to see
                x, y = places[:, 0] + across, _SIDE - 1 - places[:, 1] + down
                inside = (x >= 0) & (x < _SIDE) & (y >= 0) & (y < _SIDE)
                sheet[y[inside], x[inside]] = colour
    return sheet


def with_conditions(conditions: Tensor, drawn: Tensor) -> Tensor:
    """Pictures and what a translator made of them, in turn, (2N, C, H, W)."""
    channels = max(conditions.shape[1], drawn.shape[1])
    both = [images.expand(-1, channels, -1, -1) for images in (conditions, drawn)]
    return torch.stack(both, 1).flatten(0, 1)
