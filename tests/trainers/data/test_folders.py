"""Folders: every kind of picture, poisoned ones, classes and captions."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.errors import TrainingError
from tests.trainers.data.making import by_name, fill, noise, opened, save
from trainers.data import FolderSource

RED = (255, 0, 0)


def test_every_kind_of_picture(folder: Path) -> None:
    wide = Image.new("RGB", (40, 20), "white")
    wide.paste(RED, (10, 0, 30, 20))
    wide.save(folder / "wide.png")
    Image.new("L", (9, 9), 128).save(folder / "grey.png")
    Image.new("RGBA", (16, 16), (0, 0, 0, 0)).save(folder / "clear.png")
    Image.new("CMYK", (20, 30), (0, 255, 255, 0)).save(folder / "cmyk.jpg", quality=95)
    Image.fromarray(np.full((8, 8), 0x8080, np.uint16)).save(folder / "deep.png")
    Image.fromarray(np.full((8, 8), 0.5, np.float32)).save(folder / "fractions.tif")
    Image.new("1", (8, 8), 1).save(folder / "bits.png")
    Image.new("LA", (8, 8), (0, 0)).save(folder / "clear grey.png")
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 0, 255, 255, 0, 0])
    palette.save(folder / "palette.png")
    palette.save(folder / "hole.png", transparency=1)
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    data = opened(FolderSource(path=str(folder)))
    found = by_name(data)
    assert data.skipped == ()
    assert (found["wide.png"] == RED).all()  # the central square
    for name, value in {"grey": 128, "clear": 255, "deep": 128, "bits": 255, "clear grey": 255}.items():
        assert (found[f"{name}.png"] == value).all(), name
    assert (found["fractions.tif"] == 128).all()
    assert (found["palette.png"] == RED).all()
    assert (found["hole.png"] == 255).all()
    assert (found["moving.gif"] == RED).all()  # the first frame
    assert found["cmyk.jpg"].mean((0, 1)) == pytest.approx(RED, abs=12)


def test_pictures_of_cameras_stand_upright(folder: Path) -> None:
    half = Image.new("RGB", (20, 20), "black")
    half.paste("white", (0, 0, 20, 10))  # white above
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    half.save(folder / "turned.png", exif=exif)
    half.save(folder / "straight.png")
    exif[0x0112] = 6
    half.crop((0, 0, 20, 12)).save(folder / "on its side.png", exif=exif)
    data = opened(FolderSource(path=str(folder)))
    found = by_name(data)
    assert found["straight.png"][2].min() == 255
    assert found["turned.png"][2].max() == 0
    assert data.stored is not None
    assert data.stored.sizes[data.stored.names.index("on its side.png")] == (12, 20)


def test_poison_is_skipped_with_a_reason(folder: Path) -> None:
    fill(folder, 3)
    (folder / "text.png").write_bytes(b"not a picture")
    (folder / "empty.jpg").write_bytes(b"")
    whole = (folder / "000.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    # A header of 60,000 x 60,000 pixels that the file does not hold.
    header = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + whole[24:29]
    (folder / "bomb.png").write_bytes(
        whole[:12] + header + zlib.crc32(header).to_bytes(4, "big") + whole[33:]
    )
    (folder / "postscript.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.png")
    (folder / "gone.png").symlink_to(folder / "missing.png")
    (folder / "round").symlink_to(folder, target_is_directory=True)
    (folder / "notes.txt").write_text("not a picture either")
    (folder / ".hidden.png").write_bytes(whole)
    data = opened(FolderSource(path=str(folder)))
    assert set(by_name(data)) == {"000.png", "001.png", "002.png"}
    skipped = {item.name: item.reason for item in data.skipped}
    assert set(skipped) == {"text.png", "empty.jpg", "cut.png", "bomb.png", "postscript.png"}
    assert all(skipped.values())
    assert "pixels" in skipped["bomb.png"]
    assert any("gone.png" in note for note in data.notes)


def test_no_damage_is_fatal(folder: Path) -> None:
    """A few hundred pictures with random bytes changed: each is read or skipped."""
    rng = np.random.default_rng(0)
    fill(folder, 2)
    for ending in ("png", "jpg", "gif", "tif", "webp", "bmp", "ppm", "tga"):
        whole = save(folder / f"whole.{ending}", noise(5)).read_bytes()
        for index in range(25):
            data = bytearray(whole)
            for place in rng.integers(0, len(data), 1 + index % 7):
                data[place] = int(rng.integers(256))
            (folder / f"{index}.{ending}").write_bytes(data[: len(data) - index % 3 * len(data) // 4])
    data = opened(FolderSource(path=str(folder)))
    assert len(by_name(data)) + len(data.skipped) == 2 + 8 * 26
    assert len(data.skipped) > 20


def test_a_folder_per_class(folder: Path) -> None:
    for number, name in enumerate(("2", "10", "1")):
        fill(folder / name, 4, first=10 * number)
    data = opened(FolderSource(path=str(folder)), held_out=0.25)
    assert data.shape.class_names == ("1", "2", "10")
    labels = data.train.batch(slice(None)).labels
    assert labels is not None
    assert sorted(labels.tolist()) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    held = data.held_out.batch(slice(None)).labels
    assert held is not None
    assert sorted(held.tolist()) == [0, 1, 2]  # a share of every class
    assert opened(FolderSource(path=str(folder), labels="none")).shape.class_names == ()


def test_pictures_beside_the_folders_are_no_classes(folder: Path) -> None:
    fill(folder, 2)
    fill(folder / "more", 2, first=5)
    assert opened(FolderSource(path=str(folder))).shape.class_names == ()


def test_captions_in_text_files(folder: Path) -> None:
    fill(folder, 4)
    for index in range(4):
        (folder / f"{index:03d}.txt").write_text(f" picture\n{index % 2} ", encoding="utf-8")
    data = opened(FolderSource(path=str(folder)))
    assert data.shape.captions == ("picture 0", "picture 1")
    batch = data.train.batch(slice(None))
    images = {
        tuple(caption.split()): image for caption, image in zip(batch.captions, batch.images, strict=True)
    }
    assert len(batch.captions) == data.count
    assert set(images) <= {("picture", "0"), ("picture", "1")}


def test_the_licence_beside_the_pictures_is_told(folder: Path) -> None:
    fill(folder, 2)
    (folder / "LICENSE.txt").write_text("\n# Creative Commons Zero 1.0\n\nNo rights reserved.")
    assert opened(FolderSource(path=str(folder))).licence == "Creative Commons Zero 1.0 (LICENSE.txt)"


def test_folders_without_pictures_are_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(TrainingError, match="not a folder"):
        opened(FolderSource(path=str(tmp_path / "missing")))
    with pytest.raises(TrainingError, match="0 pictures"):
        opened(FolderSource(path=str(folder)))
    for name in "ab":
        (folder / f"{name}.png").write_bytes(b"broken")
    with pytest.raises(TrainingError, match=r"0 of the pictures.*a\.png"):
        opened(FolderSource(path=str(folder)))


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_how_a_picture_becomes_square(folder: Path, fit: str) -> None:
    wide = Image.new("RGB", (32, 16), "blue")
    wide.paste(RED, (0, 0, 8, 16))
    wide.save(folder / "a.png")
    wide.save(folder / "b.png")
    picture = by_name(opened(FolderSource(path=str(folder)), fit=fit, background="black"))["a.png"]
    red = (picture[:, :, 0] > 200).mean()
    black = (picture.max(2) == 0).mean()
    assert (red, black) == pytest.approx(
        {"crop": (0, 0), "pad": (0.125, 0.5), "stretch": (0.25, 0)}[fit], abs=0.04
    )


def test_small_pictures_are_padded_and_not_enlarged(folder: Path) -> None:
    for name in "ab":
        save(folder / f"{name}.png", np.full((8, 8, 3), 77, np.uint8))
    picture = by_name(opened(FolderSource(path=str(folder)), fit="pad"))["a.png"]
    assert (picture[4:12, 4:12] == 77).all()
    assert (picture[:4] == 255).all()


def test_grey_pictures_have_one_channel_unless_asked(folder: Path) -> None:
    for index in range(3):
        save(folder / f"{index}.png", noise(index, channels=1)[:, :, 0])
    assert opened(FolderSource(path=str(folder))).train.batch(slice(None)).images.shape == (2, 1, 16, 16)
    assert opened(FolderSource(path=str(folder)), colour="rgb").shape.channels == 3
    save(folder / "colour.png", noise(9))
    assert opened(FolderSource(path=str(folder))).shape.channels == 3
    assert opened(FolderSource(path=str(folder)), colour="grey").shape.channels == 1


def test_a_preset_without_a_folder_does_not_take_the_current_one() -> None:
    with pytest.raises(TrainingError, match="--data"):
        opened(FolderSource())
