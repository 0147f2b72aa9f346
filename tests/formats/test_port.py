"""Checkpoints of the StyleGAN2 port from its trainer, and old ones that lack noise and filters."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from latentlab.errors import CheckpointError
from latentlab.formats import open_model
from tests.formats.files import unpack


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The converter's file, as torch reads it."""
    path = unpack("rosinality64.pt", tmp_path_factory.mktemp("port"))
    loaded: dict[str, Any] = torch.load(path, weights_only=True)
    return loaded


def saved(value: Any, folder: Path) -> Path:
    path = folder / "checkpoint.pt"
    torch.save(value, path)
    return path


def test_the_trainers_file_gets_an_estimated_mean(converted: dict[str, Any], tmp_path: Path) -> None:
    ema = converted["g_ema"]
    path = saved(
        {
            "g": {name: tensor + 1 for name, tensor in ema.items()},
            "d": {"convs.0.0.weight": torch.zeros(4, 3, 1, 1), "final_linear.1.bias": torch.zeros(1)},
            "g_ema": ema,
            "g_optim": {"state": {}, "param_groups": []},
            "args": argparse.Namespace(size=64, path="/data/faces"),
            "ada_aug_p": 0.1,
        },
        tmp_path,
    )
    model = open_model(path)
    mean = model.generator.code_mean
    generator = torch.Generator().manual_seed(5)
    codes = model.generator.map(torch.randn(20_000, 64, generator=generator))[:, 0]
    spread = codes.std(dim=0) / 100  # standard error of the mean of ten thousand
    assert ((mean - codes.mean(dim=0)).abs() < 6 * spread).all()
    reference = open_model(saved(converted, tmp_path))
    assert torch.equal(
        model.generator.state_dict()["synthesis.b4.const"],
        reference.generator.state_dict()["synthesis.b4.const"],
    )
    assert model.fingerprint == reference.fingerprint  # the mean is no part of a model's identity
    doubts = " ".join(model.report.doubts)
    assert "estimated from 10,000 seeds" in doubts
    assert "other networks: d, g" in doubts or "other networks: g, d" in doubts


def test_the_same_file_gives_the_same_mean_every_time(converted: dict[str, Any], tmp_path: Path) -> None:
    path = saved({"g_ema": converted["g_ema"]}, tmp_path)
    first, second = (open_model(path).generator.code_mean for _ in range(2))
    assert torch.equal(first, second)


def test_old_files_without_noise_and_filters(converted: dict[str, Any], tmp_path: Path) -> None:
    kept: dict[str, Tensor] = {
        name: tensor
        for name, tensor in converted["g_ema"].items()
        if "noises." not in name and not name.endswith(".kernel")
    }
    path = saved({"g_ema": kept, "latent_avg": converted["latent_avg"]}, tmp_path)
    old = open_model(path)
    new = open_model(saved(converted, tmp_path / "."))
    assert any("noise maps are not in the file" in doubt for doubt in old.report.doubts)
    z = torch.randn(1, 64, generator=torch.Generator().manual_seed(2))
    quiet = new.generator.noise_maps("none")
    pictures = [model.generator.synthesize(model.generator.map(z), quiet) for model in (old, new)]
    assert torch.allclose(*pictures, atol=1e-6)
    noise = old.generator.state_dict()["synthesis.b64.conv1.noise_const"]
    assert 0.9 < float(noise.std()) < 1.1
    again = open_model(saved({"g_ema": kept, "latent_avg": converted["latent_avg"]}, tmp_path))
    assert again.fingerprint == old.fingerprint


def test_prefixes_and_a_mean_per_layer(converted: dict[str, Any], tmp_path: Path) -> None:
    """Parallel training puts "module." before names; encoders keep the generator as "decoder." and many means."""
    for prefix in ("module.", "decoder."):
        state = {f"{prefix}{name}": tensor for name, tensor in converted["g_ema"].items()}
        mean = converted["latent_avg"].repeat(10, 1)
        model = open_model(saved({"state_dict": state, "latent_avg": mean}, tmp_path))
        assert torch.equal(model.generator.code_mean, converted["latent_avg"])


def test_missing_weights_are_named(converted: dict[str, Any], tmp_path: Path) -> None:
    state = dict(converted["g_ema"])
    del state["convs.3.activate.bias"]
    with pytest.raises(CheckpointError, match=r"checkpoint\.pt.*'convs\.3\.activate\.bias'"):
        open_model(saved({"g_ema": state}, tmp_path))


def test_half_precision(converted: dict[str, Any], tmp_path: Path) -> None:
    state = {name: tensor.half() for name, tensor in converted["g_ema"].items()}
    model = open_model(saved({"g_ema": state, "latent_avg": converted["latent_avg"].half()}, tmp_path))
    weight = model.generator.state_dict()["synthesis.b8.conv0.weight"]
    assert weight.dtype == torch.float32
    assert torch.equal(weight, converted["g_ema"]["convs.0.conv.weight"][0].half().float())
