"""Fidelity and coverage by neighbourhoods of real samples.

Precision and recall: Kynkäänniemi et al. 2019 (arXiv:1904.06991), section 2. Density and coverage: Naeem et al.
2020 (arXiv:2002.09797), section 3, which an outlier among the real samples does not flatter.

None of them is 1 for a perfect generator: coverage is `expected_coverage` on average, and precision and recall of
data against more of the same data depend on its dimensions. Compare them with the same figures of held-out data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from latentlab.diagnosis.distances import Features, distance_rows, radii
from latentlab.diagnosis.estimate import Estimate, mean_with_interval
from latentlab.diagnosis.progress import Watch, stretch, unwatched

K = 5


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhoods:
    """What each sample says; the four figures are means of these."""

    inside: NDArray[np.bool_]
    """(fakes,): the sample lies in the ball of some real one."""
    balls: NDArray[np.int64]
    """(fakes,): how many real balls hold it."""
    drawn: NDArray[np.bool_]
    """(reals,): the real sample lies in the ball of some fake one."""
    covered: NDArray[np.bool_]
    """(reals,): its own ball holds some fake sample."""
    gaps: NDArray[np.float64]
    """(reals,): distance to the nearest fake sample, in radii of its own ball: above 1 where it is not covered."""
    k: int

    @property
    def precision(self) -> Estimate:
        """Share of fakes that look real."""
        return mean_with_interval(self.inside)

    @property
    def recall(self) -> Estimate:
        """Share of reals that the generator could draw."""
        return mean_with_interval(self.drawn)

    @property
    def density(self) -> Estimate:
        """How many real balls hold a fake, over what k makes usual; 1 is like the data, more is bunched."""
        return mean_with_interval(self.balls / self.k)

    @property
    def coverage(self) -> Estimate:
        """Share of real balls with a fake inside."""
        return mean_with_interval(self.covered)


def neighbourhoods(real: Features, fake: Features, k: int = K, *, watch: Watch = unwatched) -> Neighbourhoods:
    """Compare two sets of features.

    Args:
        real: (N, D).
        fake: (M, D).
        k: neighbours that make a ball; both sets must be larger.
        watch: told the share done; may cancel.

    Raises:
        ShapeError: there are too few samples, or widths differ.
        Cancelled: `watch` said so.
    """
    own = torch.from_numpy(radii(real, k, watch=stretch(watch, 0.0, 0.3)))
    theirs = torch.from_numpy(radii(fake, k, watch=stretch(watch, 0.3, 0.6)))
    balls = torch.zeros(len(fake), dtype=torch.int64)
    drawn = torch.zeros(len(real), dtype=torch.bool)
    closest = torch.empty(len(real), dtype=torch.float64)
    for begin, distances in distance_rows(real, fake, watch=stretch(watch, 0.6, 1.0)):
        rows = slice(begin, begin + len(distances))
        balls += (distances < own[rows, None]).sum(0)
        drawn[rows] = (distances < theirs).any(1)
        closest[rows] = distances.min(1).values
    return Neighbourhoods(
        inside=(balls > 0).numpy(),
        balls=balls.numpy(),
        drawn=drawn.numpy(),
        covered=(closest < own).numpy(),
        gaps=(closest / own.clamp_min(torch.finfo(torch.float64).tiny)).numpy(),
        k=k,
    )


def expected_coverage(reals: int, fakes: int, k: int = K) -> float:
    """Coverage that a perfect generator has on average: Naeem et al. 2020, equation 9.

    One minus the chance that the k nearest of all reals - 1 + fakes others of a real sample are all real.
    """
    chance = 1.0
    for i in range(k):
        chance *= (reals - 1 - i) / (reals - 1 + fakes - i)
    return 1.0 - chance
