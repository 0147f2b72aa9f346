"""--data PATH is recognised by what lies there."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from latentlab.errors import TrainingError
from tests.trainers.data.making import fill, idx
from trainers.data import (
    ArraySource,
    DrawnSource,
    FolderSource,
    PointsSource,
    RenderedDigitsSource,
    SmallDigitsSource,
    TableSource,
    TwoFoldersSource,
    ZipSource,
    recognised,
)


def test_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert recognised("grid") == PointsSource(task="grid")
    assert recognised("digits") == RenderedDigitsSource()
    assert recognised("small-digits") == SmallDigitsSource()
    assert recognised("dicebear:open-peeps") == DrawnSource(style="open-peeps")
    with pytest.raises(TrainingError, match=r"nowhere.*ring, grid"):
        recognised("nowhere")
    (tmp_path / "ring").mkdir()  # a folder of that name comes first
    assert recognised("ring") == FolderSource(path=str(tmp_path / "ring"))


def test_folders(folder: Path) -> None:
    fill(folder, 2)
    assert recognised(str(folder)) == FolderSource(path=str(folder))
    (folder / "metadata.jsonl").write_text("{}")
    assert recognised(str(folder)) == TableSource(path=str(folder / "metadata.jsonl"))


def test_two_folders(tmp_path: Path) -> None:
    for name in ("trainA", "trainB", "testA", "testB"):
        fill(tmp_path / "horses" / name, 2)
    pair = TwoFoldersSource(
        path=str(tmp_path / "horses" / "trainA"), target=str(tmp_path / "horses" / "trainB")
    )
    assert recognised(str(tmp_path / "horses")) == pair
    assert recognised(f"{pair.path},{pair.target}") == pair


def test_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        archive.writestr("a.png", b"")
    assert recognised(str(tmp_path / "pictures.zip")) == ZipSource(path=str(tmp_path / "pictures.zip"))
    np.savez(tmp_path / "set.npz", x=np.zeros((2, 8, 8)))
    (tmp_path / "set.npz").rename(tmp_path / "set.zip")
    assert recognised(str(tmp_path / "set.zip")) == ArraySource(path=str(tmp_path / "set.zip"))
    (tmp_path / "t.csv").write_text("image,text\n")
    assert recognised(str(tmp_path / "t.csv")) == TableSource(path=str(tmp_path / "t.csv"))
    (tmp_path / "odd.bin").write_bytes(b"hello")
    with pytest.raises(TrainingError, match="no data to train on"):
        recognised(str(tmp_path / "odd.bin"))


def test_a_folder_of_idx_files(tmp_path: Path) -> None:
    """As Debian's dataset-fashion-mnist has them."""
    for half in ("t10k", "train"):
        (tmp_path / f"{half}-images-idx3-ubyte").write_bytes(idx(np.zeros((2, 8, 8), np.uint8)))
        (tmp_path / f"{half}-labels-idx1-ubyte").write_bytes(idx(np.zeros(2, np.uint8)))
    found = recognised(str(tmp_path))
    assert isinstance(found, ArraySource)
    assert (Path(found.path).name, Path(found.labels).name) == (
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
    )
