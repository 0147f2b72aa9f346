"""What moving along one direction changes beside what it should: measured on pictures, against others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from latentlab.latents.directions import DirectionSet
from latentlab.latents.learned import cosine
from latentlab.latents.recipe import DirectionWeight, Recipe, SeedSource
from latentlab.render.likeness import look

if TYPE_CHECKING:
    from latentlab.render.frame import Frame

Draw = Callable[[Sequence[Recipe]], Iterator["Frame"]]
"""Pictures of recipes, in order; fewer when it was asked to stop."""

SAMPLES = 12
_STEP = 1.5
"""Standard deviations to both sides."""
_SEED = 83_000_000


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of what one direction does another does too."""

    direction: str
    """Id of the other one."""
    codes: float
    """Cosine of the two vectors, -1 ... 1."""
    pictures: float
    """Cosine of the two mean changes of pictures, -1 ... 1: 0.9 means that both change nearly the same."""


def overlaps(
    draw: Draw, direction: str, others: Sequence[str], known: DirectionSet, base: Recipe
) -> Iterator[Overlap]:
    """Move fresh samples along a direction and along others, and compare what changes; ends when told to stop.

    Args:
        draw: renders recipes.
        direction: the one in question.
        others: what it is compared with.
        known: has them all.
        base: class, caption and truncation of the samples; its latent and directions are not used.
    """
    own = _effect(draw, direction, base)
    if own is None:
        return
    for other in others:
        theirs = _effect(draw, other, base)
        if theirs is None:
            return
        lengths = float(np.linalg.norm(own) * np.linalg.norm(theirs))
        alike = float((own * theirs).sum()) / lengths if lengths > 0 else 0.0
        yield Overlap(other, cosine(known[direction], known[other]), alike)


def _effect(draw: Draw, direction: str, base: Recipe) -> NDArray[np.float32] | None:
    """Changes of all samples, (SAMPLES, features), from the one side to the other; None when cut short."""
    recipes = [
        Recipe(
            source=SeedSource(_SEED + sample),
            classes=base.classes,
            caption=base.caption,
            truncation_psi=base.truncation_psi,
            directions=(DirectionWeight(direction, step),),
        )
        for sample in range(SAMPLES)
        for step in (-_STEP, _STEP)
    ]
    looks = [look(frame.pixels) for frame in draw(recipes)]
    if len(looks) < len(recipes):
        return None
    sides = np.stack(looks).reshape(SAMPLES, 2, -1)
    change: NDArray[np.float32] = sides[:, 1] - sides[:, 0]
    return change
