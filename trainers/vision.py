"""The only module that imports torchvision.

On Linux torchvision's ordinary wheel is built for CUDA. Beside a CPU-only torch its compiled operators do not
load, and the import fails because its Python part describes two operators that nobody declared. Declaring them
makes everything written in Python work; `torchvision.ops` and `torchvision.io` stay unusable.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor


def _import_torchvision() -> None:
    # A build whose operators load must find them undeclared, so declare only after a failure.
    try:
        import torchvision  # type: ignore[import-untyped]  # noqa: F401
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        for name in ("nms", "qnms"):
            torch.library.define(
                f"torchvision::{name}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
            )


_import_torchvision()

from torchvision.transforms.v2 import functional as transforms  # type: ignore[import-untyped]  # noqa: E402
from torchvision.utils import make_grid  # type: ignore[import-untyped]  # noqa: E402


def square(picture: Image.Image, resolution: int) -> NDArray[np.uint8]:
    """The central square of a picture as (resolution, resolution, 3); transparency lies on white."""
    rgba = picture.convert("RGBA")
    paper = Image.new("RGBA", rgba.size, "white")
    rgb = Image.alpha_composite(paper, rgba).convert("RGB")
    image = transforms.center_crop(transforms.pil_to_tensor(rgb), [min(rgb.size)])
    image = transforms.resize(image, [resolution, resolution], antialias=True)
    return np.ascontiguousarray(image.permute(1, 2, 0).numpy())


def sheet(images: Tensor, columns: int) -> NDArray[np.uint8]:
    """Images (N, C, H, W) in [-1, 1] side by side as one picture (H', W', 3)."""
    grid = make_grid(images.float().cpu().clamp(-1, 1), nrow=columns, padding=2, pad_value=-0.8)
    pixels = (grid.add(1).mul(127.5)).round().to(torch.uint8)
    return np.ascontiguousarray(pixels.permute(1, 2, 0).numpy())


def save_sheet(images: Tensor, columns: int, path: Path) -> None:
    """Write `sheet` as a PNG."""
    Image.fromarray(sheet(images, columns)).save(path)
