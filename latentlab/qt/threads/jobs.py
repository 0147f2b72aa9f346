"""Small jobs away from the window's thread, one after the other: reading and writing files, encoding pictures."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QThread, Signal, Slot

from latentlab.qt.failure import Failure, explain

logger = logging.getLogger(__name__)

T = TypeVar("T")
_Job = tuple[int, Callable[[], Any]]


class JobThread(QThread):
    """Runs jobs in the order they came. Jobs still waiting when it is stopped are finished first: they save."""

    _finished = Signal(int, object)
    _failed = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobs")
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._callbacks: dict[int, tuple[Callable[[Any], None], Callable[[Failure], None]]] = {}
        self._count = 0
        self._stopped = False
        self._finished.connect(self._on_finished)
        self._failed.connect(self._on_failed)

    def submit(
        self,
        job: Callable[[], T],
        done: Callable[[T], None] = lambda result: None,
        failed: Callable[[Failure], None] = lambda failure: None,
    ) -> None:
        """Run `job` in this thread; then `done` with its result, or `failed`, in the window's thread."""
        if self._stopped:
            return
        self._count += 1
        self._callbacks[self._count] = (done, failed)
        self._queue.put((self._count, job))
        if not self.isRunning():
            self.start()

    def stop(self) -> None:
        """Finish what waits, then end. Results that were not delivered yet are not delivered any more."""
        self._stopped = True
        self._callbacks.clear()
        self._queue.put(None)
        self.wait()

    def run(self) -> None:
        while (item := self._queue.get()) is not None:
            number, job = item
            try:
                result = job()
            except Exception as error:
                logger.exception("A background job failed")
                self._failed.emit(number, explain(error))
            else:
                self._finished.emit(number, result)

    @Slot(int, object)
    def _on_finished(self, number: int, result: Any) -> None:
        if callbacks := self._callbacks.pop(number, None):
            callbacks[0](result)

    @Slot(int, object)
    def _on_failed(self, number: int, failure: Failure) -> None:
        if callbacks := self._callbacks.pop(number, None):
            callbacks[1](failure)
