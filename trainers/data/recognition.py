"""What a person's path or word is as a source: `--data PATH` is recognised by what lies there."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from latentlab.errors import TrainingError
from trainers.data import builtin
from trainers.data.array_files import ARRAY_ENDINGS, is_idx, labels_beside
from trainers.data.settings import (
    ArraySource,
    BuiltinSource,
    DrawnSource,
    FolderSource,
    PointsSource,
    RenderedDigitsSource,
    SmallDigitsSource,
    Source,
    TableSource,
    TwoFoldersSource,
    ZipSource,
)
from trainers.data.tables import TABLE_ENDINGS

_PAIRS = (("A", "B"), ("a", "b"), ("trainA", "trainB"))
_TABLES = ("metadata", "captions", "labels", "train", "index", "annotations")
_MOST_LISTED = 10_000
WORDS = "ring, grid, digits, small-digits or dicebear:STYLE"


def recognised(text: str) -> Source:
    """The source that a path names, or one of a few words where there is no such file.

    `A,B` with two folders are two sets to translate between; `dicebear:open-peeps` is a style that is drawn.

    Raises:
        TrainingError: there is nothing of that name, or nothing in it to train on.
    """
    path = Path(text).expanduser()
    if path.is_dir():
        return _folder(path)
    if path.is_file():
        return _file(path)
    first, comma, second = text.partition(",")
    if comma and Path(first).expanduser().is_dir() and Path(second).expanduser().is_dir():
        return TwoFoldersSource(path=_absolute(first), target=_absolute(second))
    generated = _word(text)
    if generated is None:
        raise TrainingError(f"{text} is not there: name a folder, a file with pictures, {WORDS}.")
    return generated


def _word(text: str) -> Source | None:
    word, _, style = text.partition(":")
    match word:
        case "ring" | "grid":
            return PointsSource(task=word)
        case "digits" | "rendered-digits":
            return RenderedDigitsSource()
        case "small-digits":
            return SmallDigitsSource()
        case "dicebear" if style:
            return DrawnSource(style=style)
    return None


def _file(path: Path) -> Source:
    ending = path.suffix.lower()
    if ending in TABLE_ENDINGS:
        return TableSource(path=_absolute(path))
    if ending in ARRAY_ENDINGS or is_idx(path):
        return ArraySource(path=_absolute(path))
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
        if names and all(name.endswith(".npy") for name in names):
            return ArraySource(path=_absolute(path))
        return ZipSource(path=_absolute(path))
    raise TrainingError(
        f"{path.name} is no data to train on: name a folder of pictures, a zip of pictures, a CSV or JSONL file "
        "that names pictures, or an IDX, NPY or NPZ file."
    )


def _folder(path: Path) -> Source:
    sets = builtin.found_in(path)
    if sets:
        if len(sets) > 1:
            raise TrainingError(
                f"{path} holds several sets ({', '.join(sets)}): choose one with "
                f"--set data.source.name=..., or name its own folder, such as {path / 'MNIST' / 'raw'}."
            )
        return _builtin(path, sets[0])
    above = builtin.found_in(path.parent)  # the folder of one set was named
    for name in above:
        if builtin.folder_of(name) == path.name:
            return _builtin(path.parent, name)
    for first, second in _PAIRS:
        if (path / first).is_dir() and (path / second).is_dir() and len(_folders(path)) in (2, 4):
            return TwoFoldersSource(path=_absolute(path / first), target=_absolute(path / second))
    names = sorted(entry.name for entry in _entries(path) if entry.is_file())
    for stem in _TABLES:
        for name in names:
            if Path(name).stem.lower() == stem and Path(name).suffix.lower() in TABLE_ENDINGS:
                return TableSource(path=_absolute(path / name))
    idx = [path / name for name in names if is_idx(path / name)]
    if idx:
        chosen = next((file for file in idx if file.name.startswith("train")), idx[0])
        return ArraySource(path=_absolute(chosen), labels=str(labels_beside(chosen) or ""))
    return FolderSource(path=_absolute(path))


def _builtin(root: Path, name: str) -> BuiltinSource:
    return BuiltinSource.model_validate({"path": _absolute(root), "name": name})


def _entries(path: Path) -> list[os.DirEntry[str]]:
    """The first entries of a folder."""
    try:
        with os.scandir(path) as entries:
            return [entry for entry, _ in zip(entries, range(_MOST_LISTED), strict=False)]
    except OSError as error:
        raise TrainingError(f"{path} cannot be read ({error.strerror or error}).") from error


def _folders(path: Path) -> list[str]:
    return [entry.name for entry in _entries(path) if entry.is_dir() and not entry.name.startswith(".")]


def _absolute(path: str | Path) -> str:
    """Where a run that is resumed from another folder finds it again."""
    return os.path.abspath(Path(path).expanduser())
