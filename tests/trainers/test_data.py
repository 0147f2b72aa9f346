"""Pictures: drawn the same for the same seed, read from any folder, seen once per epoch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.errors import TrainingError
from trainers import data, drawing


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENTLAB_HOME", str(tmp_path / "home"))


def _prepare(source: data.PictureSource) -> data.Pictures:
    for _ in data.prepare(source):
        pass
    return data.load(source, held_out=0.25)


def test_drawing_depends_on_the_seed_and_the_index_alone() -> None:
    pytest.importorskip("dicebear")
    several = [drawing.draw("landscape", 3, index, 32) for index in range(4)]
    np.testing.assert_array_equal(several[2], drawing.draw("landscape", 3, 2, 32))
    assert all(picture.shape == (32, 32, 3) for picture in several)
    assert len({picture.tobytes() for picture in several}) == 4
    assert not np.array_equal(several[0], drawing.draw("landscape", 4, 0, 32))


def test_processes_draw_the_same_as_one() -> None:
    pytest.importorskip("dicebear")
    alone = list(drawing.draw_many("landscape", 0, 6, 16))
    together = list(drawing.draw_many("landscape", 0, 6, 16, workers=1))
    np.testing.assert_array_equal(alone, together)


def test_a_source_in_words_names_the_licence() -> None:
    pytest.importorskip("dicebear")
    words = data.describe(data.DrawnPictures(count=1200))
    assert words == "1,200 pictures drawn with the DiceBear style 'landscape' (CC0 1.0)."
    assert "CC BY 4.0" in data.describe(data.DrawnPictures("adventurer"))


def test_an_unknown_style_is_named_with_those_there_are() -> None:
    pytest.importorskip("dicebear")
    with pytest.raises(TrainingError, match=r"'moonscape'.*landscape"):
        drawing.draw("moonscape", 0, 0, 16)


def test_drawn_pictures_are_cached() -> None:
    pytest.importorskip("dicebear")
    source = data.DrawnPictures(count=8, resolution=16)
    pictures = _prepare(source)
    assert pictures.train.shape == (6, 16, 16, 3)
    assert pictures.held_out.shape == (2, 16, 16, 3)
    assert list(data.prepare(source)) == []  # nothing is left to do
    np.testing.assert_array_equal(pictures.held_out[1], drawing.draw("landscape", 0, 7, 16))


def test_a_folder_of_every_kind_of_picture(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    (folder / "deeper").mkdir(parents=True)
    red = (255, 0, 0)
    wide = Image.new("RGB", (40, 20), "white")
    wide.paste(red, (10, 0, 30, 20))
    wide.save(folder / "a.png")
    Image.new("L", (9, 9), 128).save(folder / "deeper" / "b.png")
    Image.new("RGBA", (16, 16), (0, 0, 0, 0)).save(folder / "c.png")
    Image.new("CMYK", (20, 30), (0, 255, 255, 0)).save(folder / "d.jpg")
    (folder / "e.png").write_bytes(b"not a picture")
    (folder / "notes.txt").write_text("not a picture either")
    pictures = _prepare(data.FolderPictures(str(folder), 16))
    everything = np.concatenate([pictures.train, pictures.held_out])
    assert everything.shape == (4, 16, 16, 3)
    assert (everything[0] == red).all()  # the central square
    assert (everything[1] == 255).all()  # transparent on white
    assert everything[2].mean((0, 1)) == pytest.approx(red, abs=12)
    assert (everything[3] == 128).all()
    assert len(pictures.skipped) == 1
    assert "e.png" in pictures.skipped[0]


def test_a_changed_folder_is_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in "ab":
        Image.new("RGB", (8, 8), "white").save(folder / f"{name}.png")
    source = data.FolderPictures(str(folder), 8)
    assert len(_prepare(source).train) == 1
    Image.new("RGB", (8, 8), "black").save(folder / "c.png")
    assert len(_prepare(source).train) == 2


def test_folders_without_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="not a folder"):
        _prepare(data.FolderPictures(str(tmp_path / "missing"), 8))
    with pytest.raises(TrainingError, match="0 pictures"):
        _prepare(data.FolderPictures(str(tmp_path), 8))
    for name in "ab":
        (tmp_path / f"{name}.png").write_bytes(b"broken")
    with pytest.raises(TrainingError, match=r"0 of the pictures.*a\.png"):
        _prepare(data.FolderPictures(str(tmp_path), 8))


def test_an_epoch_shows_every_picture_once_and_epochs_differ() -> None:
    seen = np.concatenate([data.batch_indices(step, 4, 10, seed=5) for step in range(5)])
    assert sorted(seen[:10]) == sorted(seen[10:]) == list(range(10))
    assert seen[:10].tolist() != seen[10:].tolist()
    assert data.batch_indices(2, 4, 10, seed=5).tolist() == seen[8:12].tolist()
    assert data.batch_indices(0, 4, 10, seed=6).tolist() != seen[:4].tolist()


def test_black_and_white_are_the_ends_of_the_range() -> None:
    pixels = np.zeros((1, 2, 2, 3), np.uint8)
    pixels[0, 0, 1] = 255
    images = data.to_images(pixels)
    assert images.shape == (1, 3, 2, 2)
    assert images[0, :, 0, 1].tolist() == [1, 1, 1]
    assert images.min() == -1
