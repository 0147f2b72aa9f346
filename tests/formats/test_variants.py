"""Variants of StyleGAN2 and 3, each written as a file says it: facts are read, never assumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from latentlab.cli.bench.pickle_file import PickleWriter, generator_module, module, write_network_pickle
from latentlab.errors import CheckpointError
from latentlab.formats import open_model
from latentlab.models.style_layers import MappingConfig
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from latentlab.models.stylegan3 import StyleGAN3, StyleGAN3Config
from latentlab.models.stylegan3_geometry import StyleGAN3Design, design_layer, stylegan3_config

ODD_MAPPING = MappingConfig(
    num_layers=3, lr_multiplier=0.02, activation="relu", embed_features=7, layer_features=9, has_w_avg=False
)
STYLEGAN2 = {
    "skip": StyleGAN2Config(16, (6, 5, 4), z_dim=8, w_dim=8, mapping=MappingConfig(2)),
    "orig": StyleGAN2Config(16, (6, 5, 4), z_dim=8, w_dim=8, architecture="orig"),
    "resnet": StyleGAN2Config(16, (6, 5, 4), z_dim=8, w_dim=8, architecture="resnet", conv_clamp=256.0),
    "no noise, other activation": StyleGAN2Config(
        8, (4, 4), z_dim=8, w_dim=8, use_noise=False, activation="relu"
    ),
    "odd widths and a clamp": StyleGAN2Config(
        8, (5, 3), z_dim=11, w_dim=6, c_dim=4, image_channels=1, mapping=ODD_MAPPING, conv_clamp=0.9
    ),
    "three taps": StyleGAN2Config(8, (4, 4), z_dim=4, w_dim=4, filter_shape=(3, 3)),
    "separable filter": StyleGAN2Config(8, (4, 4), z_dim=4, w_dim=4, filter_shape=(8,)),
    "one mapping layer": StyleGAN2Config(8, (4, 4), z_dim=5, w_dim=4, mapping=MappingConfig(1)),
    "4 px": StyleGAN2Config(4, (4,), z_dim=4, w_dim=4),
}


def lively(network: nn.Module) -> Any:
    """The same network with other numbers everywhere."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tensor in network.state_dict().values():
            tensor.copy_(torch.randn(tensor.shape, generator=generator).abs() + 0.1)
    return network.eval().requires_grad_(False)


@pytest.mark.parametrize("name", list(STYLEGAN2))
def test_stylegan2_is_read_as_the_file_says(name: str, tmp_path: Path) -> None:
    written: StyleGAN2 = lively(StyleGAN2(STYLEGAN2[name]))
    path = tmp_path / "network.pkl"
    write_network_pickle(path, written)
    model = open_model(path)
    assert model.generator.config == written.config
    assert_same_weights(model.generator, written)


def test_weights_in_another_order_of_memory(tmp_path: Path) -> None:
    """Networks that were trained with channels last keep that order in the file."""
    written: StyleGAN2 = lively(StyleGAN2(STYLEGAN2["skip"]))
    for parameter in written.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.to(memory_format=torch.channels_last)
    path = tmp_path / "network.pkl"
    write_network_pickle(path, written)
    model = open_model(path)
    assert_same_weights(model.generator, written)
    assert all(tensor.is_contiguous() for tensor in model.generator.state_dict().values())


def test_layers_that_differ_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "network.pkl"
    write_network_pickle(path, StyleGAN2(STYLEGAN2["resnet"]))
    data = path.read_bytes()
    at = data.rindex(b"\x40\x70\x00\x00\x00\x00\x00\x00")  # the last clamp of 256 becomes 128
    path.write_bytes(data[:at] + b"\x40\x60" + data[at + 2 :])
    with pytest.raises(CheckpointError, match="differ in 'conv_clamp'"):
        open_model(path)


STYLEGAN3 = {
    "T": (StyleGAN3Design(32, 512, 8), 5, MappingConfig(2)),
    "R": (StyleGAN3Design(32, 512, 8, conv_kernel=1, use_radial_filters=True), 0, MappingConfig(2)),
    "odd": (
        StyleGAN3Design(
            32,
            512,
            8,
            num_layers=6,
            num_critical=3,
            margin_size=6,
            first_cutoff=1.5,
            filter_size=4,
            lrelu_upsampling=4,
            conv_clamp=0.6,
            image_channels=1,
        ),
        0,
        MappingConfig(3, lr_multiplier=0.05),
    ),
}


@pytest.mark.parametrize("name", list(STYLEGAN3))
def test_stylegan3_is_read_as_the_file_says(name: str, tmp_path: Path) -> None:
    design, c_dim, mapping = STYLEGAN3[name]
    config = stylegan3_config(design, z_dim=6, w_dim=5, c_dim=c_dim, mapping=mapping, output_scale=0.5)
    written: StyleGAN3 = lively(StyleGAN3(config))
    path = tmp_path / "network.pkl"
    with path.open("wb") as file:
        PickleWriter(file).write({"G_ema": stylegan3_module(written)})
    model = open_model(path)
    assert model.generator.config == config
    assert_same_weights(model.generator, written)


@pytest.mark.parametrize("kernel", [1, 3])
def test_bare_stylegan3_weights_give_the_release_geometry(kernel: int, tmp_path: Path) -> None:
    design = StyleGAN3Design(64, 512, 8, conv_kernel=kernel, use_radial_filters=kernel == 1)
    config = stylegan3_config(design, z_dim=6, w_dim=5)
    state = lively(StyleGAN3(config)).state_dict()
    for index in range(design.num_layers + 1):
        layer = design_layer(design, index)
        path = f"synthesis.{config.layer_name(index)}"
        for part, taps in (("up_filter", layer.up_filter), ("down_filter", layer.down_filter)):
            assert (taps is not None) == (f"{path}.{part}" in state)
    safetensors.torch.save_file(
        {f"G_ema.{name}": tensor for name, tensor in state.items()}, tmp_path / "g.safetensors"
    )
    found = open_model(tmp_path / "g.safetensors").generator.config
    assert isinstance(found, StyleGAN3Config)
    assert found == config


def assert_same_weights(found: nn.Module, wanted: nn.Module) -> None:
    state, other = found.state_dict(), wanted.state_dict()
    assert list(state) == list(other)
    assert all(torch.equal(tensor, other[name]) for name, tensor in state.items())


def stylegan3_module(generator: StyleGAN3) -> Any:
    """A StyleGAN3 generator as the release reduces it, its sizes told by the modules."""
    state, config = generator.state_dict(), generator.config

    def own(path: str, *names: str) -> dict[str, Tensor]:
        return {name: state[f"{path}.{name}"] for name in names if f"{path}.{name}" in state}

    def dense(path: str, **attributes: Any) -> Any:
        return module("FullyConnectedLayer", own(path, "weight", "bias"), **attributes)

    layers = {
        "input": module(
            "SynthesisInput",
            own("synthesis.input", "weight", "freqs", "phases", "transform"),
            {"affine": dense("synthesis.input.affine")},
            ("freqs", "phases", "transform"),
            size=config.input_size,
            sampling_rate=config.sampling_rate,
            bandwidth=config.bandwidth,
        )
    }
    for index, layer in enumerate(config.layers):
        name = config.layer_name(index)
        path = f"synthesis.{name}"
        layers[name] = module(
            "SynthesisLayer",
            own(path, "weight", "bias", "magnitude_ema", "up_filter", "down_filter"),
            {"affine": dense(f"{path}.affine")},
            ("magnitude_ema", "up_filter", "down_filter"),
            in_size=layer.in_size,
            out_size=layer.out_size,
            up_factor=layer.up,
            down_factor=layer.down,
            padding=layer.padding,
            conv_clamp=layer.conv_clamp,
            is_torgb=layer.is_torgb,
        )
    names = tuple(config.layer_name(index) for index in range(len(config.layers)))
    synthesis = module("SynthesisNetwork", {}, layers, layer_names=names, output_scale=config.output_scale)
    dense_layers = {
        f"fc{index}": dense(f"mapping.fc{index}", activation="lrelu", bias_gain=config.mapping.lr_multiplier)
        for index in range(config.mapping.num_layers)
    }
    if config.c_dim:
        dense_layers["embed"] = dense("mapping.embed")
    mapping = module("MappingNetwork", own("mapping", "w_avg"), dense_layers, ("w_avg",))
    return module("Generator", {}, {"synthesis": synthesis, "mapping": mapping})


def test_a_generator_that_was_pickled_alone(tmp_path: Path) -> None:
    written: StyleGAN2 = lively(StyleGAN2(STYLEGAN2["skip"]))
    with (tmp_path / "all.pkl").open("wb") as file:
        PickleWriter(file).write({"G_ema": generator_module(written)})
    with (tmp_path / "alone.pkl").open("wb") as file:
        PickleWriter(file).write(generator_module(written))
    models = [open_model(tmp_path / name) for name in ("all.pkl", "alone.pkl")]
    assert models[0].fingerprint == models[1].fingerprint
    assert any("program text" in doubt for doubt in models[1].report.doubts)
