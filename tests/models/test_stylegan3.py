"""StyleGAN3 against the original release, and its other variants against plain formulas."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
import torch
from torch import Tensor

from latentlab.errors import CheckpointError, ShapeError
from latentlab.models.catalogue import build, config_to_json
from latentlab.models.style_layers import MappingConfig
from latentlab.models.stylegan3 import StyleGAN3, StyleGAN3Config
from latentlab.models.stylegan3_geometry import (
    StyleGAN3Design,
    design_layer,
    load_designed_filters,
    stylegan3_config,
)
from tests import reference
from tests.models import plain
from tests.models.lively import enliven
from tests.reference import Reference, assert_probes, assert_same


@pytest.fixture(scope="module", params=reference.STYLEGAN3)
def case(request: pytest.FixtureRequest) -> tuple[Reference, StyleGAN3]:
    """A reference network and ours with its weights."""
    original = reference.load(request.param)
    kwargs = original.facts["init_kwargs"]
    known = {field.name for field in dataclasses.fields(StyleGAN3Design)}
    design = StyleGAN3Design(
        resolution=kwargs["img_resolution"], **{key: kwargs[key] for key in kwargs if key in known}
    )
    generator = StyleGAN3(stylegan3_config(design, z_dim=64, w_dim=64)).requires_grad_(False).eval()
    generator.load_state_dict(original.weights)
    return original, generator


def test_mapping_and_truncation(case: tuple[Reference, StyleGAN3]) -> None:
    original, generator = case
    arrays = original.arrays
    codes = generator.map(arrays["z"])
    assert_same(codes, arrays["w_psi1"], "psi 1")
    assert_same(generator.truncate(codes, 0.7), arrays["w_psi07"], "psi 0.7")
    cutoff = int(arrays["truncation_cutoff"])
    assert_same(generator.truncate(codes, 0.7, cutoff), arrays["w_psi07_cut"], "psi 0.7 with cutoff")
    assert_same(generator.truncate(codes, -0.5), arrays["w_psi_neg05"], "psi -0.5")


@pytest.mark.parametrize(
    ("image", "codes"),
    [
        ("img_const", "w_psi1"),
        ("img_const_psi07", "w_psi07"),
        ("img_const_psi07_cut", "w_psi07_cut"),
        ("img_const_mixed", "w_mixed"),
    ],
)
def test_images(case: tuple[Reference, StyleGAN3], image: str, codes: str) -> None:
    original, generator = case
    wanted = original.arrays[image]
    assert_same(generator.synthesize(original.arrays[codes][: len(wanted)]), wanted, image)


@pytest.mark.parametrize("name", ["rot", "zoom"])
def test_transforms(case: tuple[Reference, StyleGAN3], name: str) -> None:
    original, generator = case
    generator.set_transform(original.arrays[f"transform_{name}"])
    image = generator.synthesize(original.arrays["w_psi1"][:1])
    generator.set_transform(torch.eye(3))
    assert_same(image, original.arrays[f"img_transform_{name}"], name)


def test_every_module(case: tuple[Reference, StyleGAN3]) -> None:
    original, generator = case
    found: dict[str, Any] = {}
    hooks = [
        module.register_forward_hook(lambda _module, _args, out, name=name: found.update({name: out}))
        for name, module in generator.synthesis.named_modules()
    ]
    generator.synthesize(original.arrays["w_psi1"][:1])
    for hook in hooks:
        hook.remove()
    modules = [key.removeprefix("probe/") for key in original.arrays if key.startswith("probe/")]
    assert len(modules) == 17
    for module in modules:
        out = found[module]
        assert_probes(out if isinstance(out, Tensor) else out.features, original, module)


def test_designed_filters_are_those_of_the_release(case: tuple[Reference, StyleGAN3]) -> None:
    original, generator = case
    kwargs = original.facts["init_kwargs"]
    design = StyleGAN3Design(
        resolution=32,
        channel_base=kwargs["channel_base"],
        channel_max=kwargs["channel_max"],
        conv_kernel=kwargs.get("conv_kernel", 3),
        use_radial_filters=kwargs.get("use_radial_filters", False),
    )
    built = StyleGAN3(generator.config)
    load_designed_filters(built, design)
    weights = built.state_dict()
    names = [name for name in original.weights if name.endswith("_filter")]
    assert len(names) == 28
    for name in names:
        assert torch.allclose(weights[name], original.weights[name], atol=1e-7, rtol=0.0), name


@pytest.mark.parametrize("key", ["t256", "r256", "t512", "r512", "t1024", "r1024"])
def test_full_size_geometry(key: str) -> None:
    wanted = json.loads((reference.FOLDER / "sg3_geometry.json").read_text())[key]
    radial = key.startswith("r")
    design = StyleGAN3Design(
        resolution=int(key[1:]),
        channel_base=65536 if radial else 32768,
        channel_max=1024 if radial else 512,
        conv_kernel=1 if radial else 3,
        use_radial_filters=radial,
    )
    config = stylegan3_config(design)
    assert config.num_ws == wanted["num_ws"]
    assert config.input_channels == wanted["input"]["channels"]
    assert list(config.input_size) == wanted["input"]["size"]
    assert config.sampling_rate == wanted["input"]["sampling_rate"]
    assert config.bandwidth == pytest.approx(wanted["input"]["bandwidth"])
    for index, layer in enumerate(wanted["layers"]):
        ours = config.layers[index]
        assert config.layer_name(index) == layer["name"]
        assert (ours.in_channels, ours.out_channels) == (layer["in_channels"], layer["out_channels"])
        assert (ours.up, ours.down, ours.kernel_size) == (
            layer["up_factor"],
            layer["down_factor"],
            layer["conv_kernel"],
        )
        assert list(ours.padding) == layer["padding"]
        assert (list(ours.in_size), list(ours.out_size)) == (layer["in_size"], layer["out_size"])
        designed = design_layer(design, index)
        down = designed.down_filter
        if layer["down_radial"]:
            assert down is not None
            assert list(down.shape) == layer["down_filter_shape"]
            assert_taps(down[len(down) // 2], layer["down_filter_row_mid"])
        else:
            assert_taps(down, layer["down_filter"])
        assert_taps(designed.up_filter, layer["up_filter"])


def assert_taps(found: Tensor | None, wanted: list[float] | None) -> None:
    assert (found is None) == (wanted is None)
    if found is not None:
        assert torch.allclose(found, torch.tensor(wanted), atol=1e-7, rtol=0.0)


SMALL = StyleGAN3Design(resolution=16, channel_base=128, channel_max=7, num_layers=4, margin_size=4)
VARIANTS: dict[str, dict[str, Any]] = {
    "T": {},
    "R": {"conv_kernel": 1, "use_radial_filters": True},
    "kernel 3 with radial filters, upsampling 4": {"use_radial_filters": True, "lrelu_upsampling": 4},
    "odd design": {
        "num_layers": 5,
        "num_critical": 3,
        "margin_size": 3,
        "filter_size": 4,
        "first_cutoff": 1.5,
        "first_stopband": 3.48,
        "last_stopband_rel": 1.32,
        "conv_clamp": 0.6,
        "image_channels": 1,
    },
    "five taps a phase": {"filter_size": 5, "conv_kernel": 1},
    "odd filter": {"filter_size": 3, "lrelu_upsampling": 1},
    "no upsampling": {"lrelu_upsampling": 1, "conv_clamp": None},
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("c_dim", [0, 3])
def test_variants_follow_the_formulas(variant: str, c_dim: int) -> None:
    design = dataclasses.replace(SMALL, **VARIANTS[variant])
    config = stylegan3_config(
        design, z_dim=9, w_dim=11, c_dim=c_dim, output_scale=0.5, mapping=MappingConfig(3, 0.02)
    )
    generator = StyleGAN3(config)
    load_designed_filters(generator, design)
    weights = enliven(generator, seed=3)
    stream = torch.Generator().manual_seed(5)
    z = torch.randn(2, 9, generator=stream)
    condition = torch.softmax(torch.randn(2, 3, generator=stream), dim=1) if c_dim else None
    codes = generator.map(z, condition)
    label = None if condition is None else condition[0].double().numpy()
    w = plain.mapping(weights, config, z[0].double().numpy(), label)
    assert_same(codes[0, 0], torch.from_numpy(w).float(), "mapping")
    codes = codes + torch.randn(codes.shape, generator=stream) * 0.3
    wanted = plain.stylegan3(weights, config, codes[0].double().numpy())
    assert_same(generator.synthesize(codes)[0], torch.from_numpy(wanted).float(), "image")


def small() -> tuple[StyleGAN3, StyleGAN3Config]:
    config = stylegan3_config(SMALL, z_dim=9, w_dim=11)
    return StyleGAN3(config).requires_grad_(False), config


def test_channels_in_groups_are_the_same_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    config = stylegan3_config(
        dataclasses.replace(SMALL, channel_base=2048, channel_max=48), z_dim=9, w_dim=11
    )
    generator = StyleGAN3(config).requires_grad_(False)
    codes = torch.randn(2, config.num_ws, 11)
    at_once = generator.synthesize(codes)
    monkeypatch.setattr("latentlab.models.resampling._GROUP_BYTES", 1)
    assert_same(generator.synthesize(codes), at_once, "image")


def test_blocks_say_what_they_show() -> None:
    generator, config = small()
    infos = [block.info for block in generator.blocks]
    assert infos[0].name == "input"
    assert infos[1].name == "L0_24_7"
    assert [info.codes for info in infos] == [(index,) for index in range(config.num_ws)]
    # The margin around the picture is no part of it.
    assert infos[1].resolution == 16
    assert infos[-1].resolution == 16
    for block in generator.blocks:
        assert len(block.code_weights()) == 1


def test_only_the_last_block_has_a_picture() -> None:
    generator, _ = small()
    state = generator.start()
    codes = generator.map(torch.randn(1, 9))
    for index, block in enumerate(generator.blocks):
        state = block(state, codes[:, index : index + 1])
        assert (block.rgb(state) is not None) == (index == len(generator.blocks) - 1)


def test_a_shift_moves_the_picture() -> None:
    generator, _ = small()
    load_designed_filters(generator, SMALL)
    codes = generator.map(torch.randn(1, 9))
    still = generator.synthesize(codes)
    generator.set_transform(torch.tensor([[1.0, 0.0, 0.25], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    moved = generator.synthesize(codes)
    # The matrix is the inverse of the wished one: the picture goes a quarter to the left, 4 of 16 pixels.
    inside = (slice(None), slice(None), slice(4, 12))
    same = (moved[inside][..., 4:8] - still[inside][..., 8:12]).abs().max()
    other = (moved[inside][..., 4:8] - still[inside][..., 4:8]).abs().max()
    assert float(same) < 0.3 * float(other)
    with pytest.raises(ShapeError):
        generator.set_transform(torch.eye(2))


def test_architecture_survives_json() -> None:
    _, config = small()
    assert build("stylegan3", json.loads(json.dumps(config_to_json(config)))).config == config


def test_impossible_architectures_are_refused() -> None:
    _, config = small()
    layer = config.layers[1]
    broken: list[dict[str, Any]] = [
        {"resolution": 2**20},
        {"sampling_rate": float("nan")},
        {"input_channels": 8},
        {"layers": ()},
        {"layers": config.layers[:-1]},
        {"image_channels": 1},
    ]
    for change in broken:
        with pytest.raises(CheckpointError):
            dataclasses.replace(config, **change)
    broken = [
        {"padding": (10**9, 0, 0, 0)},
        {"padding": (0, 0, 0, 0)},
        {"up": 0},
        {"down": -2},
        {"out_size": (10**6, 10**6)},
        {"up_filter": (0,)},
        {"in_channels": 10**8},
        {"conv_clamp": -1.0},
    ]
    for change in broken:
        with pytest.raises(CheckpointError):
            dataclasses.replace(layer, **change)
