"""Hostile and damaged pickles, written instruction by instruction, each to harm a reader that believes it."""

from __future__ import annotations

import io
import os
import pickle
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from latentlab.cli.bench.pickle_file import Call, PickleWriter, module, storage_head

SENTINEL = "it-ran"
"""A file of this name in the working folder shows that something in a file was run."""

COMMAND = f"touch {SENTINEL}"
_TEXT = b"X" + struct.pack("<I", len(COMMAND)) + COMMAND.encode()
_SYSTEM = Call("os", "system", (COMMAND,))


class Runs:
    """Pickles as a call of os.system."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (COMMAND,)


class Raw(bytes):
    """Instructions that are written as they are."""


@dataclass(frozen=True)
class _Remembered:
    """A value that is written once and then recalled."""

    value: Any


class HostileWriter(PickleWriter):
    """Writes anything."""

    def _save(self, value: Any) -> None:
        if isinstance(value, Raw):
            self._file.write(value)
        elif isinstance(value, _Remembered):
            self._once(id(value.value), lambda: self._save(value.value))
        elif type(value) is int and not -(1 << 31) <= value < 1 << 31:
            self._file.write(b"\x8a\x09" + value.to_bytes(9, "little", signed=True))
        else:
            super()._save(value)


def written(value: Any) -> bytes:
    """A pickle of protocol 4."""
    buffer = io.BytesIO()
    HostileWriter(buffer).write(value)
    return buffer.getvalue()


def network(tensor: Any = None, **attributes: Any) -> Call:
    """A module whose one parameter is `tensor`."""
    made = module("Generator", {"weight": torch.zeros(4, 4)}, **attributes)
    if tensor is not None:
        made.arguments[0]["state"]["_parameters"]["weight"] = tensor
    return made


def claimed(storage: Any, offset: int, shape: tuple[Any, ...], strides: tuple[Any, ...]) -> Call:
    """A tensor that claims what it likes about a storage."""
    nothing = Call("collections", "OrderedDict", ())
    return Call("torch._utils", "_rebuild_tensor_v2", (storage, offset, shape, strides, False, nothing))


def storage(numbers: int = 16, claim: int | None = None) -> Call:
    """A storage of so many numbers that claims to have others."""
    return stream(storage_head(numbers if claim is None else claim) + bytes(4 * numbers))


def stream(data: bytes) -> Call:
    """A storage of these bytes."""
    return Call("torch.storage", "_load_from_bytes", (Raw(b"B" + struct.pack("<I", len(data)) + data),))


def with_weight(*claims: Any) -> bytes:
    """A network pickle with one tensor that claims these things."""
    return written({"G_ema": network(claimed(*claims))})


def _head() -> bytes:
    """Magic number, version and sizes of a torch stream."""
    head = storage_head(4)
    return head[: head.index(b"\x80\x02(X\x07")]


def calls() -> dict[str, bytes]:
    """Pickles that ask for something to be run. A careless reader makes a file named as SENTINEL."""
    legacy = _head() + pickle.dumps(Runs(), 2) + pickle.dumps(["1"], 2) + struct.pack("<q", 4) + bytes(64)
    renamed = _head() + b"\x80\x02cevil.module\nthing\n)R." + pickle.dumps(["1"], 2) + bytes(64)
    objects = pickle.dumps(np.array([Runs(), None], dtype=object), 4)
    return {
        "protocol 2": pickle.dumps(Runs(), 2),
        "protocol 4": pickle.dumps(Runs(), 4),
        "in a list": b"\x80\x02]cposix\nsystem\n(" + _TEXT + b"tRa.",
        "by INST": b"\x80\x02(" + _TEXT + b"ios\nsystem\n.",
        "by OBJ": b"\x80\x02(cos\nsystem\n" + _TEXT + b"o.",
        "by NEWOBJ": b"\x80\x02cos\nsystem\n" + _TEXT + b"\x85\x81.",
        "subprocess": written(Call("subprocess", "Popen", (("touch", SENTINEL),))),
        "eval": written(Call("builtins", "eval", (f"open({SENTINEL!r}, 'w')",))),
        "getattr": written(Call("builtins", "getattr", ("x", "y"))),
        "what getattr gives": b"\x80\x02cbuiltins\ngetattr\nctorch\nserialization\n"
        b"X\x02\x00\x00\x00os\x86R" + _TEXT + b"\x85R.",
        "getattr of what getattr gives": b"\x80\x02cbuiltins\ngetattr\ncbuiltins\ngetattr\nctorch\nserialization\n"
        b"X\x02\x00\x00\x00os\x86RX\x06\x00\x00\x00system\x86R" + _TEXT + b"\x85R.",
        "what a class gives": b"\x80\x02ccollections\nCounter\n)R)R.",
        "import": written(Call("builtins", "__import__", ("os",))),
        "runpy": written(Call("runpy", "run_path", ("x",))),
        "pickle in a pickle": written(Call("pickle", "loads", ("x",))),
        "dotted name": written(Call("torch_utils", "persistence.os.system", (COMMAND,))),
        "dotted name in torch": written(Call("torch", "storage.os.system", (COMMAND,))),
        "torch.hub": written(Call("torch.hub", "load", ("a/b", "c"))),
        "torch.load": written(Call("torch", "load", ("x",))),
        "numpy.load": written(Call("numpy", "load", ("x",))),
        "beside a network": written({"G_ema": network(), "extra": _SYSTEM}),
        "in a network that is not shown": written({"D": network(evil=_SYSTEM), "G_ema": network()}),
        "among attributes": written({"G_ema": network(evil=_SYSTEM)}),
        "as a tensor": written({"G_ema": network(_SYSTEM)}),
        "as a storage": with_weight(_SYSTEM, 0, (4,), (1,)),
        "in a storage": with_weight(stream(legacy), 0, (4,), (1,)),
        "unknown in a storage": with_weight(stream(renamed), 0, (4,), (1,)),
        "in an array of objects": objects,
        "as a state": b"\x80\x02ccollections\nOrderedDict\n)Rcos\nsystem\n" + _TEXT + b"\x85Rb.",
    }


def lies() -> dict[str, bytes]:
    """Network pickles whose tensors claim what is not there."""
    many = 1 << 40
    huge_count = _head() + storage_head(4)[len(_head()) :].replace(
        b"K\x04N", b"\x8a\x06" + bytes(5) + b"\x01N"
    )
    return {
        "a count beyond the bytes": with_weight(storage(4, 1 << 30), 0, (1 << 30,), (1,)),
        "a count of terabytes": with_weight(stream(huge_count + bytes(64)), 0, (4,), (1,)),
        "a shape of terabytes": with_weight(storage(), 0, (many,), (1,)),
        "stride 0": with_weight(storage(), 0, (1 << 20, 1 << 20), (0, 0)),
        "stride 0, few numbers": with_weight(storage(), 0, (5, 5), (0, 1)),
        "an offset outside": with_weight(storage(), 13, (4,), (1,)),
        "a negative offset": with_weight(storage(), -4, (4,), (1,)),
        "a negative stride": with_weight(storage(), 3, (4,), (-1,)),
        "a negative size": with_weight(storage(), 3, (-4,), (1,)),
        "strides outside": with_weight(storage(), 0, (4, 4), (5, 1)),
        "sizes that overflow": with_weight(storage(), 0, (1 << 62, 1 << 62), (1, 1)),
        "sizes of text": with_weight(storage(), 0, ("4",), (1,)),
        "more strides than sizes": with_weight(storage(), 0, (4,), (1, 1)),
        "forty sides": with_weight(storage(), 0, (1,) * 40, (1,) * 40),
        "text for a storage": with_weight("text", 0, (4,), (1,)),
        "nothing for a storage": with_weight(Call("torch.storage", "_load_from_bytes", ()), 0, (4,), (1,)),
        "another stream for a storage": with_weight(stream(b"\x80\x02N." * 30), 0, (4,), (1,)),
        "the same numbers thousands of times": written({"G_ema": _repeated()}),
    }


def _repeated() -> Call:
    """A megabyte of numbers that a thousand tensors share."""
    made = network()
    shared = stream(storage_head(1 << 18) + bytes(4 << 18))
    shape, strides = (1 << 18,), (1,)
    weights: dict[str, Any] = {"first": claimed(_Remembered(shared), 0, shape, strides)}
    weights.update({f"w{index}": claimed(_Remembered(shared), 0, shape, strides) for index in range(1000)})
    made.arguments[0]["state"]["_parameters"] = weights
    return made


def _doubling(first: int) -> bytes:
    """A tuple of 2**60 numbers, by tuples that hold each other twice; remembered from place `first`."""
    places = [struct.pack("<I", first + i) for i in range(61)]
    steps = [b"j" + places[i] + b"j" + places[i] + b"\x86r" + places[i + 1] for i in range(60)]
    return b"K\x01K\x02\x86r" + places[0] + b"".join(b"0" + step for step in steps)


def bombs() -> dict[str, bytes]:
    """Short pickles that would become much memory or much time."""
    doubling = b"\x80\x04" + _doubling(0)
    colliding = b"".join(
        b"\x8a\x0a" + (k * ((1 << 61) - 1)).to_bytes(10, "little") + b"N" for k in range(1, 60_000)
    )
    text = b"a" * 4092 + "\U0001f600".encode()
    exa = b"\xff" * 7 + b"\x7f"
    return {
        "memo of 4 billion": b"\x80\x02Nr\xff\xff\xff\xffj\xfe\xff\xff\xff.",
        "integer of 2 GB": b"\x80\x02\x8b\xff\xff\xff\x7f" + b"\x01" * 100 + b".",
        "integer of negative length": b"\x80\x02\x8b\xff\xff\xff\xff" + b"\x01" * 100 + b".",
        "long integer in figures": b"\x80\x02L" + b"9" * 4000 + b"L\n.",
        "bytes of 2 GB": b"\x80\x03B\xff\xff\xff\x7f" + b"x" * 100 + b".",
        "bytes of exabytes": b"\x80\x04\x8e" + exa + b"x" * 100 + b".",
        "text of exabytes": b"\x80\x04\x8d" + exa + b"x" * 100 + b".",
        "bytearray of exabytes": b"\x80\x05\x96" + exa + b"x" * 100 + b".",
        "frame of exabytes": b"\x80\x04\x95" + exa + b"N.",
        "millions of dictionaries": b"\x80\x04(" + b"}\x94" * 3_000_000 + b"t.",
        "millions of filled dictionaries": b"\x80\x04(" + b"}K\x01Ns" * 2_000_000 + b"t.",
        "millions of filled lists": b"\x80\x04(" + b"]Na" * 2_000_000 + b"t.",
        "millions of calls": b"\x80\x04ccollections\nOrderedDict\n\x94(" + b"h\x00)R\x94" * 1_000_000 + b"t.",
        "millions of sets": b"\x80\x04(" + b"\x8f" * 4_000_000 + b"t.",
        "millions of marks": b"\x80\x04" + b"(" * 4_000_000 + b".",
        "millions of names": b"\x80\x04(" + b"".join(b"cm\n%d\n" % i for i in range(400_000)) + b"t.",
        "much text": b"\x80\x04(" + (b"X\x00\x10\x00\x00" + text) * 20_000 + b"t.",
        "deep nesting": b"\x80\x02)" + b"\x85" * 1_400_000 + b".",
        "deep lists": b"\x80\x02" + b"]" * 700_000 + b"a" * 699_999 + b".",
        "doubling tuples": doubling + b".",
        "doubling tuples as a key": doubling + b"}j" + struct.pack("<I", 60) + b"Ns.",
        "doubling tuples in a network": written({"G_ema": network(attribute=Raw(_doubling(1 << 20)))}),
        "integers that collide": b"\x80\x02}(" + colliding + b"u.",
        "a list within itself": b"\x80\x02]\x94h\x00a.",
        "a dictionary within itself": b"\x80\x02}\x94X\x05\x00\x00\x00G_emah\x00s.",
    }


def nonsense() -> dict[str, bytes]:
    """Pickles that no pickler writes."""
    return {
        "unknown instruction": b"\x80\x04\xff.",
        "empty stack": b"\x80\x04R.",
        "wrong kinds": b"\x80\x04NNR.",
        "nothing to recall": b"\x80\x04h\x07.",
        "no end": b"\x80\x04N",
        "only the protocol": b"\x80\x04",
        "bad text": b"\x80\x04X\x02\x00\x00\x00\xff\xfe.",
        "no mark": b"\x80\x04t.",
        "a line that never ends": b"\x80\x04c" + b"x" * 100_000,
        "odd dictionary": b"\x80\x04}(Nu.",
        "state of a number": b"\x80\x04K\x01Nb.",
        "name of numbers": b"\x80\x04K\x01K\x02\x93.",
        "networks that are none": written({"G_ema": 5, "G": "x", "D": None}),
        "a network without a state": written(
            {"G_ema": Call("torch_utils.persistence", "_reconstruct_persistent_obj", ())}
        ),
        "a network of text": written(
            {"G_ema": Call("torch_utils.persistence", "_reconstruct_persistent_obj", ("x",))}
        ),
        "a network with odd parts": written({"G_ema": network(), "x": module("G", {}, 5)}),  # type: ignore[arg-type]
    }
