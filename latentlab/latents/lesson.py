"""What a direction is learned from, as a plain value. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from latentlab.latents.recipe import Recipe

FEWEST = 3
"""Marked pictures of a side."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Pictures that have something, pictures that have not, and what it is called."""

    name: str
    more: tuple[Recipe, ...]
    """A: pictures that have it."""
    less: tuple[Recipe, ...] = ()
    """B: pictures that have not; none compares with random ones."""
    keep: tuple[str, ...] = ()
    """Directions that shall not move along."""
