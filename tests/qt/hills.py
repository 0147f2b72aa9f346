"""Drawn landscapes for tests and the gallery: no model is needed to look at a widget."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def hills(
    side: int = 256,
    *,
    warmth: float = 0.0,
    relief: float = 1.0,
    sun: float = 0.17,
    dusk: float = 0.0,
    seed: int = 7,
) -> NDArray[np.uint8]:
    """A landscape of rolling hills as RGB (side, side, 3)."""
    y, x = np.mgrid[0:side, 0:side] / side
    phases = np.random.default_rng(seed).uniform(0, 6.3, 8)
    picture = np.empty((side, side, 3))
    picture[:] = np.array([205, 232, 244]) + (y[..., None] * np.array([22, 14, 8]))
    distance = np.hypot(x - 0.27, y - sun)
    picture[distance < 0.137] = picture[distance < 0.137] * 0.7 + np.array([240, 220, 170]) * 0.3
    picture[distance < 0.078] = (251, 184, 53)
    for index, (base, colour) in enumerate(
        (
            (0.36, (168, 203, 230)),
            (0.55, (93, 170, 170)),
            (0.78, (80, 135, 88)),
            (0.92, (106, 70, 30)),
        )
    ):
        a, b = phases[2 * index], phases[2 * index + 1]
        crest = base + relief * (0.07 * np.sin(4.2 * x + a) + 0.035 * np.sin(9 * x + b))
        picture[y > crest] = colour
    picture += np.array([40, 6, -50]) * warmth
    picture *= 1 - np.array([0.42, 0.38, 0.12]) * dusk
    return picture.clip(0, 255).astype(np.uint8)
