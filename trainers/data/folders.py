"""Folders of pictures: one heap, a folder per class, or captions in text files beside the pictures."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from latentlab.errors import TrainingError
from trainers.data import pictures
from trainers.data.listing import Framing, Item, Listing, Skipped, read_in_threads
from trainers.data.settings import FolderSource

_LONGEST_CAPTION = 4_000
_LOOKED_AT = 16
"""Pictures that decide whether a source is grey."""


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture on the disk."""

    path: Path
    name: str
    """Relative to the folder, with forward slashes."""
    size: int
    changed: int
    """Nanoseconds."""
    caption: Path | None = None


class FolderListing(Listing):
    """Every picture below a folder, sorted by name."""

    def __init__(self, source: FolderSource) -> None:
        """List the folder.

        Raises:
            TrainingError: it is no folder, cannot be read or holds fewer than two pictures.
        """
        if not source.path:  # which Path would take for the current folder
            raise TrainingError("No folder of pictures is named: say which with --data; two are A,B.")
        self.folder = Path(source.path).expanduser()
        self._files, self._odd = _found(self.folder, with_captions=source.captions == "auto")
        if len(self._files) < 2:
            raise TrainingError(
                f"{self.folder} holds {len(self._files)} pictures; training needs at least two."
            )
        self._labelled = has_classes([file.name for file in self._files], source.labels)
        self.count = len(self._files)
        self.licence = licence_beside(self.folder)
        self.notes = self._odd

    def fingerprint(self) -> object:
        return {
            "kind": "folder",
            "labelled": self._labelled,
            "files": [
                (file.name, file.size, file.changed, file.caption and file.caption.stat().st_mtime_ns)
                for file in self._files
            ],
            "folder": str(self.folder.resolve()),
        }

    def is_grey(self) -> bool:
        return all(pictures.is_grey(str(file.path)) for file in self._files[:_LOOKED_AT])

    def items(self, framing: Framing, first: int, workers: int) -> Iterator[Item | Skipped]:
        return read_in_threads(lambda index: self._read(index, framing), first, self.count, workers)

    def describe(self) -> str:
        return f"Pictures in the folder {self.folder.name!r}."

    def _read(self, index: int, framing: Framing) -> Item | Skipped:
        file = self._files[index]
        try:
            pixels, size = pictures.read_picture(str(file.path), framing)
            caption = None if file.caption is None else _caption(file.caption)
        except pictures.UnreadableError as error:
            return Skipped(file.name, str(error))
        return Item(file.name, pixels, size, class_of(file.name) if self._labelled else None, caption)


def has_classes(names: list[str], labels: str) -> bool:
    """Whether the first folder of each name is its class."""
    if labels == "auto":
        return all("/" in name for name in names) and len({class_of(name) for name in names}) > 1
    return labels == "folders"


def class_of(name: str) -> str:
    """The first folder of a relative name; the empty class for a picture that lies beside the folders."""
    return name.partition("/")[0] if "/" in name else ""


def licence_beside(folder: Path) -> str:
    """The first line with words of a licence file in a folder, or nothing."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_file())
    except OSError:
        return ""
    for name in names:
        if name.lower().partition(".")[0] in {"license", "licence", "copying", "copyright"}:
            try:
                with (folder / name).open(encoding="utf-8", errors="replace") as file:
                    text = file.read(20_000)
            except OSError:
                continue
            first = next((line.strip(" #*=-") for line in text.splitlines() if line.strip(" #*=-")), "")
            return f"{first[:200]} ({name})"
    return ""


def _found(folder: Path, *, with_captions: bool) -> tuple[list[PictureFile], tuple[str, ...]]:
    """The pictures below a folder, and notes about what was passed over."""
    if not folder.is_dir():
        raise TrainingError(f"{folder} is not a folder: name the folder that holds the training pictures.")
    files: list[PictureFile] = []
    odd: list[str] = []
    seen: set[tuple[int, int]] = set()
    # Linked folders are followed, each real folder once: a link to a parent must not go on for ever.
    for where, folders, names in os.walk(folder, followlinks=True, onerror=lambda e: odd.append(str(e))):
        status = os.stat(where)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
        present = set(names)
        for name in sorted(names):
            stem, ending = os.path.splitext(name)
            if ending.lower() not in pictures.PICTURE_ENDINGS or name.startswith("."):
                continue
            path = Path(where, name)
            try:
                status = path.stat()
            except OSError as error:
                odd.append(f"{name}: {error.strerror or error}")
                continue
            if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
                odd.append(f"{name}: not a file")
                continue
            caption = Path(where, f"{stem}.txt") if with_captions and f"{stem}.txt" in present else None
            relative = path.relative_to(folder).as_posix()
            files.append(PictureFile(path, relative, status.st_size, status.st_mtime_ns, caption))
    return sorted(files, key=lambda file: file.name), tuple(odd)


def _caption(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return " ".join(file.read(_LONGEST_CAPTION).split())
    except OSError as error:
        raise pictures.UnreadableError(f"its caption: {error.strerror or error}") from error
