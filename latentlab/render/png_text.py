"""Text inside PNG files (PNG specification, 11.3.3), read within bounds. Imports neither torch nor PIL."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from latentlab.errors import RecipeError

_MAX_CHUNKS = 1_000_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_text(path: Path, keyword: str, *, most: int) -> str | None:
    """The text stored under `keyword` (iTXt, zTXt or tEXt); None when the picture has none.

    Args:
        path: of the picture. Of what is not text in it nothing is read.
        keyword: Latin letters, at most 79.
        most: bytes that the text may have, before and after decompression.

    Raises:
        RecipeError: the file is missing, no PNG, damaged, or its text is larger than `most`.
    """
    name = path.name
    try:
        if not path.is_file():
            raise RecipeError(f"{name} is not a file: choose a PNG picture.")
        with path.open("rb") as file:
            if file.read(8) != _SIGNATURE:
                raise RecipeError(
                    f"{name} is not a PNG picture: recipes are stored in PNG files that LatentLab exported."
                )
            return _search(file, path.stat().st_size, keyword.encode("latin-1"), most)
    except OSError as error:
        raise RecipeError(f"{name} cannot be read ({error.strerror}): use another copy.") from error
    except _TooLargeError as error:
        raise RecipeError(
            f"The text in {name} has more than {most:,} bytes: use the original file."
        ) from error
    except _DamagedError as error:
        raise RecipeError(f"{name} is damaged or cut off: use another copy of the picture.") from error


class _DamagedError(Exception):
    """The file is not what a PNG must be."""


class _TooLargeError(Exception):
    """The text is larger than allowed."""


def _search(file: BinaryIO, size: int, keyword: bytes, most: int) -> str | None:
    position = file.tell()
    for _ in range(_MAX_CHUNKS):
        header = file.read(8)
        if not header:
            return None  # no IEND: cut off behind a whole chunk, or written carelessly
        if len(header) < 8:
            raise _DamagedError
        length, kind = struct.unpack(">I4s", header)
        position += 12 + length
        if position > size:
            raise _DamagedError
        if kind == b"IEND":
            return None
        if kind in (b"iTXt", b"zTXt", b"tEXt") and _keyword(file, length) == keyword:
            return _text(file, kind, length, most)
        file.seek(position)
    raise _DamagedError


def _keyword(file: BinaryIO, length: int) -> bytes:
    """What stands before the first zero byte; the file is left where it was."""
    start = file.tell()
    keyword = file.read(min(length, 80)).partition(b"\0")[0]
    file.seek(start)
    return keyword


def _text(file: BinaryIO, kind: bytes, length: int, most: int) -> str:
    if length > most:
        raise _TooLargeError
    data = file.read(length)
    if struct.pack(">I", zlib.crc32(kind + data)) != file.read(4):
        raise _DamagedError
    rest = data.partition(b"\0")[2]
    if kind == b"tEXt":
        return rest.decode("latin-1")
    if kind == b"zTXt":
        compressed, method, rest = True, rest[:1], rest[1:]
    else:
        compressed, method = rest[:1] == b"\1", rest[1:2]
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # behind language and translated keyword
    if compressed:
        if method != b"\0":
            raise _DamagedError
        rest = _inflated(rest, most)
    try:
        return rest.decode("latin-1" if kind == b"zTXt" else "utf-8")
    except UnicodeDecodeError as error:
        raise _DamagedError from error


def _inflated(data: bytes, most: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(data, most)
    except zlib.error as error:
        raise _DamagedError from error
    if stream.unconsumed_tail:
        raise _TooLargeError
    if not stream.eof:
        raise _DamagedError
    return text
