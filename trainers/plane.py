"""What happens in the plane while two networks play over points: drawn by `latentlab.qt`, written as plain arrays.

The networks are the ones in training, not their averages: it is their game that is watched.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.models.points import Points
from latentlab.models.seeds import normal_from_seed
from trainers.batch import DataShape
from trainers.objectives.adversarial import boundary, compares_pairs, generator_loss
from trainers.systems.adversarial import AdversarialSystem
from trainers.systems.system import System

REAL = 600
"""Real points that are shown."""
_DRAWN = 300
"""Generated points, each with its arrow."""
_SIDE = 56
"""Of the field."""
_LINES, _REACH = 25, 2.5
"""Lines of the grid in z each way, and how many standard deviations it reaches."""


def is_shown(system: System, shape: DataShape) -> bool:
    """Whether there is a plane to show."""
    return shape.kind == "points" and isinstance(system, AdversarialSystem) and _points(system) is not None


def look(system: System, real: Tensor, step: int) -> dict[str, NDArray[Any]]:
    """The game after `step` steps.

    Args:
        system: for which `is_shown`.
        real: (N, 2) real points.
        step: steps done.

    Returns:
        `extent` (): the plane from -extent to extent each way. `field` (S, S): the discriminator's scores, the
        first row at the lower edge. `boundary` (): the score of what is as likely real as generated.
        `real` (N, 2), `drawn` (M, 2). `arrows` (M, 2): where the generator's loss falls for each drawn point, its
        negative gradient. `grid` (L, L, 2): where a square grid of the first two numbers of z lands. `reach` ():
        the grid's, in standard deviations. `step` ().
    """
    assert isinstance(system, AdversarialSystem)
    network = _points(system)
    assert network is not None
    extent, weight = network.config.extent, next(network.parameters())
    field_of = Field(system)
    drawn = network.points(normal_from_seed(0, _DRAWN, network.config.z_dim).to(weight)).detach()
    real = real.to(weight)
    arrows = field_of.pull(drawn, real)
    axis = torch.linspace(-extent, extent, _SIDE).to(weight)
    places = torch.cartesian_prod(axis, axis).flip(1)  # x runs along a row
    with torch.no_grad():
        scores = field_of.scores(torch.cat([places, real, drawn]))
        field, of_real, of_drawn = torch.split(scores, [len(places), len(real), len(drawn)])
        line = torch.linspace(-_REACH, _REACH, _LINES).to(weight)
        z = weight.new_zeros(_LINES**2, network.config.z_dim)
        z[:, :2] = torch.cartesian_prod(line, line).flip(1)
        grid = network.points(z)
    found = {
        "field": field.reshape(_SIDE, _SIDE),
        "boundary": boundary(system.config.objective, of_real, of_drawn),
        "real": real,
        "drawn": drawn,
        "arrows": arrows,
        "grid": grid.reshape(_LINES, _LINES, 2),
    }
    arrays = {name: value.float().cpu().numpy() for name, value in found.items()}
    return arrays | {
        "extent": np.array(extent, np.float32),
        "reach": np.array(_REACH, np.float32),
        "step": np.array(step, np.int64),
    }


class Field:
    """The discriminator over the plane."""

    def __init__(self, system: AdversarialSystem) -> None:
        self._system = system
        self._judge = system.networks["discriminator"]

    def scores(self, points: Tensor) -> Tensor:
        """Scores (N,) of points (N, 2). Where several are judged together, each is with copies of itself."""
        scores: Tensor = self._judge(points.repeat(1, self._system.config.pack), None)
        return scores.float()

    def pull(self, drawn: Tensor, real: Tensor) -> Tensor:
        """Where the generator's loss falls for each drawn point: its negative gradient, (M, 2)."""
        objective = self._system.config.objective
        points = drawn.clone().requires_grad_(True)
        with torch.enable_grad():
            fake = self.scores(points)
            rivals = None
            if compares_pairs(objective):
                rivals = self.scores(real[torch.arange(len(drawn)) % len(real)]).detach()
            loss = generator_loss(objective, fake, rivals) * len(drawn)
            (slope,) = torch.autograd.grad(loss, points)
        return -slope


def _points(system: AdversarialSystem) -> Points | None:
    network = system.networks["generator"]
    return network if isinstance(network, Points) else None
