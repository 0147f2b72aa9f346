"""What each layer, or each part of a code, does to a picture: measured by swapping it between many pairs.

Three kinds of change are told apart, on pictures of 64 pixels or less. *Shape* is the mean difference of the
coarse brightness (16 x 16), each picture brought to mean 0 and deviation 1: another palette changes nothing.
*Colour* and *detail* are distances between distributions (Wasserstein-1 of the sorted values): of the coarse
colours, and of the fine contrast that the coarse brightness leaves. Neither sees where a thing stands.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from latentlab.atomic import keep_for_next_time
from latentlab.latents.crossing import MOST_PARTS, Ingredient, Latent, Take, Units, crossed
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.models.seeds import normal_from_seed
from latentlab.places import cache_dir

if TYPE_CHECKING:
    from latentlab.render.frame import Frame

logger = logging.getLogger(__name__)

Draw = Callable[[Sequence[Recipe]], Iterator["Frame"]]
"""Pictures of recipes, in order; fewer when it was asked to stop."""

PAIRS = 64
_SIDE = 64
_COARSE = 16
_SEED = 71_000_000
_FEW_NUMBERS = 64
"""Codes with more numbers than this are measured in small groups of them."""
_PAIRS_FOR_PARTS = 12
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Effects:
    """Mean change when one unit alone is swapped; one number per unit."""

    shape: tuple[float, ...]
    colour: tuple[float, ...]
    detail: tuple[float, ...]
    pairs: int
    """How many pairs of pictures it is the mean of."""


def measured(
    draw: Draw, units: Units, z_dim: int, *, pairs: int = PAIRS, frame: Recipe | None = None
) -> Iterator[Effects]:
    """Swap every unit between `pairs` pairs of seeds; hands out the mean so far after every pair.

    Ends early when `draw` gives fewer pictures than asked for.
    """
    total = np.zeros((units.count, 3))
    for pair in range(pairs):
        seeds = (_SEED + 2 * pair, _SEED + 2 * pair + 1)
        recipes = swaps(units, seeds, z_dim, frame or Recipe())
        pictures = [small(picture.pixels) for picture in draw(recipes)]
        if len(pictures) < len(recipes):
            return
        total += [changes(pictures[0], picture) for picture in pictures[1:]]
        mean = total / (pair + 1)
        shape, colour, detail = (tuple(mean[:, kind].tolist()) for kind in range(3))
        yield Effects(shape, colour, detail, pairs=pair + 1)


def swaps(units: Units, seeds: tuple[int, int], z_dim: int, frame: Recipe) -> list[Recipe]:
    """The first seed's picture, then the same with one unit at a time from the second seed."""
    side, top = (Ingredient(Recipe(SeedSource(seed)), str(seed)) for seed in seeds)
    latents: Mapping[Recipe, Latent] = {item.recipe: _seed_latent(item, units, z_dim) for item in (side, top)}
    recipes = []
    for unit in range(-1, units.count):
        takes = [Take(float(other == unit)) for other in range(units.count)]
        recipe = crossed(frame, side, top, takes, units, latents)
        assert recipe is not None
        recipes.append(recipe)
    return recipes


def changes(before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[float, float, float]:
    """Shape, colour and detail between two pictures (S, S, 3) in 0 ... 1."""
    coarse_a, coarse_b = _coarse(before), _coarse(after)
    shape = np.abs(_standard(_luma(coarse_a)) - _standard(_luma(coarse_b))).mean()
    colour = np.abs(_sorted(coarse_a) - _sorted(coarse_b)).mean()
    detail = np.abs(np.sort(_fine(before, coarse_a)) - np.sort(_fine(after, coarse_b))).mean()
    return float(shape), float(colour), float(detail)


def small(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """A picture (H, W, 3) as numbers 0 ... 1, averaged down to at most 64 pixels."""
    factor = max(1, pixels.shape[0] // _SIDE)
    side = pixels.shape[0] // factor
    cut = pixels[: side * factor, : side * factor].astype(np.float64) / 255
    averaged: NDArray[np.float64] = cut.reshape(side, factor, side, factor, 3).mean(axis=(1, 3))
    return averaged


def grouped_numbers(z_dim: int) -> Units:
    """Single numbers of a code, or small groups of neighbours where there are many: what parts are made of."""
    count = min(z_dim, _FEW_NUMBERS)
    cuts = [z_dim * place // count for place in range(count + 1)]
    numbers = tuple(tuple(range(first, last)) for first, last in pairwise(cuts))
    return Units("numbers", ("",) * count, numbers)


def parts_of_code(
    draw: Draw, z_dim: int, *, frame: Recipe | None = None
) -> tuple[tuple[int, ...], ...] | None:
    """A code's numbers in at most eight parts: from those that change the layout to those that change colours.

    Each part does about as much as any other. None when `draw` was asked to stop.
    """
    units = grouped_numbers(z_dim)
    found = list(measured(draw, units, z_dim, pairs=_PAIRS_FOR_PARTS, frame=frame))
    if len(found) < _PAIRS_FOR_PARTS:
        return None
    return parts_from(found[-1], units)


def parts_from(effects: Effects, units: Units) -> tuple[tuple[int, ...], ...]:
    """Numbers in parts of about the same effect, the ones that change the layout first."""
    kinds = np.array([effects.shape, effects.colour, effects.detail]).T
    kinds = kinds / np.maximum(kinds.sum(0), 1e-12)
    strength = kinds.sum(1)
    layout = kinds[:, 0] / np.maximum(strength, 1e-12)
    order = sorted(range(units.count), key=lambda unit: (strength[unit] < strength.max() / 50, -layout[unit]))
    reached = np.cumsum(strength[order]) / max(strength.sum(), 1e-12)
    count = min(MOST_PARTS, units.count)
    parts: list[list[int]] = [[]]
    for place, unit in enumerate(order):
        left = len(order) - place
        full = place and reached[place - 1] >= len(parts) / count - 1e-9
        if len(parts) < count and parts[-1] and (full or left <= count - len(parts)):
            parts.append([])
        parts[-1] += units.numbers[unit]
    return tuple(tuple(part) for part in parts)


def load_parts(fingerprint: str) -> tuple[tuple[int, ...], ...] | None:
    """Parts that were found before."""
    values = _read(fingerprint, "parts")
    try:
        return None if values is None else tuple(tuple(int(n) for n in part) for part in values)
    except (TypeError, ValueError):
        return None


def save_parts(fingerprint: str, parts: Sequence[Sequence[int]]) -> None:
    """Keep parts for next time."""
    keep_for_next_time(_path(fingerprint, "parts"), json.dumps([list(part) for part in parts]).encode())


def load_effects(fingerprint: str) -> Effects | None:
    """Effects that were measured before."""
    values = _read(fingerprint, "effects")
    try:
        if not isinstance(values, dict):
            return None
        rows = [tuple(float(value) for value in values[name]) for name in ("shape", "colour", "detail")]
        return Effects(rows[0], rows[1], rows[2], int(values["pairs"]))
    except (KeyError, TypeError, ValueError):
        return None


def save_effects(fingerprint: str, effects: Effects) -> None:
    """Keep effects for next time."""
    keep_for_next_time(_path(fingerprint, "effects"), json.dumps(asdict(effects)).encode())


def _read(fingerprint: str, what: str) -> Any:
    try:
        values: Any = json.loads(_path(fingerprint, what).read_text("ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        logger.warning("What was measured of the layers is measured again: %s is damaged", what)
        return None
    return values


def _path(fingerprint: str, what: str) -> Path:
    return cache_dir() / "layers" / f"{fingerprint[:40]}-{what}-v{_VERSION}.json"


def _seed_latent(ingredient: Ingredient, units: Units, z_dim: int) -> Latent:
    source = ingredient.recipe.source
    assert isinstance(source, SeedSource)
    if units.kind == "layers":
        return Latent(source)
    return Latent(source, tuple(normal_from_seed(source.seed, 1, z_dim)[0].tolist()))


def _coarse(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    side = min(_COARSE, picture.shape[0])
    factor = picture.shape[0] // side
    cut = picture[: side * factor, : side * factor]
    averaged: NDArray[np.float64] = cut.reshape(side, factor, side, factor, 3).mean(axis=(1, 3))
    return averaged


def _fine(picture: NDArray[np.float64], coarse: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each pixel's brightness is from that of its neighbourhood."""
    factor = picture.shape[0] // coarse.shape[0]
    side = factor * coarse.shape[0]
    spread = np.repeat(np.repeat(_luma(coarse), factor, axis=0), factor, axis=1)
    return np.abs(_luma(picture)[:side, :side] - spread).ravel()


def _luma(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Brightness, ITU-R BT.601."""
    brightness: NDArray[np.float64] = picture @ np.array([0.299, 0.587, 0.114])
    return brightness


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    centred: NDArray[np.float64] = values - values.mean()
    return centred / max(float(centred.std()), 1e-3)


def _sorted(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of each channel in order, (pixels, 3)."""
    return np.sort(picture.reshape(-1, 3), axis=0)
