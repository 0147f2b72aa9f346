"""Reading pictures between their pixels, with derivatives of any order with respect to the picture.

torch's `grid_sample` can be differentiated once, but a gradient penalty on augmented pictures needs two.
Sampling is linear in the picture: its derivative is the adjoint, and the adjoint's derivative is sampling.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from torch import Tensor

_BILINEAR, _REFLECTION = 0, 2  # numbers that torch's operator has for its modes


def sample(images: Tensor, grid: Tensor) -> Tensor:
    """Bilinear samples, mirrored beyond the border: (N, C, h, w).

    Args:
        images: (N, C, H, W).
        grid: (N, h, w, 2), (x, y) from -1 to 1 between the outer edges; gets no gradient.
    """
    result: Tensor = _Sample.apply(images, grid)  # type: ignore[no-untyped-call]
    return result


class _Sample(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, images: Tensor, grid: Tensor) -> Tensor:
        ctx.save_for_backward(grid)
        ctx.size = images.shape
        return F.grid_sample(images, grid, "bilinear", "reflection", align_corners=False)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (grid,) = ctx.saved_tensors
        return _Adjoint.apply(gradient, grid, ctx.size), None  # type: ignore[no-untyped-call]


class _Adjoint(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, gradient: Tensor, grid: Tensor, size: torch.Size) -> Tensor:
        ctx.save_for_backward(grid)
        images = gradient.new_zeros(()).expand(size)  # only its shape matters
        result: Tensor = torch.ops.aten.grid_sampler_2d_backward(
            gradient, images, grid, _BILINEAR, _REFLECTION, False, [True, False]
        )[0]
        return result

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (grid,) = ctx.saved_tensors
        return _Sample.apply(gradient, grid), None, None  # type: ignore[no-untyped-call]
