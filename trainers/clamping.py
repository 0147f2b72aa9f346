"""Pictures as they will be seen: clamped to [-1, 1], and still able to learn where they lie beyond.

A discriminator that judges numbers which no screen shows teaches a generator to hit black exactly, with a faint
pattern around it. Clamped, everything below black is black.

Black and white are wanted exactly, over large grounds. A generator that learned nothing beyond the bounds would
stay at them, and every tremor of its weights would show as grain: it learns on until it is `MARGIN` beyond.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

MARGIN = 0.1
"""How far beyond black and white a generator may learn to go."""


def as_seen(images: Tensor) -> Tensor:
    """Clamp to [-1, 1]; farther than `MARGIN` beyond, only the gradient that leads back reaches `images`."""
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
        # A step goes against the gradient: one that points inwards leads further out.
        outwards = ((images > 1 + MARGIN) & (gradient < 0)) | ((images < -1 - MARGIN) & (gradient > 0))
        return gradient.masked_fill(outwards, 0)
