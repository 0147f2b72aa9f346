"""Measures in a process of its own, at lower priority, so that the window stays smooth; one at a time."""

from __future__ import annotations

import subprocess
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from latentlab.errors import LatentLabError
from latentlab.qt.failure import Failure, explain
from latentlab.qt.workspaces.diagnose.order import Order
from latentlab.runs.launching import last_words, start

_LOOK_MS = 150
_PATIENCE_S = 5.0


class Measuring(QObject):
    """Starts `latentlab diagnose` and says when it ended. What it found lies in the result's folder."""

    ended = Signal(object)
    """Folder whose measures are complete."""
    failed = Signal(object)
    """Failure."""
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = False
        self.folder: Path | None = None
        self.follows = False
        """Whether it goes on with every checkpoint of a live run."""
        self._clock = QTimer(self, interval=_LOOK_MS)
        self._clock.timeout.connect(self._look)

    @property
    def is_stopping(self) -> bool:
        """The process was asked to stop and has not yet."""
        return self.is_running and self._cancelled

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self, order: Order, *, follow: bool = False) -> bool:
        """Measure, or go on measuring a live run; one that is at work is given up.

        Returns:
            Whether a process was started.
        """
        self.stop()
        folder = order.folder()
        try:
            order.write(folder)
            self._process = start(order.arguments(folder, follow=follow), folder)
        except (LatentLabError, OSError) as error:
            self.failed.emit(explain(error))
            return False
        self.folder, self.follows = folder, follow
        self._cancelled = False
        self._clock.start()
        return True

    def cancel(self) -> None:
        """Ask the process to stop; what it has found so far stays."""
        if self._process is not None:
            self._cancelled = True
            self._process.terminate()

    def stop(self) -> None:
        """End the process, and wait until it has."""
        self._clock.stop()
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _look(self) -> None:
        process, folder = self._process, self.folder
        if process is None or folder is None or process.poll() is None:
            return
        self._clock.stop()
        self._process = None
        if self._cancelled:
            self.cancelled.emit()
        elif process.returncode == 0:
            self.ended.emit(folder)
        else:
            self.failed.emit(self._why(folder, process.returncode))

    def _why(self, folder: Path, code: int) -> Failure:
        words = last_words(folder)
        last = words.splitlines()[-1].removeprefix("latentlab: ") if words else ""
        return Failure(last or self.tr("The measures ended with code {0} and no word.").format(code), words)
