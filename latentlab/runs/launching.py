"""This program's command line in a process of its own, which lives on when the one that started it ends."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from latentlab.errors import TrainingError

_NICE = 10


def start(arguments: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    """Run `latentlab ARGUMENTS` at lower priority, with its words in a log beside a run's folder.

    The process stays in our session and leads a group of its own: Linux compares priorities within a session
    alone, and Ctrl+C in a terminal ends the window and not the run.

    Args:
        arguments: of `latentlab`.
        folder: of the run; it need not be there.

    Raises:
        TrainingError: the folder cannot be written, or no process can be started.
    """
    log = log_of(folder)
    windows = sys.platform == "win32"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as words:
            process = subprocess.Popen(  # noqa: S603 - our own command line
                [*command(), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                process_group=None if windows else 0,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
    except OSError as error:
        raise TrainingError(
            f"Training cannot be started in {folder} ({error.strerror or error}): choose another folder."
        ) from error
    _step_back(process.pid)
    return process


def command() -> list[str]:
    """How this program's command line is called, from a package or from Python."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "latentlab"]


def log_of(folder: Path) -> Path:
    """Where the words of a run's process go: beside its folder, which the trainer wants to find empty."""
    return folder.parent / f".{folder.name}.log"


def last_words(folder: Path, lines: int = 12) -> str:
    """The end of what the process printed; "" where there is nothing."""
    log = log_of(folder)
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _step_back(pid: int) -> None:
    """Lower a process's priority, so that the window stays smooth on small machines."""
    import psutil  # type: ignore[import-untyped]

    with contextlib.suppress(psutil.Error):  # it may have ended already
        psutil.Process(pid).nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", _NICE))
