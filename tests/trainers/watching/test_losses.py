"""Rules that look at losses: each is given what it looks for, and healthy courses it must be quiet at."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.trainers.watching.sights import config, feed
from trainers.objectives.adversarial import Objective, discriminator_loss
from trainers.watching.discriminator import DiscriminatorTooStrong
from trainers.watching.game import undecided
from trainers.watching.gradients import DivergingGradients
from trainers.watching.leaking import AugmentationLeaking
from trainers.watching.learning_rate import LearningRateTooHigh
from trainers.watching.posterior import PosteriorCollapse

RNG = np.random.default_rng(0)


def _noisy(level: float, count: int, width: float = 0.3) -> list[float]:
    """Positive numbers around a level."""
    return (level * np.exp(width * RNG.normal(size=count))).tolist()


@pytest.mark.parametrize("objective", ["minimax", "non_saturating", "least_squares", "hinge", "relativistic"])
def test_what_is_left_of_the_loss_is_that_of_the_objective(objective: Objective) -> None:
    """Scores that are all equal make the loss at the mean the mean loss; chance is the best score for all."""
    guess = torch.full((4,), 0.5 if objective == "least_squares" else 0.0)
    at_chance = float(discriminator_loss(objective, guess, guess))
    for real, fake in ((2.0, -1.0), (0.3, 0.4), (1.0, 0.0)):
        loss = float(discriminator_loss(objective, torch.full((4,), real), torch.full((4,), fake)))
        share = undecided(config(objective=objective), {"real": real, "fake": fake})
        assert share == pytest.approx(loss / at_chance)
    assert undecided(config(objective="wasserstein"), {"real": 5.0, "fake": 0.0}) is None
    assert undecided(config(), {"kl": 1.0}) is None


def test_a_discriminator_that_has_won() -> None:
    won = [{"real": 9.0 + r, "fake": -9.0} for r in RNG.normal(size=800).tolist()]
    (warned,) = feed(DiscriminatorTooStrong(config(objective="non_saturating")), won)
    assert warned.kind == "discriminator_too_strong"
    assert warned.evidence["loss_left"] < 0.01
    assert "r1_gamma" in warned.remedy
    ahead = [{"real": 1.5 + r, "fake": -1.5} for r in RNG.normal(size=800).tolist()]
    assert feed(DiscriminatorTooStrong(config(objective="non_saturating")), ahead) == []


def test_a_critic_is_meant_to_win() -> None:
    rule = DiscriminatorTooStrong(config(objective="wasserstein"))
    assert feed(rule, [{"real": 50.0, "fake": -50.0}] * 1000) == []


def test_gradients_that_jump_and_gradients_that_grow() -> None:
    calm = [{"norm/generator": norm} for norm in _noisy(2.0, 600)]
    rule = DivergingGradients(config())
    assert feed(rule, calm) == []
    jump = [{"norm/generator": norm} for norm in _noisy(200.0, 60)]
    (warned,) = feed(rule, jump, first=601)
    assert warned.step < 640
    assert warned.evidence["norm"] > 10 * warned.evidence["usual_norm"]
    growing = [{"norm/discriminator": math.exp(step / 250)} for step in range(2500)]
    assert len(feed(DivergingGradients(config()), growing)) == 1


def test_gradients_that_shrink_or_spike_alone_do_not_diverge() -> None:
    falling = [{"norm/generator": 100 * math.exp(-step / 400)} for step in range(2000)]
    assert feed(DivergingGradients(config()), falling) == []
    spiky = [{"norm/generator": 500.0 if step % 97 == 0 else 2.0} for step in range(2000)]
    assert feed(DivergingGradients(config()), spiky) == []


def test_a_code_that_carries_nothing() -> None:
    rule = PosteriorCollapse(config())
    (warned,) = feed(rule, [{"kl": kl} for kl in _noisy(0.05, 600)])
    assert warned.severity == "serious"
    assert warned.step < 450
    # A code that is empty at first and learns to carry something, as without warm-up, is no collapse.
    rising = [{"kl": 6 * (1 - math.exp(-step / 100))} for step in range(1500)]
    assert feed(PosteriorCollapse(config()), rising) == []
    # Nor is one that carries much at first, while beta is small.
    assert (
        feed(PosteriorCollapse(config()), [{"kl": 40 * math.exp(-step / 100) + 5} for step in range(1500)])
        == []
    )


def test_a_discriminator_that_is_wrong_with_confidence() -> None:
    swinging = [{"real": 8.0 * (-1) ** (step // 7), "fake": 0.0} for step in range(600)]
    (warned,) = feed(LearningRateTooHigh(config(objective="non_saturating")), swinging)
    assert warned.evidence["loss_over_chance"] > 1.5
    frozen = [{"real": -2.0, "fake": 2.0}] * 1500  # wrong, but nothing overthrows it
    assert feed(LearningRateTooHigh(config(objective="non_saturating")), frozen) == []
    even = [{"real": r, "fake": f} for r, f in RNG.normal(size=(1500, 2)).tolist()]
    assert feed(LearningRateTooHigh(config(objective="non_saturating")), even) == []


def test_a_reconstruction_that_rises() -> None:
    down = [{"reconstruction": 20 + 60 * math.exp(-step / 80)} for step in range(600)]
    rule = LearningRateTooHigh(config())
    assert feed(rule, down) == []
    (warned,) = feed(rule, [{"reconstruction": 60.0}] * 200, first=601)
    assert warned.evidence["reconstruction"] > warned.evidence["best"]


def test_norms_that_spike_often() -> None:
    spiky = [{"norm/vae": 50.0 if step % 9 == 0 else 1.0} for step in range(800)]
    assert [warned.kind for warned in feed(LearningRateTooHigh(config()), spiky)] == [
        "learning_rate_too_high"
    ]


def test_augmentation_that_is_too_strong() -> None:
    rule = AugmentationLeaking(config(augment="ada"))
    climbing = [{"augment": min(1.0, step / 1000)} for step in range(1500)]
    (warned,) = feed(rule, climbing)
    assert 850 < warned.step < 1250
    assert feed(AugmentationLeaking(config(augment="ada")), [{"augment": 0.6}] * 2000) == []
