"""Notices when the run that is shown has written another checkpoint."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from latentlab.qt.threads.jobs import JobThread
from latentlab.runs import RunFolder, RunState

_LOOK_MS = 3000
_LIVE = (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)


class RunTail(QObject):
    """Looks every few seconds while the workspace is in sight."""

    grew = Signal()
    """There is a newer checkpoint than at the last look."""
    state_changed = Signal()
    """`is_live` is another one."""

    def __init__(self, jobs: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._run: Path | None = None
        self._step: int | None = None
        self._looking = False
        self.is_live = False
        self.follows = True
        """Whether to measure again by itself; a hand may end it."""
        self._clock = QTimer(self, interval=_LOOK_MS)
        self._clock.timeout.connect(self.look)

    def watch(self, run: Path | None) -> None:
        """Look at another run from now on, or at none."""
        self._run, self._step = run, None
        self._set_live(False)
        self.go_on()

    def go_on(self) -> None:
        if self._run is not None:
            self._clock.start()
            self.look()
        else:
            self._clock.stop()

    def pause(self) -> None:
        self._clock.stop()

    def stop(self) -> None:
        """Look no longer."""
        self.watch(None)

    def look(self) -> None:
        """See whether there is a newer checkpoint."""
        if self._looking or self._run is None:
            return
        self._looking = True
        self._jobs.submit(
            partial(_newest, self._run), partial(self._on_looked, self._run), lambda failure: self._forget()
        )

    def _forget(self) -> None:
        self._looking = False

    def _on_looked(self, run: Path, found: tuple[int | None, bool]) -> None:
        self._looking = False
        if run != self._run:
            return
        step, live = found
        before, self._step = self._step, step
        self._set_live(live)
        if before is not None and step is not None and step > before:
            self.grew.emit()

    def _set_live(self, live: bool) -> None:
        if live != self.is_live:
            self.is_live = live
            self.state_changed.emit()


def _newest(run: Path) -> tuple[int | None, bool]:
    folder = RunFolder(run)
    kept = folder.list_checkpoints()
    status = folder.read_status()
    return (kept[-1].step if kept else None), status is not None and status.state_now() in _LIVE
