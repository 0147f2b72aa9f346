"""Scores of a discriminator and the use of a latent space, where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics
import torch

from latentlab.diagnosis.codes import latent_use, mode_seeking_ratios, sensitivity
from latentlab.diagnosis.critics import ScoreGap, auc
from latentlab.diagnosis.estimate import mean_with_interval, share_with_interval


def test_auc_is_scikit_learns() -> None:
    random = np.random.default_rng(0)
    high, low = random.normal(0.5, 1, 80).round(1), random.normal(0, 1, 60).round(1)
    labels = [1] * 80 + [0] * 60
    assert auc(high, low) == pytest.approx(sklearn.metrics.roc_auc_score(labels, np.concatenate([high, low])))


def test_a_discriminator_that_knows_the_data_does_not_memorise() -> None:
    random = np.random.default_rng(1)
    honest = ScoreGap(random.normal(1, 1, 500), random.normal(1, 1, 500), random.normal(-1, 1, 500))
    assert honest.memorisation.low < 0.0 < honest.memorisation.high
    learnt = ScoreGap(random.normal(3, 1, 500), random.normal(-0.8, 1, 500), random.normal(-1, 1, 500))
    assert learnt.memorisation.low > 0.8
    assert learnt.told_apart > 0.98
    train, held_out, fake = learnt.means
    assert train.value > held_out.value > fake.value


def test_dimensions_of_a_vae_are_counted_by_what_they_carry() -> None:
    torch.manual_seed(0)
    mu = torch.randn(2000, 3) * torch.tensor([1.0, 0.3, 0.001])
    logvar = torch.log(torch.tensor([0.02, 0.91, 1.0])).repeat(2000, 1)
    use = latent_use(mu, logvar)
    assert use.active_units == 2
    assert use.used_units == 1
    prior = torch.distributions.Normal(0.0, 1.0)
    posterior = torch.distributions.Normal(mu.double(), (0.5 * logvar.double()).exp())
    assert use.kl == pytest.approx(
        torch.distributions.kl_divergence(posterior, prior).mean(0).numpy(), rel=1e-5
    )
    assert use.deviation == pytest.approx([1.01, 1.0, 1.0], abs=0.03)


def test_a_collapsed_class_does_not_answer_to_z() -> None:
    z = torch.randn(100, 8, generator=torch.Generator().manual_seed(0))
    matrix = np.random.default_rng(2).normal(size=(8, 8))
    alive = mode_seeking_ratios(z, z.numpy() @ matrix)
    dead = mode_seeking_ratios(z, 0.001 * (z.numpy() @ matrix))
    assert alive.mean() == pytest.approx(1000 * dead.mean(), rel=1e-4)
    assert mode_seeking_ratios(z, z.numpy()) == pytest.approx(np.ones(1000))


def test_sensitivity_is_the_jacobians_singular_values() -> None:
    matrix = torch.randn(40, 6, generator=torch.Generator().manual_seed(1))
    matrix[:, 2] = 0.0
    found = sensitivity(lambda z: z @ matrix.T, torch.randn(6), 6)
    assert found == pytest.approx(torch.linalg.svdvals(matrix.double()).numpy(), rel=1e-3, abs=1e-3)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(3)
    means = [mean_with_interval(random.exponential(size=60), draws=300) for _ in range(200)]
    assert sum(one.low <= 1.0 <= one.high for one in means) >= 178
    shares = [share_with_interval(int(random.binomial(50, 0.1)), 50) for _ in range(300)]
    assert sum(one.low <= 0.1 <= one.high for one in shares) >= 276
    assert share_with_interval(0, 50).high > 0.05
