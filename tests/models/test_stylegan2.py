"""StyleGAN2 against the original release, and its other variants against plain formulas."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from latentlab.errors import CheckpointError, ShapeError
from latentlab.models.capabilities import NoiseMode
from latentlab.models.catalogue import build, config_to_json
from latentlab.models.generator import one_hot
from latentlab.models.style_layers import MappingConfig
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config, default_channels
from tests import reference
from tests.models import plain
from tests.models.lively import enliven
from tests.reference import Reference, assert_probes, assert_same


def config_of(facts: dict[str, Any]) -> StyleGAN2Config:
    """What the reference's constructor arguments say."""
    kwargs = facts["init_kwargs"]
    synthesis = {"conv_clamp": 256.0 if facts["repo"] == "stylegan3" else None}
    synthesis |= {**kwargs, **kwargs.get("synthesis_kwargs", {})}
    resolution = kwargs["img_resolution"]
    return StyleGAN2Config(
        resolution=resolution,
        channels=default_channels(resolution, synthesis["channel_base"], synthesis["channel_max"]),
        z_dim=kwargs["z_dim"],
        w_dim=kwargs["w_dim"],
        c_dim=kwargs["c_dim"],
        mapping=MappingConfig(num_layers=kwargs["mapping_kwargs"]["num_layers"]),
        architecture=synthesis.get("architecture", "skip"),
        conv_clamp=synthesis["conv_clamp"],
    )


@pytest.fixture(scope="module", params=reference.STYLEGAN2)
def case(request: pytest.FixtureRequest) -> tuple[Reference, StyleGAN2]:
    """A reference network and ours with its weights."""
    original = reference.load(request.param)
    generator = StyleGAN2(config_of(original.facts)).requires_grad_(False).eval()
    own = generator.state_dict().keys()
    # The release stores its filter in every module; we keep it where it is used.
    unused = {name for name in original.weights if name not in own}
    assert all(name.endswith("resample_filter") for name in unused)
    generator.load_state_dict({name: original.weights[name] for name in own})
    return original, generator


def test_mapping_and_truncation(case: tuple[Reference, StyleGAN2]) -> None:
    original, generator = case
    arrays = original.arrays
    codes = generator.map(arrays["z"], original.condition)
    assert_same(codes, arrays["w_psi1"], "psi 1")
    assert_same(generator.truncate(codes, 0.7), arrays["w_psi07"], "psi 0.7")
    cutoff = int(arrays["truncation_cutoff"])
    assert_same(generator.truncate(codes, 0.7, cutoff), arrays["w_psi07_cut"], "psi 0.7 with cutoff")
    assert_same(generator.truncate(codes, -0.5), arrays["w_psi_neg05"], "psi -0.5")


@pytest.mark.parametrize(
    ("image", "codes", "noise"),
    [
        ("img_const", "w_psi1", NoiseMode.CONST),
        ("img_none", "w_psi1", NoiseMode.NONE),
        ("img_const_psi07", "w_psi07", NoiseMode.CONST),
        ("img_const_psi07_cut", "w_psi07_cut", NoiseMode.CONST),
        ("img_const_mixed", "w_mixed", NoiseMode.CONST),
    ],
)
def test_images(case: tuple[Reference, StyleGAN2], image: str, codes: str, noise: str) -> None:
    original, generator = case
    wanted = original.arrays[image]
    ws = original.arrays[codes][: len(wanted)]
    assert_same(generator.synthesize(ws, generator.noise_maps(noise)), wanted, image)


def test_every_module(case: tuple[Reference, StyleGAN2]) -> None:
    original, generator = case
    found: dict[str, Tensor] = {}
    hooks = [
        module.register_forward_hook(lambda _module, _args, out, name=name: found.update({name: out}))
        for name, module in generator.synthesis.named_modules()
    ]
    generator.synthesize(original.arrays["w_psi1"][:1])
    for hook in hooks:
        hook.remove()
    checked = 0
    for key in original.arrays:
        if not key.startswith("probe/"):
            continue
        module = key.removeprefix("probe/")
        block, _, part = module.partition(".")
        state = found[block]
        tensors = {"x": state.features, "img": state.image}  # type: ignore[attr-defined]
        assert_probes(tensors[part] if part in tensors else found[module], original, module)
        checked += 1
    assert checked > 10


SMALL = StyleGAN2Config(
    resolution=16,
    channels=(7, 6, 5),
    z_dim=9,
    w_dim=11,
    mapping=MappingConfig(num_layers=2),
    conv_clamp=256.0,
)
CONDITIONAL = MappingConfig(
    num_layers=3, lr_multiplier=0.02, embed_features=5, layer_features=13, activation="relu", has_w_avg=False
)
VARIANTS = {
    "orig": {"architecture": "orig"},
    "resnet without noise": {"architecture": "resnet", "use_noise": False},
    "three taps, grey": {"filter_shape": (3, 3), "image_channels": 1},
    "five taps, resnet": {"filter_shape": (5, 5), "architecture": "resnet"},
    "eight taps, separable": {"filter_shape": (8,)},
    "nine taps, separable, resnet": {"filter_shape": (9,), "architecture": "resnet"},
    "one tap": {"filter_shape": (1, 1)},
    "two taps": {"filter_shape": (2, 2), "architecture": "orig"},
    "relu": {"activation": "relu"},
    "linear, tight clamp": {"activation": "linear", "conv_clamp": 0.8},
    "clamped resnet": {"architecture": "resnet", "conv_clamp": 0.6},
    "conditional, odd widths": {"c_dim": 4, "mapping": CONDITIONAL},
    "kernel 5": {"kernel_size": 5},
    "kernel 1": {"kernel_size": 1},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_variants_follow_the_formulas(variant: str) -> None:
    config = dataclasses.replace(SMALL, **VARIANTS[variant])  # type: ignore[arg-type]
    generator = StyleGAN2(config)
    with torch.no_grad():
        for name, tensor in generator.state_dict().items():
            if name.endswith("resample_filter"):  # an asymmetric filter shows a flip
                tensor.mul_(torch.linspace(0.5, 1.5, tensor.shape[0])).div_(tensor.sum())
    weights = enliven(generator, seed=3)
    stream = torch.Generator().manual_seed(5)
    z = torch.randn(2, config.z_dim, generator=stream)
    condition = torch.softmax(torch.randn(2, 4, generator=stream), dim=1) if config.c_dim else None
    codes = generator.map(z, condition)
    label = None if condition is None else condition[0].double().numpy()
    w = plain.mapping(weights, config, z[0].double().numpy(), label)
    assert_same(codes[0, 0], torch.from_numpy(w).float(), "mapping")
    codes = codes + torch.randn(codes.shape, generator=stream) * 0.3
    wanted = plain.stylegan2(weights, config, codes[0].double().numpy())
    assert_same(generator.synthesize(codes)[0], torch.from_numpy(wanted).float(), "image")


def test_random_noise_is_that_of_its_seed_and_scaled_by_strength() -> None:
    generator = StyleGAN2(SMALL)
    enliven(generator, seed=1)
    first = generator.noise_maps(NoiseMode.RANDOM, seed=4)
    again = generator.noise_maps(NoiseMode.RANDOM, seed=4)
    other = generator.noise_maps(NoiseMode.RANDOM, seed=5, strength=0.5)
    assert [len(maps) for maps in first] == [1, 2, 2]
    a, b, c = first[2][1], again[2][1], other[2][1]
    assert a is not None
    assert b is not None
    assert c is not None
    assert torch.equal(a, b)
    assert a.shape == (1, 1, 16, 16)
    assert abs(float(np.corrcoef(a.flatten().numpy(), c.flatten().numpy())[0, 1])) < 0.3
    strength = float(generator.blocks[2].conv1.noise_strength)
    assert float(a.std()) == pytest.approx(abs(strength), rel=0.2)
    assert float(c.std()) == pytest.approx(abs(strength) / 2, rel=0.2)


def test_noise_strength_of_single_maps() -> None:
    generator = StyleGAN2(SMALL)
    enliven(generator, seed=1)
    maps = generator.noise_maps(strength=(0.0, 1.0, 2.0, 0.0, 1.0))
    assert maps[0] == (None,)
    assert maps[2][0] is None
    doubled, plain_map = maps[1][1], generator.noise_maps()[1][1]
    assert doubled is not None
    assert plain_map is not None
    assert torch.allclose(doubled, 2 * plain_map)
    with pytest.raises(ShapeError):
        generator.noise_maps(strength=(1.0, 2.0))


def test_blocks_consume_the_codes_of_the_release() -> None:
    codes = [block.info.codes for block in StyleGAN2(SMALL).blocks]
    assert codes == [(0, 1), (1, 2, 3), (3, 4, 5)]
    resnet = StyleGAN2(dataclasses.replace(SMALL, architecture="resnet"))
    assert [block.info.codes for block in resnet.blocks] == [(0,), (1, 2), (3, 4, 5)]
    for block in resnet.blocks:
        assert len(block.code_weights()) == len(block.info.codes)


def test_demodulation_follows_changed_weights() -> None:
    generator = StyleGAN2(SMALL).requires_grad_(False)
    codes = torch.randn(1, 6, 11)
    before = generator.synthesize(codes)
    for block in generator.blocks:
        for layer in block.layers:
            layer.weight.mul_(3.0)  # demodulation cancels a scale, if it sees it
    assert_same(generator.synthesize(codes), before, "scaled weights")


def test_gradients_reach_the_weights() -> None:
    generator = StyleGAN2(SMALL)
    generator(torch.randn(2, 9)).square().mean().backward()
    assert all(
        parameter.grad is not None and bool(parameter.grad.isfinite().all())
        for name, parameter in generator.named_parameters()
        if "noise" not in name
    )


def test_a_conditional_model_needs_its_condition() -> None:
    generator = StyleGAN2(dataclasses.replace(SMALL, c_dim=3))
    with pytest.raises(ShapeError):
        generator.map(torch.randn(1, 9))
    assert generator.map(torch.randn(1, 9), one_hot(1, 3)).shape == (1, 6, 11)


def test_architecture_survives_json() -> None:
    config = dataclasses.replace(SMALL, mapping=CONDITIONAL, c_dim=2, filter_shape=(12,))
    assert build("stylegan2", config_to_json(config)).config == config


def test_without_tracked_mean_there_is_no_truncation() -> None:
    generator = StyleGAN2(dataclasses.replace(SMALL, mapping=CONDITIONAL))
    assert not generator.capabilities.has_truncation
    assert generator.code_mean.shape == (11,)


@pytest.mark.parametrize(
    "change",
    [
        {"channels": (7, 6)},
        {"channels": (7, 0, 5)},
        {"channels": (7, 10**9, 5)},
        {"resolution": 24},
        {"resolution": 2**20},
        {"z_dim": -1},
        {"w_dim": 0},
        {"architecture": "other"},
        {"activation": "other"},
        {"conv_clamp": float("nan")},
        {"filter_shape": ()},
        {"filter_shape": (4, 4, 4)},
        {"filter_shape": (10**6,)},
        {"kernel_size": 4},
        {"image_channels": 0},
    ],
)
def test_impossible_architectures_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CheckpointError):
        dataclasses.replace(SMALL, **change)
