"""Zip archives: read in place, with no room for bombs or for names that reach elsewhere."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.errors import TrainingError
from tests.trainers.data.making import by_name, noise, opened
from trainers.data import ZipSource


def _png(seed: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(noise(seed)).save(file, "png")
    return file.getvalue()


def test_pictures_and_classes_in_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "animals.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("animals/LICENSE", "CC0 1.0 Universal\n")
        for number, name in enumerate(("cats/1", "cats/2", "dogs/1", "dogs/2")):
            archive.writestr(f"animals/{name}.png", _png(number))
        archive.writestr("__MACOSX/animals/cats/._1.png", b"junk")
    data = opened(ZipSource(path=str(path)))
    found = by_name(data)
    assert data.shape.class_names == ("cats", "dogs")
    assert data.licence == "CC0 1.0 Universal (LICENSE)"
    np.testing.assert_array_equal(found["dogs/1.png"], noise(2))


def test_poisoned_entries_are_skipped_and_names_reach_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.png", _png(number))
        archive.writestr("../../escaped.png", _png(5))
        archive.writestr("zeros.png", bytes(400 << 20), compresslevel=1)
        archive.writestr("strange.png", _png(6), compress_type=zipfile.ZIP_LZMA)
        archive.writestr("text.png", b"no picture")
    before = set(tmp_path.rglob("*"))
    data = opened(ZipSource(path=str(path)))
    assert {"0.png", "1.png", "2.png"} <= set(by_name(data))
    reasons = {item.name: item.reason for item in data.skipped}
    assert set(reasons) == {"zeros.png", "strange.png", "text.png"}
    assert "more than a picture needs" in reasons["zeros.png"]
    written = {entry for entry in set(tmp_path.rglob("*")) - before if "home" not in entry.parts}
    assert written == set()


def test_a_damaged_entry_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.png", _png(number))
    content = bytearray(path.read_bytes())
    content[60:70] = bytes(10)  # in the first picture
    path.write_bytes(content)
    data = opened(ZipSource(path=str(path)))
    assert [item.name for item in data.skipped] == ["0.png"]


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(TrainingError, match="cannot be read as a zip"):
        opened(ZipSource(path=str(path)))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    with pytest.raises(TrainingError, match="0 pictures"):
        opened(ZipSource(path=str(path)))
