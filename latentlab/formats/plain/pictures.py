"""Which numbers can be the sides, channels and pixels of a picture."""

from __future__ import annotations

import math

CHANNELS = (1, 3)
MAX_SIDE = 2048


def size_cost(side: int, *, grey: bool) -> float | None:
    """How unusual a picture of this side is; None where it cannot be."""
    if side < 8 or side > MAX_SIDE:
        return None
    if side == 28:
        return 0.0 if grey else 0.5
    if side & (side - 1) == 0:
        return {8: 1.0, 16: 1.0 if grey else 0.5, 32: 0.6 if grey else 0.0, 1024: 0.5, 2048: 1.5}.get(
            side, 0.0
        )
    if side in (48, 96, 112, 160, 192, 224, 320, 384, 640, 768):
        return 1.0
    if side in (100, 120, 200, 218, 299):
        return 2.0
    return 3.0 if side % 2 == 0 else 3.5


def pixels_cost(width: int) -> float | None:
    """How unusual a square picture of `width` numbers is; None where there is none."""
    costs = [
        size_cost(square_root(width // channels), grey=channels == 1)
        for channels in CHANNELS
        if width % channels == 0
    ]
    return min((cost for cost in costs if cost is not None), default=None)


def square_root(value: int) -> int:
    """The whole square root, or 0 if there is none."""
    root = math.isqrt(value)
    return root if root * root == value else 0
