"""Fitting codes to the prior changes where codes lie and nothing else."""

from __future__ import annotations

import pytest
import torch

from latentlab.errors import TrainingError
from latentlab.models.generator import Posterior
from latentlab.models.vae import VAE, conv_vae, mlp_vae
from trainers.prior import fit_flow, fit_to_prior


def _network() -> VAE:
    """A VAE whose codes are correlated, off centre and of very different widths."""
    torch.manual_seed(0)
    network = VAE(mlp_vae(8, z_dim=4, hidden=(32,))).eval().requires_grad_(False)
    network.get_parameter("to_mu.weight").mul_(torch.tensor([8.0, 3.0, 1.0, 0.1])[:, None])
    network.get_parameter("to_mu.weight")[1] += network.get_parameter("to_mu.weight")[0]
    network.get_parameter("to_mu.bias").add_(torch.tensor([2.0, -1.0, 0.0, 5.0]))
    network.get_parameter("to_logvar.bias").sub_(3)
    return network


def test_pictures_stay_and_codes_become_the_priors() -> None:
    network = _network()
    images = torch.rand(500, 1, 8, 8, generator=torch.Generator().manual_seed(1)) * 2 - 1
    codes = network.encode(images)
    fitted = fit_to_prior(network, codes)

    new = fitted.encode(images)
    torch.testing.assert_close(fitted(new.mu), network(codes.mu), atol=1e-5, rtol=0)
    spread = torch.cov(new.mu.T) + new.logvar.exp().mean(0).diag()
    torch.testing.assert_close(new.mu.mean(0), torch.zeros(4), atol=1e-4, rtol=0)
    torch.testing.assert_close(spread.diag(), torch.ones(4), atol=1e-3, rtol=0)


def test_the_whole_covariance_is_the_identity() -> None:
    network = _network()
    images = torch.rand(500, 1, 8, 8, generator=torch.Generator().manual_seed(1)) * 2 - 1
    codes = network.encode(images)
    no_width = Posterior(codes.mu, torch.full_like(codes.logvar, -40.0))
    new = fit_to_prior(network, no_width).encode(images)
    torch.testing.assert_close(torch.cov(new.mu.T), torch.eye(4), atol=1e-3, rtol=0)


def test_the_network_itself_is_left_alone() -> None:
    network = _network()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    images = torch.rand(50, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    fit_to_prior(network, network.encode(images))
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_what_cannot_be_fitted_is_refused() -> None:
    network = _network()
    with pytest.raises(TrainingError, match="3 pictures are too few to fit 4 dimensions"):
        fit_to_prior(network, network.encode(torch.zeros(3, 1, 8, 8)))
    conditional = VAE(conv_vae(8, z_dim=4, num_classes=2))
    with pytest.raises(TrainingError, match="linear layers surround"):
        fit_to_prior(conditional, Posterior(torch.randn(9, 4), torch.zeros(9, 4)))


def _clumps(count: int) -> Posterior:
    """Codes in four narrow clumps."""
    noise = torch.Generator().manual_seed(5)
    corners = torch.tensor([[1.0, 1, 0, 0], [-1, 1, 0, 0], [-1, -1, 0, 0], [1, -1, 0, 0]])
    spread = torch.tensor([0.08, 0.08, 1.0, 1.0])
    mu = corners[torch.randint(4, (count,), generator=noise)]
    return Posterior(mu + spread * torch.randn(count, 4, generator=noise), torch.full((count, 4), -6.0))


def test_a_flow_leads_samples_of_the_prior_to_where_codes_are() -> None:
    network, codes = _network(), _clumps(2000)
    fitted = fit_flow(network, codes, steps=250)
    samples = torch.randn(1000, 4, generator=torch.Generator().manual_seed(6))
    layers = next(fitted.blocks[0].children())
    assert isinstance(layers, torch.nn.ModuleList)
    led = layers[0](samples)

    def in_a_clump(points: torch.Tensor) -> float:
        return float(((points[:, :2].abs() - 1).abs().max(dim=1).values < 0.3).float().mean())

    assert in_a_clump(samples) < 0.2
    assert in_a_clump(led) > 0.7
    quarters = (led[:, 0] > 0).int() + 2 * (led[:, 1] > 0).int()
    assert torch.bincount(quarters, minlength=4).min() > 150, "every clump is drawn"
    torch.testing.assert_close(fitted(samples), network(led), atol=1e-5, rtol=0)


def test_with_a_flow_pictures_are_copied_as_before() -> None:
    network = _network()
    images = torch.rand(300, 1, 8, 8, generator=torch.Generator().manual_seed(1)) * 2 - 1
    fitted = fit_flow(network, network.encode(images), steps=20)
    torch.testing.assert_close(
        fitted(fitted.encode(images).mu), network(network.encode(images).mu), atol=1e-4, rtol=0
    )


def test_the_same_codes_give_the_same_flow_and_few_none() -> None:
    network, codes = _network(), _clumps(300)
    first, second = (fit_flow(network, codes, steps=5).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    few = Posterior(*(part[:50] for part in codes))
    assert fit_flow(network, few, steps=5) is network


def test_a_flow_is_fitted_once() -> None:
    fitted = fit_flow(_network(), _clumps(200), steps=1)
    with pytest.raises(TrainingError, match="once"):
        fit_flow(fitted, _clumps(200), steps=1)
