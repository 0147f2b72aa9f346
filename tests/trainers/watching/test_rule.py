"""Warnings do not flood, and rules remember across a resume."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
import torch

from latentlab.runs import Settled, Warned
from tests.trainers.watching.sights import config, feed
from trainers import overrides
from trainers.presets import PRESETS
from trainers.watching import RULES, Rule, Watchers, watchers_for
from trainers.watching.discriminator import DiscriminatorTooStrong
from trainers.watching.gradients import DivergingGradients
from trainers.watching.remedies import change_for

WON = {"real": 20.0, "fake": -20.0, "norm/discriminator": 1.0}
EVEN = {"real": 0.1, "fake": -0.1, "norm/discriminator": 1.0}


def test_a_warning_comes_once_and_again_after_the_trouble_was_away() -> None:
    rule = DiscriminatorTooStrong(config())
    assert len(feed(rule, [WON] * 2000)) == 1
    assert feed(rule, [EVEN] * 100 + [WON] * 1000, first=2001) == []  # hardly away
    assert feed(rule, [EVEN] * 1500, first=3101) == []
    assert len(feed(rule, [WON] * 1000, first=4601)) == 1


def test_a_trouble_that_is_away_is_said_to_be_settled_once() -> None:
    watchers = Watchers([DiscriminatorTooStrong(config(r1_gamma=1.0))], {})
    said = [event for step in range(1, 3001) for event in watchers.step(step, WON if step <= 1000 else EVEN)]
    assert [type(event) for event in said] == [Warned, Settled]
    warned, settled = said
    assert isinstance(warned, Warned)
    assert warned.change == {"settings.r1_gamma": 2.0, "settings.r2_gamma": 2.0}
    assert 1000 < settled.step < 3000


@pytest.mark.parametrize("kind", [rule.kind for rule in RULES])
def test_what_a_warning_would_change_is_allowed_and_is_a_change(kind: str) -> None:
    for preset in PRESETS.values():
        for path, value in change_for(kind, preset).items():
            assert overrides.apply(preset, [f"{path}={value}"]) != preset, (preset.name, path)


def test_a_rule_that_was_stopped_in_the_middle_goes_on_as_if_it_was_not() -> None:
    rng = np.random.default_rng(0)
    losses = [
        {
            "real": 3 + r,
            "fake": -3.0,
            "norm/generator": math.exp(g + (step > 700) * 5),
            "kl": 0.2,
            "augment": 0.9,
        }
        for step, (r, g) in enumerate(rng.normal(size=(900, 2)).tolist())
    ]
    for kind in RULES:
        whole, first, second = (kind(config()) for _ in range(3))
        expected = feed(whole, losses)
        given = feed(first, losses[:433])
        file = io.BytesIO()
        torch.save(first.state_dict(), file)
        file.seek(0)
        second.load_state_dict(torch.load(file, weights_only=True))
        assert given + feed(second, losses[433:], first=434) == expected


def test_the_average_of_a_rule_begins_as_the_mean() -> None:
    rule = Rule(config())
    values = np.random.default_rng(0).normal(size=20)
    means = [rule.average("x", float(value), 20) for value in values]
    assert means == pytest.approx(np.cumsum(values) / np.arange(1, 21))


def test_every_run_has_every_watcher_once() -> None:
    from trainers.batch import DataShape

    watchers = watchers_for(config(), DataShape("pictures"))
    assert len({type(watcher).__name__ for watcher in watchers}) == len(watchers) == len(RULES)
    assert len({rule.kind for rule in RULES}) == len(RULES)


def test_losses_without_meaning_for_a_rule_are_passed_over() -> None:
    for kind in RULES:
        assert feed(kind(config()), [{"odd": 1.0}] * 500) == []
    assert feed(DivergingGradients(config()), [{"norm/generator": 0.0}] * 500) == []
