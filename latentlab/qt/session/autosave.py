"""Saves the open session soon after every change, in the job thread."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from latentlab.latents import history_json
from latentlab.qt.failure import Failure
from latentlab.qt.session.session import Session
from latentlab.qt.threads.jobs import JobThread

if TYPE_CHECKING:  # the window must not wait for what these import
    from latentlab.qt.session.record import SessionRecord
    from latentlab.qt.session.store import Claim

DELAY_MS = 400
"""From the first unsaved change to its saving: a drag is many changes."""


class Autosave(QObject):
    """Keeps the folder of a claimed session up to date until `finish`."""

    saved = Signal(float)
    """When the session was last saved, seconds since 1970."""
    failed = Signal(object)
    """Failure."""

    def __init__(
        self, session: Session, claim: Claim, jobs: JobThread, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._claim = claim
        self._jobs = jobs
        self._history_mark: int | None = None
        if claim.restored is not None and claim.restored.appendable:
            self._history_mark = session.history.mark
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.save)
        session.changed.connect(self._on_changed)
        self.save()

    @property
    def folder(self) -> Path:
        """Where the session is kept."""
        return self._claim.folder

    def record(self) -> SessionRecord:
        """What is kept of the session now, beside its history."""
        from latentlab.qt.session.record import record_of

        return record_of(self._session, time.time())

    def save(self) -> None:
        """Save what is new now."""
        self._timer.stop()
        history, folder, now = self._session.history, self._claim.folder, time.time()
        anew = self._history_mark is None
        lines = history_json.lines(history, self._history_mark)
        record = self.record()
        self._history_mark = history.mark

        def write() -> float:
            from latentlab.qt.session import store

            store.write_history(folder, lines, anew=anew)
            store.write_record(folder, record)
            return now

        self._jobs.submit(write, self.saved.emit, self._on_failed)

    def finish(self) -> None:
        """Save what is new and give the folder back; nothing is saved after."""
        self._session.changed.disconnect(self._on_changed)
        self.save()
        self._jobs.submit(self._claim.release, lambda _: self.deleteLater())  # after all that was submitted

    def _on_changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _on_failed(self, failure: Failure) -> None:
        self._history_mark = None  # what the file holds is not certain: next time it is written as a whole
        self.failed.emit(failure)
