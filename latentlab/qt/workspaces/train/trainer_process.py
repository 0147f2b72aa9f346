"""Starts the trainer's command line in a process of its own, which lives on when the window closes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from latentlab.errors import TrainingError

_NICE = 10


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that was started here and is no more."""

    folder: Path
    """Of its run."""
    code: int
    words: str
    """The end of what it printed."""


class Processes:
    """The processes of runs that were started here. May be used from any thread."""

    def __init__(self) -> None:
        self._own: dict[Path, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def start(self, arguments: Sequence[str], folder: Path) -> None:
        """Train as `latentlab train ARGUMENTS` does.

        Raises:
            TrainingError: the folder cannot be written, no process can be started, or one is at work already.
        """
        with self._lock:
            before = self._own.get(folder)
            if before is not None and before.poll() is None:
                raise TrainingError(f"{folder.name} is being trained already: stop it first, or wait.")
            self._own[folder] = start(["train", *arguments], folder)

    def ended(self) -> list[Ended]:
        """Those that came to their end since this was last asked."""
        with self._lock:
            done = [(folder, own) for folder, own in self._own.items() if own.poll() is not None]
            for folder, _ in done:
                del self._own[folder]
        return [Ended(folder, own.returncode, last_words(folder)) for folder, own in done]

    def going(self) -> list[Path]:
        """Runs whose process is at work."""
        with self._lock:
            return [folder for folder, own in self._own.items() if own.poll() is None]

    def wait(self, seconds: float) -> None:
        """Wait until all have ended.

        Raises:
            subprocess.TimeoutExpired: one has not.
        """
        with self._lock:
            own = list(self._own.values())
        for process in own:
            process.wait(seconds)

    def let_go(self) -> None:
        """The window closes; what still trains goes on by itself, and nobody here will ask how it ended."""
        with self._lock:
            for process in self._own.values():
                if process.poll() is None:
                    process.returncode = 0  # else Python complains of a child that nobody waited for
            self._own.clear()


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
