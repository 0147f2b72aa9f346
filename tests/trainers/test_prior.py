"""Fitting codes to the prior changes where codes lie and nothing else."""

from __future__ import annotations

import pytest
import torch

from latentlab.errors import TrainingError
from latentlab.models.generator import Posterior
from latentlab.models.vae import VAE, conv_vae, mlp_vae
from trainers.prior import fit_to_prior


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
