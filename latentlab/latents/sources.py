"""Latents as a recipe's sources give them, before the model's mapping."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor

from latentlab.errors import RecipeError
from latentlab.latents import interpolation
from latentlab.latents.recipe import BlendSource, LatentSource, Nearby, PhotoSource, SeedSource, VectorSource
from latentlab.models.generator import Encodes, Generator
from latentlab.models.seeds import normal_from_seed

PhotoLoader = Callable[[PhotoSource], Tensor]
"""A photo as (1, channels, resolution, resolution) in [-1, 1]."""


class Sources:
    """Reads sources for one model."""

    def __init__(self, generator: Generator, photo: PhotoLoader | None) -> None:
        self._generator = generator
        self._photo = photo

    def z(self, source: LatentSource, condition: Tensor | None) -> Tensor | None:
        """(1, z_dim) on the CPU; None for a source that is given in w.

        Args:
            condition: (1, num_classes), for a photo's encoder.

        Raises:
            RecipeError: the source does not fit this model, or its photo cannot be had.
        """
        if isinstance(source, SeedSource):
            return self.seeded(source.seed)
        if isinstance(source, PhotoSource):
            return self._encoded(source, condition)
        if source.space != "z":
            return None
        if isinstance(source, VectorSource):
            return self._row(source, self._generator.capabilities.z_dim)
        weights = blend_weights(source)
        return interpolation.spherical_mean(
            torch.stack([self.seeded(seed) for seed in source.seeds]), weights
        )

    def seeded(self, seed: int) -> Tensor:
        """(1, z_dim) that a seed draws."""
        if not 0 <= seed < 2**32:
            raise RecipeError(f"Seed {seed} is not a whole number from 0 to {2**32 - 1}: choose another.")
        return normal_from_seed(seed, 1, self._generator.capabilities.z_dim)

    def near(self, z: Tensor, nearby: Nearby) -> Tensor:
        """A step from z (1, z_dim) towards another seed's, keeping the length natural."""
        return interpolation.slerp(z, self.seeded(nearby.seed), nearby.amount) if nearby.amount else z

    def stored(self, source: VectorSource) -> Tensor:
        """Codes (1, num_codes, code_dim) of a stored w or w+, on the generator's device."""
        model = self._generator.capabilities
        count = model.num_codes if source.space == "w+" else 1
        row = self._row(source, count * model.code_dim).view(1, count, model.code_dim)
        return row.expand(1, model.num_codes, model.code_dim).to(self._generator.code_mean)

    def _encoded(self, source: PhotoSource, condition: Tensor | None) -> Tensor:
        """z of a photo: the mean that the encoder gives it."""
        if not self._generator.capabilities.has_encoder:
            raise RecipeError("This model cannot turn a photo into a latent: open a VAE, or choose a seed.")
        if self._photo is None:
            raise RecipeError(f"The photo {source.path} is not at hand: open it again.")
        image = self._photo(source).to(self._generator.code_mean)
        condition = None if condition is None else condition.to(image)
        return cast(Encodes, self._generator).encode(image, condition).mu.cpu()

    @staticmethod
    def _row(source: VectorSource, width: int) -> Tensor:
        if len(source.values) != width:
            raise RecipeError(
                f"The stored latent has {len(source.values)} numbers, but this model's {source.space} has "
                f"{width}: open the model it was made with, or choose a seed."
            )
        return torch.tensor(source.values, dtype=torch.float32)[None]


def blend_weights(blend: BlendSource) -> Tensor:
    """The blend's weights, (K,) float64, summing to 1.

    Raises:
        RecipeError: one is negative or missing, or all are 0.
    """
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
