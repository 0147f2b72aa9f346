"""One picture's ingredients: everything blocks are given, and keys that tell whether any of it changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import torch
from torch import Tensor

from latentlab.errors import RecipeError
from latentlab.latents import resolve
from latentlab.latents.directions import DirectionSet
from latentlab.latents.recipe import ActivationEdit, Noise, PhotoSource, Recipe
from latentlab.models.capabilities import NoiseMode
from latentlab.models.generator import Generator, ReadsCaptions
from latentlab.render.engine import NoiseMaps
from latentlab.render.pose import inverse_matrix
from latentlab.render.state_cache import Key, chain_keys, code_digests

_ROWS_REMEMBERED = 64
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
    transform: Tensor | None
    """The pose of models that have one, as `Transforms.set_transform` takes it."""
    edits: dict[int, tuple[ActivationEdit, ...]]
    """By index of the block whose features they change."""
    keys: tuple[Key, ...]
    """Of the state after each block."""
    target: int
    """Index of the block whose picture is wanted."""
    keep: bool = True
    """Whether its states may be of use to a later picture."""
    reached: tuple[int, Any] | None = None
    """The deepest state in hand, with its block's index."""


class JobMaker:
    """Makes jobs of recipes for one generator; remembers mapped codes and noise maps of the last ones."""

    def __init__(self, generator: Generator, photo: Callable[[PhotoSource], Tensor]) -> None:
        """Make jobs for `generator`; `photo` loads a picture file as (1, C, H, W) in [-1, 1]."""
        self.directions: DirectionSet | None = None
        self._generator = generator
        self._photo = photo
        self._infos = tuple(block.info for block in generator.blocks)
        self._takes_noise = any(info.noise for info in self._infos)
        self._index = {info.name: index for index, info in enumerate(self._infos)}
        self._rows = cast(Generator, _RowByRow(generator))
        self._noise: dict[Noise, NoiseMaps] = {}

    def forget(self) -> None:
        """Drop what is remembered: the generator moved to another device, or memory is short."""
        self._rows = cast(Generator, _RowByRow(self._generator))
        self._noise.clear()

    @torch.inference_mode()
    def job(self, recipe: Recipe) -> Job:
        """Everything the blocks need for `recipe`.

        Raises:
            RecipeError: the recipe does not fit this model.
        """
        image, transform, start = self._start(recipe)
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
            transform=transform,
            edits=edits,
            keys=chain_keys(start, parts),
            target=self._target(recipe),
        )

    @torch.inference_mode()
    def batch(self, recipes: Sequence[Recipe]) -> Job:
        """One job for recipes that differ in their codes, photos and noise seeds alone; no state of it is kept.

        Raises:
            RecipeError: a recipe does not fit this model.
        """
        first = replace(self.job(recipes[0]), keep=False)
        if len(recipes) == 1:
            return first
        images = [image for recipe in recipes if (image := self._start(recipe)[0]) is not None]
        return replace(
            first,
            codes=resolve.codes_of_many(recipes, self._generator, self.directions, self._photo),
            noise=_together([self._noise_of(recipe) for recipe in recipes]),
            image=torch.cat(images) if images else None,
        )

    def _start(self, recipe: Recipe) -> tuple[Tensor | None, Tensor | None, bytes]:
        """A translator's picture, the pose, and what the first block depends on beside codes and noise."""
        if self._generator.capabilities.is_translator:
            if not isinstance(recipe.source, PhotoSource):
                raise RecipeError("This model changes pictures and has none yet: open or drop a photo.")
            return self._photo(recipe.source), None, recipe.source.sha256.encode()
        if self._generator.capabilities.has_transform:
            return None, inverse_matrix(recipe.transform), repr(recipe.transform).encode()
        return None, None, b""

    def _codes_of(self, recipe: Recipe) -> Tensor:
        mapped = resolve.mapped([recipe], self._rows, self._photo)
        return resolve.finished(mapped, [recipe], self._generator, self.directions)

    def _noise_of(self, recipe: Recipe) -> NoiseMaps:
        maps = self._noise.get(recipe.noise)
        if maps is None:
            maps = resolve.noise_of(recipe, self._generator)
            _remember(self._noise, recipe.noise, maps, _NOISE_REMEMBERED)
        return maps

    def _noise_words(self, noise: Noise) -> list[bytes]:
        """What each block's noise depends on."""
        if noise.mode == NoiseMode.NONE or not self._takes_noise:
            return [b""] * len(self._infos)
        seed = noise.seed if noise.mode == NoiseMode.RANDOM else 0
        words: list[bytes] = []
        number = 0
        for info in self._infos:
            own = range(number, number + len(info.noise))
            number += len(info.noise)
            factors = [item for item in noise.layers if item[0] in own]
            seeds = [item for item in noise.seeds if item[0] in own]
            words.append(
                b"" if not own else repr((noise.mode, seed, noise.strength, factors, seeds)).encode()
            )
        return words

    def _edits_of(self, recipe: Recipe) -> dict[int, tuple[ActivationEdit, ...]]:
        edits: dict[int, tuple[ActivationEdit, ...]] = {}
        for edit in recipe.edits:
            if edit.muted:
                continue
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


class _RowByRow:
    """A generator that maps each z by itself and remembers its codes, and what captions stand for.

    Mapped beside others, the same z gets codes that differ in the last bit, and every block would run again.
    """

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._known: dict[tuple[bytes, bytes], Tensor] = {}
        self._read: dict[str, Tensor] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._generator, name)

    def map(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        if len(z) == 1:
            return self._mapped(z, condition)
        rows = [slice(row, row + 1) for row in range(len(z))]
        return torch.cat(
            [self._mapped(z[row], None if condition is None else condition[row]) for row in rows]
        )

    def read(self, captions: Sequence[str]) -> Tensor:
        for caption in captions:
            if caption not in self._read:
                said = cast(ReadsCaptions, self._generator).read([caption])
                _remember(self._read, caption, said, _ROWS_REMEMBERED)
        return torch.cat([self._read[caption] for caption in captions])

    def _mapped(self, z: Tensor, condition: Tensor | None) -> Tensor:
        key = (_bytes(z), b"" if condition is None else _bytes(condition))
        codes = self._known.get(key)
        if codes is None:
            codes = self._generator.map(z, condition)
            _remember(self._known, key, codes, _ROWS_REMEMBERED)
        return codes


def _together(noises: Sequence[NoiseMaps]) -> NoiseMaps:
    """Each block's maps, one for every picture, or the ones that all share."""
    if all(noise is noises[0] for noise in noises):
        return noises[0]
    return tuple(
        tuple(_stacked(maps) for maps in zip(*block, strict=True)) for block in zip(*noises, strict=True)
    )


def _stacked(maps: tuple[Tensor | None, ...]) -> Tensor | None:
    present = [map_ for map_ in maps if map_ is not None]
    return torch.cat(present) if present else None


def _bytes(tensor: Tensor) -> bytes:
    return tensor.cpu().numpy().tobytes()


def _words(edits: tuple[ActivationEdit, ...] | None) -> bytes:
    return repr(edits).encode() if edits else b""


def _remember(memory: dict[Any, Any], key: Any, value: Any, limit: int) -> None:
    while len(memory) >= limit:
        del memory[next(iter(memory))]
    memory[key] = value
