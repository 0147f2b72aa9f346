"""Hostile and damaged torch archives, torch streams and safetensors files."""

from __future__ import annotations

import io
import json
import pickle
import struct
import warnings
import zipfile
from typing import Any

import torch

from tests.formats.crafted import Runs
from tests.fuzz.reader_seeds import torch_bytes

State = dict[str, torch.Tensor]


def _state() -> State:
    return {"weight": torch.arange(64.0).reshape(8, 8), "bias": torch.zeros(8)}


def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(torch_bytes(_state(), legacy=False))) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def archive(members: dict[str, bytes], *, packed: str = "", twice: str = "") -> bytes:
    """A zip archive of these members, one of them compressed or there twice if so wished."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in members.items():
            file.writestr(name, data, zipfile.ZIP_DEFLATED if name == packed else zipfile.ZIP_STORED)
        if twice:
            file.writestr(twice, members[twice])
    return buffer.getvalue()


def _pickle_name(members: dict[str, bytes]) -> str:
    return next(name for name in members if name.endswith("data.pkl"))


def archives() -> dict[str, bytes]:
    """Zip archives."""
    members = _members()
    name = _pickle_name(members)
    folder = name.removesuffix("data.pkl")
    first = f"{folder}data/0"
    sound = archive(members)
    end = sound.rindex(b"PK\x05\x06")
    directory = struct.unpack_from("<I", sound, end + 16)[0]
    lying = members[name].replace(b"K@", b"M\x00\x40")  # 64 numbers become 16,384
    assert lying != members[name]
    terabytes = members[name].replace(b"K@", b"\x8a\x06" + bytes(5) + b"\x01")
    zeros = bytes(300 << 20)
    many = struct.pack("<HHII", 65_000, 65_000, 65_000 * 46, directory)
    overlapping = bytearray(sound)
    entries = [i for i in range(directory, end) if sound[i : i + 4] == b"PK\x01\x02"]
    for entry in entries[1:]:
        overlapping[entry + 42 : entry + 46] = sound[entries[0] + 42 : entries[0] + 46]
    sizes = bytearray(sound)
    for entry in entries:
        sizes[entry + 20 : entry + 28] = struct.pack("<II", 0xFFFFFFF0, 0xFFFFFFF0)
    return {
        "system call": archive({**members, name: pickle.dumps(Runs(), 2)}),
        "system call beside weights": torch_bytes({"g": _state(), "x": Runs()}, legacy=False),
        "packed bomb for a pickle": archive({**members, name: zeros}, packed=name),
        "packed bomb for weights": archive({**members, first: zeros}, packed=first),
        "count that lies": archive({**members, name: lying}),
        "count of terabytes": archive({**members, name: terabytes}),
        "members that share bytes": bytes(overlapping),
        "sizes beyond the file": bytes(sizes),
        "a directory of thousands that are not there": sound[: end + 8] + many + sound[end + 20 :],
        "two members of one name": archive(members, twice=first),
        "weights that are missing": archive({key: data for key, data in members.items() if key != first}),
        "weights that are short": archive({**members, first: b"1234"}),
        "empty pickle": archive({**members, name: b""}),
        "another byte order": archive({**members, f"{folder}byteorder": b"big"}),
        "no directory": sound[:end],
        "directory elsewhere": sound[:end]
        + sound[end:].replace(struct.pack("<I", directory), struct.pack("<I", directory + 7)),
        "wide numbers that are missing": sound[: end + 10] + b"\xff" * 10 + sound[end + 20 :],
    }


def streams() -> dict[str, bytes]:
    """Torch streams."""
    sound = torch_bytes(_state(), legacy=True)
    key = sound.rindex(struct.pack("<q", 64))
    head = sound[: sound.index(b"uu.") + 3]
    return {
        "system call": torch_bytes({"g": _state(), "x": Runs()}, legacy=True),
        "system call first": head + pickle.dumps(Runs(), 2) + pickle.dumps([], 2),
        "system call for the magic number": pickle.dumps(Runs(), 2) + sound,
        "system call for the keys": head + pickle.dumps({}, 2) + pickle.dumps(Runs(), 2),
        "count of terabytes": sound[:key] + struct.pack("<q", 1 << 40) + sound[key + 8 :],
        "negative count": sound[:key] + struct.pack("<q", -64) + sound[key + 8 :],
        "another byte order": sound.replace(b"little_endianq\x02\x88", b"little_endianq\x02\x89"),
        "keys that are unknown": head + pickle.dumps({}, 2) + pickle.dumps(["1", "2"], 2) + bytes(100),
        "keys that are no list": head + pickle.dumps({}, 2) + pickle.dumps(5, 2),
        "no weights": sound[: key - 4],
    }


def safetensors(header: Any, data: bytes = bytes(16), *, claim: int | None = None) -> bytes:
    """A safetensors file with this header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if claim is None else claim) + text + data


def _entry(dtype: Any = "F32", shape: Any = (4,), offsets: Any = (0, 16)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def _own(architecture: Any, **metadata: str) -> bytes:
    text = architecture if isinstance(architecture, str) else json.dumps(architecture)
    own = {"latentlab": "1", "architecture": text, "card": "{}", "extra": "{}", **metadata}
    return safetensors({"__metadata__": own, "w": _entry()})


def safetensors_files() -> dict[str, bytes]:
    """Safetensors files, LatentLab's own among them."""
    big = {"resolution": 1 << 40, "channels": [1 << 40] * 4}
    wide = {"resolution": 1024, "channels": [8192] * 9, "z_dim": 16384, "w_dim": 16384}
    return {
        "header of exabytes": safetensors({}, claim=(1 << 63) - 1),
        "header beyond the file": safetensors({"w": _entry()}, claim=5000),
        "header too long": safetensors(b"{" + b" " * (9 << 20) + b"}"),
        "nested header": safetensors(b'{"a":' + b"[" * 150_000),
        "header of many parts": safetensors(b'{"a":[' + b"{}," * 1_000_000 + b"0]}"),
        "header of many numbers": safetensors(b'{"a":[' + b"1000," * 1_500_000 + b"0]}"),
        "number of many figures": safetensors(b'{"a":' + b"9" * 100_000 + b"}"),
        "no JSON": safetensors(b"{nothing"),
        "a list": safetensors([1, 2]),
        "one name twice": safetensors(b'{"w":%b,"w":%b}' % ((json.dumps(_entry()).encode(),) * 2)),
        "unknown type": safetensors({"w": _entry(dtype="X9")}),
        "type of a number": safetensors({"w": _entry(dtype=7)}),
        "shape of terabytes": safetensors({"w": _entry(shape=[1 << 40])}),
        "shape that overflows": safetensors({"w": _entry(shape=[1 << 62, 1 << 62, 4])}),
        "negative shape": safetensors({"w": _entry(shape=[-1, -4])}),
        "shape of fractions": safetensors({"w": _entry(shape=[4.0])}),
        "offsets outside": safetensors({"w": _entry(shape=[1 << 20], offsets=[0, 4 << 20])}),
        "offsets reversed": safetensors({"w": _entry(offsets=[16, 0])}),
        "three offsets": safetensors({"w": _entry(offsets=[0, 8, 16])}),
        "shared bytes": safetensors({"a": _entry(), "b": _entry()}),
        "a gap": safetensors({"a": _entry(shape=[2], offsets=[8, 16])}),
        "bytes left over": safetensors({"a": _entry(shape=[2], offsets=[0, 8])}),
        "metadata of numbers": safetensors({"__metadata__": {"a": 1}, "w": _entry()}),
        "own: newer": safetensors({"__metadata__": {"latentlab": "99"}, "w": _entry()}),
        "own: no architecture": safetensors({"__metadata__": {"latentlab": "1"}, "w": _entry()}),
        "own: unknown family": _own({"family": "nonesuch", "config": {}}),
        "own: nested architecture": _own("[" * 100_000),
        "own: architecture of a number": _own("5"),
        "own: immense": _own({"family": "stylegan2", "config": big}),
        "own: wide": _own({"family": "stylegan2", "config": wide}),
        "own: odd settings": _own({"family": "stylegan2", "config": {"resolution": "8", "channels": None}}),
        "own: not all weights": _own(
            {"family": "stylegan2", "config": {"resolution": 8, "channels": [4, 4]}}
        ),
        "own: damaged card": _own({"family": "stylegan2", "config": {}}, card="["),
    }
