"""CSV, TSV and JSON Lines files that name pictures beside them, with captions or classes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from latentlab.errors import TrainingError
from trainers.data import pictures
from trainers.data.folders import licence_beside
from trainers.data.listing import Framing, Item, Listing, Skipped, read_in_threads
from trainers.data.settings import TableSource

TABLE_ENDINGS = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})
_PICTURE_NAMES = ("file_name", "filename", "file", "image", "picture", "path", "image_path", "img", "name")
_CAPTION_NAMES = ("caption", "text", "captions", "prompt", "description", "title", "sentence")
_LABEL_NAMES = ("label", "class", "category", "target", "class_name")
_LARGEST = 512 << 20
_LONGEST_LINE = 1 << 20
_LONGEST_CAPTION = 4_000
_LOOKED_AT = 16


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    caption: str | None
    label: str | None


class TableListing(Listing):
    """The pictures that a table names, in its order. A picture may be named by several rows."""

    def __init__(self, source: TableSource) -> None:
        """Read the table.

        Raises:
            TrainingError: it cannot be read, names no pictures, or fewer than two.
        """
        self._path = Path(source.path).expanduser()
        self._folder = self._path.parent.resolve()
        rows = list(_rows(self._path))
        if not rows:
            raise TrainingError(
                f"{self._path.name} has no rows: it needs a column of pictures and one of captions."
            )
        columns = list(dict.fromkeys(key for row in rows[:1000] for key in row))
        picture = _column(columns, source.picture, _PICTURE_NAMES, self._path.name)
        if picture is None:
            raise TrainingError(
                f"No column of {self._path.name} names pictures; it has {', '.join(columns)}. Call it file_name."
            )
        caption = _column(columns, source.caption, _CAPTION_NAMES, self._path.name)
        label = _column(columns, source.label, _LABEL_NAMES, self._path.name)
        self._rows = [
            _Row(
                _text(row.get(picture)) or "",
                _text(row.get(caption)) if caption else None,
                _text(row.get(label)) if label else None,
            )
            for row in rows
        ]
        self.count = len(self._rows)
        if self.count < 2:
            raise TrainingError(
                f"{self._path.name} names {self.count} pictures; training needs at least two."
            )
        self.licence = licence_beside(self._folder)
        self.notes = (f"columns: picture {picture!r}, caption {caption!r}, class {label!r}",)

    def fingerprint(self) -> object:
        status = self._path.stat()
        return {
            "kind": "table",
            "path": str(self._path.resolve()),
            "table": [status.st_size, status.st_mtime_ns],
            "notes": self.notes,
            "files": [self._stamp(row.name) for row in self._rows],
        }

    def is_grey(self) -> bool:
        found = (self._located(row.name) for row in self._rows[:_LOOKED_AT])
        return all(pictures.is_grey(str(path)) for path in found if isinstance(path, Path))

    def items(self, framing: Framing, first: int, workers: int) -> Iterator[Item | Skipped]:
        return read_in_threads(lambda index: self._read(index, framing), first, self.count, workers)

    def describe(self) -> str:
        return f"Pictures named by {self._path.name!r}."

    def _read(self, index: int, framing: Framing) -> Item | Skipped:
        row = self._rows[index]
        path = self._located(row.name)
        if isinstance(path, str):
            return Skipped(row.name or f"row {index + 1}", path)
        try:
            pixels, size = pictures.read_picture(str(path), framing)
        except pictures.UnreadableError as error:
            return Skipped(row.name, str(error))
        return Item(row.name, pixels, size, row.label, row.caption)

    def _located(self, name: str) -> Path | str:
        """Where the picture lies, or why it may not be read."""
        if not name:
            return "the row names no picture"
        relative = PurePosixPath(name.replace("\\", "/"))
        path = self._folder / relative
        try:
            # A table from elsewhere must not make a run read whatever it likes.
            if not path.resolve().is_relative_to(self._folder):
                return "lies outside the folder of the table"
            return path if path.is_file() else "is not there"
        except (OSError, ValueError, RuntimeError) as error:
            return str(error)

    def _stamp(self, name: str) -> list[int] | None:
        path = self._located(name)
        if isinstance(path, str):
            return None
        status = path.stat()
        return [status.st_size, status.st_mtime_ns]


def _rows(path: Path) -> Iterator[Mapping[str, object]]:
    """The rows of a table by column."""
    try:
        if path.stat().st_size > _LARGEST:
            raise TrainingError(f"{path.name} is larger than {_LARGEST >> 20} MiB: split it.")
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            if path.suffix.lower() in {".jsonl", ".ndjson"}:
                yield from _json_rows(file, path.name)
                return
            head = file.read(_LONGEST_LINE).partition("\n")[0]
            file.seek(0)
            delimiter = max("\t;,", key=head.count)
            for row in csv.DictReader(file, delimiter=delimiter):
                yield {key: value for key, value in row.items() if isinstance(key, str)}
    except OSError as error:
        raise TrainingError(f"{path} cannot be read ({error.strerror or error}).") from error
    except csv.Error as error:
        raise TrainingError(f"{path.name} is damaged ({error}): save it again as CSV.") from error


def _json_rows(file: Iterator[str], name: str) -> Iterator[Mapping[str, object]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise TrainingError(
                f"Line {number} of {name} is no JSON ({error}): correct or remove it."
            ) from error
        if not isinstance(values, dict):
            raise TrainingError(f"Line {number} of {name} is no object with a picture and a caption.")
        yield values


def _column(columns: list[str], wanted: str, usual: tuple[str, ...], file: str) -> str | None:
    """The column that a person asked for, or the first of the usual names."""
    if wanted:
        if wanted not in columns:
            raise TrainingError(f"{file} has no column {wanted!r}: choose from {', '.join(columns)}.")
        return wanted
    names = {column.strip().lower(): column for column in reversed(columns)}
    return next((names[name] for name in usual if name in names), None)


def _text(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None or isinstance(value, (dict, list)):
        return None
    return " ".join(str(value).split())[:_LONGEST_CAPTION] or None
