"""What the log keeps of scores and codes, against numpy and a closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentlab.runs import Coded, Scored
from tests.trainers.watching.sights import pictures, sight
from trainers import memory
from trainers.figures import figures


def test_scores_are_counted_as_numpy_counts_them() -> None:
    noise = torch.Generator().manual_seed(0)
    scores = {
        "train": torch.randn(400, generator=noise) + 2,
        "held_out": torch.randn(100, generator=noise) + 1,
        "drawn": torch.randn(300, generator=noise) - 2,
    }
    (found,) = figures(sight(pictures(4), scores=scores))
    assert isinstance(found, Scored)
    assert {name: sum(counts) for name, counts in found.counts.items()} == {
        "train": 400,
        "held_out": 100,
        "drawn": 300,
    }
    bins = len(found.counts["drawn"])
    for name, values in scores.items():
        inside = np.clip(values.double().numpy(), found.low, found.high)
        counts, _ = np.histogram(inside, bins, (found.low, found.high))
        assert np.abs(counts - np.array(found.counts[name])).sum() <= 2  # a value on an edge


def test_one_far_score_does_not_squeeze_the_others() -> None:
    scores = {"drawn": torch.cat([torch.linspace(-1, 1, 999), torch.tensor([1e6])])}
    (found,) = figures(sight(pictures(4), scores=scores))
    assert isinstance(found, Scored)
    assert found.high < 10
    assert sum(found.counts["drawn"]) == 1000


def test_nothing_is_told_of_a_system_without_scores_or_code() -> None:
    assert list(figures(sight(pictures(4), scores={}))) == []
    nan = {"drawn": torch.full((4,), torch.nan)}
    assert list(figures(sight(pictures(4), scores=nan))) == []


def test_each_dimension_of_a_code_is_told() -> None:
    look = replace(sight(pictures(4), scores={}), kl=torch.tensor([0.5, 0.0]))
    assert list(figures(look)) == [Coded(500, (0.5, 0.0))]


def test_memory_is_that_of_this_process() -> None:
    before = memory.in_use("cpu")
    held = torch.ones(300_000_000, dtype=torch.uint8)
    assert memory.in_use("cpu") - before > 0.8 * held.numel(), "others of its parts may go meanwhile"
    assert memory.in_use("cpu") < memory.total("cpu") == pytest.approx(memory.total("cpu"))
