"""What the files of a folder are, remembered until they change."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from latentlab.cli import main
from latentlab.formats import save_model
from latentlab.formats.report import Card
from latentlab.models.translator import Translator, resnet_translator
from latentlab.models.vae import VAE, conv_vae
from latentlab.render import catalogue


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inner = tmp_path / "models" / "older"
    inner.mkdir(parents=True)
    save_model(
        inner / "hills.safetensors", VAE(conv_vae(16, z_dim=4, width=4, max_width=8)).eval(), Card("Hills")
    )
    (tmp_path / "models" / "torn.pkl").write_bytes(b"\x80\x04hello")
    (tmp_path / "models" / "notes.txt").write_text("no model")
    (tmp_path / "models" / ".hidden").mkdir()
    (tmp_path / "models" / ".hidden" / "secret.pt").write_bytes(b"")
    return tmp_path / "models"


def test_models_are_found_by_their_endings(folder: Path) -> None:
    assert [path.name for path in catalogue.model_files(folder)] == ["hills.safetensors", "torn.pkl"]


def test_a_model_is_described_and_pictured_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "older" / "hills.safetensors"
    assert catalogue.remembered(path) is None
    entry = catalogue.look_at(path)
    assert (entry.name, entry.resolution, entry.error) == ("Hills", 16, "")
    with Image.open(entry.picture) as picture:
        assert picture.size == (catalogue.PICTURE_SIDE, catalogue.PICTURE_SIDE)
    assert catalogue.remembered(path) == entry
    os.utime(path, ns=(1, 1))
    assert catalogue.remembered(path) is None, "it was written again"


def test_a_broken_file_says_why_and_is_not_tried_again(folder: Path) -> None:
    path = folder / "torn.pkl"
    entry = catalogue.look_at(path)
    assert "torn.pkl" in entry.error
    assert entry.picture == ""
    assert catalogue.remembered(path) == entry
    with pytest.raises(OSError, match="No such file"):
        catalogue.remembered(folder / "gone.pt")


def test_a_translator_has_no_picture_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "seasons.safetensors"
    save_model(
        path, Translator(resnet_translator(16, width=4, downsamplings=1, residuals=1)).eval(), Card("Seasons")
    )
    entry = catalogue.look_at(path)
    assert (entry.name, entry.picture, entry.error) == ("Seasons", "", "")


def test_the_command_prints_a_line_for_each(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", str(folder)]) == 1, "one of them is broken"
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["name"] for line in lines} == {"Hills", "torn"}
