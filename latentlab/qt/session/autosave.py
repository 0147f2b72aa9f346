"""Saves the open session soon after every change, in the job thread."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from latentlab.latents import history_json
from latentlab.qt.failure import Failure
from latentlab.qt.session.pictures import Picture
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
        self,
        session: Session,
        claim: Claim,
        jobs: JobThread,
        parent: QObject | None = None,
        *,
        own: bool = False,
    ) -> None:
        """Save what is new from now on; `own` tells that the session is the one that the folder held."""
        super().__init__(parent)
        self._session = session
        self._claim = claim
        self._jobs = jobs
        self._marks: dict[int, int] = {}
        """By id of the picture: what of its history is in its file."""
        if own:
            assert claim.restored is not None
            for picture in (*session.pictures.open, *session.pictures.closed):
                saved = claim.restored.histories.get(picture.id)
                if saved is not None and saved.appendable:
                    self._marks[picture.id] = session.pictures.history_of(picture).mark
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
        folder, now = self._claim.folder, time.time()
        news = [news for picture in self._pictures() if (news := self._news(picture)) is not None]
        record = self.record()

        def write() -> float:
            from latentlab.qt.session import store

            for picture, lines, anew in news:
                store.write_history(folder, lines, anew=anew, picture=picture)
            store.write_record(folder, record)
            return now

        self._jobs.submit(write, self.saved.emit, self._on_failed)

    def _pictures(self) -> tuple[Picture, ...]:
        return (*self._session.pictures.open, *self._session.pictures.closed)

    def _news(self, picture: Picture) -> tuple[int, list[str], bool] | None:
        """Id, lines that its file lacks, and whether to begin the file anew; None when it lacks none."""
        history = self._session.pictures.history_of(picture)
        mark = self._marks.get(picture.id)
        self._marks[picture.id] = history.mark
        if mark == history.mark:
            return None
        return picture.id, history_json.lines(history, mark), mark is None

    def finish(self) -> None:
        """Save what is new and give the folder back; nothing is saved after."""
        self._session.changed.disconnect(self._on_changed)
        self.save()
        folder, pictures = self._claim.folder, [picture.id for picture in self._pictures()]
        self._jobs.submit(lambda: _forget_others(folder, pictures))
        self._jobs.submit(self._claim.release, lambda _: self.deleteLater())  # after all that was submitted

    def _on_changed(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _on_failed(self, failure: Failure) -> None:
        self._marks.clear()  # what the files hold is not certain: next time they are written as a whole
        self.failed.emit(failure)


def _forget_others(folder: Path, pictures: list[int]) -> None:
    from latentlab.qt.session import store

    store.forget_others(folder, pictures)
