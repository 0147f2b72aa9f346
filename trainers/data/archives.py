"""Zip archives of pictures, read in place: nothing is unpacked to the disk, so names in them can reach nowhere."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from latentlab.errors import TrainingError
from trainers.data import pictures
from trainers.data.folders import class_of, has_classes
from trainers.data.listing import Framing, Item, Listing, Skipped, read_in_threads
from trainers.data.settings import ZipSource

_LARGEST = 256 << 20
"""Bytes of one unpacked picture file: no more memory is spent on one, whatever the archive claims."""
_LOOKED_AT = 16
_DAMAGED = (OSError, EOFError, RuntimeError, ValueError, NotImplementedError, LookupError, struct.error)
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Ways of packing whose memory can be bounded while unpacking."""


class ZipListing(Listing):
    """Every picture in an archive, sorted by name."""

    def __init__(self, source: ZipSource) -> None:
        """List the archive.

        Raises:
            TrainingError: it cannot be read, or holds fewer than two pictures.
        """
        self._path = Path(source.path).expanduser()
        try:
            self._archive = zipfile.ZipFile(self._path)
        except (*_DAMAGED, zipfile.BadZipFile) as error:
            raise TrainingError(
                f"{self._path.name} cannot be read as a zip archive ({error}): pack the pictures again."
            ) from error
        entries = [entry for entry in self._archive.infolist() if _is_picture(entry)]
        if len(entries) < 2:
            self._archive.close()
            raise TrainingError(
                f"{self._path.name} holds {len(entries)} pictures; training needs at least two."
            )
        outer = _outer_folder([entry.filename for entry in entries])
        self._entries = sorted(
            (entry.filename.removeprefix(outer), number) for number, entry in enumerate(entries)
        )
        self._infos = entries
        self._labelled = has_classes([name for name, _ in self._entries], source.labels)
        self.count = len(self._entries)
        self.licence = self._licence(outer)

    def fingerprint(self) -> object:
        status = self._path.stat()
        return {
            "kind": "zip",
            "path": str(self._path.resolve()),
            "size": status.st_size,
            "changed": status.st_mtime_ns,
            "labelled": self._labelled,
        }

    def is_grey(self) -> bool:
        return all(self._is_grey(index) for index in range(min(self.count, _LOOKED_AT)))

    def items(self, framing: Framing, first: int, workers: int) -> Iterator[Item | Skipped]:
        return read_in_threads(lambda index: self._read(index, framing), first, self.count, workers)

    def describe(self) -> str:
        return f"Pictures in the archive {self._path.name!r}."

    def close(self) -> None:
        self._archive.close()

    def _read(self, index: int, framing: Framing) -> Item | Skipped:
        name, _ = self._entries[index]
        try:
            pixels, size = pictures.read_picture(io.BytesIO(self._bytes(index)), framing)
        except pictures.UnreadableError as error:
            return Skipped(name, str(error))
        return Item(name, pixels, size, class_of(name) if self._labelled else None)

    def _is_grey(self, index: int) -> bool:
        try:
            return pictures.is_grey(io.BytesIO(self._bytes(index)))
        except pictures.UnreadableError:
            return True

    def _bytes(self, index: int) -> bytes:
        """An entry, unpacked in memory."""
        entry = self._infos[self._entries[index][1]]
        if entry.file_size > _LARGEST:
            raise pictures.UnreadableError(f"claims {entry.file_size:,} bytes, more than a picture needs")
        if entry.compress_type not in _METHODS:
            raise pictures.UnreadableError("packed in an unusual way: use deflate, or store it")
        if entry.flag_bits & 1:
            raise pictures.UnreadableError("encrypted")
        try:
            with self._archive.open(entry) as file:
                return file.read(_LARGEST)
        except (*_DAMAGED, zipfile.BadZipFile, zlib.error) as error:
            raise pictures.UnreadableError(str(error) or type(error).__name__) from error

    def _licence(self, outer: str) -> str:
        """The first line of a licence file at the top."""
        for entry in self._archive.infolist():
            name = entry.filename.removeprefix(outer)
            plain = entry.compress_type in _METHODS and not entry.flag_bits & 1 and "/" not in name
            if plain and name.lower().partition(".")[0] in {"license", "licence", "copying"}:
                try:
                    with self._archive.open(entry) as file:
                        text = file.read(20_000).decode("utf-8", "replace")
                except (*_DAMAGED, zipfile.BadZipFile, zlib.error):
                    continue
                first = next((line.strip(" #*=-") for line in text.splitlines() if line.strip(" #*=-")), "")
                return f"{first[:200]} ({name})"
        return ""


def _is_picture(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not entry.is_dir() and not hidden and path.suffix.lower() in pictures.PICTURE_ENDINGS


def _outer_folder(names: list[str]) -> str:
    """The one folder "pictures/" that everything lies in, as archives of a folder have it; or nothing."""
    outer = names[0].partition("/")[0] + "/"
    inside = all(name.startswith(outer) for name in names)
    return outer if inside and any("/" in name.removeprefix(outer) for name in names) else ""
