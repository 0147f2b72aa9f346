"""Torch's container since 1.6: a zip archive of one pickle and one uncompressed member per storage.

The archive is read by our own code: a directory that claims anything that the file does not hold is refused before
a member is touched.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from latentlab.errors import CheckpointError, UnsafeFileError
from latentlab.formats.pickles.machine import PickleMachine
from latentlab.formats.source import Source
from latentlab.formats.stored import ITEM_SIZES, Storage
from latentlab.formats.torch_legacy import read_reference

_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_LOCATOR_64 = b"PK\x06\x07"
_ENTRY = b"PK\x01\x02"
_MEMBER = b"PK\x03\x04"
_MAX_DIRECTORY = 4 << 20  # bytes
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive."""

    name: str
    header: int
    """Where its own header lies, in bytes."""
    stored: int
    """Bytes in the archive."""
    size: int
    """Bytes when unpacked."""
    method: int
    """0 when it is not compressed."""
    flags: int


def read_directory(source: Source) -> dict[str, Member]:
    """The members of a zip archive by name, from the directory at its end.

    Raises:
        CheckpointError: there is no directory, or it is damaged.
        UnsafeFileError: members overlap, occur twice, or claim more than the file holds.
    """
    count, size, offset = _directory_place(source)
    if size > _MAX_DIRECTORY or count * 46 > size:
        raise UnsafeFileError(
            f"{source.name} lists more members than any model has: it is damaged or made to exhaust this machine."
        )
    data = source.read(offset, size)
    members: dict[str, Member] = {}
    at = 0
    for _ in range(count):
        if data[at : at + 4] != _ENTRY or at + 46 > size:
            raise _damaged(source)
        member, at = _entry(source, data, at)
        if member.name in members:
            raise UnsafeFileError(
                f"{source.name} has two members named {member.name[:80]!r}: it is damaged or made to mislead."
            )
        members[member.name] = member
    _refuse_overlaps(source, members, offset)
    return members


def member_start(source: Source, member: Member) -> int:
    """Where the bytes of a member that is not compressed begin.

    Raises:
        CheckpointError: it is compressed, encrypted, or not where the directory says.
    """
    if member.method != 0 or member.size != member.stored:
        raise UnsafeFileError(
            f"{source.name} holds the compressed member {member.name[:80]!r} ({member.stored:,} bytes that claim "
            f"to become {member.size:,}); torch never compresses. Unpack the archive and save the model again "
            "with torch.save, or get it from its source again."
        )
    if member.flags & _ENCRYPTED:
        raise CheckpointError(
            f"{source.name} is encrypted: unpack it with its password and open what is inside."
        )
    header = source.read(member.header, 30)
    if header[:4] != _MEMBER:
        raise _damaged(source)
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    if source.read(member.header + 30, name_length).decode("utf-8", "replace") != member.name:
        raise _damaged(source)
    start = member.header + 30 + name_length + extra_length
    source.check(start, member.size)
    return int(start)


class TorchArchive:
    """A torch archive: the value it holds, and where its storages lie."""

    def __init__(self, source: Source, members: dict[str, Member], strange: set[str]) -> None:
        """Read the pickle of an archive whose directory was read.

        Raises:
            CheckpointError: it is damaged, or from a machine with another byte order.
            UnsafeFileError: it asks for something to be run, or for memory that it does not account for.
        """
        self._source = source
        self._members = members
        pickle = next(name for name in members if is_torch_pickle(name))
        self._folder = pickle.removesuffix("data.pkl")
        order = members.get(f"{self._folder}byteorder")
        if order is not None and order.size < 64 and self._bytes(order).strip() == b"big":
            raise CheckpointError(
                f"{source.name} was written on a machine with another byte order: load it in torch there and "
                "save it as .safetensors."
            )
        start = member_start(source, members[pickle])
        machine = PickleMachine(source, start, start + members[pickle].size, strange)
        self.value: Any = machine.run()
        """What was saved, as inert values."""
        self.has_code = any(name.startswith(f"{self._folder}code/") for name in members)
        """It is a TorchScript archive, with program text."""

    def locate(self, reference: Any) -> Storage:
        """Where the numbers of a storage lie, from the persistent id that names it."""
        key, dtype, numel, view = read_reference(self._source, reference)
        member = self._members.get(f"{self._folder}data/{key}") or self._members.get(
            f"{self._folder}tensors/{key}"
        )
        if member is None or view is not None:
            raise CheckpointError(
                f"{self._source.name} is incomplete: the weights {key[:40]!r} are missing. Get it again."
            )
        start = member_start(self._source, member)
        if numel * ITEM_SIZES[dtype] > member.size:
            raise UnsafeFileError(
                f"{self._source.name} claims {numel:,} numbers in a member of {member.size:,} bytes: it is "
                "damaged or made to exhaust this machine. Get it from its source again."
            )
        return Storage(dtype, start, numel)

    def _bytes(self, member: Member) -> bytes:
        return self._source.read(member_start(self._source, member), member.size)


def is_torch_pickle(name: str) -> bool:
    """Whether a member is the pickle of a torch archive: "data.pkl" in the one top folder."""
    return name == "data.pkl" or (name.endswith("/data.pkl") and name.count("/") == 1)


def _directory_place(source: Source) -> tuple[int, int, int]:
    """Number of members, and size and place of the directory in bytes."""
    tail_start = max(0, source.size - (1 << 16) - 22)
    tail = source.read(tail_start, source.size - tail_start)
    at = tail.rfind(_END)
    if at < 0 or at + 22 > len(tail):
        raise CheckpointError(
            f"{source.name} is cut off: the directory at the end of the archive is missing. Download or copy it "
            "again."
        )
    count, size, offset = struct.unpack_from("<HII", tail, at + 10)
    if count == 0xFFFF or size == 0xFFFFFFFF or offset == 0xFFFFFFFF:
        locator = tail_start + at - 20
        data = source.read(locator, 20)
        if data[:4] != _LOCATOR_64:
            raise _damaged(source)
        record = source.read(int.from_bytes(data[8:16], "little"), 56)
        if record[:4] != _END_64:
            raise _damaged(source)
        count, size, offset = struct.unpack_from("<QQQ", record, 32)
    if offset + size > tail_start + at:
        raise _damaged(source)
    return count, size, offset


def _entry(source: Source, data: bytes, at: int) -> tuple[Member, int]:
    """One entry of the directory, and where the next begins."""
    flags, method = struct.unpack_from("<HH", data, at + 8)
    stored, size, name_length, extra_length, comment_length = struct.unpack_from("<IIHHH", data, at + 20)
    header = struct.unpack_from("<I", data, at + 42)[0]
    extra_at = at + 46 + name_length
    name = data[at + 46 : extra_at].decode("utf-8", "replace")
    if 0xFFFFFFFF in (stored, size, header):
        stored, size, header = _wide(source, data[extra_at : extra_at + extra_length], stored, size, header)
    if stored > source.size or header > source.size:
        raise source.truncated()
    return Member(name, header, stored, size, method, flags), extra_at + extra_length + comment_length


def _wide(source: Source, extra: bytes, stored: int, size: int, header: int) -> tuple[int, int, int]:
    """Numbers beyond 32 bits, which follow in a field of their own, in this order: size, stored, header."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            values = [number for (number,) in struct.iter_unpack("<Q", field[: len(field) // 8 * 8])]
            wide = [values.pop(0) if n == 0xFFFFFFFF and values else n for n in (size, stored, header)]
            return wide[1], wide[0], wide[2]
        at += 4 + length
    raise _damaged(source)


def _refuse_overlaps(source: Source, members: dict[str, Member], directory: int) -> None:
    end = 0
    for member in sorted(members.values(), key=lambda member: member.header):
        if member.header < end:
            raise UnsafeFileError(
                f"{source.name} has members that share their bytes: it is damaged or made to exhaust this machine."
            )
        end = member.header + 30 + member.stored
    if end > directory:
        raise _damaged(source)


def _damaged(source: Source) -> CheckpointError:
    return CheckpointError(
        f"{source.name} is damaged: its directory does not fit its contents. Download or copy it again."
    )
