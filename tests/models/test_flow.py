"""A flow leads back to where it came from, and knows by how much it stretches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from latentlab.errors import CheckpointError
from latentlab.formats import open_model, save_model
from latentlab.formats.report import Card
from latentlab.models.flow import CodeFlow
from latentlab.models.steps import Activation, Flow, Linear, Reshape
from latentlab.models.vae import VAE, VAEConfig, mlp_vae


def _lively(width: int, layers: int = 4) -> CodeFlow:
    torch.manual_seed(0)
    flow = CodeFlow(width, layers, 8)
    for parameter in flow.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return flow.requires_grad_(False)


@pytest.mark.parametrize("width", [2, 3, 8])
def test_back_and_forth_is_where_it_began(width: int) -> None:
    flow = _lively(width).double()
    normal = torch.randn(50, width, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    codes = flow(normal)
    assert (codes - normal).abs().max() > 0.5
    torch.testing.assert_close(flow.inverse(codes)[0], normal, atol=1e-9, rtol=0)


@pytest.mark.parametrize("width", [2, 5])
def test_the_change_of_volume_is_that_of_the_derivative(width: int) -> None:
    flow = _lively(width).double()
    code = torch.randn(1, width, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    matrix = torch.func.jacrev(lambda x: flow.inverse(x)[0])(code).reshape(width, width)
    torch.testing.assert_close(flow.inverse(code)[1][0], torch.linalg.slogdet(matrix).logabsdet)


def test_a_new_one_only_changes_the_order() -> None:
    codes = torch.randn(5, 6)
    drawn = CodeFlow(6, 3, 4)(codes)
    torch.testing.assert_close(drawn.sort(dim=1).values, codes.sort(dim=1).values)


def test_a_vae_with_a_flow_is_saved_opened_and_encodes_to_what_it_draws(tmp_path: Path) -> None:
    base = mlp_vae(8, z_dim=4, hidden=(16,))
    network = VAE(replace(base, layers=(Flow(4, 3, 8), *base.layers)))
    for parameter in network.blocks[0].parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    network = network.eval().requires_grad_(False)
    save_model(tmp_path / "model.safetensors", network, Card("Flow"))
    opened = open_model(tmp_path / "model.safetensors").generator
    assert isinstance(opened, VAE)
    z = torch.randn(6, 4, generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(opened(z), network(z))

    bare = VAE(base).eval().requires_grad_(False)
    bare.encoder.load_state_dict(network.encoder.state_dict())
    assert bare.to_mu is not None
    assert network.to_mu is not None
    bare.to_mu.load_state_dict(network.to_mu.state_dict())
    images = torch.rand(6, 1, 8, 8) * 2 - 1
    flow = next(layer for layer in network.modules() if isinstance(layer, CodeFlow))
    torch.testing.assert_close(flow(network.encode(images).mu), bare.encode(images).mu, atol=1e-5, rtol=0)


def test_a_flow_that_is_not_first_is_refused() -> None:
    layers = (Linear(4, 4), Flow(4), Linear(4, 64), Activation("tanh"), Reshape((1, 8, 8)))
    with pytest.raises(CheckpointError, match="can only come first"):
        VAEConfig(resolution=8, z_dim=4, layers=layers, image_channels=1)
