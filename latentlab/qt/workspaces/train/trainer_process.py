"""The processes of runs that the window started: who still trains, and how the others ended."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from latentlab.errors import TrainingError
from latentlab.runs.launching import last_words, start

_PATIENCE = 3.0
"""Seconds that a process which is still there is waited for."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that was started here and is no more."""

    folder: Path
    """Of its run."""
    code: int
    words: str
    """The end of what it printed."""


def signal_name(number: int) -> str:
    """Of a signal that ended a process: "SIGKILL"."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


class Processes:
    """The processes of runs that were started here. May be used from any thread."""

    def __init__(self) -> None:
        self._own: dict[Path, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def start(self, arguments: Sequence[str], folder: Path) -> int:
        """Run `latentlab ARGUMENTS` for a run's folder.

        Returns:
            The process's number.

        Raises:
            TrainingError: the folder cannot be written, no process can be started, or one is at work already.
        """
        with self._lock:
            before = self._own.get(folder)
            try:
                if before is not None:  # one that has said its last word takes a moment to end
                    before.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                raise TrainingError(
                    f"{folder.name} is being trained already: stop it first, or wait."
                ) from None
            self._own[folder] = process = start(arguments, folder)
            return process.pid

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
