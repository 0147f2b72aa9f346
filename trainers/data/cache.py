"""Items of a source as bytes on the disk: filled once, resumed after a kill, then read through a memory map.

A set is a folder of two files. `pixels.u8` holds the pictures one after the other; each line of `items.jsonl` is
an item that is in it, or one that could not be read. Lines are written after their pictures are on the disk, so
whatever a kill leaves behind is a shorter, valid beginning. The last line says that the set is complete.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np

from latentlab.errors import TrainingError
from latentlab.places import cache_dir
from trainers.data.listing import Framing, Item, Listing, Pixels, Skipped

_VERSION = 2
"""Raise it when the same source comes out differently, so that old sets are left alone."""
_CHUNK = 256
"""Items between two points from which filling can go on."""
_LOCK_POLL = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Stored:
    """A complete set."""

    pixels: Pixels
    """(N, resolution, resolution, channels), memory-mapped."""
    names: list[str]
    sizes: list[tuple[int, int]]
    """Width and height of the originals."""
    labels: list[str | None]
    captions: list[str | None]
    digests: list[str]
    """Equal for equal pictures."""
    skipped: list[Skipped]


def place_of(listing: Listing, framing: Framing, most: int) -> Path:
    """The folder of the set that a listing gives."""
    key = {
        "version": _VERSION,
        "framing": [framing.resolution, framing.channels, framing.fit, framing.background],
        "most": most,
        "source": listing.fingerprint(),
    }
    digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:20]
    return cache_dir() / "pictures" / digest


def fill(
    folder: Path, listing: Listing, framing: Framing, most: int, workers: int
) -> Iterator[tuple[float, str]]:
    """Complete a set, telling the share done (0 ... 1) and what is done. Other processes wait meanwhile.

    Raises:
        TrainingError: the disk is full or the cache cannot be written to.
    """
    if is_complete(folder):
        return
    total = min(listing.count, most) if most else listing.count
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("a") as lock:
            while not _locked(lock):
                yield 0.0, "Another process prepares these pictures: waiting for it"
                time.sleep(_LOCK_POLL)
            if not is_complete(folder):
                yield from _fill_locked(folder, listing, framing, total, workers)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            room = total * framing.resolution**2 * framing.channels
            raise TrainingError(
                f"There is not enough room on the disk to prepare the pictures: they need {room / 2**20:,.0f} MiB "
                f"in {folder.parent}. Free some, or set LATENTLAB_HOME to a place with more; what is done is kept."
            ) from error
        raise TrainingError(
            f"The pictures cannot be prepared in {folder.parent} ({error.strerror or error}): "
            "set LATENTLAB_HOME to a folder that can be written to."
        ) from error


def is_complete(folder: Path) -> bool:
    """Whether a set needs no filling."""
    try:
        with (folder / "items.jsonl").open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - len(_END)))
            return file.read() == _END
    except OSError:
        return False


def load(folder: Path, framing: Framing) -> Stored:
    """A complete set.

    Raises:
        TrainingError: its files do not fit each other; they are removed, so that the next try makes them again.
    """
    found = _begun(folder, framing)
    shape = (len(found.names), framing.resolution, framing.resolution, framing.channels)
    path = folder / "pixels.u8"
    if not is_complete(folder) or path.stat().st_size != int(np.prod(shape)):
        shutil.rmtree(folder, ignore_errors=True)
        raise TrainingError("The prepared pictures were damaged and have been removed: start again.")
    pixels: Pixels = np.memmap(path, np.uint8, "r", shape=shape) if shape[0] else np.zeros(shape, np.uint8)
    return Stored(
        pixels, found.names, found.sizes, found.labels, found.captions, found.digests, found.skipped
    )


_END = b'{"complete": true}\n'


@dataclass(slots=True)
class _Begun:
    names: list[str] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    labels: list[str | None] = field(default_factory=list)
    captions: list[str | None] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    length: int = 0
    """Bytes of the valid lines."""

    @property
    def done(self) -> int:
        return len(self.names) + len(self.skipped)


def _begun(folder: Path, framing: Framing) -> _Begun:
    """What the lines of an unfinished or finished set say; a torn line ends them."""
    found = _Begun()
    room = _bytes_in(folder) // (framing.resolution**2 * framing.channels)
    try:
        file = (folder / "items.jsonl").open("rb")
    except FileNotFoundError:
        return found
    with file:
        for line in file:
            try:
                values = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                break
            if not isinstance(values, dict) or "complete" in values or len(found.names) > room:
                break
            if "skipped" in values:
                found.skipped.append(Skipped(values["skipped"], values["reason"]))
            elif len(found.names) == room:
                break
            else:
                found.names.append(values["name"])
                found.sizes.append((values["size"][0], values["size"][1]))
                found.labels.append(values.get("label"))
                found.captions.append(values.get("caption"))
                found.digests.append(values["digest"])
            found.length += len(line)
    return found


def _bytes_in(folder: Path) -> int:
    try:
        return (folder / "pixels.u8").stat().st_size
    except FileNotFoundError:
        return 0


def _fill_locked(
    folder: Path, listing: Listing, framing: Framing, total: int, workers: int
) -> Iterator[tuple[float, str]]:
    begun = _begun(folder, framing)
    done = begun.done
    one = framing.resolution**2 * framing.channels
    with (
        _at(folder / "pixels.u8", len(begun.names) * one) as pixels,
        _at(folder / "items.jsonl", begun.length) as lines,
    ):
        waiting: list[Item | Skipped] = []
        items = listing.items(framing, done, workers)
        try:
            for item in itertools.islice(items, total - done):
                waiting.append(item)
                done += 1
                if len(waiting) == _CHUNK:
                    _write(waiting, pixels, lines)
                    waiting.clear()
                    yield done / total, f"Preparing pictures: {done:,} of {total:,}"
        finally:
            _close(items)
        _write(waiting, pixels, lines)
        lines.write(_END)
        _to_disk(lines)


def _close(items: Iterator[Item | Skipped]) -> None:
    """End a generator now, so that its processes and threads end with it."""
    close: Callable[[], None] | None = getattr(items, "close", None)
    if close is not None:
        close()


def _write(items: list[Item | Skipped], pixels: IO[bytes], lines: IO[bytes]) -> None:
    """Append items: pictures first, so that a line never speaks of a picture that is not there."""
    for item in items:
        if isinstance(item, Item):
            pixels.write(item.pixels.tobytes())
    _to_disk(pixels)
    lines.write(b"".join(_line(item) for item in items))
    _to_disk(lines)


def _line(item: Item | Skipped) -> bytes:
    values: dict[str, Any]
    if isinstance(item, Skipped):
        values = {"skipped": item.name, "reason": item.reason}
    else:
        values = {"name": item.name, "size": item.size}
        if item.label is not None:
            values["label"] = item.label
        if item.caption is not None:
            values["caption"] = item.caption
        values["digest"] = hashlib.blake2b(item.pixels.tobytes(), digest_size=8).hexdigest()
    return json.dumps(values).encode() + b"\n"


def _to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _at(path: Path, length: int) -> Iterator[IO[bytes]]:
    """A file opened for writing after its first `length` bytes; the rest is forgotten."""
    with path.open("ab") as file:
        file.truncate(length)
        yield file


def _locked(file: IO[str]) -> bool:
    """Take the lock of a set; it is given back when the file is closed, by a kill too."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
