"""A second generator over the same weights, for work beside the render thread."""

from __future__ import annotations

import copy
from typing import Any

import torch

from latentlab.models.generator import Generator


def twin_of(generator: Generator, *, dtype: torch.dtype | None = None) -> Generator:
    """A generator of its own that shares the parameters of `generator`; its buffers are copies.

    What one does to its pose or noise buffers, the other does not see. With `dtype` its blocks' numbers are
    converted, which makes them copies as well.
    """
    shared: dict[int, Any] = {}
    if dtype is None:
        shared = {id(parameter): parameter for parameter in generator.parameters()}
    twin = copy.deepcopy(generator, shared)
    twin.requires_grad_(False)
    if dtype is not None:
        for block in twin.blocks:
            block.to(dtype)
            for weight in block.parameters():
                if weight.ndim == 4:  # a seventh faster on a CPU than weights in planes
                    weight.data = weight.data.contiguous(memory_format=torch.channels_last)
    return twin
