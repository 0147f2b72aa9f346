"""The directions that recipes name and nobody brought along: found again from the model itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from latentlab.errors import RecipeError
from latentlab.latents.direction_search import find_directions
from latentlab.latents.directions import DirectionSet
from latentlab.latents.recipe import Recipe
from latentlab.latents.sampling import Cancelled, Progress
from latentlab.models.generator import Generator

_RANDOM = re.compile(r"random:(\d{1,10}):\d+")


def with_needed(
    recipes: Iterable[Recipe],
    known: DirectionSet,
    generator: Generator,
    fingerprint: str,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> DirectionSet:
    """`known` and what else the recipes move along: "pca:...", "sefa:..." and "random:...", cached as always.

    Takes seconds to minutes where a search has not been made before.

    Raises:
        RecipeError: a direction was learned or imported, and is not at hand; or the model has no such direction.
    """
    moved = [move.direction for recipe in recipes for move in recipe.directions if move.weight]
    for name in dict.fromkeys(moved):
        if name in known:
            continue
        random = _RANDOM.fullmatch(name)
        if random is not None:
            found = find_directions(
                generator, "random", fingerprint, seed=int(random[1]), progress=progress, cancelled=cancelled
            )
        elif name.startswith("pca:"):
            found = find_directions(generator, "pca", fingerprint, progress=progress, cancelled=cancelled)
        elif name.startswith("sefa:"):
            found = find_directions(generator, "sefa", fingerprint, progress=progress, cancelled=cancelled)
        else:
            found = None
        known = known.with_directions(found) if found is not None else known
        if name not in known:
            raise RecipeError(
                f"The recipe moves along {name!r}, which cannot be computed from the model: use a picture that "
                "brings the direction along, or take it out of the recipe."
            )
    return known
