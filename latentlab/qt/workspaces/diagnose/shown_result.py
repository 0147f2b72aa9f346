"""The result that the workspace shows: read again as its stages finish, in the job thread."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from latentlab.diagnosis.result import Progress, read_progress
from latentlab.qt.failure import Failure
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.workspaces.diagnose.reading import read
from latentlab.qt.workspaces.diagnose.views import Views

_LOOK_MS = 250


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    progress: Progress | None
    stamp: int
    views: Views | None
    whole: bool = False
    """Nothing more will come."""


class ShownResult(QObject):
    """Keeps the newest views of one folder. While measures run, it looks every quarter of a second."""

    changed = Signal()
    """`views` is another one, or None."""
    progressed = Signal(object)
    """Progress of the process that writes the folder."""
    failed = Signal(object)
    """Failure: what is there cannot be read."""

    def __init__(self, jobs: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._stamp = 0
        self._looking = False
        self._whole = False
        """What is shown is complete: a newer result is shown once it is, too."""
        self.folder: Path | None = None
        self.views: Views | None = None
        self._clock = QTimer(self, interval=_LOOK_MS)
        self._clock.timeout.connect(self.look)

    def show(self, folder: Path | None) -> None:
        """Show a folder from now on."""
        if folder != self.folder:
            self._stamp, self._whole = 0, False
            if self.views is not None:
                self.views = None
                self.changed.emit()
        self.folder = folder
        if folder is not None:
            self.look()

    def follow(self, following: bool) -> None:
        """Look again and again, or no longer."""
        if following:
            self._clock.start()
        else:
            self._clock.stop()
            self.look()

    def look(self) -> None:
        """See what is new in the folder."""
        if self._looking or self.folder is None:
            return
        self._looking = True
        folder = self.folder
        self._jobs.submit(
            partial(_look, folder, self._stamp, self._whole),
            partial(self._on_looked, folder),
            partial(self._on_failed, folder),
        )

    def stop(self) -> None:
        """Look no longer."""
        self._clock.stop()
        self.folder = None

    def _on_looked(self, folder: Path, found: _Look) -> None:
        self._looking = False
        if folder != self.folder:
            self.look()
            return
        if found.progress is not None:
            self.progressed.emit(found.progress)
        if found.views is not None:
            self._stamp, self._whole = found.stamp, found.whole
            self.views = found.views
            self.changed.emit()
        elif found.whole:
            self._whole = True

    def _on_failed(self, folder: Path, failure: Failure) -> None:
        self._looking = False
        if folder == self.folder:
            self.failed.emit(failure)


def _look(folder: Path, before: int, whole: bool) -> _Look:
    progress = read_progress(folder)
    try:
        stamp = os.stat(folder / "result.json").st_mtime_ns
    except FileNotFoundError:
        return _Look(progress, before, None)
    running = progress is not None and progress.state == "running"
    if stamp == before:  # the process says that it has finished after it wrote the last of it
        return _Look(progress, before, None, whole or not running)
    if whole and running:
        return _Look(progress, before, None, whole)
    return _Look(progress, stamp, read(folder), not running)
