"""Knows whether the run that is shown is being trained now."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from latentlab.qt.threads.jobs import JobThread
from latentlab.runs import RunFolder

_LOOK_MS = 3000


class RunTail(QObject):
    """Looks every few seconds while the workspace is in sight."""

    changed = Signal()
    """`is_live` is another one."""

    def __init__(self, jobs: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._run: Path | None = None
        self.is_live = False
        self._clock = QTimer(self, interval=_LOOK_MS)
        self._clock.timeout.connect(self.look)

    def watch(self, run: Path | None) -> None:
        """Look at another run from now on, or at none."""
        if run != self._run:
            self._run = run
            self._set_live(False)
            self.go_on()

    def go_on(self) -> None:
        """The workspace is in sight."""
        if self._run is not None:
            self._clock.start()
            self.look()
        else:
            self._clock.stop()

    def pause(self) -> None:
        """The workspace is out of sight."""
        self._clock.stop()

    def look(self) -> None:
        """See how the run is."""
        if self._run is not None:
            self._jobs.submit(partial(_is_live, self._run), partial(self._on_looked, self._run))

    def _on_looked(self, run: Path, live: bool) -> None:
        if run == self._run:
            self._set_live(live)

    def _set_live(self, live: bool) -> None:
        if live != self.is_live:
            self.is_live = live
            self.changed.emit()


def _is_live(run: Path) -> bool:
    status = RunFolder(run).read_status()
    return status is not None and status.is_live
