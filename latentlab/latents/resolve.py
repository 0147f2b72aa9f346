"""From recipes to what the blocks take: codes and noise maps.

The order is fixed, because a picture is a pure function of model and recipe:

    1. the source's z (seed, blend in z, stored z, photo through the encoder)
    2. z: a step towards another seed (nearby), then components set by hand
    3. z to codes, under the class mixture or the captions; blends and stored vectors in w enter here, and their
       nearby is in w
    4. per-layer mix: other sources' codes, under the same condition
    5. truncation towards the mean, up to the cutoff
    6. directions, in units of sigma: they are moved by what the slider says, however strong the truncation

`mapped` does 1 to 4, `finished` 5 and 6, so that moving a direction costs no mapping. Only the latent part of a
code is mixed, truncated and moved; what follows carries the condition. All happens without gradients.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import cast

import torch
from torch import Tensor

from latentlab.errors import RecipeError
from latentlab.latents import interpolation
from latentlab.latents.directions import DirectionSet
from latentlab.latents.recipe import BlendSource, DirectionWeight, LatentSource, Recipe, VectorSource
from latentlab.latents.sources import PhotoLoader, Sources, blend_weights
from latentlab.models.capabilities import Capabilities, NoiseMode
from latentlab.models.generator import Generator, ReadsCaptions

NoiseMaps = tuple[tuple[Tensor | None, ...], ...]


def codes(
    recipe: Recipe,
    generator: Generator,
    directions: DirectionSet | None = None,
    photo: PhotoLoader | None = None,
) -> Tensor:
    """Everything that the blocks need of the latent: (1, num_codes, code_dim), on the generator's device.

    Raises:
        RecipeError: the recipe does not fit this model, or names a direction that is not known.
    """
    return codes_of_many([recipe], generator, directions, photo)


def codes_of_many(
    recipes: Sequence[Recipe],
    generator: Generator,
    directions: DirectionSet | None = None,
    photo: PhotoLoader | None = None,
) -> Tensor:
    """`codes` of many recipes, (N, num_codes, code_dim); all that must be mapped is mapped at once."""
    return finished(mapped(recipes, generator, photo), recipes, generator, directions)


@torch.no_grad()
def mapped(recipes: Sequence[Recipe], generator: Generator, photo: PhotoLoader | None = None) -> Tensor:
    """Codes before truncation and directions, (N, num_codes, code_dim).

    Depends on `source`, `nearby`, `components`, `classes`, the captions and `mix` alone.
    """
    model = generator.capabilities
    if model.is_translator:
        return generator.code_mean.new_zeros(len(recipes), model.num_codes, model.code_dim)
    pool = _MapPool(generator)
    sources = Sources(generator, photo)
    plans = [_Plan(recipe, generator, pool, sources) for recipe in recipes]
    pool.run()
    return torch.cat([plan.codes() for plan in plans]) if plans else pool.mapped


@torch.no_grad()
def finished(
    mapped_codes: Tensor,
    recipes: Sequence[Recipe],
    generator: Generator,
    directions: DirectionSet | None = None,
) -> Tensor:
    """Truncate codes of `mapped` (N, num_codes, code_dim) and move them along directions.

    Depends on `truncation_psi`, `truncation_cutoff` and `directions` alone.
    """
    known = directions or DirectionSet()
    rows = []
    for index, recipe in enumerate(recipes):
        row = mapped_codes[index : index + 1]
        row = generator.truncate(row, recipe.truncation_psi, recipe.truncation_cutoff)
        moves = [weight for weight in recipe.directions if weight.weight]
        row = row.clone() if moves else row
        for weight in moves:
            _move(row, weight, generator.capabilities, known)
        rows.append(row)
    return torch.cat(rows) if rows else mapped_codes


@torch.no_grad()
def drawn_z(recipe: Recipe, generator: Generator, photo: PhotoLoader | None = None) -> Tensor | None:
    """What the source and its nearby give, (1, z_dim), before components are set by hand.

    None for a latent given in w and for a translator.
    """
    if generator.capabilities.is_translator:
        return None
    sources = Sources(generator, photo)
    z = sources.z(recipe.source, condition_of(recipe, generator))
    return None if z is None else sources.near(z, recipe.nearby)


@torch.no_grad()
def condition_of(recipe: Recipe, generator: Generator) -> Tensor | None:
    """What `Generator.map` takes beside z, one row: class weights, or what stands for the captions.

    None for a model that has neither.
    """
    if not generator.capabilities.has_captions:
        return class_weights(recipe, generator.capabilities)
    reader = cast(ReadsCaptions, generator)
    said = reader.read([recipe.caption])
    if not recipe.caption_blend:
        return said
    return interpolation.lerp(said, reader.read([recipe.second_caption]), recipe.caption_blend)


def class_weights(recipe: Recipe, model: Capabilities) -> Tensor | None:
    """The class mixture, (1, num_classes), summing to 1; None for a model without classes.

    Raises:
        RecipeError: a class does not exist, a weight is negative, or all are 0.
    """
    if not model.num_classes:
        return None
    weights = torch.zeros(1, model.num_classes, dtype=torch.float64)
    for item in recipe.classes:
        if not 0 <= item.index < model.num_classes:
            raise RecipeError(
                f"The recipe asks for class {item.index}, but this model has classes 0 to "
                f"{model.num_classes - 1}: choose one of them."
            )
        if item.weight < 0:
            raise RecipeError(f"The weight of class {item.index} is {item.weight:g}: set it to 0 or more.")
        weights[0, item.index] += item.weight
    if not recipe.classes:
        weights[0, 0] = 1.0
    if not weights.any():
        raise RecipeError("The weights of all classes are 0: raise one of them.")
    return (weights / weights.sum()).float()


def noise_of(recipe: Recipe, generator: Generator) -> NoiseMaps:
    """Noise for every block, in the form that `Block.forward` takes.

    Raises:
        RecipeError: a noise map is named that this model does not have.
    """
    noise = recipe.noise
    count = sum(len(block.info.noise) for block in generator.blocks)
    strengths = [noise.strength] * count
    for index, _ in (*noise.layers, *noise.seeds):
        if index >= count:
            raise RecipeError(
                f"The recipe sets noise map {index}, but this model has {count}: it was made with another model."
            )
    for index, factor in noise.layers:
        strengths[index] *= factor
    maps = generator.noise_maps(noise.mode, seed=noise.seed, strength=tuple(strengths))
    if noise.mode == NoiseMode.NONE:
        return maps
    own = {seed: [index for index, other in noise.seeds if other == seed] for _, seed in noise.seeds}
    for seed, indices in own.items():
        chosen = tuple(strength if index in indices else 0.0 for index, strength in enumerate(strengths))
        drawn = generator.noise_maps(NoiseMode.RANDOM, seed=seed, strength=chosen)
        maps = _replaced(maps, drawn, indices)
    return maps


def _replaced(maps: NoiseMaps, by: NoiseMaps, indices: Sequence[int]) -> NoiseMaps:
    """Noise with the maps of some indices, counted through all blocks, taken from elsewhere."""
    numbers = itertools.count()
    return tuple(
        tuple(other if next(numbers) in indices else one for one, other in zip(block, others, strict=True))
        for block, others in zip(maps, by, strict=True)
    )


class _MapPool:
    """Gathers rows of z and condition, and maps them all in one call."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._rows: list[Tensor] = []
        self._conditions: list[Tensor | None] = []
        self.mapped = generator.code_mean.new_zeros(
            0, generator.capabilities.num_codes, generator.capabilities.code_dim
        )

    def add(self, z: Tensor, condition: Tensor | None) -> int:
        """Take a row (1, z_dim); returns where its codes will be in `mapped`."""
        self._rows.append(z)
        self._conditions.append(condition)
        return len(self._rows) - 1

    def run(self) -> None:
        if not self._rows:
            return
        device = self._generator.code_mean.device
        conditions = [condition for condition in self._conditions if condition is not None]
        self.mapped = self._generator.map(
            torch.cat(self._rows).to(device), torch.cat(conditions).to(device) if conditions else None
        )


class _Plan:
    """One recipe's codes: what to map, asked for at once, and how to put them together, done afterwards."""

    def __init__(self, recipe: Recipe, generator: Generator, pool: _MapPool, sources: Sources) -> None:
        self._recipe = recipe
        self._model = generator.capabilities
        self._pool = pool
        self._sources = sources
        self._condition = condition_of(recipe, generator)
        self._own = self._own_codes()
        for layers in recipe.mix:
            _check_layers(layers.first, layers.last, self._model)
        self._mix = [(layers, self._codes_of(layers.source)) for layers in recipe.mix]

    def codes(self) -> Tensor:
        """(1, num_codes, code_dim), after the pool ran."""
        result = self._own()
        result = result.clone() if self._mix else result
        latent = self._model.latent_dims
        for layers, source in self._mix:
            reached = slice(layers.first, layers.last + 1)
            result[:, reached, :latent] = interpolation.lerp(
                result[:, reached, :latent], source()[:, reached, :latent], layers.weight
            )
        return result

    def _own_codes(self) -> Callable[[], Tensor]:
        """The picture's own source, with its nearby and its components."""
        recipe = self._recipe
        z = self._sources.z(recipe.source, self._condition)
        if z is not None:
            return self._mapped(_with_components(self._sources.near(z, recipe.nearby), recipe))
        if recipe.components:
            raise RecipeError(
                "Single numbers of z are set, but this latent is given in w: take them out, or start from a seed."
            )
        base, amount = self._codes_of(recipe.source), recipe.nearby.amount
        if not amount:
            return base
        other = self._mapped(self._sources.seeded(recipe.nearby.seed))
        return lambda: interpolation.lerp(base(), other(), amount)

    def _codes_of(self, source: LatentSource) -> Callable[[], Tensor]:
        """Ask for the codes of a source alone."""
        z = self._sources.z(source, self._condition)
        if z is not None:
            return self._mapped(z)
        if isinstance(source, BlendSource):
            weights = blend_weights(source)
            rows = [self._mapped(self._sources.seeded(seed)) for seed in source.seeds]
            return lambda: interpolation.mean(torch.stack([row() for row in rows]), weights)
        assert isinstance(source, VectorSource)  # of the sources that have no z
        stored = self._sources.stored(source)
        latent = self._model.latent_dims
        if latent == self._model.code_dim:
            return lambda: stored
        conditioned = self._mapped(torch.zeros(1, self._model.z_dim))
        return lambda: torch.cat([stored[:, :, :latent], conditioned()[:, :, latent:]], dim=2)

    def _mapped(self, z: Tensor) -> Callable[[], Tensor]:
        """Ask for the codes of z, under the recipe's condition."""
        row = self._pool.add(z, self._condition)
        return lambda: self._pool.mapped[row : row + 1]


def _with_components(z: Tensor, recipe: Recipe) -> Tensor:
    z = z.clone() if recipe.components else z
    for component in recipe.components:
        if not 0 <= component.index < z.shape[1]:
            raise RecipeError(
                f"The recipe sets number {component.index} of z, but this model's z has {z.shape[1]}: "
                "it was made with another model; take the component out."
            )
        z[:, component.index] = component.value
    return z


def _move(row: Tensor, weight: DirectionWeight, model: Capabilities, directions: DirectionSet) -> None:
    """Move codes (1, num_codes, code_dim) along one direction, in place."""
    direction = directions[weight.direction]
    shape = direction.vector.shape
    if shape not in ((model.code_dim,), (model.num_codes, model.code_dim)):
        raise RecipeError(
            f"Direction {direction.name!r} has {' × '.join(map(str, shape))} numbers, but this model's codes have "
            f"{model.code_dim}: it belongs to another model; take it out of the recipe."
        )
    last = model.num_codes - 1 if weight.last is None else weight.last
    _check_layers(weight.first, last, model)
    latent = model.latent_dims
    step = torch.from_numpy(direction.vector[..., :latent] * (weight.weight * direction.sigma)).to(row)
    row[:, weight.first : last + 1, :latent] += step if step.ndim == 1 else step[weight.first : last + 1]


def _check_layers(first: int, last: int, model: Capabilities) -> None:
    if not 0 <= first <= last < model.num_codes:
        raise RecipeError(
            f"The recipe reaches layers {first} to {last}, but this model has layers 0 to "
            f"{model.num_codes - 1}: choose layers among them."
        )
