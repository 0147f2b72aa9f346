"""A recipe's latent as one source that other pictures can take from, whatever made it."""

from __future__ import annotations

from dataclasses import replace

from latentlab.latents import resolve
from latentlab.latents.crossing import Latent, Units, plain_source
from latentlab.latents.directions import DirectionSet
from latentlab.latents.recipe import LatentSource, Recipe, VectorSource
from latentlab.latents.sources import PhotoLoader
from latentlab.models.generator import Generator

_LEAST_PSI = 0.2
"""A latent truncated further than this is taken as it is: undone, it would lie far outside."""


def baked(
    recipe: Recipe,
    units: Units,
    generator: Generator,
    directions: DirectionSet | None = None,
    photo: PhotoLoader | None = None,
) -> Latent:
    """The latent before truncation: drawn with the recipe's own truncation it gives the recipe's picture.

    Raises:
        RecipeError: the recipe does not fit this model, or its photo cannot be had.
    """
    source = plain_source(recipe)
    if source is not None and units.kind == "layers":
        return Latent(source)
    model = generator.capabilities
    psi = 1.0 if source is not None else recipe.truncation_psi
    codes = resolve.codes(replace(recipe, truncation_psi=psi), generator, directions, photo)
    codes = codes[:, :, : model.latent_dims]
    if abs(psi) >= _LEAST_PSI and psi != 1.0:
        mean = generator.code_mean[: model.latent_dims].to(codes)
        reached = slice(0, recipe.truncation_cutoff)
        codes = codes.clone()
        codes[:, reached] = mean + (codes[:, reached] - mean) / psi
    if units.kind == "numbers":
        z = tuple(codes[0, 0].tolist())
        return Latent(source or VectorSource("z", z), z)
    return Latent(_stored(codes[0].tolist()))


def _stored(rows: list[list[float]]) -> LatentSource:
    """Codes (num_codes, code_dim) as a source, short where all layers have the same."""
    if all(row == rows[0] for row in rows):
        return VectorSource("w", tuple(rows[0]))
    return VectorSource("w+", tuple(value for row in rows for value in row))
