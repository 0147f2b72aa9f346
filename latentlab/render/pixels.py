"""Float pictures to bytes."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.errors import RenderError


def to_pixels(images: Tensor) -> NDArray[np.uint8]:
    """Float pictures to RGB bytes: x * 127.5 + 128, cut off, truncated.

    Args:
        images: (N, C, H, W) in about [-1, 1]. Fewer than three channels show the first as grey; a fourth is
            not shown.

    Returns:
        (N, H, W, 3).

    Raises:
        RenderError: the picture holds NaN.
    """
    images = images[:, : 3 if images.shape[1] >= 3 else 1]
    count, channels, height, width = images.shape
    scaled = torch.mul(images, 127.5) if images.dtype is torch.float32 else images.float().mul_(127.5)
    scaled.add_(128.0).clamp_(0.0, 255.0)
    if scaled.sum().isnan():  # clamping keeps NaN, and one addition over the picture finds it
        raise RenderError(
            "The network produced NaN instead of a picture: its weights are damaged, or the recipe is far "
            "outside what it was trained for. Reset the sliders, or open another file."
        )
    bytes_ = torch.empty(count, height, width, channels, dtype=torch.uint8, device=images.device)
    bytes_.copy_(scaled.permute(0, 2, 3, 1))
    pixels: NDArray[np.uint8] = bytes_.cpu().numpy()
    return pixels if channels == 3 else np.repeat(pixels[..., :1], 3, axis=-1)
