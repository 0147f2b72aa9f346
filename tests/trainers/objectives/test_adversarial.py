"""Adversarial objectives against the formulas of their papers and the optima that these prove."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import torch
from scipy.special import expit
from torch import Tensor
from torch.distributions import Bernoulli

from trainers.objectives.adversarial import (
    Objective,
    boundary,
    compares_pairs,
    discriminator_loss,
    generator_loss,
)

_OBJECTIVES = get_args(Objective)


@pytest.fixture
def scores() -> tuple[Tensor, Tensor]:
    noise = torch.Generator().manual_seed(0)
    return 3 * torch.randn(64, generator=noise) + 1, 3 * torch.randn(64, generator=noise) - 1


def test_the_classic_losses_are_the_log_likelihood_of_a_classifier(scores: tuple[Tensor, Tensor]) -> None:
    real, fake = scores
    said_real = Bernoulli(logits=real).log_prob(torch.ones(64)).mean()
    said_fake = Bernoulli(logits=fake).log_prob(torch.zeros(64)).mean()
    for objective in ("minimax", "non_saturating"):
        loss = discriminator_loss(objective, real, fake)  # type: ignore[arg-type]
        torch.testing.assert_close(loss, -(said_real + said_fake))
    torch.testing.assert_close(generator_loss("minimax", fake), said_fake)
    torch.testing.assert_close(
        generator_loss("non_saturating", fake), -Bernoulli(logits=fake).log_prob(torch.ones(64)).mean()
    )


def test_the_other_losses_are_those_of_their_papers(scores: tuple[Tensor, Tensor]) -> None:
    real, fake = scores
    x, g = real.double().numpy(), fake.double().numpy()
    expected = {
        "least_squares": (((x - 1) ** 2).mean() / 2 + (g**2).mean() / 2, ((g - 1) ** 2).mean() / 2),
        "hinge": (-np.minimum(0, x - 1).mean() - np.minimum(0, -g - 1).mean(), -g.mean()),
        "wasserstein": (g.mean() - x.mean(), -g.mean()),
        "relativistic": (-np.log(expit(x - g)).mean(), -np.log(expit(g - x)).mean()),
    }
    for name, (of_discriminator, of_generator) in expected.items():
        assert discriminator_loss(name, real, fake).item() == pytest.approx(of_discriminator, rel=1e-5)  # type: ignore[arg-type]
        assert generator_loss(name, fake, real).item() == pytest.approx(of_generator, rel=1e-5)  # type: ignore[arg-type]


@pytest.mark.parametrize("objective", _OBJECTIVES)
def test_each_network_pulls_its_own_way(objective: Objective, scores: tuple[Tensor, Tensor]) -> None:
    real, fake = ((0.05 * part + 0.5).requires_grad_() for part in scores)  # undecided
    of_real, of_fake = torch.autograd.grad(discriminator_loss(objective, real, fake).mul(64), (real, fake))
    assert of_real.sum() < 0 < of_fake.sum()
    paired = real if compares_pairs(objective) else None
    (pull,) = torch.autograd.grad(generator_loss(objective, fake, paired).mul(64), fake)
    assert pull.sum() < 0


@pytest.mark.parametrize("objective", _OBJECTIVES)
def test_the_halves_of_a_batch_average_to_its_loss(
    objective: Objective, scores: tuple[Tensor, Tensor]
) -> None:
    real, fake = scores
    halves = [discriminator_loss(objective, *part) for part in zip(real.chunk(2), fake.chunk(2), strict=True)]
    torch.testing.assert_close(torch.stack(halves).mean(), discriminator_loss(objective, real, fake))


def test_the_best_discriminator_knows_the_densities() -> None:
    """Goodfellow et al. 2014, proposition 1: D(x) = p / (p + q), and the loss there is log 4 - 2 JSD."""
    p, q = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([0.1, 0.3, 0.6])
    counts = (1000 * p).long(), (1000 * q).long()
    logits = torch.zeros(3, requires_grad=True)
    optimiser = torch.optim.LBFGS([logits], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = discriminator_loss("non_saturating", *(logits.repeat_interleave(n) for n in counts))
        torch.autograd.backward(loss)
        return loss

    loss = optimiser.step(closure)  # type: ignore[no-untyped-call]
    loss = closure()
    torch.testing.assert_close(logits.sigmoid().detach(), p / (p + q), atol=1e-3, rtol=0)
    middle = (p + q) / 2
    jsd = 0.5 * ((p * (p / middle).log()).sum() + (q * (q / middle).log()).sum())
    assert loss.item() == pytest.approx(np.log(4) - 2 * jsd.item(), abs=1e-4)


def test_the_boundary_follows_shifts_where_only_differences_count(scores: tuple[Tensor, Tensor]) -> None:
    real, fake = scores
    for objective in ("wasserstein", "relativistic"):
        shifted = boundary(objective, real + 5, fake + 5)  # type: ignore[arg-type]
        torch.testing.assert_close(shifted, boundary(objective, real, fake) + 5)  # type: ignore[arg-type]
    assert boundary("hinge", real, fake) == 0
    assert boundary("least_squares", real, fake) == 0.5


def test_a_relativistic_generator_needs_real_pictures(scores: tuple[Tensor, Tensor]) -> None:
    with pytest.raises(ValueError, match="real"):
        generator_loss("relativistic", scores[1])
