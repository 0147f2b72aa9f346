"""What a map of points shows, and what a hand catches of it. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.floating]
"""(N, 2)."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A part of the plane that is outlined."""

    outlines: Sequence[Points]
    """Closed lines, (n, 2) each."""
    text: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ScatterData:
    """What the map shows."""

    real: Points = field(default_factory=lambda: np.empty((0, 2)))
    generated: Points = field(default_factory=lambda: np.empty((0, 2)))
    extent: tuple[float, float, float, float] = (-1.0, -1.0, 1.0, 1.0)
    """Left, bottom, right, top: frozen, so that nothing moves when the model changes."""
    contours: Sequence[tuple[Points, float]] = ()
    """Lines of equal density of the generated points, with their share of the greatest."""
    regions: Sequence[Region] = ()


@dataclass(frozen=True, slots=True)
class Caught:
    """What a hand has drawn around."""

    real: tuple[int, ...] = ()
    generated: tuple[int, ...] = ()


def inside(outline: Points, points: Points) -> NDArray[np.bool_]:
    """Whether points (N, 2) lie inside a closed line (n, 2), by counting crossings."""
    found = np.zeros(len(points), bool)
    x, y = points[:, 0], points[:, 1]
    for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, 0), strict=True):
        if y0 == y1:
            continue
        crosses = (y0 > y) != (y1 > y)
        found ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return found
