"""Closed-form directions from weights alone (Shen & Zhou 2021, SeFa, arXiv:2007.06600)."""

from __future__ import annotations

import torch

from latentlab.errors import RecipeError
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.pca import padded, signed
from latentlab.latents.sampling import Cancelled, Progress, code_moments
from latentlab.models.generator import Generator

COUNT = 80
"""Directions found at most."""
_SAMPLES = 4096
_NOTHING = 1e-10


@torch.no_grad()
def sefa(
    generator: Generator,
    *,
    first: int = 0,
    last: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> DirectionSet | None:
    """Unit vectors n that change the first products A n most: eigenvectors of AᵀA (equation 5).

    A stacks the weights that first act on the codes of layers `first` to `last` (all by default). Ids are
    "sefa:0", ...; for some of the layers "sefa:4-7:0", .... `Direction.explained` is the share of |A|².

    Returns:
        The strongest first; None when cancelled.

    Raises:
        RecipeError: the model has no such layers.
    """
    model = generator.capabilities
    if not model.num_codes:
        return DirectionSet()
    end = model.num_codes - 1 if last is None else last
    weights = [
        weight[:, : model.latent_dims].cpu().double()
        for block in generator.blocks
        for code, weight in zip(block.info.codes, block.code_weights(), strict=True)
        if first <= code <= end
    ]
    if not weights:
        raise RecipeError(
            f"This model has no layers {first} to {end}: choose layers from 0 to {model.num_codes - 1}."
        )
    moments = code_moments(generator, _SAMPLES, progress=progress, cancelled=cancelled)
    if moments is None:
        return None
    stacked = torch.cat(weights)
    values, vectors = torch.linalg.eigh(stacked.T @ stacked)
    values, vectors = values.flip(0), signed(vectors.T.flip(0))
    kept = int((values[:COUNT] > _NOTHING * values[0]).sum())
    whole = (first, end) == (0, model.num_codes - 1)
    prefix, where = ("sefa", "all layers") if whole else (f"sefa:{first}-{end}", f"layers {first} to {end}")
    return DirectionSet(
        Direction(
            id=f"{prefix}:{index}",
            name=f"Closed form {index + 1}",
            vector=padded(generator, vectors[index]).numpy(),
            sigma=moments.sigma(vectors[index]),
            explained=min(float(values[index] / stacked.square().sum()), 1.0),
            about=f"SeFa, eigenvector {index + 1} of the weights of {where}",
        )
        for index in range(kept)
    )
