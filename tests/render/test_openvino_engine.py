"""OpenVINO draws what torch draws, block by block."""

from __future__ import annotations

import copy
import dataclasses
import gc
from typing import Any

import pytest
import torch
from torch import Tensor

from latentlab.errors import Cancelled
from latentlab.models.capabilities import NoiseMode
from latentlab.models.generator import Generator
from latentlab.models.style_layers import MappingConfig
from latentlab.models.stylegan import StyleGAN, StyleGANConfig
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from latentlab.models.stylegan3 import StyleGAN3
from latentlab.models.stylegan3_geometry import StyleGAN3Design, load_designed_filters, stylegan3_config
from latentlab.render.engine import NoiseMaps
from latentlab.render.openvino_engine import OpenVINOEngine
from latentlab.render.openvino_graphs import Precision, has_bfloat16
from latentlab.render.tensor_pool import TensorPool
from tests.models.lively import enliven

SMALL = StyleGAN2Config(
    resolution=32, channels=(24, 16, 12, 8), z_dim=9, w_dim=11, mapping=MappingConfig(2), conv_clamp=256.0
)
VARIANTS: dict[str, dict[str, Any]] = {
    "skip": {},
    "resnet": {"architecture": "resnet"},
    "orig without noise": {"architecture": "orig", "use_noise": False},
    "three taps, grey": {"filter_shape": (3, 3), "image_channels": 1},
    "nine taps, separable, resnet": {"filter_shape": (9,), "architecture": "resnet"},
    "eight taps, separable": {"filter_shape": (8,)},
    "one tap": {"filter_shape": (1, 1)},
    "relu, odd channels": {"activation": "relu", "channels": (7, 6, 5, 3)},
    "linear, tight clamp": {"activation": "linear", "conv_clamp": 0.8},
    "kernel 5, no clamp": {"kernel_size": 5, "conv_clamp": None},
    "kernel 1": {"kernel_size": 1},
}
needs_bfloat16 = pytest.mark.skipif(not has_bfloat16(), reason="the processor has no bfloat16")
PRECISIONS = ["float32", pytest.param("bfloat16", marks=needs_bfloat16)]


def never() -> bool:
    return False


DESIGN = StyleGAN3Design(16, channel_base=128, channel_max=7, num_layers=4, margin_size=4)
DESIGNS: dict[str, dict[str, Any]] = {
    "T": {},
    "R": {"conv_kernel": 1, "use_radial_filters": True},
    "kernel 3 with radial filters, upsampling 4": {"use_radial_filters": True, "lrelu_upsampling": 4},
    "odd design": {
        "num_layers": 5,
        "num_critical": 3,
        "margin_size": 3,
        "filter_size": 4,
        "conv_clamp": 2.0,
        "image_channels": 1,
    },
    "five taps a phase": {"filter_size": 5, "conv_kernel": 1},
    "one tap a phase": {"filter_size": 1},
    "no upsampling": {"lrelu_upsampling": 1, "conv_clamp": None},
}


def made_stylegan3(**changes: Any) -> StyleGAN3:
    design = dataclasses.replace(DESIGN, **changes)
    generator = StyleGAN3(stylegan3_config(design, z_dim=9, w_dim=11))
    load_designed_filters(generator, design)
    enliven(generator, seed=3)
    return generator


def made(config: StyleGAN2Config = SMALL) -> StyleGAN2:
    generator = StyleGAN2(config)
    enliven(generator, seed=3)
    return generator


def drawn(generator: Generator, engine: OpenVINOEngine, codes: Tensor, noise: NoiseMaps) -> Tensor:
    last = len(generator.blocks) - 1
    states = engine.run_through(0, last, engine.start(), codes, noise, never)
    picture = engine.picture(last, states[last])
    assert picture is not None
    return picture


def assert_close(found: Tensor, wanted: Tensor, precision: str) -> None:
    share = 2e-5 if precision == "float32" else 0.03
    assert found.shape == wanted.shape
    assert float((found - wanted).abs().max()) <= share * max(1.0, float(wanted.abs().max()))


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_stylegan2_pictures(variant: str, precision: Precision) -> None:
    generator = made(dataclasses.replace(SMALL, **VARIANTS[variant]))
    engine = OpenVINOEngine(generator, precision)
    shape = (5, generator.capabilities.num_codes, 11)  # four together, and one
    codes = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    noise = generator.noise_maps(NoiseMode.RANDOM, seed=1)
    assert_close(drawn(generator, engine, codes, noise), generator.synthesize(codes, noise), precision)
    silence = generator.noise_maps(NoiseMode.NONE)
    one = codes[:1]
    assert_close(drawn(generator, engine, one, silence), generator.synthesize(one, silence), precision)


def test_each_picture_of_a_batch_has_its_own_noise() -> None:
    generator = made()
    engine = OpenVINOEngine(generator, "float32")
    codes = torch.randn(6, generator.capabilities.num_codes, 11)
    each = [generator.noise_maps(NoiseMode.RANDOM, seed=seed) for seed in range(6)]
    together = tuple(
        tuple(torch.cat([noise[block][number] for noise in each]) for number in range(len(each[0][block])))
        for block in range(len(generator.blocks))
    )
    assert engine.gains_by_batches, "its blocks are small"
    wanted = torch.cat([generator.synthesize(codes[row : row + 1], each[row]) for row in range(6)])
    assert_close(drawn(generator, engine, codes, together), wanted, "float32")


def test_large_blocks_take_one_picture_after_the_other() -> None:
    generator = made(dataclasses.replace(SMALL, channels=(24, 16, 12, 128)))
    engine = OpenVINOEngine(generator, "float32")
    codes = torch.randn(5, generator.capabilities.num_codes, 11, generator=torch.Generator().manual_seed(0))
    assert not engine.gains_by_batches
    assert_close(
        drawn(generator, engine, codes, generator.noise_maps()), generator.synthesize(codes), "float32"
    )


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("variant", DESIGNS)
def test_stylegan3_pictures(variant: str, precision: Precision) -> None:
    generator = made_stylegan3(**DESIGNS[variant])
    engine = OpenVINOEngine(generator, precision)
    codes = torch.randn(2, generator.capabilities.num_codes, 11)
    wanted = generator.synthesize(codes)
    found = drawn(generator, engine, codes, generator.noise_maps())
    # Small random networks of this kind magnify rounding more than trained ones.
    share = 2e-5 if precision == "float32" else 0.1
    assert float((found - wanted).abs().max()) <= share * max(1.0, float(wanted.abs().max()))
    assert float(wanted.std()) > 0.02


def test_pose_is_that_of_the_start() -> None:
    generator = made_stylegan3()
    other = copy.deepcopy(generator)
    engine = OpenVINOEngine(generator, "float32")
    codes, noise = torch.randn(1, generator.capabilities.num_codes, 11), generator.noise_maps()
    last = len(generator.blocks) - 1
    turned = torch.tensor([[0.8, -0.6, 0.1], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
    for transform in (turned, torch.eye(3)):
        states = engine.run_through(0, last, engine.start(None, transform), codes, noise, never)
        picture = engine.picture(last, states[last])
        assert picture is not None
        other.set_transform(transform)
        assert_close(picture, other.synthesize(codes), "float32")


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_state_is_that_of_the_block(precision: Precision) -> None:
    generator = made()
    engine = OpenVINOEngine(generator, precision)
    codes, noise = torch.randn(1, 8, 11), generator.noise_maps()
    states = engine.run_through(0, 3, engine.start(), codes, noise, never)
    assert sorted(states) == [0, 1, 2, 3]
    wanted = generator.start()
    for index, block in enumerate(generator.blocks):
        wanted = block(wanted, codes[:, list(block.info.codes)], noise[index])
        found = engine.to_state(index, states[index])
        assert found.features is not None
        assert wanted.features is not None
        assert found.features.dtype is torch.float32
        assert_close(found.features, wanted.features, precision)
        picture = engine.picture(index, states[index])
        assert picture is not None
        assert wanted.image is not None
        assert_close(picture, wanted.image, precision)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_going_on_from_a_kept_state_gives_the_same_picture(precision: Precision) -> None:
    generator = made()
    engine = OpenVINOEngine(generator, precision)
    codes, noise = torch.randn(1, 8, 11), generator.noise_maps()
    whole = drawn(generator, engine, codes, noise)
    kept = engine.run_through(0, 1, engine.start(), codes, noise, never)[1]
    other = torch.randn(1, 8, 11)
    for _ in range(3):  # would write over the kept state if its memory were given away
        drawn(generator, engine, other, noise)
    gc.collect()
    rest = engine.run_through(2, 3, kept, codes, noise, never)
    picture = engine.picture(3, rest[3])
    assert picture is not None
    assert torch.equal(picture, whole)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_edited_activations_go_on(precision: Precision) -> None:
    generator = made()
    engine = OpenVINOEngine(generator, precision)
    codes, noise = torch.randn(1, 8, 11), generator.noise_maps()
    state = engine.run_through(0, 1, engine.start(), codes, noise, never)[1]
    before = engine.to_state(1, state)
    assert before.features is not None
    silenced = before._replace(features=before.features * 0.0)
    rest = engine.run_through(2, 3, engine.from_state(1, silenced), codes, noise, never)
    wanted = silenced
    for index in (2, 3):
        block = generator.blocks[index]
        wanted = block(wanted, codes[:, list(block.info.codes)], noise[index])
    picture = engine.picture(3, rest[3])
    assert picture is not None
    assert wanted.image is not None
    assert_close(picture, wanted.image, precision)
    unchanged = engine.to_state(1, state).features
    assert unchanged is not None
    assert torch.equal(unchanged, before.features)


def test_preparing_stops_when_asked() -> None:
    with pytest.raises(Cancelled):
        OpenVINOEngine(made(), "float32", lambda: True)


def test_running_stops_between_blocks() -> None:
    generator = made()
    engine = OpenVINOEngine(generator, "float32")
    states = engine.run_through(
        0, 3, engine.start(), torch.randn(1, 8, 11), generator.noise_maps(), lambda: True
    )
    assert sorted(states) == [0]


def test_models_without_graphs_are_refused() -> None:
    with pytest.raises(NotImplementedError):
        OpenVINOEngine(StyleGAN(StyleGANConfig(8, (4, 4), 8, 8)), "float32")
    with pytest.raises(NotImplementedError):
        OpenVINOEngine(made(dataclasses.replace(SMALL, activation="swish")), "float32")


def test_pool_gives_memory_again_only_when_it_is_free() -> None:
    pool = TensorPool()
    first = pool.take((4, 5), torch.float32)
    address = first.data_ptr()
    second = pool.take((4, 5), torch.float32)
    assert second.data_ptr() != address
    del first
    gc.collect()
    third = pool.take((4, 5), torch.float32)
    assert third.data_ptr() == address
    assert pool.take((5, 4), torch.float32).data_ptr() != address
