import errno
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from latentlab.errors import ExportError, LatentLabError, RecipeError
from latentlab.latents.directions import Direction
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.picture_record import PictureRecord
from latentlab.latents.recipe import DirectionWeight, Recipe, SeedSource
from latentlab.render.pictures import read_record, save_png

_PIXELS = np.random.RandomState(0).randint(0, 256, (40, 30, 3), np.uint8)
_RECORD = PictureRecord(
    ModelRef("0f" * 32, "Портрети 好"),
    Recipe(SeedSource(7), truncation_psi=0.7, directions=(DirectionWeight("pca:0", 2.5),)),
    (Direction("pca:0", "Main change 1", np.linspace(-1, 1, 512, dtype=np.float32), 0.1),),
    (30, 40),
    "LatentLab 0.1.0",
)


def test_a_picture_brings_back_its_record_and_its_pixels(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "picture.png"
    save_png(path, _PIXELS, _RECORD)
    assert read_record(path) == _RECORD
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.asarray(image), _PIXELS)


def test_a_picture_opened_and_saved_elsewhere_with_its_text_still_brings_it_back(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    save_png(path, _PIXELS, _RECORD)
    with Image.open(path) as image:
        image.load()
        from PIL.PngImagePlugin import PngInfo

        kept = PngInfo()
        kept.add_text("latentlab", image.text["latentlab"])  # as plain tEXt
        image.rotate(90).save(tmp_path / "edited.png", pnginfo=kept)
    assert read_record(tmp_path / "edited.png") == _RECORD


def test_a_picture_saved_elsewhere_without_its_text_says_so(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    save_png(path, _PIXELS, _RECORD)
    with Image.open(path) as image:
        image.copy().save(tmp_path / "edited.png")
        image.copy().save(tmp_path / "edited.jpg")
    with pytest.raises(RecipeError, match="holds no recipe"):
        read_record(tmp_path / "edited.png")
    with pytest.raises(RecipeError, match="holds no recipe"):
        read_record(tmp_path / "edited.jpg")
    (tmp_path / "note.txt").write_text("no picture at all")
    with pytest.raises(RecipeError, match="no PNG, JPEG, WebP or TIFF"):
        read_record(tmp_path / "note.txt")
    save_png(path, _PIXELS)
    with pytest.raises(RecipeError, match="holds no recipe"):
        read_record(path)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "may not be written to"),
        (errno.EIO, "cannot be written"),
    ],
)
def test_a_failed_export_leaves_the_old_file_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    path = tmp_path / "picture.png"
    save_png(path, _PIXELS, _RECORD)
    before = path.read_bytes()

    def fail(descriptor: int) -> None:
        raise OSError(code, "the reason")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(ExportError, match=words):
        save_png(path, 255 - _PIXELS, _RECORD)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["picture.png"]


def _saved() -> bytes:
    buffer = io.BytesIO()
    from PIL.PngImagePlugin import PngInfo

    from latentlab.latents import picture_record

    information = PngInfo()
    information.add_itxt("latentlab", picture_record.to_text(_RECORD), zip=False)
    Image.fromarray(_PIXELS[:4, :4]).save(buffer, "PNG", pnginfo=information)
    return buffer.getvalue()


_SAVED = _saved()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    cut=st.integers(0, len(_SAVED)) | st.just(len(_SAVED)),
    flips=st.lists(st.tuples(st.integers(0, len(_SAVED) - 1), st.integers(1, 255)), max_size=6),
    extra=st.binary(max_size=40),
)
def test_whatever_happened_to_the_bytes_the_error_has_a_name(
    tmp_path: Path, cut: int, flips: list[tuple[int, int]], extra: bytes
) -> None:
    data = bytearray(_SAVED)
    for position, value in flips:
        data[position] ^= value
    path = tmp_path / "picture.png"
    path.write_bytes(bytes(data[:cut]) + extra)
    try:
        record = read_record(path)
    except LatentLabError:
        return
    assert record.recipe == _RECORD.recipe, "the checksum lets nothing changed through"
