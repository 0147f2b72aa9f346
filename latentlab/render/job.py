"""One picture's ingredients: everything blocks are given, and keys that tell whether any of it changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import torch
from torch import Tensor

from latentlab.errors import RecipeError
from latentlab.latents import resolve
from latentlab.latents.directions import DirectionSet
from latentlab.latents.recipe import ActivationEdit, Noise, PhotoSource, Recipe, Transform
from latentlab.models.capabilities import NoiseMode
from latentlab.models.generator import Generator, Transforms
from latentlab.render.engine import NoiseMaps
from latentlab.render.pose import inverse_matrix
from latentlab.render.state_cache import Key, chain_keys, code_digests

_CODES_REMEMBERED = 64
_NOISE_REMEMBERED = 2


@dataclass(slots=True)
class Job:
    """What one recipe asks of the blocks."""

    recipe: Recipe
    codes: Tensor
    """(1, num_codes, code_dim)."""
    noise: NoiseMaps
    image: Tensor | None
    """What a translator starts from, (1, C, H, W)."""
    edits: dict[int, tuple[ActivationEdit, ...]]
    """By index of the block whose features they change."""
    keys: tuple[Key, ...]
    """Of the state after each block."""
    target: int
    """Index of the block whose picture is wanted."""
    reached: tuple[int, Any] | None = field(default=None)
    """The deepest state in hand, with its block's index."""


class JobMaker:
    """Makes jobs of recipes for one generator; remembers codes and noise maps of the last ones."""

    def __init__(self, generator: Generator, photo: Callable[[PhotoSource], Tensor]) -> None:
        """Make jobs for `generator`; `photo` loads a picture file as (1, C, H, W) in [-1, 1]."""
        self.directions: DirectionSet | None = None
        self._generator = generator
        self._photo = photo
        self._infos = tuple(block.info for block in generator.blocks)
        self._index = {info.name: index for index, info in enumerate(self._infos)}
        self._codes: dict[tuple[Recipe, DirectionSet | None], Tensor] = {}
        self._noise: dict[Noise, NoiseMaps] = {}

    def forget(self) -> None:
        """Drop what is remembered: the generator moved to another device, or memory is short."""
        self._codes.clear()
        self._noise.clear()

    @torch.inference_mode()
    def job(self, recipe: Recipe) -> Job:
        """Everything the blocks need for `recipe`.

        Raises:
            RecipeError: the recipe does not fit this model.
        """
        image, start = self._start(recipe)
        codes = self._codes_of(recipe)
        edits = self._edits_of(recipe)
        digests = code_digests(codes[0].cpu().numpy())
        noise_words = self._noise_words(recipe.noise)
        parts = [
            b"".join(digests[code] for code in info.codes) + noise_words[index] + _words(edits.get(index))
            for index, info in enumerate(self._infos)
        ]
        return Job(
            recipe=recipe,
            codes=codes,
            noise=self._noise_of(recipe),
            image=image,
            edits=edits,
            keys=chain_keys(start, parts),
            target=self._target(recipe),
        )

    def _start(self, recipe: Recipe) -> tuple[Tensor | None, bytes]:
        """A translator's picture and what the first block depends on beside codes and noise."""
        if self._generator.capabilities.is_translator:
            if not isinstance(recipe.source, PhotoSource):
                raise RecipeError("This model changes pictures and has none yet: open or drop a photo.")
            return self._photo(recipe.source), recipe.source.sha256.encode()
        if self._generator.capabilities.has_transform:
            cast(Transforms, self._generator).set_transform(
                inverse_matrix(recipe.transform).to(self._generator.code_mean.device)
            )
            return None, repr(recipe.transform).encode()
        return None, b""

    def _codes_of(self, recipe: Recipe) -> Tensor:
        only_codes = replace(recipe, noise=Noise(), transform=Transform(), edits=(), stop_after="")
        key = (only_codes, self.directions)
        codes = self._codes.get(key)
        if codes is None:
            codes = resolve.codes(only_codes, self._generator, self.directions, self._photo)
            _remember(self._codes, key, codes, _CODES_REMEMBERED)
        return codes

    def _noise_of(self, recipe: Recipe) -> NoiseMaps:
        maps = self._noise.get(recipe.noise)
        if maps is None:
            maps = resolve.noise_of(recipe, self._generator)
            _remember(self._noise, recipe.noise, maps, _NOISE_REMEMBERED)
        return maps

    def _noise_words(self, noise: Noise) -> list[bytes]:
        """What each block's noise depends on."""
        factors = dict(noise.layers)
        seed = noise.seed if noise.mode == NoiseMode.RANDOM else 0
        words: list[bytes] = []
        number = 0
        for info in self._infos:
            strengths = [noise.strength * factors.get(number + i, 1.0) for i in range(len(info.noise))]
            number += len(info.noise)
            silent = noise.mode == NoiseMode.NONE or not strengths
            words.append(b"" if silent else repr((noise.mode, seed, strengths)).encode())
        return words

    def _edits_of(self, recipe: Recipe) -> dict[int, tuple[ActivationEdit, ...]]:
        edits: dict[int, tuple[ActivationEdit, ...]] = {}
        for edit in recipe.edits:
            index = self._block(edit.block)
            edits[index] = (*edits.get(index, ()), edit)
        return edits

    def _target(self, recipe: Recipe) -> int:
        return self._block(recipe.stop_after) if recipe.stop_after else len(self._infos) - 1

    def _block(self, name: str) -> int:
        if name not in self._index:
            raise RecipeError(
                f"The recipe names a block {name!r} that this model does not have: it belongs to another "
                "model. Choose a block of this one."
            )
        return self._index[name]


def _words(edits: tuple[ActivationEdit, ...] | None) -> bytes:
    return repr(edits).encode() if edits else b""


def _remember(memory: dict[Any, Any], key: Any, value: Any, limit: int) -> None:
    while len(memory) >= limit:
        del memory[next(iter(memory))]
    memory[key] = value
