"""What the renderer hands out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.latents.recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One rendered picture, ready to show."""

    recipe: Recipe
    pixels: NDArray[np.uint8]
    """(H, W, 3) RGB. A preview is smaller than the final frame; show both in the same geometry."""
    milliseconds: float
    """From the start of this render call to these pixels."""
    is_preview: bool
    block: str
    """Name of the block whose state is shown."""
    device: str
    """"cpu", "cuda:0", "mps"."""
    engine: str
    """How it was computed: "torch float32", "openvino bfloat16", ..."""
