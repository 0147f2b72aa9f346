"""From recipes to what the blocks take: codes and noise maps.

The order is fixed, because a picture is a pure function of model and recipe:

    1. the source's z (seed, blend in z, stored z, photo through the encoder)
    2. z: a step towards another seed (nearby), then components set by hand
    3. z to codes, under the class mixture; blends and stored vectors in w enter here, and their nearby is in w
    4. per-layer mix: other sources' codes, under the same class mixture
    5. truncation towards the mean, up to the cutoff
    6. directions, in units of sigma: they are moved by what the slider says, however strong the truncation

`mapped` does 1 to 4, `finished` 5 and 6, so that moving a direction costs no mapping. Only the latent part of a
code is mixed, truncated and moved; what follows carries the condition. All happens without gradients.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import torch
from torch import Tensor

from latentlab.errors import RecipeError
from latentlab.latents import interpolation
from latentlab.latents.directions import DirectionSet
from latentlab.latents.recipe import (
    BlendSource,
    DirectionWeight,
    LatentSource,
    PhotoSource,
    Recipe,
    SeedSource,
    VectorSource,
)
from latentlab.models.capabilities import Capabilities
from latentlab.models.generator import Encodes, Generator
from latentlab.models.seeds import normal_from_seed

PhotoLoader = Callable[[PhotoSource], Tensor]
"""A photo as (1, image_channels, resolution, resolution) in [-1, 1]."""

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

    Depends on `source`, `nearby`, `components`, `classes` and `mix` alone.
    """
    model = generator.capabilities
    if model.is_translator:
        return generator.code_mean.new_zeros(len(recipes), model.num_codes, model.code_dim)
    pool = _MapPool(generator)
    plans = [_Plan(recipe, generator, pool, photo) for recipe in recipes]
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
    rows = []
    for index, recipe in enumerate(recipes):
        row = mapped_codes[index : index + 1]
        row = generator.truncate(row, recipe.truncation_psi, recipe.truncation_cutoff)
        for weight in recipe.directions:
            if weight.weight:
                row = _moved(row, weight, generator.capabilities, directions or DirectionSet())
        rows.append(row)
    return torch.cat(rows) if rows else mapped_codes


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
    for index, factor in noise.layers:
        if index >= count:
            raise RecipeError(
                f"The recipe sets noise map {index}, but this model has {count}: it was made with another model."
            )
        strengths[index] *= factor
    return generator.noise_maps(noise.mode, seed=noise.seed, strength=tuple(strengths))


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

    def __init__(
        self, recipe: Recipe, generator: Generator, pool: _MapPool, photo: PhotoLoader | None
    ) -> None:
        self._generator = generator
        self._model = generator.capabilities
        self._pool = pool
        self._photo = photo
        self._condition = class_weights(recipe, self._model)
        self._own = self._source(recipe.source, recipe)
        for layers in recipe.mix:
            _check_layers(layers.first, layers.last, self._model)
        self._mix = [(layers, self._source(layers.source, None)) for layers in recipe.mix]

    def codes(self) -> Tensor:
        """(1, num_codes, code_dim), after the pool ran."""
        result = self._own().clone()
        latent = self._model.latent_dims
        for layers, source in self._mix:
            reached = slice(layers.first, layers.last + 1)
            result[:, reached, :latent] = interpolation.lerp(
                result[:, reached, :latent], source()[:, reached, :latent], layers.weight
            )
        return result

    def _source(self, source: LatentSource, recipe: Recipe | None) -> Callable[[], Tensor]:
        """Ask for a source's codes; nearby and components are those of `recipe`, if given."""
        if isinstance(source, BlendSource) and source.space == "w":
            weights = _normalised(source)
            rows = [self._ask(self._seeded(seed)) for seed in source.seeds]
            return self._near_in_w(
                lambda: interpolation.mean(self._pool.mapped[rows][:, None], weights), recipe
            )
        if isinstance(source, VectorSource) and source.space != "z":
            return self._near_in_w(self._stored(source), recipe)
        z = self._z(source)
        if recipe is not None:
            if recipe.nearby.amount:
                z = interpolation.slerp(z, self._seeded(recipe.nearby.seed), recipe.nearby.amount)
            z = self._with_components(z, recipe)
        row = self._ask(z)
        return lambda: self._pool.mapped[row : row + 1]

    def _z(self, source: LatentSource) -> Tensor:
        """(1, z_dim) of a source that has one."""
        if isinstance(source, SeedSource):
            return self._seeded(source.seed)
        if isinstance(source, BlendSource):
            weights = _normalised(source)
            return interpolation.spherical_mean(
                torch.stack([self._seeded(seed) for seed in source.seeds]), weights
            )
        if isinstance(source, VectorSource):
            return self._row(source, self._model.z_dim, "z")
        return self._encoded(source)

    def _encoded(self, source: PhotoSource) -> Tensor:
        """z of a photo: the mean that the encoder gives it."""
        if not self._model.has_encoder:
            raise RecipeError("This model cannot turn a photo into a latent: open a VAE, or choose a seed.")
        if self._photo is None:
            raise RecipeError(f"The photo {source.path} is not at hand: open it again.")
        image = self._photo(source).to(self._generator.code_mean)
        encoder = cast(Encodes, self._generator)
        condition = None if self._condition is None else self._condition.to(image)
        return encoder.encode(image, condition).mu.cpu()

    def _with_components(self, z: Tensor, recipe: Recipe) -> Tensor:
        for component in recipe.components:
            if component.index >= self._model.z_dim:
                raise RecipeError(
                    f"The recipe sets number {component.index} of z, but this model's z has "
                    f"{self._model.z_dim}: it was made with another model; take the component out."
                )
            z = z.clone()
            z[:, component.index] = component.value
        return z

    def _near_in_w(self, base: Callable[[], Tensor], recipe: Recipe | None) -> Callable[[], Tensor]:
        """A step in w, for sources that have no z."""
        if recipe is None:
            return base
        if recipe.components:
            raise RecipeError(
                "Single numbers of z are set, but this latent is given in w: take them out, or start from a seed."
            )
        amount = recipe.nearby.amount
        if not amount:
            return base
        row = self._ask(self._seeded(recipe.nearby.seed))
        return lambda: interpolation.lerp(base(), self._pool.mapped[row : row + 1], amount)

    def _stored(self, source: VectorSource) -> Callable[[], Tensor]:
        """Codes from a stored w or w+; what carries the condition comes from this recipe's classes."""
        model = self._model
        count = model.num_codes if source.space == "w+" else 1
        row = self._row(source, count * model.code_dim, source.space)
        stored = row.view(1, count, model.code_dim).expand(1, model.num_codes, model.code_dim)
        stored = stored.to(self._generator.code_mean)
        if model.latent_dims == model.code_dim:
            return lambda: stored
        mapped_row = self._ask(torch.zeros(1, model.z_dim))

        def with_condition() -> Tensor:
            condition = self._pool.mapped[mapped_row : mapped_row + 1, :, model.latent_dims :]
            return torch.cat([stored[:, :, : model.latent_dims], condition], dim=2)

        return with_condition

    def _row(self, source: VectorSource, width: int, space: str) -> Tensor:
        if len(source.values) != width:
            raise RecipeError(
                f"The stored latent has {len(source.values)} numbers, but this model's {space} has {width}: "
                "open the model it was made with, or choose a seed."
            )
        return torch.tensor(source.values, dtype=torch.float32)[None]

    def _seeded(self, seed: int) -> Tensor:
        if not 0 <= seed < 2**32:
            raise RecipeError(f"Seed {seed} is not a whole number from 0 to {2**32 - 1}: choose another.")
        return normal_from_seed(seed, 1, self._model.z_dim)

    def _ask(self, z: Tensor) -> int:
        return self._pool.add(z, self._condition)


def _moved(row: Tensor, weight: DirectionWeight, model: Capabilities, directions: DirectionSet) -> Tensor:
    """Codes (1, num_codes, code_dim) moved along one direction."""
    direction = directions[weight.direction]
    if len(direction.vector) != model.code_dim:
        raise RecipeError(
            f"Direction {direction.name!r} has {len(direction.vector)} numbers, but this model's codes have "
            f"{model.code_dim}: it belongs to another model; take it out of the recipe."
        )
    last = model.num_codes - 1 if weight.last is None else weight.last
    _check_layers(weight.first, last, model)
    latent = model.latent_dims
    step = torch.from_numpy(direction.vector[:latent] * (weight.weight * direction.sigma)).to(row)
    row = row.clone()
    row[:, weight.first : last + 1, :latent] += step
    return row


def _check_layers(first: int, last: int, model: Capabilities) -> None:
    if not 0 <= first <= last < model.num_codes:
        raise RecipeError(
            f"The recipe reaches layers {first} to {last}, but this model has layers 0 to "
            f"{model.num_codes - 1}: choose layers among them."
        )


def _normalised(blend: BlendSource) -> Tensor:
    """The blend's weights, (K,) float64, summing to 1."""
    weights = torch.tensor(blend.weights, dtype=torch.float64)
    if not 0 < len(blend.seeds) == len(weights):
        raise RecipeError(
            f"A blend has {len(blend.seeds)} seeds but {len(weights)} weights: give one for each."
        )
    if bool((weights < 0).any()):
        raise RecipeError("A blend's weight is negative: set it to 0 or more.")
    if not weights.any():
        raise RecipeError("All weights of the blend are 0: raise one of them.")
    return weights / weights.sum()
