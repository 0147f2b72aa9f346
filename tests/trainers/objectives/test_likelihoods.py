"""Likelihoods and codes against torch.distributions and hand-made cases."""

from __future__ import annotations

import pytest
import torch
from torch.distributions import Bernoulli, Laplace, Normal

from trainers import objectives


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(5, 3, 8, 8, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.fixture
def pictures() -> torch.Tensor:
    return torch.rand(5, 3, 8, 8, generator=torch.Generator().manual_seed(2)) * 1.9 - 0.95


def test_bernoulli_is_the_log_probability_of_white(images: torch.Tensor, pictures: torch.Tensor) -> None:
    binary = (images > 0).float()
    expected = -Bernoulli(probs=(pictures + 1) / 2).log_prob(binary).flatten(1).sum(1)
    found = objectives.negative_log_likelihood(binary * 2 - 1, pictures, "bernoulli")
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("scale", [0.05, 1.3])
def test_gaussian_and_laplace_of_a_given_width(
    images: torch.Tensor, pictures: torch.Tensor, scale: float
) -> None:
    for name, density in (("gaussian", Normal(pictures, scale)), ("laplace", Laplace(pictures, scale))):
        expected = -density.log_prob(images).flatten(1).sum(1)
        found = objectives.negative_log_likelihood(images, pictures, name, scale)  # type: ignore[arg-type]
        torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("likelihood", ["gaussian", "laplace"])
def test_the_calibrated_width_is_the_most_likely_one(
    images: torch.Tensor, pictures: torch.Tensor, likelihood: objectives.Likelihood
) -> None:
    best = objectives.negative_log_likelihood(images, pictures, likelihood).mean()
    widths = torch.linspace(0.05, 2, 400).tolist()
    others = [objectives.negative_log_likelihood(images, pictures, likelihood, w).mean() for w in widths]
    assert best <= min(others)
    assert min(others) - best < 0.01 * best.abs()


def test_the_pyramid_adds_up_to_the_picture(images: torch.Tensor) -> None:
    bands = objectives.laplacian_pyramid(images, 2)
    assert [band.shape[-1] for band in bands] == [8, 4, 2]
    rebuilt = bands[-1]
    for band in reversed(bands[:-1]):
        rebuilt = band + torch.nn.functional.interpolate(rebuilt, scale_factor=2, mode="bilinear")
    torch.testing.assert_close(rebuilt, images)


def test_pyramid_loss_minds_a_blurred_edge_more_than_a_shifted_grey() -> None:
    edge = torch.ones(1, 3, 16, 16)
    edge[..., :7] = -1
    blurred = torch.nn.functional.avg_pool2d(edge, (1, 5), stride=1, padding=(0, 2), count_include_pad=False)
    shifted = edge + (blurred - edge).abs().mean()
    of_blur = objectives.pyramid_loss(edge, blurred, 2)
    of_shift = objectives.pyramid_loss(edge, shifted, 2)
    assert of_blur.item() > 1.5 * of_shift.item()
    assert objectives.pyramid_loss(edge, edge, 2).item() == 0


def test_free_bits_push_only_what_is_above_the_floor() -> None:
    kl = torch.tensor([[0.3, 0.05], [0.5, 0.01]], requires_grad=True)
    counted = objectives.free_bits(kl, 0.1)
    assert counted.item() == pytest.approx(0.4 + 0.1)
    torch.autograd.backward(counted)
    assert kl.grad is not None
    torch.testing.assert_close(kl.grad, torch.tensor([[0.5, 0.0], [0.5, 0.0]]))


def test_mmd_tells_the_prior_from_other_codes() -> None:
    noise = torch.Generator().manual_seed(0)

    def draw() -> torch.Tensor:
        return torch.randn(1000, 4, generator=noise)

    same = max(abs(objectives.mmd_to_normal(draw(), draw()).item()) for _ in range(5))
    for codes in (0.6 * draw(), draw() + 0.5, draw().sign()):
        assert objectives.mmd_to_normal(codes, draw()).item() > 5 * same


def test_active_units_counts_the_dimensions_that_follow_the_picture() -> None:
    mu = torch.randn(1000, 4, generator=torch.Generator().manual_seed(0)) * torch.tensor(
        [1.0, 0.5, 0.05, 0.0]
    )
    assert objectives.active_units(mu) == 2
