"""A text inside JPEG, WebP and TIFF files: as XMP (ISO 16684-1), which programs that keep metadata carry along.

The text is compressed and stands as base64 in one property of ours, so that no program's opinion about white space
or entities can change it. Files are read within bounds and never parsed as XML. Imports neither torch nor PIL.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from latentlab.errors import RecipeError

MOST = 16 << 20
"""Bytes that a packet may have."""

_NAMESPACE = "https://latentlab.org/ns/record/1.0/"
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:latentlab="{namespace}"'
    "{note} xmp:CreatorTool={tool}{record}/></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="w"?>'
)
_FOUND = re.compile(
    rb"(?:^|[\s<])[A-Za-z_][\w.-]*:record(?:\s*=\s*[\"']|\s*>)\s*(z64:[A-Za-z0-9+/=\s]+?)\s*(?:[\"']|</)"
)
_JPEG_MAIN = b"http://ns.adobe.com/xap/1.0/\0"
_JPEG_MORE = b"http://ns.adobe.com/xmp/extension/\0"
_JPEG_ROOM = 65_000
_TIFF_TAG = 700
_MAX_PARTS = 100_000


def packet(text: str, tool: str = "LatentLab") -> bytes:
    """An XMP packet that carries `text`."""
    return _filled(tool, record=f' latentlab:record="{_packed(text)}"')


def text_in(found: bytes, *, most: int) -> str | None:
    """The text that a packet carries; None where it carries none.

    Raises:
        RecipeError: it is damaged, or larger than `most` bytes.
    """
    match = _FOUND.search(found)
    if match is None:
        return None
    try:
        data = base64.b64decode(b"".join(match[1][4:].split()), validate=True)
        stream = zlib.decompressobj()
        text = stream.decompress(data, most)
    except (binascii.Error, zlib.error) as error:
        raise RecipeError("The recipe in this picture is damaged: use another copy.") from error
    if stream.unconsumed_tail:
        raise RecipeError(f"The recipe in this picture has more than {most:,} bytes: use the original file.")
    if not stream.eof:
        raise RecipeError("The recipe in this picture is cut off: use another copy.")
    return text.decode("utf-8", errors="replace")


def jpeg_segments(text: str, tool: str = "LatentLab") -> bytes:
    """Application segments that carry `text`: one, or an extended packet in many where one has no room."""
    whole = packet(text, tool)
    if len(whole) <= _JPEG_ROOM:
        return _app1(_JPEG_MAIN + whole)
    digest = hashlib.md5(whole, usedforsecurity=False).hexdigest().upper().encode()
    note = f' xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{digest.decode()}"'
    segments = [_app1(_JPEG_MAIN + _filled(tool, note=note))]
    for start in range(0, len(whole), _JPEG_ROOM):
        head = _JPEG_MORE + digest + struct.pack(">II", len(whole), start)
        segments.append(_app1(head + whole[start : start + _JPEG_ROOM]))
    return b"".join(segments)


def find_packet(path: Path) -> bytes | None:
    """The XMP packet of a JPEG, WebP or TIFF file; None where it has none, or where none can be found any more.

    Raises:
        RecipeError: the file is missing or of another kind, or its packet is cut off or too large.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
            if head.startswith(b"\xff\xd8"):
                return _in_jpeg(file)
            if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
                return _in_webp(file)
            if head[:4] in (b"II*\0", b"MM\0*"):
                return _in_tiff(file, "<" if head.startswith(b"II") else ">")
    except OSError as error:
        raise RecipeError(f"{path.name} cannot be read ({error.strerror}): use another copy.") from error
    except struct.error:
        return None  # the file ends, or goes astray, before any packet: whoever reads its pixels will say so
    except _DamagedError as error:
        raise RecipeError(f"{path.name} is damaged or cut off: use another copy of the picture.") from error
    raise RecipeError(f"{path.name} is no PNG, JPEG, WebP or TIFF picture: recipes are stored in these.")


class _DamagedError(Exception):
    """The packet is not what it must be."""


def _packed(text: str) -> str:
    return "z64:" + base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")


def _filled(tool: str, *, record: str = "", note: str = "") -> bytes:
    quoted = '"' + tool.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;") + '"'
    return _PACKET.format(namespace=_NAMESPACE, note=note, tool=quoted, record=record).encode()


def _app1(data: bytes) -> bytes:
    return b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data


def _in_jpeg(file: BinaryIO) -> bytes | None:
    """ISO 10918-1, annex B: segments up to the first scan."""
    main: bytes | None = None
    more: dict[int, bytes] = {}
    for data in _jpeg_segments(file):
        if data.startswith(_JPEG_MAIN):
            main = data[len(_JPEG_MAIN) :]
        elif data.startswith(_JPEG_MORE):
            head = len(_JPEG_MORE) + 32
            _, start = struct.unpack(">II", data[head : head + 8])
            more[start] = data[head + 8 :]
            if sum(map(len, more.values())) > MOST:
                raise _DamagedError
    if not more:
        return main
    whole = b""
    for start in sorted(more):
        if start != len(whole):
            raise _DamagedError
        whole += more[start]
    return whole


def _jpeg_segments(file: BinaryIO) -> Iterator[bytes]:
    """Contents of the APP1 segments."""
    file.seek(2)
    for _ in range(_MAX_PARTS):
        marker = file.read(2)
        while marker[1:] == b"\xff":  # fill bytes
            marker = b"\xff" + file.read(1)
        if len(marker) < 2 or marker[0] != 0xFF or marker[1] in (0xD9, 0xDA):
            return
        if marker[1] == 0x01 or 0xD0 <= marker[1] <= 0xD7:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if length < 2:
            return
        if marker[1] == 0xE1:
            data = file.read(length - 2)
            if len(data) < length - 2:
                raise _DamagedError
            yield data
        else:
            file.seek(length - 2, 1)


def _in_webp(file: BinaryIO) -> bytes | None:
    """RFC 9649: chunks of a RIFF file."""
    file.seek(12)
    for _ in range(_MAX_PARTS):
        head = file.read(8)
        if len(head) < 8:
            return None
        kind, length = struct.unpack("<4sI", head)
        if kind == b"XMP ":
            return _part(file, length)
        file.seek(length + length % 2, 1)
    return None


def _in_tiff(file: BinaryIO, order: str) -> bytes | None:
    """TIFF 6.0, section 2: tag 700 of the first directory."""
    file.seek(4)
    (start,) = struct.unpack(f"{order}I", file.read(4))
    file.seek(start)
    (count,) = struct.unpack(f"{order}H", file.read(2))
    for _ in range(count):
        tag, kind, length, value = struct.unpack(f"{order}HHII", file.read(12))
        if tag == _TIFF_TAG and kind in (1, 7) and length > 4:
            file.seek(value)
            return _part(file, length)
    return None


def _part(file: BinaryIO, length: int) -> bytes:
    if length > MOST:
        raise _DamagedError
    data = file.read(length)
    if len(data) < length:
        raise _DamagedError
    return data
