"""Exported models against the originals, by runtimes that are not ours."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from onnx.reference import ReferenceEvaluator
from safetensors.numpy import load_file

from latentlab.cli import main
from latentlab.errors import ExportError
from latentlab.formats import save_model
from latentlab.formats.exporting import card_beside, export_onnx, export_weights, run_onnx
from latentlab.formats.report import Card
from latentlab.models.dcgan import DCGAN, dcgan
from latentlab.models.generator import Generator
from latentlab.models.layered import LayeredGAN, layered_gan
from latentlab.models.stack import Condition
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from latentlab.models.translator import Translator, resnet_translator
from latentlab.models.vae import VAE, conv_vae

CARD = Card("Hills", family="VAE", licence="CC0 1.0", measures=(("ELBO", "-90 nats"),))


def _models() -> dict[str, Generator]:
    torch.manual_seed(0)
    return {
        "vae": VAE(conv_vae(16, z_dim=8, width=8, max_width=16)),
        "dcgan": DCGAN(dcgan(16, z_dim=8, width=8)),
        "layered": LayeredGAN(layered_gan(16, z_dim=8, width=8, condition=Condition(3, embedding=4))),
        "style": StyleGAN2(StyleGAN2Config(resolution=16, channels=(8, 8, 8), z_dim=8, w_dim=8, c_dim=3)),
        "translator": Translator(resnet_translator(16, width=4, downsamplings=1, residuals=1)),
    }


@pytest.mark.parametrize("name", ["vae", "dcgan", "layered", "style", "translator"])
def test_onnx_draws_what_the_model_draws(name: str, tmp_path: Path) -> None:
    generator = _models()[name].eval().requires_grad_(False)
    path, can = tmp_path / "model.onnx", generator.capabilities
    assert export_onnx(path, generator, CARD) < 1e-4
    noise = np.random.default_rng(3)
    if can.is_translator:
        inputs = {"image": noise.uniform(-1, 1, (5, 3, 16, 16)).astype(np.float32)}
        wanted = generator.synthesize(torch.zeros(5, 0, 0), image=torch.from_numpy(inputs["image"]))
    else:
        inputs = {"z": noise.normal(size=(5, can.z_dim)).astype(np.float32)}
        if can.num_classes:
            inputs["condition"] = np.eye(can.num_classes, dtype=np.float32)[[0, 1, 2, 1, 0]]
        wanted = generator(*(torch.from_numpy(one) for one in inputs.values()))
    np.testing.assert_allclose(run_onnx(path, inputs), wanted.numpy(), atol=1e-4)
    (drawn,) = ReferenceEvaluator(str(path)).run(None, inputs)
    np.testing.assert_allclose(drawn, wanted.numpy(), atol=1e-4)
    told = json.loads(card_beside(path).read_text("utf-8"))
    assert told["name"] == "Hills"
    assert told["inputs"].keys() == inputs.keys()
    assert list(tmp_path.glob(".*")) == []


def test_weights_alone_are_read_by_anybody(tmp_path: Path) -> None:
    generator = _models()["vae"]
    path = tmp_path / "model.safetensors"
    export_weights(path, generator, CARD)
    found = load_file(path)
    assert found.keys() == generator.state_dict().keys()
    for name, tensor in generator.state_dict().items():
        np.testing.assert_array_equal(found[name], tensor.numpy())
    told = json.loads(card_beside(path).read_text("utf-8"))
    assert told["licence"] == "CC0 1.0"
    assert told["parameters"] == sum(weight.numel() for weight in generator.parameters())


def test_what_onnx_cannot_say_is_an_error_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = _models()["vae"].eval()
    monkeypatch.setattr("latentlab.formats.exporting.run_onnx", lambda path, inputs: np.zeros((3, 3, 16, 16)))
    with pytest.raises(ExportError, match="draws other pictures than the model"):
        export_onnx(tmp_path / "model.onnx", generator, CARD)
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_exports_by_the_ending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_model(tmp_path / "own.safetensors", _models()["vae"].eval(), CARD)
    assert main(["convert", str(tmp_path / "own.safetensors"), str(tmp_path / "out.onnx")]) == 0
    assert "pictures differ by" in capsys.readouterr().out
    plain = tmp_path / "plain.safetensors"
    assert main(["convert", str(tmp_path / "own.safetensors"), str(plain), "--to", "safetensors"]) == 0
    assert plain.exists()
