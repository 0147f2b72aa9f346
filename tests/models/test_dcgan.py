"""DCGAN and conditional DCGAN: the published layer list, every size, every way a class enters."""

from __future__ import annotations

import json
from typing import Literal

import pytest
import torch
from torch import nn

from latentlab.errors import CheckpointError, ShapeError
from latentlab.models import catalogue
from latentlab.models.dcgan import DCGAN, dcgan
from latentlab.models.generator import one_hot
from latentlab.models.seeds import normal_from_seed
from latentlab.models.stack import Condition


def test_draws_what_the_published_layer_list_draws() -> None:
    torch.manual_seed(0)
    published = nn.Sequential(
        *(nn.ConvTranspose2d(20, 64, 4, 1, 0, bias=False), nn.BatchNorm2d(64), nn.ReLU()),
        *(nn.ConvTranspose2d(64, 32, 4, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU()),
        *(nn.ConvTranspose2d(32, 16, 4, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()),
        *(nn.ConvTranspose2d(16, 3, 4, 2, 1, bias=False), nn.Tanh()),
    )
    published(torch.randn(64, 20, 1, 1))  # moves the running statistics away from 0 and 1
    ours = DCGAN(dcgan(32, z_dim=20, width=16)).eval()
    ours.load_state_dict(dict(zip(ours.state_dict(), published.state_dict().values(), strict=True)))
    z = normal_from_seed(0, 4, 20)
    torch.testing.assert_close(ours(z), published.eval()(z[:, :, None, None]), rtol=0, atol=0)


@pytest.mark.parametrize("resolution", [16, 32, 64, 128, 256, 512])
@pytest.mark.parametrize("start", ["transposed", "linear"])
@pytest.mark.parametrize("upsampling", ["transposed", "resize"])
def test_every_size_and_start(
    resolution: int, start: Literal["transposed", "linear"], upsampling: Literal["transposed", "resize"]
) -> None:
    config = dcgan(
        resolution, z_dim=8, width=2, max_width=8, image_channels=1, start=start, upsampling=upsampling
    )
    generator = DCGAN(config).eval()
    assert generator(normal_from_seed(0, 1, 8)).shape == (1, 1, resolution, resolution)
    infos = [block.info for block in generator.blocks]
    assert infos[0].name == ("fc" if start == "linear" else "up4")
    assert [info.resolution for info in infos] == [4 << level for level in range(len(infos))]


@pytest.mark.parametrize(
    ("condition", "code_dim"),
    [
        (Condition(5), 12 + 5),
        (Condition(5, embedding=3), 12 + 3),
        (Condition(5, "product", embedding=12), 12),
    ],
)
def test_classes_enter_behind_z_and_mix(condition: Condition, code_dim: int) -> None:
    torch.manual_seed(0)
    config = dcgan(16, z_dim=12, width=8, condition=condition)
    generator = catalogue.build("dcgan", json.loads(json.dumps(catalogue.config_to_json(config)))).eval()
    capabilities = generator.capabilities
    assert (capabilities.code_dim, capabilities.latent_dims, capabilities.num_classes) == (code_dim, 12, 5)
    z = normal_from_seed(0, 1, 12)
    pure = [generator.map(z, one_hot(label, 5)) for label in (0, 1)]
    assert not torch.allclose(*pure)
    half = generator.map(z, (one_hot(0, 5) + one_hot(1, 5)) / 2)
    torch.testing.assert_close(half, (pure[0] + pure[1]) / 2)
    assert generator.synthesize(pure[0]).shape == (1, 3, 16, 16)
    with pytest.raises(ShapeError, match="5 classes"):
        generator.map(z)


def test_truncation_leaves_the_class_alone() -> None:
    generator = DCGAN(dcgan(16, z_dim=12, width=8, condition=Condition(5)))
    codes = generator.map(normal_from_seed(0, 1, 12), one_hot(2, 5))
    truncated = generator.truncate(codes, 0.5)
    torch.testing.assert_close(truncated[..., :12], codes[..., :12] / 2)
    assert torch.equal(truncated[..., 12:], codes[..., 12:])


@pytest.mark.parametrize("start", ["transposed", "linear"])
def test_code_weights_predict_the_first_layer(start: Literal["transposed", "linear"]) -> None:
    torch.manual_seed(0)
    generator = DCGAN(dcgan(16, z_dim=6, width=4, start=start)).eval()
    first = generator.layers[generator.blocks[0].info.name]
    (weights,) = generator.blocks[0].code_weights()
    z = normal_from_seed(0, 2, 6)
    features = z if start == "linear" else z[:, :, None, None]
    layer = first.layers[0 if start == "linear" else 1]
    change = layer(features[:1]) - layer(features[1:])
    torch.testing.assert_close(change.flatten(), weights @ (z[0] - z[1]), rtol=1e-4, atol=1e-6)


def test_a_product_needs_an_embedding_as_wide_as_z() -> None:
    with pytest.raises(CheckpointError, match="multiply"):
        dcgan(16, z_dim=12, condition=Condition(5, "product", embedding=11))
