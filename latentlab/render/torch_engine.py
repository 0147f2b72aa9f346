"""Blocks run by torch itself: every device, float32 or a narrower type."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor

from latentlab.models.generator import Block, Generator, State, Transforms
from latentlab.render.engine import Engine
from latentlab.render.twin import twin_of

_TYPE_NAMES = {torch.float32: "float32", torch.bfloat16: "bfloat16", torch.float16: "float16"}


class TorchEngine(Engine):
    """States are `State` tuples in the engine's own number type, on the generator's device.

    float32 runs the generator's own blocks. A narrower type runs a converted copy, made here.
    """

    gains_by_batches = True

    def __init__(self, generator: Generator, *, dtype: torch.dtype = torch.float32) -> None:
        self._dtype = dtype
        self._generator = generator if dtype is torch.float32 else twin_of(generator, dtype=dtype)
        self._blocks: tuple[Block, ...] = self._generator.blocks
        self._codes = tuple(_as_slice(block.info.codes) for block in self._blocks)
        self.name = f"torch {_TYPE_NAMES[dtype]}"
        self._place = device_of(generator)
        self.device = str(self._place)

    @torch.inference_mode()
    def start(self, image: Tensor | None = None, transform: Tensor | None = None) -> State:
        """State before the first block."""
        if transform is not None:
            cast(Transforms, self._generator).set_transform(transform.to(self._place))
        image = None if image is None else image.to(self._place, self._dtype)
        return _converted(self._generator.start(image), self._dtype)

    @torch.inference_mode()
    def run(self, index: int, state: State, codes: Tensor, noise: tuple[Tensor | None, ...]) -> State:
        """Run block `index`; the maps of `noise` may be float32."""
        codes = codes[:, self._codes[index]].to(self._place, self._dtype)
        if self._dtype is not torch.float32:
            noise = tuple(None if map_ is None else map_.to(self._dtype) for map_ in noise)
        return self._blocks[index](state, codes, noise)

    def to_state(self, index: int, state: State) -> State:
        """The same tensors in float32."""
        return _converted(state, torch.float32)

    def from_state(self, index: int, state: State) -> State:
        """The same tensors in the engine's type."""
        return _converted(state, self._dtype)

    @torch.inference_mode()
    def picture(self, index: int, state: State) -> Tensor | None:
        """The block's own picture in float32, or None."""
        picture = self._blocks[index].rgb(state)
        return None if picture is None else picture.float()


def device_of(generator: Generator) -> torch.device:
    """Where a generator's numbers lie."""
    return generator.code_mean.device


def _as_slice(indices: tuple[int, ...]) -> slice | list[int]:
    """A slice where the codes lie side by side: taking it copies nothing."""
    if indices and indices == tuple(range(indices[0], indices[-1] + 1)):
        return slice(indices[0], indices[-1] + 1)
    return list(indices)


def _converted(state: State, dtype: torch.dtype) -> State:
    return State(*(None if part is None else part.to(dtype) for part in state))
