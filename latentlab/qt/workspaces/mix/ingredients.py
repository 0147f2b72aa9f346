"""Rows of a crossing: what their pictures are called, and how they are made to fit a model."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from latentlab.latents import crossing as crossings
from latentlab.latents.crossing import Crossing, Ingredient, Units
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.session.session import new_seed
from latentlab.qt.theme.numbers import format_number


def seed_ingredient(seed: int) -> Ingredient:
    """A picture of a seed alone."""
    return Ingredient(Recipe(SeedSource(seed)), seed_label(seed))


def short_label(ingredient: Ingredient) -> str:
    """For little room: of a seed the number alone."""
    source = crossings.plain_source(ingredient.recipe)
    plain = isinstance(source, SeedSource) and ingredient.label == seed_label(source.seed)
    return format_number(source.seed, 0) if plain and isinstance(source, SeedSource) else ""


def seed_label(seed: int) -> str:
    """What the picture of a seed is called."""
    return QCoreApplication.translate("Mix", "Seed {0}").format(format_number(seed, 0))


def label_of(recipe: Recipe, otherwise: str) -> str:
    """Of a seed its number; else the other word."""
    source = crossings.plain_source(recipe)
    return seed_label(source.seed) if isinstance(source, SeedSource) else otherwise


def resized(row: tuple[Ingredient, ...], count: int) -> tuple[Ingredient, ...]:
    """As many, with new seeds where there are too few."""
    more = max(count - len(row), 0)
    return (*row[:count], *(seed_ingredient(new_seed()) for _ in range(more)))


def kept_inside(crossing: Crossing) -> Crossing:
    """The chosen cell is one that there is."""
    rows, columns = crossing.shape()
    row, column = crossing.chosen
    return replace(crossing, chosen=(min(row, rows - 1), min(column, columns - 1)))


def fits(crossing: Crossing | None, units: Units) -> bool:
    """Whether an arrangement from a session can be shown."""
    if crossing is None or not crossing.side or not crossing.top:
        return False
    rows, columns = crossing.shape()
    inside = 0 <= crossing.chosen[0] < rows and 0 <= crossing.chosen[1] < columns
    borders = crossing.borders[0] <= crossing.borders[1] <= units.count
    return inside and borders and all(unit < units.count for unit, _ in crossing.own)
