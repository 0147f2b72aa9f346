"""Kinds of files, sizes and borders: pixels against Pillow's own reading, records against what was put in."""

import struct
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
from latentlab.latents.recipe import DirectionWeight, Recipe, SeedSource, VectorSource
from latentlab.render import xmp
from latentlab.render.contact_sheet import SheetForm, contact_sheet
from latentlab.render.picture_form import PictureForm, formed, kind_of
from latentlab.render.pictures import read_record, save_picture

KINDS = ("png", "jpeg", "webp", "tiff")
PIXELS = np.random.RandomState(0).randint(0, 256, (12, 12, 3), np.uint8)
SMOOTH = np.broadcast_to(np.arange(12, dtype=np.uint8)[:, None, None] * 15, (12, 12, 3)).copy()
SMALL = PictureRecord(ModelRef("0f" * 32, "Портрети & 好 <x>"), Recipe(SeedSource(7), truncation_psi=0.7))
# Too much for one segment of a JPEG, however it is compressed.
LARGE = PictureRecord(
    ModelRef("0f" * 32, "Large"),
    Recipe(
        VectorSource("w", tuple(np.random.RandomState(1).standard_normal(9000).tolist())),
        directions=(DirectionWeight("pca:0", 1.0),),
    ),
    (Direction("pca:0", "One", np.random.RandomState(2).standard_normal(512).astype(np.float32), 0.1),),
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("record", [SMALL, LARGE])
def test_every_kind_brings_its_record_back(tmp_path: Path, kind: str, record: PictureRecord) -> None:
    path = tmp_path / f"picture.{kind}"
    pixels = PIXELS if kind in ("png", "tiff") else SMOOTH
    save_picture(path, pixels, record, PictureForm(kind))
    assert read_record(path) == record
    with Image.open(path) as image:
        assert image.format == kind.upper()
        assert image.size == (12, 12)
        difference = np.abs(np.asarray(image.convert("RGB")).astype(int) - pixels)
    assert difference.max() <= (0 if kind in ("png", "tiff") else 8)


def test_the_record_survives_another_programs_copy(tmp_path: Path) -> None:
    """Programs that carry XMP along may write it anew, with another prefix and as an element."""
    packet = xmp.packet("a text")
    value = packet.split(b'latentlab:record="')[1].split(b'"')[0]
    again = (
        b"<rdf:Description><ns1:record>\n"
        + value[:9]
        + b"\n"
        + value[9:]
        + b"\n</ns1:record></rdf:Description>"
    )
    assert xmp.text_in(again, most=100) == "a text"
    save_picture(tmp_path / "one.webp", PIXELS, SMALL, PictureForm("webp"))
    with Image.open(tmp_path / "one.webp") as image:
        image.save(tmp_path / "two.webp", xmp=image.info["xmp"])
    assert read_record(tmp_path / "two.webp") == SMALL


def test_jpegs_of_other_programs_hold_no_record(tmp_path: Path) -> None:
    for kind in ("jpeg", "webp", "tiff"):
        path = tmp_path / f"plain.{kind}"
        Image.fromarray(PIXELS).save(path)
        with pytest.raises(RecipeError, match="holds no recipe"):
            read_record(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    kind=st.sampled_from(KINDS), cut=st.integers(0, 400), place=st.integers(0, 400), byte=st.integers(0, 255)
)
def test_damaged_files_fail_with_our_words(
    tmp_path: Path, kind: str, cut: int, place: int, byte: int
) -> None:
    path = tmp_path / f"damaged.{kind}"
    save_picture(path, PIXELS, SMALL, PictureForm(kind))
    data = bytearray(path.read_bytes())
    data[place % len(data)] = byte
    path.write_bytes(data[: len(data) - cut])
    try:
        record = read_record(path)
    except LatentLabError:
        return
    assert isinstance(record, PictureRecord)


def test_a_bomb_is_not_unpacked() -> None:
    packet = xmp.packet("x" * 10_000_000)
    with pytest.raises(RecipeError, match="more than"):
        xmp.text_in(packet, most=1000)


def test_a_tiff_that_points_outside_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "bad.tif"
    path.write_bytes(b"II*\0" + struct.pack("<IHHHII", 8, 1, 700, 1, 1 << 30, 1 << 31))
    with pytest.raises(RecipeError, match="damaged"):
        read_record(path)


def test_nearest_keeps_every_pixel_and_lanczos_is_pillows() -> None:
    twice = np.asarray(formed(PIXELS, PictureForm(side=24, scaling="nearest")))
    np.testing.assert_array_equal(twice, PIXELS.repeat(2, 0).repeat(2, 1))
    smooth = np.asarray(formed(PIXELS, PictureForm(side=30)))
    expected = np.asarray(Image.fromarray(PIXELS).resize((30, 30), Image.Resampling.LANCZOS))
    np.testing.assert_array_equal(smooth, expected)


def test_borders_are_transparent_where_the_file_can_be(tmp_path: Path) -> None:
    for kind, mode in (("png", "RGBA"), ("webp", "RGBA"), ("tiff", "RGBA"), ("jpeg", "RGB")):
        save_picture(tmp_path / f"b.{kind}", PIXELS, None, PictureForm(kind, border=3, quality=100))
        with Image.open(tmp_path / f"b.{kind}") as image:
            assert (image.size, image.mode) == ((18, 18), mode)
            corner = image.getpixel((0, 0))
            assert corner[3] == 0 if mode == "RGBA" else min(corner) > 250
            if kind != "jpeg":
                np.testing.assert_array_equal(np.asarray(image.convert("RGB"))[3:-3, 3:-3], PIXELS)
    coloured = formed(PIXELS, PictureForm(border=2, border_colour="#102030"))
    assert coloured.getpixel((0, 0)) == (16, 32, 48)


@pytest.mark.parametrize(
    "values",
    [{"kind": "bmp"}, {"scaling": "best"}, {"side": -1}, {"side": 99999}, {"quality": 0}, {"border": -2}],
)
def test_impossible_forms_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ExportError):
        PictureForm(**values)
    with pytest.raises(ExportError, match="no colour"):
        formed(PIXELS, PictureForm(border=1, border_colour="reddish"))


def test_kinds_by_name() -> None:
    assert [kind_of(name) for name in ("a.JPG", "b.tif", "c", "d.png", "e.bmp")] == [
        "jpeg",
        "tiff",
        None,
        "png",
        None,
    ]


def test_a_sheet_has_every_picture_in_its_place() -> None:
    pictures = [np.full((10, 10, 3), shade, np.uint8) for shade in (10, 60, 110, 160, 210)]
    sheet = SheetForm(columns=3, margin=4, gap=2, captions=False, background="#000000")
    image = np.asarray(contact_sheet(pictures, [""] * 5, sheet, PictureForm()))
    assert image.shape == (4 + 10 + 2 + 10 + 4, 4 + 3 * 10 + 2 * 2 + 4, 3)
    for place, picture in enumerate(pictures):
        row, column = divmod(place, 3)
        part = image[4 + 12 * row : 14 + 12 * row, 4 + 12 * column : 14 + 12 * column]
        np.testing.assert_array_equal(part, picture)
    assert (image[16:, 28:] == 0).all()


def test_captions_stand_below_and_are_cut_off() -> None:
    pictures = [np.zeros((40, 40, 3), np.uint8)] * 2
    sheet = SheetForm(columns=2, margin=0, gap=0)
    image = np.asarray(contact_sheet(pictures, ["Hills", "a very long name indeed"], sheet, PictureForm()))
    below = image[40:]
    assert below.shape[0] > 9
    assert (below[:, :40] < 200).any()
    assert (below[:, 40:80] < 200).any()
    assert contact_sheet(pictures * 8, [""] * 16, SheetForm(captions=False), PictureForm()).width < 300
    with pytest.raises(ExportError, match="no pictures"):
        contact_sheet([], [], sheet, PictureForm())
