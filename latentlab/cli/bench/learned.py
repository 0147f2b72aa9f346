"""How well a direction that was learned from a few marked pictures does what was meant, by true attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import torch
from numpy.typing import NDArray

from latentlab.latents import resolve
from latentlab.latents.directions import DirectionSet
from latentlab.latents.learned import learn
from latentlab.latents.lesson import Lesson
from latentlab.latents.recipe import DirectionWeight, Recipe, SeedSource
from latentlab.models.generator import Generator

Pictures = NDArray[np.float32]
"""(N, H, W, 3) in 0 ... 1."""
Attribute = Callable[[Pictures], NDArray[np.float64]]
"""A number per picture."""

_MARKED_AMONG = 48
"""Pictures that are looked through for clear examples."""
_FRESH_SEED = 1_000_000
_BATCH = 50


def brightness(pictures: Pictures) -> NDArray[np.float64]:
    """Mean luminance (ITU-R BT.709)."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    result: NDArray[np.float64] = (pictures.astype(np.float64) @ weights).mean((1, 2))
    return result


def warmth(pictures: Pictures) -> NDArray[np.float64]:
    """Red less blue, on average."""
    wide = pictures.astype(np.float64)
    result: NDArray[np.float64] = (wide[..., 0] - wide[..., 2]).mean((1, 2))
    return result


def upper_brightness(pictures: Pictures) -> NDArray[np.float64]:
    """Luminance of the upper third: the sky of a landscape."""
    return brightness(pictures[:, : pictures.shape[1] // 3])


ATTRIBUTES: Mapping[str, Attribute] = {
    "bright": brightness,
    "warm": warmth,
    "bright above": upper_brightness,
}
"""What any model's pictures have. A model trained on drawn data can be measured by that data's own attributes."""


@dataclass(frozen=True, slots=True)
class Taught:
    """One lesson after another about one attribute; shares over all fresh pictures of all lessons."""

    towards: float
    """Share whose attribute moved to the marked side at +2 sigma."""
    worst: float
    """The same for the worst lesson."""
    beyond: float
    """Share that lies on the marked side of the model's median at +2 sigma."""
    accuracy: float
    """Cross-validated, as the window tells it."""


def taught(
    generator: Generator,
    known: DirectionSet,
    attribute: Attribute,
    *,
    marked: int = 6,
    lessons: int = 5,
    fresh: int = 200,
) -> Taught:
    """Mark `marked` + `marked` pictures by an attribute, learn, and move fresh pictures by +2 sigma.

    A person who marks looks for clear examples: of `_MARKED_AMONG` random pictures they are drawn at random from
    the upper and the lower quarter.
    """
    seeds = range(_FRESH_SEED, _FRESH_SEED + fresh)
    before = attribute(pictures([Recipe(SeedSource(seed)) for seed in seeds], generator, known))
    shares, beyond, accuracies = [], [], []
    for number in range(lessons):
        lesson = _lesson(generator, known, attribute, marked, number)
        learned = learn(lesson, generator, known)
        assert learned is not None  # nobody cancels
        moved = (DirectionWeight(learned.direction.id, 2.0),)
        with_it = known.with_directions([learned.direction])
        after = attribute(
            pictures([Recipe(SeedSource(seed), directions=moved) for seed in seeds], generator, with_it)
        )
        shares.append(float((after > before).mean()))
        beyond.append(float((after > np.median(before)).mean()))
        accuracies.append(learned.accuracy)
    return Taught(fmean(shares), min(shares), fmean(beyond), fmean(accuracies))


@torch.no_grad()
def pictures(recipes: list[Recipe], generator: Generator, known: DirectionSet) -> Pictures:
    """Recipes as pictures."""
    parts = []
    for first in range(0, len(recipes), _BATCH):
        codes = resolve.codes_of_many(recipes[first : first + _BATCH], generator, known)
        images = generator.synthesize(codes).float().clamp(-1, 1).add(1).div(2)
        images = images.expand(-1, 3, -1, -1) if images.shape[1] == 1 else images[:, :3]
        parts.append(images.permute(0, 2, 3, 1).cpu().numpy())
    return np.concatenate(parts)


def _lesson(
    generator: Generator, known: DirectionSet, attribute: Attribute, marked: int, number: int
) -> Lesson:
    first = 10_000 * (number + 1)
    recipes = [Recipe(SeedSource(seed)) for seed in range(first, first + _MARKED_AMONG)]
    order = np.argsort(attribute(pictures(recipes, generator, known)))
    chosen = np.random.default_rng(number)
    quarter = max(_MARKED_AMONG // 4, marked)
    more = chosen.choice(order[-quarter:], marked, replace=False)
    less = chosen.choice(order[:quarter], marked, replace=False)
    return Lesson("learned", tuple(recipes[i] for i in more), tuple(recipes[i] for i in less))
