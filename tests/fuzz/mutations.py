"""Changes that turn sound model files into damaged and hostile ones."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import pickletools
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

Change = Callable[[random.Random, bytes], bytes]

_NUMBERS = (0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0xFFFF, 1 << 20, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_WIDE = (*_NUMBERS, 1 << 32, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
_GLOBALS = (
    ("os", "system"),
    ("builtins", "eval"),
    ("builtins", "getattr"),
    ("torch", "os.system"),
    ("torch.storage", "_load_from_bytes"),
    ("torch._utils", "_rebuild_tensor_v2"),
    ("torch._utils", "_rebuild_tensor_v3"),
    ("torch._utils", "_rebuild_parameter"),
    ("torch._tensor", "_rebuild_from_type_v2"),
    ("torch", "Size"),
    ("torch", "float16"),
    ("torch", "UntypedStorage"),
    ("collections", "OrderedDict"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy", "ndarray"),
    ("dnnlib.util", "EasyDict"),
    ("dnnlib.tflib.network", "Network"),
    ("torch_utils.persistence", "_reconstruct_persistent_obj"),
    ("_codecs", "encode"),
    ("some.module", "Thing"),
)
_BROKEN_ARCHIVE = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(ValueError, KeyError, OSError, RuntimeError, EOFError, NotImplementedError),
)
"""What Python's own reader of archives raises for damaged ones."""
_LARGEST = 4 << 20
"""Bytes that a repeated stretch may take: several repetitions on top of each other would fill the memory."""
_INSTRUCTIONS = [op.code.encode("latin-1") for op in pickletools.opcodes]


def flip(dice: random.Random, data: bytes) -> bytes:
    """Change one byte."""
    at = dice.randrange(len(data))
    return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]


def number(dice: random.Random, data: bytes) -> bytes:
    """Put an interesting number somewhere."""
    at = dice.randrange(len(data))
    value = (
        struct.pack("<I", dice.choice(_NUMBERS))
        if dice.random() < 0.6
        else struct.pack("<Q", dice.choice(_WIDE))
    )
    return data[:at] + value + data[at + len(value) :]


def cut(dice: random.Random, data: bytes) -> bytes:
    """Lose the end."""
    return data[: max(1, dice.randrange(len(data)))]


def drop(dice: random.Random, data: bytes) -> bytes:
    """Lose a piece."""
    at = dice.randrange(len(data))
    return data[:at] + data[at + 1 + dice.randrange(32) :] or b"\x80"


def repeat(dice: random.Random, data: bytes) -> bytes:
    """Say a piece several times."""
    at = dice.randrange(len(data))
    piece = data[at : at + 1 + dice.randrange(64)]
    return data[:at] + piece * dice.choice((2, 2, 3, 10, 1000)) + data[at:]


def move(dice: random.Random, data: bytes) -> bytes:
    """Copy a piece over another place."""
    source, target = dice.randrange(len(data)), dice.randrange(len(data))
    piece = data[source : source + 1 + dice.randrange(64)]
    return data[:target] + piece + data[target + (len(piece) if dice.random() < 0.5 else 0) :]


def instruction(dice: random.Random, data: bytes) -> bytes:
    """Replace, insert or double an instruction of the pickle, at a place where one stands."""
    places = _places(data)
    if not places:
        return flip(dice, data)
    at = dice.choice(places)
    kind = dice.randrange(5)
    if kind == 0:
        return data[:at] + dice.choice(_INSTRUCTIONS) + data[at + 1 :]
    if kind == 1:
        return data[:at] + dice.choice(_INSTRUCTIONS) + data[at:]
    if kind == 2:
        end = dice.choice([place for place in places if place > at][:40] or [len(data)])
        times = dice.choice((2, 3, 100))
        if (end - at) * times > _LARGEST:  # what is repeated may have been repeated before
            return data
        return data[:at] + data[at:end] * times + data[end:]
    if kind == 3:
        return data[:at] + _global(dice) + dice.choice((b"", b")R", b"]R", b")\x81", b"}b")) + data[at:]
    return data[:at] + _value(dice) + data[at:]


def same_value(dice: random.Random, data: bytes) -> bytes:
    """Replace a number or text by another."""
    try:
        steps = [(op, place) for op, argument, place in pickletools.genops(data) if argument is not None]
    except (ValueError, UnicodeDecodeError, IndexError):
        return flip(dice, data)
    places = {place for _, place in steps}
    starts = _places(data)
    at = dice.choice(sorted(places)) if places else 0
    following = [place for place in starts if place is not None and place > at]
    end = following[0] if following else len(data)
    return data[:at] + _value(dice) + data[end:]


def _places(data: bytes) -> list[int]:
    """Where the instructions of the first pickle stand, as far as they make sense."""
    places: list[int] = []
    with contextlib.suppress(ValueError, UnicodeDecodeError, IndexError, struct.error, OverflowError):
        places.extend(place for _, _, place in pickletools.genops(data) if place is not None)
    return places


def _global(dice: random.Random) -> bytes:
    module, name = dice.choice(_GLOBALS)
    return f"c{module}\n{name}\n".encode()


def _value(dice: random.Random) -> bytes:
    return dice.choice(
        [
            lambda: b"J" + struct.pack("<I", dice.choice(_NUMBERS)),
            lambda: b"\x8a\x08" + struct.pack("<Q", dice.choice(_WIDE)),
            lambda: b"\x8b" + struct.pack("<I", dice.choice(_NUMBERS)),
            lambda: b"X" + struct.pack("<I", dice.choice(_NUMBERS)),
            lambda: b"B" + struct.pack("<I", dice.choice(_NUMBERS)),
            lambda: b"N",
            lambda: b")",
            lambda: b"}",
            lambda: b"]",
            lambda: pickle.dumps("x" * dice.choice((0, 1, 5000)), 2)[2:-1],
            lambda: b"G" + struct.pack(">d", dice.choice((float("nan"), float("inf"), -1.0, 1e300))),
            lambda: _global(dice),
        ]
    )()


def member(dice: random.Random, data: bytes) -> bytes:
    """Change what is inside a zip archive and write a sound archive around it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    except _BROKEN_ARCHIVE:
        return flip(dice, data)
    if not members or sum(map(len, members.values())) > 1 << 20:
        return flip(dice, data)
    name = dice.choice([name for name in members if name.endswith("data.pkl")] * 6 + list(members))
    kind = dice.random()
    if kind < 0.8 and members[name]:
        members[name] = dice.choice((*_PICKLE, flip, cut))(dice, members[name])
    elif kind < 0.9:
        members[dice.choice((name + "x", "archive/data.pkl", "byteorder", "a/b/data.pkl"))] = members.pop(
            name
        )
    else:
        members[name] = b""
    buffer = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if dice.random() < 0.05 else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for own, content in members.items():
            archive.writestr(own, content)
    return buffer.getvalue()


def header(dice: random.Random, data: bytes) -> bytes:
    """Change the JSON of a safetensors header and give it its right length."""
    length = int.from_bytes(data[:8], "little")
    try:
        entries = json.loads(data[8 : 8 + length])
    except (ValueError, RecursionError):
        return flip(dice, data)
    if not isinstance(entries, dict):
        return flip(dice, data)
    _change_json(dice, entries, 0)
    text = json.dumps(entries).encode()
    if dice.random() < 0.1:
        text = dice.choice((b"[" * 100_000, b'{"a":' * 50_000, text + b" " * (9 << 20), text[:-3]))
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


def _change_json(dice: random.Random, value: object, depth: int) -> None:
    odd = (None, True, -1, 0, 1, 1 << 40, 1 << 64, 10**400, 1.5, float("nan"), "", "x", [], {}, [1 << 62] * 4)
    if isinstance(value, dict) and value:
        key = dice.choice(list(value))
        inner = value[key]
        if isinstance(inner, str) and inner.startswith("{") and dice.random() < 0.8:
            try:
                parsed = json.loads(inner)
            except (ValueError, RecursionError):
                return
            _change_json(dice, parsed, depth)
            value[key] = json.dumps(parsed)
        elif isinstance(inner, (dict, list)) and inner and depth < 6 and dice.random() < 0.8:
            _change_json(dice, inner, depth + 1)
        elif dice.random() < 0.15:
            del value[key]
        elif dice.random() < 0.15:
            value[dice.choice(("extra", "__metadata__", key + "x"))] = inner
        else:
            value[key] = dice.choice(odd)
    elif isinstance(value, list) and value:
        value[dice.randrange(len(value))] = dice.choice(odd)


_BYTES: tuple[Change, ...] = (flip, number, cut, drop, repeat, move)
_PICKLE: tuple[Change, ...] = (instruction, instruction, instruction, same_value, same_value, number, repeat)

CHANGES: dict[str, tuple[Change, ...]] = {
    "pickle": (*_BYTES, *_PICKLE, *_PICKLE),
    "legacy": (*_BYTES, *_PICKLE),
    "zip": (*_BYTES, *(member,) * 18),
    "safetensors": (*_BYTES, *(header,) * 12),
}
