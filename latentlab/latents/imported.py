"""Directions that other programs wrote, for the model that is open. Arrays come from `latentlab.formats.arrays`.

Layouts in use: one vector (D,); K vectors (K, D) or (K, 1, D), as GANSpace writes its components; one vector per
layer (L, D) or (1, L, D), as encoders and InterFaceGAN-style editors write; K of those (K, L, D); and a square
matrix "eigvec" with a direction in every column, as the closed-form factorisation of the StyleGAN2 port writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from latentlab.errors import RecipeError
from latentlab.latents.directions import Direction, DirectionSet, content_id
from latentlab.latents.sampling import Moments, code_moments
from latentlab.models.capabilities import Capabilities
from latentlab.models.generator import Generator

MOST = 512
"""Directions taken from one file: the first of each array."""
_SAMPLES = 4096
_SIDE_INFORMATION = re.compile(
    r"(^|[._])(lat_mean|act_mean|mean|std|stdev|stdevs|lat_stdev|act_stdev|var_ratio|variance|bias|intercept)$"
)
"""Names of arrays that lie beside directions and are none."""
_COLUMNS = re.compile(r"(^|[._])eigvecs?$")
_SEVERAL = re.compile(r"(comp|eig|boundar|dirs|directions|basis|vectors)")


def imported(arrays: Mapping[str, NDArray[np.float32]], generator: Generator, file_name: str) -> DirectionSet:
    """Directions of arrays that fit the model, with sigma measured on its own codes. Takes a second or so.

    Args:
        arrays: by name; others than directions are left out.
        file_name: names what has no name.

    Raises:
        RecipeError: none of the arrays fits this model's codes.
    """
    model = generator.capabilities
    found = [
        (name, number, vector)
        for name, array in arrays.items()
        if not _SIDE_INFORMATION.search(name)
        for number, vector in enumerate(_vectors(name, array, model))
    ]
    if not found:
        shapes = ", ".join(f"{name or 'array'} {_words(array.shape)}" for name, array in arrays.items())
        raise RecipeError(
            f"{file_name} has no direction for this model, whose codes have {model.code_dim} numbers and "
            f"{model.num_codes} layers; it has {shapes[:200]}. Open the model it was made for."
        )
    moments = code_moments(generator, _SAMPLES)
    assert moments is not None  # nobody cancels
    counts = {name: sum(other == name for other, _, _ in found) for name, _, _ in found}
    stem = re.sub(r"\.[a-z]+$", "", file_name)
    made: dict[str, Direction] = {}
    for name, number, vector in found[:MOST]:
        title = name or stem
        direction = _direction(vector, moments, model)
        direction = replace(
            direction,
            id=content_id(direction),
            name=f"{title} {number + 1}" if counts[name] > 1 else title,
            about=f"from {file_name[:200]}" + (f", {name}" if name else ""),
        )
        made.setdefault(direction.id, direction)
    return DirectionSet(made.values())


def _vectors(name: str, array: NDArray[np.float32], model: Capabilities) -> Iterator[NDArray[np.float32]]:
    """Every direction of an array: (D,) or (num_codes, D) each, not zero."""
    widths = {model.code_dim, model.latent_dims}
    if not np.isfinite(array).all() or array.ndim not in (1, 2, 3) or not widths & set(array.shape):
        return
    if array.ndim == 2 and _COLUMNS.search(name) and array.shape[0] in widths:
        array = array.T
    if array.shape[-1] not in widths:
        return
    rows: NDArray[np.float32] = array.reshape(-1, *array.shape[max(array.ndim - 2, 0) :])
    if array.ndim == 1:
        rows = array[None]
    elif array.ndim == 2 and not _is_per_layer(name, array, model):
        rows = array
    elif array.ndim == 3 and array.shape[1] == 1:
        rows = array[:, 0]
    elif rows.shape[1] != model.num_codes:
        return
    for row in rows:
        if float(np.abs(row).max()) > 0:
            yield row


def _is_per_layer(name: str, array: NDArray[np.float32], model: Capabilities) -> bool:
    """Whether the rows of (K, D) are one direction's layers rather than K directions."""
    return array.shape[0] == model.num_codes > 1 and not _SEVERAL.search(name)


def _direction(vector: NDArray[np.float32], moments: Moments, model: Capabilities) -> Direction:
    """Of length 1 (per layer, on average), as long as a code; its name comes later."""
    latent = vector[..., : model.latent_dims].astype(np.float64)
    rows = np.atleast_2d(latent)
    rows = rows / np.sqrt((rows**2).sum(1).mean())
    sigmas = [moments.sigma(torch.from_numpy(row)) ** 2 for row in rows]
    if vector.ndim == 2 and all(np.array_equal(row, rows[0]) for row in rows):
        rows, vector = rows[:1], vector[0]  # the same for every layer: one vector
    padded = np.zeros((len(rows), model.code_dim), dtype=np.float32)
    padded[:, : model.latent_dims] = rows
    stored = padded if vector.ndim == 2 else padded[0]
    return Direction("", "", stored, float(np.sqrt(np.mean(sigmas))))


def _words(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "a single number"
