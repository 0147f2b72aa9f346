"""Runs and sights made for a test: pictures whose faults are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from latentlab.runs import Warned
from trainers.batch import Batch
from trainers.config import LoopSettings, RunConfig
from trainers.data import DataSettings, SmallDigitsSource
from trainers.systems.dcgan import DCGANTraining
from trainers.watching import Rule, Sight


def config(steps: int = 1000, **settings: object) -> RunConfig:
    return RunConfig(
        name="toy",
        system="dcgan",
        settings=DCGANTraining.model_validate(settings),
        data=DataSettings(source=SmallDigitsSource()),
        loop=LoopSettings(steps=steps),
    )


def pictures(count: int, seed: int = 0, side: int = 8) -> Tensor:
    """(N, 1, side, side): smooth, each different, dark below and light above."""
    noise = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 1, 4, 4, generator=noise) * 1.2 - 0.6
    fine: Tensor = torch.nn.functional.interpolate(coarse, side, mode="bilinear")
    return (fine + torch.linspace(0.4, -0.4, side)[:, None]).clone()


def sight(
    drawn: Tensor,
    *,
    step: int = 500,
    train: Tensor | None = None,
    held_out: Tensor | None = None,
    labels: Tensor | None = None,
    train_labels: Tensor | None = None,
    measures: Mapping[str, float] | None = None,
    scores: Mapping[str, Tensor] | None = None,
) -> Sight:
    """Samples beside data; scores that overlap a little, unless given."""
    noise = torch.Generator().manual_seed(1)
    train = pictures(200, 1) if train is None else train
    held_out = pictures(100, 2) if held_out is None else held_out
    if scores is None:
        scores = {
            "train": torch.randn(len(train), generator=noise) + 1,
            "held_out": torch.randn(len(held_out), generator=noise) + 1,
            "drawn": torch.randn(len(drawn), generator=noise) - 1,
        }
    return Sight(
        step,
        drawn,
        torch.zeros(len(drawn), 8),
        Batch(drawn, labels),
        Batch(train, train_labels),
        Batch(held_out),
        measures or {},
        scores,
    )


def look(rule: Rule, *sights: Sight) -> list[Warned]:
    """All that a rule says to sights one after the other."""
    return [warned for each in sights for warned in rule.sampled(each)]


def feed(rule: Rule, losses: Iterable[Mapping[str, float]], first: int = 1) -> list[Warned]:
    """All that a rule says to the losses of steps one after the other."""
    return [warned for step, each in enumerate(losses, first) for warned in rule.step(step, each)]
