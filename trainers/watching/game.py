"""How the game of the two networks stands, in figures that mean the same for every objective."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from trainers.config import RunConfig


def _softplus(value: float) -> float:
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))


def _logistic(real: float, fake: float) -> float:
    return (_softplus(-real) + _softplus(fake)) / (2 * math.log(2))


def _relativistic(real: float, fake: float) -> float:
    return _softplus(fake - real) / math.log(2)


def _hinge(real: float, fake: float) -> float:
    return (max(0.0, 1 - real) + max(0.0, 1 + fake)) / 2


def _least_squares(real: float, fake: float) -> float:
    return ((real - 1) ** 2 + fake**2) / 0.5


_UNDECIDED: dict[str, Callable[[float, float], float]] = {
    "minimax": _logistic,
    "non_saturating": _logistic,
    "relativistic": _relativistic,
    "hinge": _hinge,
    "least_squares": _least_squares,
}


def undecided(config: RunConfig, losses: Mapping[str, float]) -> float | None:
    """The discriminator's loss at the mean scores of a step, of its loss at chance.

    1 is a discriminator that knows nothing, 0 one that has won, more than 1 one that is wrong with confidence.
    None without a discriminator, and for "wasserstein", whose critic is meant to win.
    """
    if "real" not in losses or "fake" not in losses:
        return None
    share = _UNDECIDED.get(getattr(config.settings, "objective", "non_saturating"))
    return None if share is None else share(losses["real"], losses["fake"])
