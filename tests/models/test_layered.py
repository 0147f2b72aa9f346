"""The layered family: z, and a class where it knows some, reach every block."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from latentlab.errors import CheckpointError, ShapeError
from latentlab.formats import open_model, save_model
from latentlab.formats.report import Card
from latentlab.models import catalogue
from latentlab.models.layered import LayeredConfig, LayeredGAN, layered_gan
from latentlab.models.seeds import normal_from_seed
from latentlab.models.stack import Condition

CONFIGS = {
    "16 grey, without classes": layered_gan(16, z_dim=5, image_channels=1, width=6, max_width=12),
    "16, embedded": layered_gan(16, z_dim=5, width=6, condition=Condition(3, embedding=4)),
    "32, one-hot": layered_gan(32, z_dim=5, width=4, max_width=16, condition=Condition(3)),
}


@pytest.fixture(params=list(CONFIGS), scope="module")
def model(request: pytest.FixtureRequest) -> LayeredGAN:
    torch.manual_seed(0)
    return LayeredGAN(CONFIGS[request.param]).eval().requires_grad_(requires_grad=False)


def _weights(model: LayeredGAN, *classes: int) -> torch.Tensor | None:
    return torch.eye(3)[list(classes)] if model.config.condition else None


def test_the_class_and_z_both_change_the_picture(model: LayeredGAN) -> None:
    config = model.config
    z = normal_from_seed(1, 2, config.z_dim)
    images = model(z, _weights(model, 0, 2))
    assert images.shape == (2, config.image_channels, config.resolution, config.resolution)
    assert 0.05 < float(images.std()) < 5
    assert (images - model(z.flip(0), _weights(model, 0, 2))).abs().mean() > 1e-3
    if config.condition:
        assert (images - model(z, _weights(model, 2, 0))).abs().mean() > 1e-3


def test_each_layer_may_take_its_code_from_elsewhere(model: LayeredGAN) -> None:
    one, other = model.map(normal_from_seed(2, 2, model.config.z_dim), _weights(model, 1, 1)).split(1)
    assert one.shape == (1, len(model.blocks), model.config.code_dim)
    plain = model.synthesize(one)
    for layer in range(len(model.blocks)):
        mixed = one.clone()
        mixed[:, layer] = other[:, layer]
        assert (model.synthesize(mixed) - plain).abs().mean() > 1e-4


def test_truncation_leaves_the_class_alone(model: LayeredGAN) -> None:
    z = normal_from_seed(2, 1, model.config.z_dim)
    codes = model.truncate(model.map(z, _weights(model, 1)), 0.0)
    torch.testing.assert_close(codes, model.map(torch.zeros_like(z), _weights(model, 1)))


def test_every_block_shows_a_picture_of_its_own(model: LayeredGAN) -> None:
    codes = model.map(normal_from_seed(3, 2, model.config.z_dim), _weights(model, 0, 1))
    state = model.start()
    for block in model.blocks:
        state = block(state, codes[:, list(block.info.codes)])
        picture = block.rgb(state)
        assert picture is not None
        assert picture.shape[2:] == (block.info.resolution,) * 2
        (matrix,) = block.code_weights()
        assert matrix.shape[1] == model.config.code_dim


def test_what_is_saved_opens_again(model: LayeredGAN, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, model, Card("Shapes"))
    generator = open_model(path).generator
    assert isinstance(generator, LayeredGAN)
    assert generator.capabilities == model.capabilities
    z = normal_from_seed(4, 1, model.config.z_dim)
    torch.testing.assert_close(generator(z, _weights(model, 2)), model(z, _weights(model, 2)))


def test_architecture_survives_json(model: LayeredGAN) -> None:
    values = json.loads(json.dumps(catalogue.config_to_json(model.config)))
    assert catalogue.config_from_json(LayeredConfig, values) == model.config


@pytest.mark.parametrize(
    "change",
    [
        {"resolution": 20},
        {"channels": (4,)},
        {"channels": (4, 4, 0)},
        {"z_dim": 0},
        {"image_channels": 2},
        {"condition": Condition(3, kind="product", embedding=5)},
    ],
)
def test_impossible_architectures_are_refused(change: dict[str, object]) -> None:
    values = {"resolution": 16, "channels": (4, 4, 4), "z_dim": 5, **change}
    with pytest.raises(CheckpointError):
        LayeredConfig(**values)  # type: ignore[arg-type]


def test_a_class_is_needed_where_there_are_classes() -> None:
    with pytest.raises(ShapeError, match="needs a class"):
        LayeredGAN(CONFIGS["16, embedded"]).map(torch.zeros(1, 5))
