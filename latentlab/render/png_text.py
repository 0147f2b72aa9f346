"""Text inside PNG files (PNG specification, 11.3.3), read within bounds. Imports neither torch nor PIL."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from latentlab.errors import RecipeError

MAX_TEXT = 16 << 20
"""Bytes of one text, before and after decompression."""
_MAX_CHUNKS = 1_000_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_text(path: Path, keyword: str) -> str | None:
    """The text stored under `keyword` (iTXt, zTXt or tEXt); None when the picture has none.

    Reads the text chunks alone, and of them no more than is allowed.

    Raises:
        RecipeError: the file is missing, no PNG, damaged, or its text is larger than any that is written here.
    """
    try:
        if not path.is_file():
            raise RecipeError(f"{path.name} is not a file: choose a PNG picture.")
        with path.open("rb") as file:
            return _search(file, path.stat().st_size, keyword.encode("latin-1"), path.name)
    except OSError as error:
        raise RecipeError(f"{path.name} cannot be read ({error.strerror}).") from error


def _search(file: BinaryIO, size: int, keyword: bytes, name: str) -> str | None:
    if file.read(8) != _SIGNATURE:
        raise RecipeError(
            f"{name} is not a PNG picture: recipes are stored in PNG files that LatentLab exported."
        )
    position = 8
    for _ in range(_MAX_CHUNKS):
        header = file.read(8)
        if not header:
            return None  # no IEND: cut off behind a whole chunk, or written carelessly
        if len(header) < 8:
            raise _damaged(name)
        length, kind = struct.unpack(">I4s", header)
        position += 12 + length
        if position > size:
            raise _damaged(name)
        if kind == b"IEND":
            return None
        if kind in (b"iTXt", b"zTXt", b"tEXt") and _keyword(file, length) == keyword:
            return _text(file, kind, length, name)
        file.seek(position)
    raise _damaged(name)


def _keyword(file: BinaryIO, length: int) -> bytes:
    """What stands before the first zero byte; the file is left where it was."""
    start = file.tell()
    keyword = file.read(min(length, 80)).partition(b"\0")[0]
    file.seek(start)
    return keyword


def _text(file: BinaryIO, kind: bytes, length: int, name: str) -> str:
    if length > MAX_TEXT:
        raise RecipeError(
            f"The text in {name} is larger than {MAX_TEXT >> 20} MB: LatentLab did not write it."
        )
    data = file.read(length)
    if struct.pack(">I", zlib.crc32(kind + data)) != file.read(4):
        raise _damaged(name)
    _, _, rest = data.partition(b"\0")
    compressed = kind == b"zTXt"
    if kind == b"zTXt":
        method, rest = rest[:1], rest[1:]
    elif kind == b"iTXt":
        compressed, method = rest[:1] == b"\1", rest[1:2]
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # language, translated keyword
    if compressed:
        if method != b"\0":
            raise _damaged(name)
        rest = _inflated(rest, name)
    try:
        return rest.decode("utf-8" if kind == b"iTXt" else "latin-1")
    except UnicodeDecodeError as error:
        raise _damaged(name) from error


def _inflated(data: bytes, name: str) -> bytes:
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(data, MAX_TEXT)
    except zlib.error as error:
        raise _damaged(name) from error
    if stream.unconsumed_tail:
        raise RecipeError(
            f"The text in {name} is larger than {MAX_TEXT >> 20} MB: LatentLab did not write it."
        )
    if not stream.eof:
        raise _damaged(name)
    return text


def _damaged(name: str) -> RecipeError:
    return RecipeError(f"{name} is damaged or cut off: use another copy of the picture.")
