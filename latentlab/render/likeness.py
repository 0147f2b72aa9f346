"""How alike two pictures look: compared small, so that layout and colours count and texture does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SIDE = 12


def look(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A picture (H, W, 3) as (432,) numbers: means of 12 x 12 areas of its sRGB values, 0 to 1.

    sRGB values are nearly even steps to the eye, so that their differences say how unlike two pictures look.
    """
    height, width = pixels.shape[:2]
    rows = np.arange(_SIDE) * height // _SIDE
    columns = np.arange(_SIDE) * width // _SIDE
    sums = np.add.reduceat(np.add.reduceat(pixels.astype(np.float32), rows, axis=0), columns, axis=1)
    tall = np.diff(np.append(rows, height)).clip(1)
    wide = np.diff(np.append(columns, width)).clip(1)
    means: NDArray[np.float32] = sums / (tall[:, None, None] * wide[None, :, None] * 255.0)
    return means.reshape(-1).astype(np.float32)


def unlike(wanted: NDArray[Any], others: Sequence[NDArray[Any]]) -> list[float]:
    """Distances of several feature vectors from one; root of the mean squared difference."""
    if not others:
        return []
    differences = np.stack(others).astype(np.float64) - wanted
    return [float(value) for value in np.sqrt((differences**2).mean(1))]
