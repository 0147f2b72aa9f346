"""Two sets of emoji as two folders of partners."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from latentlab.errors import TrainingError
from trainers.emoji import main, sort_out

_LISTED = [
    {"category": "Flags", "image": "a.png"},
    {"category": "Flags", "image": "b.png"},
    {"category": "Flags", "image": "same-as-a.png"},
    {"category": "Flags", "image": "missing.png"},
    {"category": "Hands", "image": "h.png", "skin_variations": {"1F3FB": {"image": "h-light.png"}}},
]


def _package(folder: Path, maker: str, pictures: dict[str, bytes]) -> Path:
    package = folder / maker
    images = package / "img" / maker / "64"
    images.mkdir(parents=True)
    (package / "emoji.json").write_text(json.dumps(_LISTED), encoding="utf-8")
    for name, content in pictures.items():
        (images / name).write_bytes(content)
    return package


@pytest.fixture
def packages(tmp_path: Path) -> tuple[Path, Path]:
    names = ("a.png", "b.png", "same-as-a.png", "h.png", "h-light.png")
    first = _package(
        tmp_path, "one", {n: n.encode() for n in names} | {"missing.png": b"m", "same-as-a.png": b"a.png"}
    )
    return first, _package(tmp_path, "two", {n: f"other {n}".encode() for n in names})


def test_partners_have_equal_names_and_no_picture_comes_twice(
    packages: tuple[Path, Path], tmp_path: Path
) -> None:
    assert sort_out(*packages, "Flags", tmp_path / "out") == 2
    for side in "AB":
        assert sorted(path.name for path in (tmp_path / "out" / side).iterdir()) == ["a.png", "b.png"]
    assert (tmp_path / "out" / "B" / "a.png").read_bytes() == b"other a.png"


def test_variations_belong_to_their_emoji(packages: tuple[Path, Path], tmp_path: Path) -> None:
    assert sort_out(*packages, "Hands", tmp_path / "out") == 2
    assert sort_out(*packages, "", tmp_path / "all") == 4


def test_what_is_not_there_is_named(
    packages: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(TrainingError, match="choose one of Flags, Hands"):
        sort_out(*packages, "Fruit", tmp_path / "out")
    words = [str(packages[0]), str(tmp_path), str(tmp_path / "out")]
    assert main(words) == 1
    assert "no unpacked" in capsys.readouterr().err
    assert main([words[0], str(packages[1]), words[2]]) == 0
    assert "2 pairs" in capsys.readouterr().out
