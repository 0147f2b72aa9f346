"""`latentlab diagnose`: text, JSON, a folder and a page; errors with a remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from latentlab.cli import main
from latentlab.diagnosis.result import Result, read_progress
from latentlab.formats import save_model
from latentlab.formats.report import Card
from latentlab.models.mlp_gan import MLPGAN, mlp_gan

SHAPES = Path(__file__).parents[1] / "data" / "shapes"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENTLAB_HOME", str(tmp_path / "home"))
    torch.manual_seed(0)
    path = tmp_path / "model.safetensors"
    save_model(path, MLPGAN(mlp_gan(16, z_dim=4, image_channels=3, hidden=(16,))), Card("Toy"))
    return path


def test_a_model_against_a_folder(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["diagnose", str(model), "--data", str(SHAPES), "--out", str(tmp_path / "out"), "--samples", "40"]
    assert main([*words, "--features", "pixels", "--no-latent", "--html", str(tmp_path / "page.html")]) == 0
    text = capsys.readouterr().out
    assert "Toy (MLP GAN)" in text
    assert "Coverage" in text
    found = Result.open(tmp_path / "out")
    assert found.verdicts
    pictures = found.array("generated_pictures")
    assert pictures is not None
    assert pictures.shape == (40, 16, 16, 3)
    progress = read_progress(tmp_path / "out")
    assert progress is not None
    assert progress.state == "finished"
    assert (tmp_path / "page.html").read_text() == (tmp_path / "out" / "report.html").read_text()


def test_json_and_the_latent_space(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["diagnose", str(model), "--data", str(SHAPES), "--samples", "40", "--features", "pixels"]
    assert main([*words, "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    keys = {figure["key"] for figure in values["figures"]}
    assert {"coverage", "variety", "dead_directions", "flattest", "basins"} <= keys
    assert values["subject"]["name"] == "Toy"


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ([], "--data"),
        (["--data", str(SHAPES), "--features", "encoder"], "other features"),
        (["--data", str(SHAPES), "--features", "magic"], "choose among"),
        (["--data", str(SHAPES), "--samples", "3"], "ask for more"),
    ],
)
def test_errors_name_the_remedy(
    model: Path, words: list[str], remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagnose", str(model), *words]) == 1
    assert remedy in capsys.readouterr().err
