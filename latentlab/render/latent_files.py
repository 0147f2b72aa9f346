"""Latents of recipes as arrays with names, for other programs: .npz (NumPy) or .safetensors."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from latentlab.atomic import replacing
from latentlab.errors import ExportError
from latentlab.latents import recipe_json, resolve
from latentlab.latents.directions import DirectionSet
from latentlab.latents.recipe import Recipe
from latentlab.latents.sources import PhotoLoader
from latentlab.models.generator import Generator
from latentlab.render.pictures import why_not_written

SUFFIXES = (".npz", ".safetensors")


@torch.no_grad()
def latents_of(
    recipes: Sequence[Recipe],
    generator: Generator,
    directions: DirectionSet | None = None,
    photo: PhotoLoader | None = None,
) -> dict[str, NDArray[np.float32]]:
    """What stands between a recipe and its picture, one row per recipe.

    Returns:
        "z" (N, z_dim), what the recipe's own source drew, NaN where a latent was given in w; "w" (N, code_dim),
        its first layer's code before truncation, where the model has a w; "w_plus" (N, num_codes, code_dim),
        exactly what the blocks are given.

    Raises:
        RecipeError: a recipe does not fit the model.
        ExportError: the model has no latents.
    """
    can = generator.capabilities
    if not can.num_codes:
        raise ExportError("This model changes photos and has no latents to export.")
    rows = []
    for recipe in recipes:
        drawn = resolve.drawn_z(recipe, generator, photo)
        row = torch.full((1, can.z_dim), float("nan")) if drawn is None else drawn.float().cpu()
        for component in recipe.components if drawn is not None else ():
            row[:, component.index] = component.value
        rows.append(row)
    mapped = resolve.mapped(recipes, generator, photo)
    codes = resolve.finished(mapped, recipes, generator, directions)
    arrays = {"z": torch.cat(rows)}
    if can.has_mapping:
        arrays["w"] = mapped[:, 0]
    arrays["w_plus"] = codes
    return {name: np.ascontiguousarray(values.float().cpu().numpy()) for name, values in arrays.items()}


def save_latents(
    path: Path,
    arrays: dict[str, NDArray[np.float32]],
    names: Sequence[str],
    recipes: Sequence[Recipe],
    model: str,
) -> None:
    """Write arrays of `latents_of`; the file appears whole or not at all.

    Args:
        path: ends in .npz or .safetensors.
        names: one per row, kept beside the arrays ("names" in .npz, metadata in .safetensors), as are the recipes.
        model: fingerprint of the model.

    Raises:
        ExportError: the name says no known kind, the disk is full, or the place cannot be written to.
    """
    texts = [recipe_json.to_text(recipe) for recipe in recipes]
    if path.suffix.lower() == ".npz":
        buffer = io.BytesIO()
        words = {"names": np.array(list(names)), "recipes": np.array(texts), "model": np.array(model)}
        np.savez(buffer, **arrays, **words)  # type: ignore[arg-type]
        content = buffer.getvalue()
    elif path.suffix.lower() == ".safetensors":
        from safetensors.numpy import save

        metadata = {"names": json.dumps(list(names)), "recipes": json.dumps(texts), "model": model}
        content = save(dict(arrays), metadata=metadata)
    else:
        raise ExportError(f"{path.name}: latents are written as .npz or .safetensors; name the file so.")
    try:
        with replacing(path) as file:
            file.write(content)
    except OSError as error:
        raise ExportError(why_not_written(error, path)) from error
