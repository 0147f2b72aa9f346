"""`latentlab data`: the card as text and JSON, the sheet of thumbnails, errors with a remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from latentlab.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENTLAB_HOME", str(tmp_path / "home"))
    for name, colour in (("cats", "red"), ("dogs", "blue")):
        (tmp_path / "animals" / name).mkdir(parents=True)
        for index in range(3):
            picture = Image.new("RGB", (20, 10), colour)
            picture.paste("white", (index * 6, 0, index * 6 + 4, 10))
            picture.save(tmp_path / "animals" / name / f"{index}.png")
    (tmp_path / "animals" / "dogs" / "broken.jpg").write_bytes(b"?")
    (tmp_path / "animals" / "LICENSE").write_text("CC0 1.0\n")
    return tmp_path / "animals"


def test_the_card_as_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", str(folder), "--resolution", "8"]) == 0
    text = capsys.readouterr().out
    for line in (
        "Training     5 pictures, and 1 held out",
        "Licence      CC0 1.0 (LICENSE)",
        "Originals    20 x 10",
        "Classes      2: cats 3, dogs 3",
        "Unreadable   1:",
        "dogs/broken.jpg: not a picture of a known kind",
    ):
        assert line in text


def test_the_card_as_json_and_a_sheet(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.png"
    assert main(["data", str(folder), "--json", "--resolution", "8", "--thumbnails", str(sheet)]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["classes"] == [{"name": "cats", "count": 3}, {"name": "dogs", "count": 3}]
    assert card["sizes"]["median"] == [20, 10]
    assert card["skipped"][0]["name"] == "dogs/broken.jpg"
    with Image.open(sheet) as picture:
        assert picture.width > 6 * 8


def test_errors_name_the_remedy(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", str(folder / "missing")]) == 1
    assert "name a folder" in capsys.readouterr().err
    assert main(["data", str(folder), "--resolution", "1"]) == 1
    assert "--resolution" in capsys.readouterr().err
    assert main(["data", "grid", "--thumbnails", "x.png"]) == 1
    assert "no thumbnails" in capsys.readouterr().err
