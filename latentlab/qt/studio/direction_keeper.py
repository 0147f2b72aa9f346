"""Keeps on disk what a person makes of a model's directions, in the job thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from latentlab.qt.session.session import Session
from latentlab.qt.threads.jobs import JobThread

if TYPE_CHECKING:
    from latentlab.qt.session.known_directions import Change


class DirectionKeeper(QObject):
    """Writes every change of one session's own directions, beside what other windows wrote meanwhile."""

    failed = Signal(object)
    """Failure: what was changed is not kept."""

    def __init__(self, session: Session, jobs: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._identity = session.identity
        self._jobs = jobs
        session.directions.own_changed.connect(self._on_changed)

    def _on_changed(self, change: Change) -> None:
        identity = self._identity

        def write() -> None:
            from latentlab.latents import own_directions

            own_directions.update(identity, change)

        self._jobs.submit(write, failed=self.failed.emit)
