"""Lines around dense parts of the plane. Called in the job thread; knows arrays alone.

Marching squares (Lorensen & Cline 1987 in two dimensions) on a density of points smoothed by a Gaussian.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.qt.widgets.scatter_data import inside

Points = NDArray[np.floating]
Extent = tuple[float, float, float, float]
"""Left, bottom, right, top."""

_SIDE = 96
_LEVELS = (0.12, 0.3, 0.6)
_WIDTH = 2.2
"""Standard deviation of the smoothing, in cells."""
_REACH = 0.35
"""Where a lone point's own bump has fallen to this, its outline runs."""

# Per case of the four corners (1 bottom left, 2 bottom right, 4 top right, 8 top left): edges that a line joins.
# Edges: 0 bottom, 1 right, 2 top, 3 left. The high side lies at the left of each line.
_JOINS: tuple[tuple[tuple[int, int], ...], ...] = (
    (),
    ((0, 3),),
    ((1, 0),),
    ((1, 3),),
    ((2, 1),),
    ((0, 3), (2, 1)),
    ((2, 0),),
    ((2, 3),),
    ((3, 2),),
    ((0, 2),),
    ((1, 0), (3, 2)),
    ((1, 2),),
    ((3, 1),),
    ((0, 1),),
    ((3, 0),),
    (),
)


@dataclass(frozen=True, slots=True, eq=False)
class Outlined:
    """Closed lines around points that belong together, and which points those are."""

    lines: tuple[Points, ...]
    members: tuple[int, ...]


def extent_of(*sets: Points, margin: float = 0.06) -> Extent:
    """A frame around all points, with some air."""
    points = np.concatenate([points for points in sets if len(points)] or [np.zeros((1, 2))])
    low, high = points.min(0), points.max(0)
    air = (high - low) * margin + 1e-9
    return (
        float(low[0] - air[0]),
        float(low[1] - air[1]),
        float(high[0] + air[0]),
        float(high[1] + air[1]),
    )


def density(points: Points, extent: Extent, side: int = _SIDE, width: float = _WIDTH) -> NDArray[np.float64]:
    """Points per cell (side, side), smoothed; rows go up, columns to the right.

    Args:
        points: (N, 2).
        extent: the frame.
        side: cells along each axis.
        width: standard deviation of the smoothing in cells.
    """
    left, bottom, right, top = extent
    counts, _, _ = np.histogram2d(points[:, 1], points[:, 0], bins=side, range=((bottom, top), (left, right)))
    reach = int(np.ceil(3 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(counts, reach)
    rows = sum(kernel[k] * padded[k : k + side] for k in range(len(kernel)))
    smooth: NDArray[np.float64] = np.asarray(
        sum(kernel[k] * np.asarray(rows)[:, k : k + side] for k in range(len(kernel)))
    )
    return smooth


def contours(points: Points, extent: Extent) -> list[tuple[Points, float]]:
    """Lines of equal density of points (N, 2), each with its share of the greatest."""
    if len(points) < 8:
        return []
    grid = density(points, extent)
    top = float(grid.max())
    return [(line, level) for level in _LEVELS for line in outlines(grid, level * top, extent)]


def around(points: Points, extent: Extent, *, among: Points | None = None) -> list[Outlined]:
    """Outlines around points (N, 2), those that lie together in one; largest first.

    Args:
        points: what is to be outlined.
        extent: the frame.
        among: points (M, 2) that shall stay outside where they are denser.
    """
    if not len(points):
        return []
    grid = density(points, extent)
    alone = density(np.array([[(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2]]), extent).max()
    level = _REACH * float(alone)
    if among is not None and len(among):
        grid = grid - 0.5 * density(among, extent)
    lines = outlines(grid, level, extent)
    rest = np.ones(len(points), bool)
    found = []
    for line in sorted(lines, key=_area, reverse=True):
        if _area(line) <= 0:
            continue  # a hole
        members = np.flatnonzero(rest & inside(line, points))
        if len(members):
            rest[members] = False
            found.append(Outlined((line,), tuple(members.tolist())))
    return sorted(found, key=lambda one: len(one.members), reverse=True)


def outlines(grid: NDArray[np.float64], level: float, extent: Extent) -> list[Points]:
    """Closed lines (n, 2) where `grid` crosses `level`, counter-clockwise around what is higher.

    Args:
        grid: (rows, columns), rows going up.
        level: above it is inside.
        extent: what the grid covers.
    """
    low = min(float(grid.min()), level) - 1.0
    padded = np.pad(grid, 1, constant_values=low)
    high = padded > level
    case = (
        high[:-1, :-1] * 1 + high[:-1, 1:] * 2 + high[1:, 1:] * 4 + high[1:, :-1] * 8
    )  # (rows + 1, columns + 1)
    follow: dict[tuple[int, int, bool], tuple[tuple[int, int, bool], tuple[float, float]]] = {}
    for row, column in np.argwhere((case > 0) & (case < 15)).tolist():
        for begin, end in _JOINS[int(case[row, column])]:
            key, place = _edge(padded, level, row, column, begin)
            following, _ = _edge(padded, level, row, column, end)
            follow[key] = following, place
    left, bottom, right, top = extent
    rows, columns = grid.shape
    found = []
    while follow:
        start = next(iter(follow))
        line, key = [], start
        while key in follow:
            key, place = follow.pop(key)
            line.append(place)
        places = np.array(line) - 0.5  # a padded sample lies in the middle of its cell
        found.append(
            np.stack(
                [
                    left + places[:, 0] / columns * (right - left),
                    bottom + places[:, 1] / rows * (top - bottom),
                ],
                axis=1,
            )
        )
    return found


def _edge(
    grid: NDArray[np.float64], level: float, row: int, column: int, edge: int
) -> tuple[tuple[int, int, bool], tuple[float, float]]:
    """The edge of a square that a line crosses, named the same from both sides, and where: x, y in samples."""
    if edge in (0, 2):
        y = row + (edge == 2)
        a, b = float(grid[y, column]), float(grid[y, column + 1])
        return (y, column, True), (column + (level - a) / (b - a), y)
    x = column + (edge == 1)
    a, b = float(grid[row, x]), float(grid[row + 1, x])
    return (row, x, False), (x, row + (level - a) / (b - a))


def _area(line: Points) -> float:
    """Signed: above 0 where the line runs counter-clockwise."""
    x, y = line[:, 0], line[:, 1]
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)
