"""Pictures as they will be seen: clamped to [-1, 1], and still able to learn where they lie beyond.

A discriminator that judges numbers which no screen shows teaches a generator to hit black exactly, with a faint
pattern around it. Clamped, everything below black is black.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def as_seen(images: Tensor) -> Tensor:
    """Clamp to [-1, 1]; beyond it, only the gradient that leads back reaches `images`."""
    result: Tensor = _AsSeen.apply(images)  # type: ignore[no-untyped-call]
    return result


class _AsSeen(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, images: Tensor) -> Tensor:
        ctx.save_for_backward(images)
        return images.clamp(-1, 1)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (images,) = ctx.saved_tensors
        # A step goes against the gradient: beyond a bound, one that points inwards leads further out.
        outwards = ((images > 1) & (gradient < 0)) | ((images < -1) & (gradient > 0))
        return gradient.masked_fill(outwards, 0)
