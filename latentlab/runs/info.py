"""What a list of runs shows, read without their event logs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from latentlab.errors import RunError
from latentlab.runs.folder import RunFolder
from latentlab.runs.notes import Notes, read_notes
from latentlab.runs.status import RunState


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run of a list."""

    path: Path
    name: str
    """Of the preset it began with."""
    system: str
    state: RunState
    step: int
    steps: int
    seconds_left: float | None
    changed: float
    """Seconds since 1970: when it last showed life."""
    begun: float
    """Seconds since 1970: when the process that trains it, or did so last, began."""
    sheet: Path | None
    """Its newest sheet of samples."""
    checkpoints: int
    notes: Notes
    """What people wrote about it."""

    @classmethod
    def read(cls, path: Path) -> RunInfo:
        """Look at the run in a folder.

        Raises:
            RunError: there is none, or its configuration is damaged.
        """
        folder = RunFolder(path)
        config = folder.read_config()
        status = folder.read_status()
        sheets = folder.sheets()
        return cls(
            path=path,
            name=str(config.get("name") or path.name),
            system=str(config.get("system", "")),
            state=status.state_now() if status else RunState.CRASHED,
            step=status.step if status else 0,
            steps=status.steps if status else 0,
            seconds_left=status.seconds_left if status else None,
            changed=status.time if status else folder.config.stat().st_mtime,
            begun=status.process_started if status else 0.0,
            sheet=sheets[-1] if sheets else None,
            checkpoints=len(folder.list_checkpoints()),
            notes=read_notes(path),
        )


def find_runs(folder: Path) -> list[RunInfo]:
    """The runs in a folder and in the folders inside it, as `in_order` has them; damaged ones are left out."""
    found = []
    for path in (folder, *_folders(folder)):
        try:
            found.append(RunInfo.read(path))
        except (RunError, OSError):
            continue
    return in_order(found)


def in_order(runs: Iterable[RunInfo]) -> list[RunInfo]:
    """Those that are trained first, by when they began; then the others by their last change; the newest first.

    All that are trained change every second: sorted by that, they would jump about under the hand.
    """

    def key(info: RunInfo) -> tuple[bool, float]:
        live = info.state in (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)
        return live, info.begun if live else info.changed

    return sorted(runs, key=key, reverse=True)


def _folders(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []
