"""StyleGAN (2019) against plain formulas."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch

from latentlab.errors import CheckpointError, ShapeError
from latentlab.models.capabilities import NoiseMode
from latentlab.models.catalogue import build, config_to_json
from latentlab.models.style_layers import MappingConfig
from latentlab.models.stylegan import StyleGAN, StyleGANConfig
from tests.models import plain
from tests.models.lively import enliven
from tests.reference import assert_same

SMALL = StyleGANConfig(16, (7, 6, 5), z_dim=9, w_dim=11, mapping=MappingConfig(num_layers=2))


def test_mapping_follows_the_formulas() -> None:
    generator = StyleGAN(SMALL)
    weights = enliven(generator, seed=1)
    z = torch.randn(1, 9, generator=torch.Generator().manual_seed(1))
    x = z[0].double().numpy()
    x = x / np.sqrt(np.mean(x**2) + 1e-8)
    for index in range(2):
        matrix = weights[f"mapping.fc{index}.weight"]
        x = matrix @ x * (math.sqrt(2 / matrix.shape[1]) * 0.01) + weights[f"mapping.fc{index}.bias"] * 0.01
        x = np.where(x > 0, x, 0.2 * x)
    codes = generator.map(z)
    assert codes.shape == (1, 6, 11)
    assert_same(codes[0, 5], torch.from_numpy(x).float(), "w")


@pytest.mark.parametrize("image_channels", [1, 3])
def test_picture_follows_the_formulas(image_channels: int) -> None:
    config = dataclasses.replace(SMALL, image_channels=image_channels)
    generator = StyleGAN(config)
    weights = enliven(generator, seed=2)
    codes = torch.randn(2, 6, 11, generator=torch.Generator().manual_seed(2))
    wanted = plain.stylegan(weights, config, codes[0].double().numpy())
    assert_same(generator.synthesize(codes)[0], torch.from_numpy(wanted).float(), "image")


def test_every_block_shows_a_picture() -> None:
    generator = StyleGAN(SMALL).requires_grad_(False)
    codes = generator.map(torch.randn(2, 9))
    state = generator.start()
    for block, noise in zip(generator.blocks, generator.noise_maps(), strict=True):
        state = block(state, codes[:, list(block.info.codes)], noise)
        picture = block.rgb(state)
        assert picture is not None
        assert picture.shape == (2, 3, block.info.resolution, block.info.resolution)
    assert state.image is not None
    assert torch.equal(state.image, generator.synthesize(codes))


def test_growing_fades_from_the_coarser_picture_to_the_finer() -> None:
    generator = StyleGAN(SMALL).requires_grad_(False)
    codes = generator.map(torch.randn(1, 9))
    coarse = generator.synthesize_grown(codes, 1, 1.0)
    fine = generator.synthesize_grown(codes, 2, 1.0)
    assert_same(fine, generator.synthesize(codes), "fully grown")
    doubled = coarse.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    assert_same(generator.synthesize_grown(codes, 2, 0.0), doubled, "not yet")
    assert_same(generator.synthesize_grown(codes, 2, 0.25), 0.75 * doubled + 0.25 * fine, "a quarter")
    with pytest.raises(ShapeError):
        generator.synthesize_grown(codes, 3, 1.0)


@pytest.mark.parametrize(("level", "alpha"), [(0, 1.0), (1, 0.0), (1, 0.3), (2, 0.7), (2, 1.0)])
def test_what_has_grown_is_a_model_of_its_own(level: int, alpha: float) -> None:
    generator = StyleGAN(SMALL)
    enliven(generator, seed=3)
    grown = generator.grown(level, alpha)
    assert grown.capabilities.resolution == 4 << level
    z = torch.randn(2, 9, generator=torch.Generator().manual_seed(3))
    wanted = generator.synthesize_grown(generator.map(z), level, alpha)
    assert_same(grown(z), wanted, "picture")
    again = build("stylegan", config_to_json(grown.config))
    again.requires_grad_(False).load_state_dict(grown.state_dict())
    assert_same(again(z), wanted, "built again")
    state = grown.start()
    codes = grown.map(z)
    for block, noise in zip(grown.blocks, grown.noise_maps(), strict=True):
        state = block(state, codes[:, list(block.info.codes)], noise)
    shown = grown.blocks[-1].rgb(state)
    assert shown is not None
    assert_same(shown, wanted, "what the last block shows")
    with torch.no_grad():
        next(generator.parameters()).add_(1.0)
    assert_same(grown(z), wanted, "a copy")


def test_the_first_block_cannot_be_faded_in() -> None:
    with pytest.raises(CheckpointError, match="fade"):
        StyleGANConfig(4, (7,), fade=0.5)


def test_noise_modes() -> None:
    generator = StyleGAN(SMALL)
    enliven(generator, seed=3)
    codes = generator.map(torch.randn(1, 9))
    pictures = [
        generator.synthesize(codes, generator.noise_maps(mode, seed=seed))
        for mode, seed in (
            (NoiseMode.CONST, 0),
            (NoiseMode.NONE, 0),
            (NoiseMode.RANDOM, 1),
            (NoiseMode.RANDOM, 2),
        )
    ]
    for i, picture in enumerate(pictures):
        assert all(not torch.allclose(picture, other) for other in pictures[:i])
    assert all(maps == (None, None) for maps in generator.noise_maps(NoiseMode.NONE))
    silent = StyleGAN(dataclasses.replace(SMALL, use_noise=False))
    assert silent.noise_maps() == ((), (), ())


def test_architecture_survives_json_and_impossible_ones_are_refused() -> None:
    assert build("stylegan", config_to_json(SMALL)).config == SMALL
    for change in ({"channels": (1,)}, {"z_dim": 0}, {"resolution": 20}):
        with pytest.raises(CheckpointError):
            dataclasses.replace(SMALL, **change)  # type: ignore[arg-type]
