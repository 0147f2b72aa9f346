"""Runs that somebody deleted: moved aside on the same disk, and put back as quickly, until it is emptied."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from latentlab.errors import RunError
from latentlab.runs.folder import RunFolder

_NAME = ".trash"


@dataclass(frozen=True, slots=True)
class Trashed:
    """A run in the trash."""

    path: Path
    """Where it lies now."""
    origin: Path
    """Where it was."""


def to_trash(run: Path) -> Trashed:
    """Move a run to the trash beside it.

    Raises:
        RunError: a process trains it, there is none, or the folder cannot be changed.
    """
    folder = RunFolder(run)
    if not folder.exists():
        raise RunError(f"{run} holds no run any more.")
    status = folder.read_status()
    if status is not None and status.is_live:
        raise RunError(f"{run.name} is being trained: stop it first, then delete it.")
    bin_ = run.parent / _NAME
    target = bin_ / f"{time.time_ns():x}" / run.name
    try:
        target.parent.mkdir(parents=True)
        os.replace(run, target)
    except OSError as error:
        raise RunError(f"{run.name} cannot be moved to the trash ({error.strerror or error}).") from error
    return Trashed(target, run)


def restore(trashed: Trashed) -> None:
    """Put a run back where it was.

    Raises:
        RunError: something else is there by now, or the trash was emptied.
    """
    if trashed.origin.exists():
        raise RunError(
            f"There is another run named {trashed.origin.name} by now: rename it, then undo again."
        )
    try:
        os.replace(trashed.path, trashed.origin)
        trashed.path.parent.rmdir()
    except OSError as error:
        raise RunError(
            f"{trashed.origin.name} cannot be put back ({error.strerror or error}): was the trash emptied?"
        ) from error


def in_trash(runs: Path) -> list[Trashed]:
    """Deleted runs of a folder, the latest first."""
    bin_ = runs / _NAME
    try:
        stamps = sorted((path for path in bin_.iterdir() if path.is_dir()), key=_when, reverse=True)
    except OSError:
        return []
    return [Trashed(path, runs / path.name) for stamp in stamps for path in sorted(stamp.iterdir())]


def empty(runs: Path) -> None:
    """Delete for good what is in the trash of a folder. What resists stays.

    A run that was linked into the folder loses the link alone: its files are somebody else's.
    """
    for trashed in in_trash(runs):
        if trashed.path.is_symlink():
            trashed.path.unlink()
    shutil.rmtree(runs / _NAME, ignore_errors=True)


def disk_use(path: Path) -> int:
    """Bytes that the files below a folder take; what vanishes while it is looked at counts nothing."""
    total = 0
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                try:
                    if entry.is_dir(follow_symlinks=False):
                        total += disk_use(Path(entry.path))
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
                except OSError:
                    continue
    except OSError:
        return total
    return total


def _when(stamp: Path) -> int:
    try:
        return int(stamp.name, 16)
    except ValueError:
        return 0
