"""Where sessions are kept without being asked: one folder for each model, and a note of the last one used.

A folder holds `session.json` (replaced as a whole), `history.jsonl` (only appended to) and `open.lock` while a
window has it open. Everything here is called in the job thread, and none of it imports torch.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile

from latentlab.atomic import write_atomically
from latentlab.errors import RecipeError
from latentlab.latents import history_json
from latentlab.latents.tree import Tree
from latentlab.places import data_dir
from latentlab.qt.session.record import SessionRecord, from_text, to_text, with_history

logger = logging.getLogger(__name__)

_FOLDER_CHARACTERS = 24


@dataclass(frozen=True, slots=True)
class Restored:
    """A session as it was found on disk."""

    record: SessionRecord
    tree: Tree
    appendable: bool
    """The history file is whole and of this version: new lines may follow."""


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A session folder that belongs to this window until `release`."""

    folder: Path
    lock: QLockFile
    restored: Restored | None
    crashed: bool
    """Whoever had it before did not close it."""

    def release(self) -> None:
        self.lock.unlock()


def claim(fingerprint: str) -> Claim:
    """Take the session of a model, or a fresh one when another window has it."""
    base = sessions_dir() / fingerprint[:_FOLDER_CHARACTERS]
    for number in range(1, 100):
        folder = base if number == 1 else base.with_name(f"{base.name}-{number}")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "open.lock"
        left_behind = path.exists()
        lock = QLockFile(str(path))
        lock.setStaleLockTime(0)  # only a dead owner makes it stale, never age
        if lock.tryLock(0):
            return Claim(folder, lock, restore(folder), left_behind)
    raise RecipeError("A hundred windows have this model open: close some of them.")


def sessions_dir() -> Path:
    return data_dir() / "sessions"


def restore(folder: Path) -> Restored | None:
    """What a session folder holds; None when nothing was saved or it cannot be read any more."""
    try:
        record = from_text((folder / "session.json").read_text(encoding="utf-8"))
        with (folder / "history.jsonl").open(encoding="utf-8") as lines:
            saved = history_json.read(lines)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecipeError):
        logger.exception("The session in %s cannot be restored; it is set aside", folder)
        _set_aside(folder)
        return None
    return Restored(record, saved.tree, saved.appendable)


def write_record(folder: Path, record: SessionRecord) -> None:
    """Replace what is kept beside the history, and note this session as the last one used."""
    write_atomically(folder / "session.json", to_text(record).encode())
    note = {"path": record.model.path}
    write_atomically(sessions_dir() / "last.json", json.dumps(note).encode())


def write_history(folder: Path, lines: Iterable[str], *, anew: bool) -> None:
    """Append lines to the history, or begin the file anew with them."""
    text = "".join(line + "\n" for line in lines)
    path = folder / "history.jsonl"
    if anew:
        write_atomically(path, text.encode())
        return
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def last_used() -> str:
    """Where the model of the last session was (`ModelRef.path`); empty when there was none."""
    try:
        return str(json.loads((sessions_dir() / "last.json").read_text(encoding="utf-8"))["path"])
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError, TypeError):
        logger.warning("The note of the last session cannot be read")
        return ""


def save_as(folder: Path, path: Path, record: SessionRecord) -> None:
    """Write the session of a folder, whose history was saved, as one file of its own."""
    lines = (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()
    write_atomically(path, to_text(with_history(record, tuple(lines))).encode())


def open_file(path: Path) -> Restored:
    """Read a session that was saved as one file.

    Raises:
        RecipeError: it is no session, damaged, or from a newer LatentLab.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path.name} is not a session: it is not text. Open another file.") from error
    record = from_text(text)
    saved = history_json.read(record.history)
    return Restored(with_history(record, ()), saved.tree, saved.appendable)


def _set_aside(folder: Path) -> None:
    for name in ("session.json", "history.jsonl"):
        path = folder / name
        if path.exists():
            os.replace(path, path.with_suffix(path.suffix + ".damaged"))
