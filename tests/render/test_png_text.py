import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from latentlab.errors import RecipeError
from latentlab.render import png_text

_LIMIT = 10 << 20
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_text(path: Path, keyword: str, most: int = _LIMIT) -> str | None:
    return png_text.read_text(path, keyword, most=most)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(tmp_path: Path, *chunks: bytes) -> Path:
    path = tmp_path / "picture.png"
    path.write_bytes(_SIGNATURE + b"".join(chunks) + _chunk(b"IEND", b""))
    return path


def _itxt(text: bytes, *, compressed: bool = False) -> bytes:
    body = zlib.compress(text) if compressed else text
    return _chunk(b"iTXt", b"latentlab\0" + bytes([compressed, 0]) + b"en\0Rezept\0" + body)


@pytest.mark.parametrize("compressed", [False, True])
def test_text_written_by_pillow_is_read(tmp_path: Path, compressed: bool) -> None:
    info = PngInfo()
    info.add_text("latentlab2", "not this")
    info.add_itxt("latentlab", "Ψ = 0.7 · 好", zip=compressed)
    path = tmp_path / "picture.png"
    Image.new("RGB", (300, 200)).save(path, pnginfo=info)
    assert read_text(path, "latentlab") == "Ψ = 0.7 · 好"
    assert read_text(path, "other") is None


def test_text_that_another_program_stored_in_an_older_way_is_read(tmp_path: Path) -> None:
    info = PngInfo()
    info.add_text("latentlab", "caf\xe9", zip=True)
    path = tmp_path / "picture.png"
    Image.new("L", (9, 9)).save(path, pnginfo=info)
    assert read_text(path, "latentlab") == "caf\xe9"
    info = PngInfo()
    info.add_text("latentlab", "plain")
    Image.new("L", (9, 9)).save(path, pnginfo=info)
    assert read_text(path, "latentlab") == "plain"


def test_text_behind_the_picture_is_found(tmp_path: Path) -> None:
    assert read_text(_png(tmp_path, _chunk(b"IDAT", bytes(50_000)), _itxt(b"late")), "latentlab") == "late"


@pytest.mark.parametrize("compressed", [False, True])
def test_a_text_larger_than_allowed_is_refused(tmp_path: Path, compressed: bool) -> None:
    whole = _png(tmp_path, _itxt(b"a" * 900, compressed=compressed))
    assert read_text(whole, "latentlab", 1000) == "a" * 900
    larger = _png(tmp_path, _itxt(b"a" * 200_000, compressed=compressed))
    with pytest.raises(RecipeError, match="more than 1,000 bytes"):
        read_text(larger, "latentlab", 1000)


def _bomb() -> bytes:
    return b"latentlab\0\1\0\0\0" + zlib.compress(bytes(200 << 20), 9)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"GIF89a", id="another kind"),
        pytest.param(_SIGNATURE + b"\0\0", id="cut in a header"),
        pytest.param(
            _SIGNATURE + struct.pack(">I4s", 2**32 - 1, b"iTXt") + b"latentlab\0", id="false length"
        ),
        pytest.param(_SIGNATURE + _chunk(b"iTXt", b"latentlab\0\0\0\0\0text")[:-1] + b"x", id="wrong CRC"),
        pytest.param(_SIGNATURE + _chunk(b"zTXt", b"latentlab\0\7" + zlib.compress(b"x")), id="odd method"),
        pytest.param(_SIGNATURE + _chunk(b"zTXt", b"latentlab\0\0garbage"), id="no zlib"),
        pytest.param(
            _SIGNATURE + _chunk(b"zTXt", b"latentlab\0\0" + zlib.compress(b"text")[:-2]), id="cut zlib"
        ),
        pytest.param(_SIGNATURE + _chunk(b"iTXt", b"latentlab\0\0\0\0\0\xff\xfe"), id="no UTF-8"),
        pytest.param(_SIGNATURE + _chunk(b"iTXt", _bomb()), id="bomb"),
    ],
)
def test_damaged_and_hostile_files_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(data)
    with pytest.raises(RecipeError, match=r"picture\.png"):
        read_text(path, "latentlab")


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.png", tmp_path):
        with pytest.raises(RecipeError, match="not a file"):
            read_text(path, "latentlab")


def test_a_picture_without_an_end_has_no_text(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("L", (5, 5)).save(buffer, "PNG")
    path = tmp_path / "picture.png"
    path.write_bytes(buffer.getvalue()[:-12])
    assert read_text(path, "latentlab") is None
