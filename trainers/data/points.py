"""Mixtures of Gaussians in the plane: the ring and the grid of VEEGAN (Srivastava et al. 2017) and PacGAN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

_AROUND = ("right", "upper right", "top", "upper left", "left", "lower left", "bottom", "lower right")


@dataclass(frozen=True, slots=True)
class Mixture:
    """Equally likely Gaussians of one width."""

    centres: NDArray[np.float64]
    """(K, 2)."""
    sigma: float
    names: tuple[str, ...]
    """(K,) where each lies, in words."""

    def sample(self, count: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Points (count, 2) and the Gaussian that each was drawn from, (count,)."""
        rng = np.random.default_rng(seed)
        modes = rng.integers(len(self.centres), size=count)
        points = self.centres[modes] + self.sigma * rng.standard_normal((count, 2))
        return points.astype(np.float32), modes


def mixture(task: Literal["ring", "grid"]) -> Mixture:
    """The mixture of a task."""
    if task == "ring":
        angles = np.arange(8) * (2 * np.pi / 8)
        return Mixture(np.stack([np.cos(angles), np.sin(angles)], 1), 0.01, _AROUND)
    axis = np.arange(-4.0, 5.0, 2.0)
    names = tuple(f"row {5 - row} column {column + 1}" for row in range(5) for column in range(5))
    return Mixture(np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2), 0.05, names)
