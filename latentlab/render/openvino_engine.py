"""Blocks run by OpenVINO on the CPU, in float32 or bfloat16: several times faster than torch, with no compiler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

import torch
from torch import Tensor

from latentlab.errors import Cancelled
from latentlab.models.generator import Block, Generator, State, Transforms
from latentlab.models.stylegan2 import SynthesisBlock
from latentlab.models.stylegan3 import StyleGAN3Layer, SynthesisInput
from latentlab.render.engine import Engine
from latentlab.render.openvino_graphs import TORCH_TYPES, Precision, has_bfloat16
from latentlab.render.openvino_stylegan2 import StyleGAN2Stage
from latentlab.render.openvino_stylegan3 import StyleGAN3InputStage, StyleGAN3Stage
from latentlab.render.tensor_pool import TensorPool


class Stage(Protocol):
    """One block, compiled."""

    def run(self, state: State, codes: Tensor, noise: tuple[Tensor | None, ...]) -> State:
        """As many pictures as it was compiled for.

        Features are (N, H, W, C) in the engine's type, the image is (N, C, H, W) float32.
        """


_TOGETHER = 4
"""Pictures of a batch that small blocks take at once."""
_SMALL = 1 << 26
"""Multiplications for a picture, of a block that costs less than calling it."""


class OpenVINOEngine(Engine):
    """States are `State` tuples with features as (N, H, W, C) in the engine's type and a float32 image."""

    device = "cpu"

    def __init__(
        self, generator: Generator, precision: Precision, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        """Compile every block; takes seconds.

        Raises:
            Cancelled: `cancelled` said so between two blocks.
            NotImplementedError: there is no graph for a block of this model, or the processor has no bfloat16.
        """
        if precision == "bfloat16" and not has_bfloat16():
            raise NotImplementedError("This processor has no bfloat16 arithmetic.")
        self.name = f"openvino {precision}"
        self._generator = generator
        self._dtype = TORCH_TYPES[precision]
        self._pool = TensorPool()
        self._codes = [list(block.info.codes) for block in generator.blocks]
        self._stages: list[Stage] = []
        self._wide: list[Stage] = []
        """The same for `_TOGETHER` pictures, of a network that gains by it."""
        self.gains_by_batches = all(_is_small(block) for block in generator.blocks)
        before: Block | None = None
        with torch.no_grad():
            for block in generator.blocks:
                if cancelled():
                    raise Cancelled
                self._stages.append(_stage(block, before, precision, self._pool))
                if self.gains_by_batches:
                    self._wide.append(_stage(block, before, precision, self._pool, _TOGETHER))
                before = block

    def start(self, image: Tensor | None = None, transform: Tensor | None = None) -> State:
        """State before the first block."""
        if transform is not None:
            cast(Transforms, self._generator).set_transform(transform)
        return State()

    @torch.no_grad()
    def run(self, index: int, state: State, codes: Tensor, noise: tuple[Tensor | None, ...]) -> State:
        """Run block `index`, a few pictures of the batch after the other."""
        codes = codes[:, self._codes[index]].float().cpu()
        if len(codes) == 1:
            return self._stages[index].run(state, codes, noise)
        results, done = [], 0
        while done < len(codes):
            together = bool(self._wide) and len(codes) - done >= _TOGETHER
            chosen = slice(done, done + (_TOGETHER if together else 1))
            stage = (self._wide if together else self._stages)[index]
            own = State(*(None if part is None else part[chosen] for part in state))
            results.append(stage.run(own, codes[chosen], tuple(_of_pictures(map_, chosen) for map_ in noise)))
            done = chosen.stop
        return State(
            *(None if parts[0] is None else torch.cat(parts) for parts in zip(*results, strict=True))
        )

    def to_state(self, index: int, state: State) -> State:
        """Float32 and (N, C, H, W), copied."""
        features = state.features
        if features is not None:
            features = torch.empty(_planes_first(features).shape).copy_(_planes_first(features))
        return State(features, state.image)

    def from_state(self, index: int, state: State) -> State:
        """The inverse of `to_state`."""
        features = state.features
        if features is not None:
            features = features.permute(0, 2, 3, 1).to(self._dtype, copy=True).contiguous()
        return State(features, state.image)

    def picture(self, index: int, state: State) -> Tensor | None:
        """The picture summed up so far, or None."""
        return state.image

    def close(self) -> None:
        """Give back memory."""
        self._stages.clear()
        self._wide.clear()
        self._pool.clear()


def _stage(
    block: Block, before: Block | None, precision: Precision, pool: TensorPool, pictures: int = 1
) -> Stage:
    if isinstance(block, SynthesisBlock):
        assert before is None or isinstance(before, SynthesisBlock)
        return StyleGAN2Stage(block, before, precision, pool, pictures)
    if isinstance(block, SynthesisInput):
        return StyleGAN3InputStage(block, precision)
    if isinstance(block, StyleGAN3Layer):
        return StyleGAN3Stage(block, precision, pool)
    raise NotImplementedError(f"There is no OpenVINO graph for {type(block).__name__}.")


def _is_small(block: Block) -> bool:
    """Whether calling it costs more than its convolutions do."""
    if not isinstance(block, SynthesisBlock):
        return False
    return block.info.resolution**2 * sum(layer.weight.numel() for layer in block.layers) < _SMALL


def _of_pictures(map_: Tensor | None, chosen: slice) -> Tensor | None:
    """The noise (N, 1, H, W) of some pictures, one map each; a single map is every picture's."""
    if map_ is None:
        return None
    return map_.expand(chosen.stop - chosen.start, -1, -1, -1) if len(map_) == 1 else map_[chosen]


def _planes_first(features: Tensor) -> Tensor:
    return features.permute(0, 3, 1, 2)
