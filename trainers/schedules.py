"""Numbers that change over a run: learning rates, weights of penalties. Pure functions of the step.

A schedule is a share of the whole run, so a run of half the steps passes through the same rates.
"""

from __future__ import annotations

import math
from typing import Literal

import torch

from trainers.settings import Settings, setting

Schedule = Literal["constant", "linear", "cosine"]


class RateSettings(Settings):
    """The learning rate over a run: a group of hyper-parameters to inherit from."""

    schedule: Schedule = setting(
        "cosine", "How the learning rate falls to 0 once its steady share is over.", group="Optimiser"
    )
    steady: float = setting(
        0.0, "Share of the steps that keep the full learning rate.", group="Optimiser", least=0, most=1
    )
    warm_steps: int = setting(
        0, "Steps over which the learning rate climbs from 0.", unit="steps", group="Optimiser", least=0
    )

    def factor(self, step: int, steps: int) -> float:
        """What the learning rate is multiplied with at a step, 0 ... 1."""
        return rate_factor(self.schedule, step, steps, warm=self.warm_steps, steady=self.steady)


def rate_factor(schedule: Schedule, step: int, steps: int, *, warm: int = 0, steady: float = 0.0) -> float:
    """Learning-rate factor of a step, from 0: up in a line over `warm` steps, 1 until the share `steady`, down.

    "linear" and "cosine" (Loshchilov & Hutter 2017, arXiv:1608.03983, one cycle) reach 0 after the last step;
    "constant" stays at 1.
    """
    if step < warm:
        return (step + 1) / warm
    if schedule == "constant":
        return 1.0
    start = max(warm, steady * steps)
    share = min(1.0, max(0.0, (step - start) / max(1.0, steps - start)))
    return 1.0 - share if schedule == "linear" else 0.5 * (1.0 + math.cos(math.pi * share))


def warm_up(step: int, steps: float, start: float = 0.0) -> float:
    """A factor that climbs in a line from `start` to 1 over the first `steps`."""
    return 1.0 if step >= steps else start + (1.0 - start) * step / steps


def annealed(first: float, last: float, share: float) -> float:
    """A number on half a cosine from `first` to `last`.

    Args:
        share: of the way, 0 ... 1.
    """
    share = min(1.0, max(0.0, share))
    return last + (first - last) * 0.5 * (1.0 + math.cos(math.pi * share))


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Give every group of an optimiser a learning rate."""
    for group in optimiser.param_groups:
        group["lr"] = rate
