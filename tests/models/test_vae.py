"""The VAE family: pictures, encoder, classes, and the mathematics of its prior term."""

from __future__ import annotations

import json

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from latentlab.errors import CheckpointError, ShapeError
from latentlab.models import catalogue
from latentlab.models.generator import one_hot
from latentlab.models.seeds import normal_from_seed
from latentlab.models.vae import VAE, VAEConfig, conv_vae, kl_to_prior, light_vae, mlp_vae

CONFIGS = {
    "conv64": conv_vae(),
    "conv16 grey, classes": conv_vae(16, z_dim=8, image_channels=1, num_classes=5),
    "light32, classes": light_vae(32, z_dim=8, width=8, max_width=16, num_classes=3),
    "mlp": mlp_vae(),
    "mlp, classes": mlp_vae(12, z_dim=3, image_channels=3, hidden=(40, 30), num_classes=4),
}


@pytest.fixture(params=list(CONFIGS), scope="module")
def vae(request: pytest.FixtureRequest) -> VAE:
    torch.manual_seed(0)
    return VAE(CONFIGS[request.param]).eval().requires_grad_(False)


def class_of(vae: VAE, label: int, batch: int) -> torch.Tensor | None:
    classes = vae.capabilities.num_classes
    return one_hot(label, classes, batch=batch) if classes else None


def test_draws_pictures_and_encodes_them_into_z(vae: VAE) -> None:
    config = vae.config
    images = vae(normal_from_seed(1, 3, config.z_dim), class_of(vae, 1, 3))
    assert images.shape == (3, config.image_channels, config.resolution, config.resolution)
    assert images.abs().max() <= 1
    mu, logvar = vae.encode(images, class_of(vae, 1, 3))
    assert mu.shape == logvar.shape == (3, config.z_dim)


def test_the_class_changes_picture_and_posterior(vae: VAE) -> None:
    if not vae.capabilities.num_classes:
        assert torch.equal(vae.map(torch.ones(1, vae.config.z_dim)), torch.ones(1, 1, vae.config.z_dim))
        return
    z = normal_from_seed(2, 1, vae.config.z_dim)
    first, second = vae(z, class_of(vae, 0, 1)), vae(z, class_of(vae, 1, 1))
    assert not torch.allclose(first, second)
    posteriors = [vae.encode(first, class_of(vae, label, 1)).mu for label in (0, 1)]
    assert not torch.allclose(*posteriors)
    with pytest.raises(ShapeError, match="class"):
        vae(z)


def test_truncation_to_zero_draws_the_prior_mean_and_keeps_the_class(vae: VAE) -> None:
    z = normal_from_seed(3, 1, vae.config.z_dim)
    condition = class_of(vae, 1, 1)
    assert torch.equal(vae(z, condition, psi=0.0), vae(torch.zeros_like(z), condition))


def test_blocks_are_named_after_their_resolution() -> None:
    infos = [block.info for block in VAE(conv_vae(32)).blocks]
    assert [info.name for info in infos] == ["fc", "up8", "up16", "up32", "conv32", "conv32_2"]
    assert [info.resolution for info in infos] == [4, 8, 16, 32, 32, 32]
    assert [info.codes for info in infos] == [(0,), (), (), (), (), ()]


def test_code_weights_are_the_first_layers_response(vae: VAE) -> None:
    weights = [block.code_weights() for block in vae.blocks]
    assert weights[1:] == [()] * (len(weights) - 1)
    first = next(p for name, p in vae.layers.named_parameters() if name.startswith("fc.layers.0.weight"))
    torch.testing.assert_close(weights[0][0], first)


def test_architecture_survives_json(vae: VAE) -> None:
    values = json.loads(json.dumps(catalogue.config_to_json(vae.config)))
    again = catalogue.build("vae", values).eval()
    again.load_state_dict(vae.state_dict())
    z, condition = normal_from_seed(4, 2, vae.config.z_dim), class_of(vae, 0, 2)
    assert torch.equal(again(z, condition), vae(z, condition))


def test_encode_refuses_another_size(vae: VAE) -> None:
    with pytest.raises(ShapeError, match="resize"):
        vae.encode(torch.zeros(1, 3, 11, 11))


def test_a_decoder_alone_has_no_encoder() -> None:
    full = mlp_vae()
    decoder = VAE(VAEConfig(28, 20, full.layers, 1, image_range=full.image_range))
    assert not decoder.capabilities.has_encoder
    with pytest.raises(ShapeError, match="no encoder"):
        decoder.encode(torch.zeros(1, 1, 28, 28))


def test_kl_agrees_with_torch_distributions() -> None:
    mu, logvar = normal_from_seed(5, 2, 7, 4).unbind()
    expected = kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(0.0, 1.0))
    torch.testing.assert_close(kl_to_prior(mu, logvar), expected)


@pytest.mark.parametrize(
    "change",
    [
        {"resolution": 0},
        {"resolution": 65},
        {"z_dim": 0},
        {"z_dim": 1 << 40},
        {"image_channels": 4},
        {"layers": []},
        {"layers": [{"op": "linear", "inputs": 20, "outputs": 1 << 60}]},
        {"layers": [{"op": "import os"}]},
        {"head": {"op": "linear", "inputs": 1, "outputs": 20}},
        {"encoder_condition": 1},
        {"image_range": {"black": 1.0, "white": 1.0}},
        {"image_range": {"black": float("nan"), "white": 1.0}},
    ],
)
def test_impossible_architectures_are_refused_before_anything_is_built(change: dict[str, object]) -> None:
    with pytest.raises(CheckpointError):
        catalogue.build("vae", {**catalogue.config_to_json(mlp_vae()), **change})
