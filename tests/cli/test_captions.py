"""Captions on the command line: drawn, remembered in the picture, checked against the model's words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from latentlab import cli
from latentlab.formats import save_model
from latentlab.formats.report import Card
from latentlab.models.caption_encoder import CaptionConfig
from latentlab.models.text_to_image import TextToImage, text_to_image
from latentlab.render.pictures import read_record


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    words = CaptionConfig(("blue", "circle", "red"), ("red circle",), word_dim=6, hidden=8, caption_dim=5)
    path = tmp_path_factory.mktemp("models") / "shapes.safetensors"
    save_model(path, TextToImage(text_to_image(words, 16, width=4, max_width=8)), Card("Shapes"))
    return path


def drawn(model: Path, out: Path, *options: str) -> np.ndarray:
    assert cli.main(["render", "--seeds", "3", "--model", str(model), "-o", str(out), *options]) == 0
    return np.asarray(Image.open(out))


def test_the_caption_changes_the_picture_and_travels_with_it(model: Path, tmp_path: Path) -> None:
    red = drawn(model, tmp_path / "red.png", "--caption", "a red circle")
    blue = drawn(model, tmp_path / "blue.png", "--caption", "blue")
    assert not np.array_equal(red, blue)
    record = read_record(tmp_path / "red.png")
    assert record.recipe.caption == "a red circle"
    again = tmp_path / "again.png"
    assert cli.main(["render", str(tmp_path / "red.png"), "--model", str(model), "-o", str(again)]) == 0
    assert np.array_equal(np.asarray(Image.open(again)), red)


def test_words_that_the_model_does_not_know_are_named(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = drawn(model, tmp_path / "a.png", "--caption", "a red wyvern, circle")
    said = capsys.readouterr().err
    assert "wyvern" in said
    assert "red" not in said.partition("over:")[2]
    assert np.array_equal(picture, drawn(model, tmp_path / "b.png", "--caption", "Red circle"))


def test_what_is_left_open_is_a_caption_that_the_model_knows(model: Path, tmp_path: Path) -> None:
    picture = drawn(model, tmp_path / "a.png")
    assert np.array_equal(picture, drawn(model, tmp_path / "b.png", "--caption", "red circle"))
    assert not np.array_equal(picture, drawn(model, tmp_path / "c.png", "--caption", ""))


def test_a_model_without_captions_refuses_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.png"
    assert cli.main(["render", "--seeds", "1", "--caption", "a hill", "-o", str(out)]) == 1
    assert "reads no captions" in capsys.readouterr().err
    assert not out.exists()
