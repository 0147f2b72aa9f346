"""Where sessions are kept without being asked: one folder for each model, and a note of the last one used.

A folder holds `session.json` (replaced as a whole), a history for each picture that is or was open in a tab
(`history.jsonl`, `history-1.jsonl`, ...; only appended to) and `open.lock` while a window has it open. Everything
here is called in the job thread, and none of it imports torch.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile

from latentlab.atomic import write_atomically
from latentlab.errors import RecipeError
from latentlab.latents import history_json
from latentlab.latents.history_json import Saved
from latentlab.latents.tree import Tree
from latentlab.places import data_dir
from latentlab.qt.session.record import SessionRecord, from_text, to_text, with_histories

logger = logging.getLogger(__name__)

_FOLDER_CHARACTERS = 24


@dataclass(frozen=True, slots=True)
class Restored:
    """A session as it was found on disk."""

    record: SessionRecord
    histories: Mapping[int, Saved]
    """By id of the picture; those that could not be read are missing."""

    @property
    def shown(self) -> int:
        """Id of the picture in front: the one that was, if it could be read."""
        return self.record.shown if self.record.shown in self.histories else min(self.histories)

    @property
    def tree(self) -> Tree:
        """Steps of the picture in front."""
        return self.histories[self.shown].tree


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
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecipeError):
        logger.exception("The session in %s cannot be restored; it is set aside", folder)
        _set_aside(folder, "session.json", *(path.name for path in folder.glob("history*.jsonl")))
        return None
    found = {tab.id: _history(folder, tab.id) for tab in record.all_tabs()}
    histories = {number: saved for number, saved in found.items() if saved is not None}
    return Restored(record, histories) if histories else None


def _history(folder: Path, picture: int) -> Saved | None:
    """The steps of one picture; None when they cannot be read any more."""
    path = history_path(folder, picture)
    try:
        with path.open(encoding="utf-8") as lines:
            return history_json.read(lines)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecipeError):
        logger.exception("The history in %s cannot be restored; it is set aside", path)
        _set_aside(folder, path.name)
        return None


def history_path(folder: Path, picture: int) -> Path:
    """Where the steps of a picture are kept."""
    return folder / (f"history-{picture}.jsonl" if picture else "history.jsonl")


def write_record(folder: Path, record: SessionRecord) -> None:
    """Replace what is kept beside the history, and note this session as the last one used."""
    write_atomically(folder / "session.json", to_text(record).encode())
    note = {"path": record.model.path}
    write_atomically(sessions_dir() / "last.json", json.dumps(note).encode())


def write_history(folder: Path, lines: Iterable[str], *, anew: bool, picture: int = 0) -> None:
    """Append lines to the history of a picture, or begin its file anew with them."""
    text = "".join(line + "\n" for line in lines)
    path = history_path(folder, picture)
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
    """Write the session of a folder, whose histories were saved, as one file of its own."""
    lines = {
        tab.id: tuple(history_path(folder, tab.id).read_text(encoding="utf-8").splitlines())
        for tab in record.tabs or record.all_tabs()
    }
    write_atomically(path, to_text(with_histories(record, lines)).encode())


def forget_others(folder: Path, pictures: Collection[int]) -> None:
    """Remove histories of pictures that were closed long ago."""
    kept = {history_path(folder, picture) for picture in pictures}
    for path in folder.glob("history*.jsonl"):
        if path not in kept:
            path.unlink(missing_ok=True)


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
    histories = {tab.id: history_json.read(tab.history) for tab in record.all_tabs()}
    return Restored(with_histories(record, dict.fromkeys(histories, ())), histories)


def _set_aside(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        if path.exists():
            os.replace(path, path.with_suffix(path.suffix + ".damaged"))
