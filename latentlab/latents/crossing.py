"""Pictures put together from others: who gives which layers, and every crossing's recipe. Imports no torch.

A crossing has pictures at the side and pictures at the top. Every cell starts from its side picture; each *unit*
of it takes its part from the top picture, from a picture of its own, or from neither (style mixing, Karras et al.
2019, arXiv:1812.04948, section 3.1). Units are the layers where a model has one code per layer. Where there is one
code for the whole picture (VAE, DCGAN), units are parts of that code: groups of its numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Literal

from latentlab.latents.editable import layer_groups
from latentlab.latents.recipe import (
    BlendSource,
    Component,
    LatentSource,
    LayerSource,
    Recipe,
    SeedSource,
    VectorSource,
)
from latentlab.models.capabilities import BlockInfo, Capabilities

Mode = Literal["grid", "row", "blend"]
Group = Literal[0, 1, 2]
"""Coarse, middle, fine."""
GROUPS: tuple[Group, ...] = (0, 1, 2)
MOST_SOURCES = 16
MOST_PARTS = 8
_PLAIN = Recipe()


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A picture that crossings take from."""

    recipe: Recipe
    label: str
    locked: bool = False
    """Stays when new sources are asked for."""


@dataclass(frozen=True, slots=True)
class Take:
    """What one unit takes."""

    weight: float
    """0 keeps the side picture's own, 1 replaces it."""
    ingredient: Ingredient | None = None
    """Where from; None is the top picture of the cell."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """The whole arrangement."""

    side: tuple[Ingredient, ...]
    top: tuple[Ingredient, ...]
    borders: tuple[int, int]
    """First unit of the middle and of the fine group."""
    amounts: tuple[float, float, float] = (0.0, 0.0, 1.0)
    """How much the coarse, middle and fine units take."""
    own: tuple[tuple[int, Take], ...] = ()
    """Units that differ from their group, in order."""
    mode: Mode = "grid"
    steps: tuple[int, int] = (6, 6)
    """Rows and columns of a blend."""
    frame: Recipe = _PLAIN
    """What all cells share: truncation, class, caption, noise, pose. Its latent is not used."""
    chosen: tuple[int, int] = (0, 0)
    """Row and column of the cell that is looked at."""

    def group_of(self, unit: int) -> Group:
        """Which group a unit belongs to."""
        return 0 if unit < self.borders[0] else 1 if unit < self.borders[1] else 2

    def take(self, unit: int) -> Take:
        """What a unit takes."""
        for other, take in self.own:
            if other == unit:
                return take
        return Take(self.amounts[self.group_of(unit)])

    def with_take(self, unit: int, take: Take) -> Crossing:
        """The same with another take of one unit; what its group does anyway is not kept as its own."""
        others = [item for item in self.own if item[0] != unit]
        if take != Take(self.amounts[self.group_of(unit)]):
            others.append((unit, take))
        return replace(self, own=tuple(sorted(others, key=lambda item: item[0])))

    def with_amount(self, group: Group, amount: float) -> Crossing:
        """The same with another amount of one group; what single units of it took is overruled."""
        amounts = list(self.amounts)
        amounts[group] = amount
        kept = tuple(item for item in self.own if self.group_of(item[0]) != group)
        return replace(self, amounts=(amounts[0], amounts[1], amounts[2]), own=kept)

    def with_borders(self, middle: int, fine: int) -> Crossing:
        """The same with groups that begin elsewhere; units that change their group do as the new one does."""
        moved = replace(self, borders=(middle, max(middle, fine)))
        kept = tuple(item for item in self.own if moved.group_of(item[0]) == self.group_of(item[0]))
        return replace(moved, own=kept)

    def with_source(self, at_top: bool, place: int, ingredient: Ingredient) -> Crossing:
        """The same with another picture at one place."""
        row = list(self.top if at_top else self.side)
        row[place] = ingredient
        return replace(self, top=tuple(row)) if at_top else replace(self, side=tuple(row))

    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        if self.mode == "blend":
            return self.steps
        return (len(GROUPS) + 1 if self.mode == "row" else len(self.side)), len(self.top)


@dataclass(frozen=True, slots=True)
class Units:
    """What a model's pictures can be taken apart into."""

    kind: Literal["layers", "numbers", "none"]
    captions: tuple[str, ...] = ()
    """Below the units: the side in pixels that a layer works at; "" where the same as before."""
    numbers: tuple[tuple[int, ...], ...] = ()
    """Of each part of a code."""

    @property
    def count(self) -> int:
        """How many."""
        return len(self.captions)


@dataclass(frozen=True, slots=True)
class Latent:
    """An ingredient's latent in a form that others can take from."""

    source: LatentSource
    z: tuple[float, ...] = ()
    """Its numbers; needed only where units are numbers."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One picture of the crossing."""

    row: int
    column: int
    recipe: Recipe
    label: str


def units_of(model: Capabilities, blocks: Sequence[BlockInfo], parts: Sequence[Sequence[int]] = ()) -> Units:
    """What can be mixed.

    Args:
        parts: of the code of a model that has one: `even_parts`, or better parts that were measured.
    """
    if not model.num_codes:
        return Units("none")
    if model.num_codes == 1:
        chosen = tuple(tuple(part) for part in (parts or even_parts(model.latent_dims)))
        return Units("numbers", ("",) * len(chosen), chosen)
    sides = [0] * model.num_codes
    for block in blocks:
        for code in block.codes:
            sides[code] = sides[code] or block.resolution
    shown = [str(sides[0]) if sides[0] else ""]
    shown += [str(side) if side and side != before else "" for before, side in pairwise(sides)]
    return Units("layers", tuple(shown))


def even_parts(count: int) -> tuple[tuple[int, ...], ...]:
    """`count` numbers cut, in their order, into at most eight parts of about the same size."""
    parts = min(MOST_PARTS, count)
    cuts = [count * part // parts for part in range(parts + 1)]
    return tuple(tuple(range(first, last)) for first, last in pairwise(cuts))


def first_borders(units: Units) -> tuple[int, int]:
    """Where the middle and the fine units begin, until somebody moves the handles."""
    if units.kind == "layers":
        starts = [first for _, first, _ in layer_groups(units.count)]
        starts += [units.count] * (3 - len(starts))
        return starts[1], starts[2]
    return units.count // 3, 2 * units.count // 3 + (units.count % 3 > 1)


def plain_source(recipe: Recipe) -> LatentSource | None:
    """The source of a recipe whose latent is nothing but its source; None where it must be computed first."""
    moved = any(item.weight for item in recipe.directions)
    shaped = recipe.nearby.amount or recipe.components or recipe.mix or moved
    return None if shaped else recipe.source


def latent_known(recipe: Recipe, units: Units) -> Latent | None:
    """An ingredient's latent where nothing must be computed for it."""
    source = plain_source(recipe)
    return Latent(source) if source is not None and units.kind == "layers" else None


def ingredients(crossing: Crossing) -> tuple[Ingredient, ...]:
    """Everything that the crossing takes from, each once."""
    used = [take.ingredient for _, take in crossing.own if take.ingredient is not None]
    return tuple(dict.fromkeys((*crossing.side, *crossing.top, *used)))


def cells(crossing: Crossing, units: Units, latents: Mapping[Recipe, Latent]) -> Iterator[Cell]:
    """All pictures whose ingredients' latents are known, row by row."""
    if crossing.mode == "blend":
        yield from _blend(crossing, units, latents)
        return
    rows, columns = crossing.shape()
    for row in range(rows):
        for column in range(columns):
            cell = cell_at(crossing, units, latents, row, column)
            if cell is not None:
                yield cell


def cell_at(
    crossing: Crossing, units: Units, latents: Mapping[Recipe, Latent], row: int, column: int
) -> Cell | None:
    """One picture of a grid or row; None while a latent is not known."""
    top = crossing.top[column]
    if crossing.mode == "grid":
        side, takes = crossing.side[row], [crossing.take(unit) for unit in range(units.count)]
    else:
        side, takes = crossing.side[min(crossing.chosen[0], len(crossing.side) - 1)], []
        for unit in range(units.count):
            only = Take(float(crossing.group_of(unit) == row - 1))
            takes.append(only if row else crossing.take(unit))
    recipe = crossed(crossing.frame, side, top, takes, units, latents)
    return None if recipe is None else Cell(row, column, recipe, f"{side.label} × {top.label}")


def crossed(
    frame: Recipe,
    side: Ingredient,
    top: Ingredient,
    takes: Sequence[Take],
    units: Units,
    latents: Mapping[Recipe, Latent],
) -> Recipe | None:
    """The side picture with what its units take; None while a latent is not known."""
    own = latents.get(side.recipe)
    givers = [latents.get((take.ingredient or top).recipe) if take.weight else own for take in takes]
    if own is None or any(giver is None for giver in givers):
        return None
    taken = [(giver, take.weight) for giver, take in zip(givers, takes, strict=True) if giver is not None]
    base = replace(frame, source=own.source, nearby=_PLAIN.nearby, components=(), mix=(), directions=())
    if units.kind == "layers":
        return replace(base, mix=_runs(taken))
    return replace(base, components=tuple(_components(own, taken, units)))


def swapped_alone(
    crossing: Crossing, units: Units, latents: Mapping[Recipe, Latent], side: Ingredient, top: Ingredient
) -> tuple[Recipe, ...]:
    """The side picture with one unit at a time from the top; empty while a latent is not known."""
    recipes = []
    for unit in range(units.count):
        takes = [Take(float(other == unit)) for other in range(units.count)]
        recipe = crossed(crossing.frame, side, top, takes, units, latents)
        if recipe is None:
            return ()
        recipes.append(recipe)
    return tuple(recipes)


def blended(points: Sequence[Sequence[float]], weights: Sequence[float]) -> tuple[float, ...]:
    """Weighted mean of vectors near a sphere: the mean's direction, the mean of the lengths."""
    total = sum(weights)
    shares = [weight / total for weight in weights]
    mean = [
        math.fsum(s * x for s, x in zip(shares, column, strict=True)) for column in zip(*points, strict=True)
    ]
    length = math.hypot(*mean)
    wanted = math.fsum(share * math.hypot(*point) for share, point in zip(shares, points, strict=True))
    return tuple(mean) if length < 1e-9 else tuple(x * wanted / length for x in mean)


def corner_places(crossing: Crossing) -> tuple[tuple[bool, int], ...]:
    """Which sources a blend lies between, as (at the top, place): top left and right, bottom left and right."""
    return (
        (False, 0),
        (True, 0),
        (False, min(1, len(crossing.side) - 1)),
        (True, min(1, len(crossing.top) - 1)),
    )


def corners(crossing: Crossing) -> tuple[Ingredient, ...]:
    """The four pictures that a blend lies between."""
    return tuple(
        (crossing.top if at_top else crossing.side)[place] for at_top, place in corner_places(crossing)
    )


def _blend(crossing: Crossing, units: Units, latents: Mapping[Recipe, Latent]) -> Iterator[Cell]:
    """A bilinear patch between four pictures."""
    four = corners(crossing)
    known = [latents.get(item.recipe) for item in four]
    if any(item is None for item in known):
        return
    points = [item for item in known if item is not None]
    rows, columns = crossing.steps
    for row in range(rows):
        v = row / (rows - 1) if rows > 1 else 0.0
        for column in range(columns):
            u = column / (columns - 1) if columns > 1 else 0.0
            weights = ((1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v)
            shares = ", ".join(
                f"{weight:.0%} {item.label}"
                for weight, item in zip(weights, four, strict=True)
                if weight > 0.005
            )
            yield Cell(row, column, _patch(crossing.frame, points, weights, units), shares)


def _patch(frame: Recipe, points: Sequence[Latent], weights: Sequence[float], units: Units) -> Recipe:
    frame = replace(frame, nearby=_PLAIN.nearby, components=(), mix=(), directions=())
    used = [(point, weight) for point, weight in zip(points, weights, strict=True) if weight > 1e-9]
    if len(used) == 1:
        return replace(frame, source=used[0][0].source)
    seeds = [point.source.seed for point, _ in used if isinstance(point.source, SeedSource)]
    if len(seeds) == len(used):
        space: Literal["z", "w"] = "w" if units.kind == "layers" else "z"
        return replace(frame, source=BlendSource(tuple(seeds), tuple(weight for _, weight in used), space))
    if units.kind == "numbers":
        values = blended([point.z for point, _ in used], [weight for _, weight in used])
        return replace(frame, source=VectorSource("z", values))
    return replace(frame, source=used[0][0].source, mix=tuple(_one_after_the_other(used, units)))


def _one_after_the_other(used: Sequence[tuple[Latent, float]], units: Units) -> Iterator[LayerSource]:
    """A weighted mean as blends of two: each brings in one more point."""
    so_far = used[0][1]
    for point, weight in used[1:]:
        so_far += weight
        yield LayerSource(0, units.count - 1, point.source, weight / so_far)


def _runs(taken: Sequence[tuple[Latent, float]]) -> tuple[LayerSource, ...]:
    """Neighbouring layers that take the same are one entry."""
    runs = []
    first = 0
    for (giver, weight), run in groupby(taken):
        last = first + len(list(run)) - 1
        if weight:
            runs.append(LayerSource(first, last, giver.source, weight))
        first = last + 1
    return tuple(runs)


def _components(own: Latent, taken: Sequence[tuple[Latent, float]], units: Units) -> Iterator[Component]:
    for (giver, weight), numbers in zip(taken, units.numbers, strict=True):
        if not weight:
            continue
        values = tuple(giver.z[index] for index in numbers)
        if weight != 1.0:
            values = blended([[own.z[index] for index in numbers], values], [1 - weight, weight])
        yield from (Component(index, value) for index, value in zip(numbers, values, strict=True))
