"""Torch's container before 1.6: a stream of pickles and then raw numbers. NVIDIA's pickles hold one per storage.

In order: a magic number, the version, the machine's number sizes, the object, the list of storage keys; then, for
each key, a count and the numbers themselves.
"""

from __future__ import annotations

import re
from typing import Any

from latentlab.errors import CheckpointError, UnsafeFileError
from latentlab.formats.pickles.machine import PickleMachine
from latentlab.formats.pickles.meaning import STORAGE_TYPES
from latentlab.formats.pickles.values import Global, PersistentId
from latentlab.formats.source import Source
from latentlab.formats.stored import ITEM_SIZES, Storage

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001
FIRST_BYTES = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
"""How every such stream begins."""

_USUAL = re.compile(
    re.escape(
        FIRST_BYTES + b"\x80\x02M\xe9\x03.\x80\x02}q\x00(X\x10\x00\x00\x00protocol_versionq\x01M\xe9\x03"
        b"X\x0d\x00\x00\x00little_endianq\x02\x88X\x0a\x00\x00\x00type_sizesq\x03}q\x04("
        b"X\x05\x00\x00\x00shortq\x05K\x02X\x03\x00\x00\x00intq\x06K\x04X\x04\x00\x00\x00longq\x07K\x04uu."
    )
    + rb"\x80\x02\(X\x07\x00\x00\x00storageq\x00ctorch\n(\w{1,40})\nq\x01X(.)\x00\x00\x00(\d{1,20})q\x02"
    rb"X\x03\x00\x00\x00cpuq\x03[KMJ](.{1,4})Ntq\x04Q\.\x80\x02\]q\x00X\2\x00\x00\x00\3q\x01a\.",
    re.DOTALL,
)
"""A stream of one storage up to its count, byte for byte as every release of torch has written it."""
_USUAL_LENGTH = 512


class LegacyStream:
    """One stream: the value it holds, and where its storages lie."""

    def __init__(self, source: Source, start: int, stop: int, strange: set[str]) -> None:
        """Read the stream between two places of a file, in bytes; the numbers themselves are left there.

        Raises:
            CheckpointError: it is damaged, cut off, or from a machine with another byte order.
            UnsafeFileError: it asks for something to be run, or claims numbers that it does not hold.
        """
        self._source = source
        self._strange = strange
        self._at, self._stop = start, stop
        if self._next() != _MAGIC or self._next() != _VERSION:
            raise self._damaged()
        sizes = self._next()
        if not isinstance(sizes, dict) or sizes.get("little_endian") is not True:
            raise CheckpointError(
                f"{source.name} was written on a machine with another byte order: load it in torch there and "
                "save it as .safetensors."
            )
        machine = PickleMachine(source, self._at, stop, strange)
        self.value: Any = machine.run()
        """What was saved, as inert values."""
        self._at = machine.end
        self.references = machine.persistent_ids
        """What it refers to: storages, and classes with their program text."""
        self._storages = self._placed(self._next(), machine.persistent_ids)

    def locate(self, reference: Any) -> Storage:
        """Where the numbers of a storage lie, from the persistent id that names it."""
        key, dtype, numel, view = read_reference(self._source, reference)
        storage = self._storages.get(key)
        if storage is None or storage.dtype != dtype or (view is None and storage.numel < numel):
            raise self._damaged()
        if view is None:
            return storage
        offset, count = view
        if not 0 <= offset <= storage.numel - count:
            raise self._damaged()
        return Storage(dtype, storage.start + offset * ITEM_SIZES[dtype], count)

    def _next(self) -> Any:
        machine = PickleMachine(self._source, self._at, self._stop, self._strange)
        value = machine.run()
        self._at = machine.end
        return value

    def _placed(self, keys: Any, references: list[PersistentId]) -> dict[str, Storage]:
        """The storages, which follow each other in the order of `keys`."""
        types = {}
        for reference in references:
            if not is_module_reference(reference.value):
                key, dtype, _, _ = read_reference(self._source, reference.value)
                types[key] = dtype
        if not isinstance(keys, list):
            raise self._damaged()
        placed: dict[str, Storage] = {}
        for key in keys:
            if not isinstance(key, str) or key in placed or key not in types:
                raise self._damaged()
            if self._at + 8 > self._stop:
                raise self._source.truncated()
            numel = int.from_bytes(self._source.read(self._at, 8), "little", signed=True)
            nbytes = numel * ITEM_SIZES[types[key]]
            self._at += 8
            if numel < 0 or nbytes > self._stop - self._at:
                raise self._source.truncated()
            placed[key] = Storage(types[key], self._at, numel)
            self._at += nbytes
        return placed

    def _damaged(self) -> CheckpointError:
        return CheckpointError(
            f"{self._source.name} is damaged: its list of weights does not fit its contents. Get it again."
        )


def read_storage(source: Source, start: int, stop: int) -> Storage:
    """Where the numbers of a stream lie that holds one storage and nothing else.

    Raises:
        CheckpointError: it is damaged, or holds something else.
        UnsafeFileError: it names anything, or claims numbers that it does not hold.
    """
    usual = _USUAL.match(source.read(start, min(_USUAL_LENGTH, stop - start)))
    if usual is not None:
        dtype = STORAGE_TYPES.get(usual[1].decode("ascii", "replace"))
        at = start + usual.end()
        numel = int.from_bytes(source.read(at, min(8, stop - at)), "little", signed=True)
        is_told_twice = numel == int.from_bytes(usual[4], "little")
        if dtype is not None and is_told_twice and at + 8 + numel * ITEM_SIZES[dtype] <= stop:
            return Storage(dtype, at + 8, numel)
    # Any other writer's form, and all that is wrong with a file.
    strange: set[str] = set()
    stream = LegacyStream(source, start, stop, strange)
    if strange:
        raise UnsafeFileError(
            f"{source.name} names {sorted(strange)[0]} among its weights, where no model names anything. Nothing "
            "was run. Get the model from a source you trust, or as .safetensors."
        )
    return stream.locate(stream.value.value if isinstance(stream.value, PersistentId) else stream.value)


def read_reference(source: Source, value: Any) -> tuple[str, str, int, tuple[int, int] | None]:
    """Key, type, count and view (offset and count, in numbers) that a torch persistent id names.

    Raises:
        CheckpointError: it is not one.
        UnsafeFileError: the count is none that a storage can have.
    """
    if not (isinstance(value, tuple) and len(value) in (5, 6) and value[0] == "storage"):
        raise CheckpointError(f"{source.name} is damaged: it refers to weights in an unknown way.")
    kind, key, _, numel = value[1:5]
    view = value[5] if len(value) == 6 else None
    dtype = (
        STORAGE_TYPES.get(kind.name) if isinstance(kind, Global) and kind.module.startswith("torch") else None
    )
    if dtype is None:
        raise CheckpointError(
            f"{source.name} has weights of an unknown type ({kind}): load it in torch and save it as float32."
            if isinstance(kind, Global)
            else f"{source.name} is damaged: it refers to weights in an unknown way."
        )
    if not isinstance(key, str) or type(numel) is not int:
        raise CheckpointError(f"{source.name} is damaged: it refers to weights in an unknown way.")
    if not 0 <= numel * ITEM_SIZES[dtype] <= source.size:
        raise UnsafeFileError(
            f"{source.name} claims {numel:,} numbers in one piece, more than the whole file can hold: it is "
            "damaged or made to exhaust this machine. Get it from its source again."
        )
    if view is None:
        return key, dtype, numel, None
    if isinstance(view, tuple) and len(view) == 3 and type(view[1]) is type(view[2]) is int:
        return key, dtype, numel, (view[1], view[2])
    raise CheckpointError(f"{source.name} is damaged: it refers to weights in an unknown way.")


def is_module_reference(value: Any) -> bool:
    """Whether a persistent id names a class with its source text, as `torch.save(model)` once wrote."""
    return isinstance(value, tuple) and len(value) == 4 and value[0] == "module"
