"""Places of the plane of basins as recipes: as `latentlab.diagnosis.stages.latent` lays it through z."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentlab.latents.recipe import Recipe, VectorSource

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def recipe_at(seeds: tuple[int, int], reach: float, place: tuple[float, float], z_dim: int) -> Recipe:
    """A place of the plane that goes through the middle of z and, roughly, through two seeds.

    Args:
        seeds: what lies to the right, and upwards.
        reach: from the middle to an edge, in lengths of a z.
        place: to the right and upwards, from -1 to 1.
        z_dim: numbers of z.
    """
    import numpy as np

    if z_dim == 2:  # the plane is the whole latent space
        right, up = np.eye(2)
    else:
        right = _unit(_drawn(seeds[0], z_dim))
        up = _drawn(seeds[1], z_dim)
        up = _unit(up - (up @ right) * right)
    z = (place[0] * right + place[1] * up) * reach * z_dim**0.5
    return Recipe(source=VectorSource("z", tuple(z.tolist())))


def place_of(row: int, column: int, side: int) -> tuple[float, float]:
    """Where a cell lies: the outer ones on the edges; rows go down."""
    return 2 * column / max(side - 1, 1) - 1, 1 - 2 * row / max(side - 1, 1)


def _drawn(seed: int, z_dim: int) -> NDArray[np.float64]:
    """As `latentlab.models.seeds.normal_from_seed`, without torch."""
    import numpy as np

    drawn: NDArray[np.float64] = np.random.RandomState(seed).standard_normal((1, z_dim))[0]
    return drawn


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    unit: NDArray[np.float64] = vector / max(float(np.linalg.norm(vector)), 1e-12)
    return unit
