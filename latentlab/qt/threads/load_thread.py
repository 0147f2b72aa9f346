"""Opens model files: the newest file asked for, with progress, and given up when asked."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Condition

from PySide6.QtCore import QObject, QThread, Signal

from latentlab.errors import Cancelled
from latentlab.qt.failure import explain
from latentlab.qt.session.model_info import describe

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """Open this file."""

    path: str
    candidate: str | None = None
    """Which reading, where shapes leave something open; None takes the remembered or best one."""


class LoadThread(QThread):
    """Opens the newest file asked for; asking again, or `cancel`, gives up the one being opened."""

    progressed = Signal(float, str)
    """Share done (0 ... 1) and what is being done."""
    opened = Signal(object, object, object)
    """LoadRequest, ModelInfo, and the OpenedModel to pass on to the render thread untouched."""
    failed = Signal(object, object)
    """LoadRequest, Failure."""
    cancelled = Signal(object)
    """LoadRequest."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("load")
        self._changed = Condition()
        self._waiting: LoadRequest | None = None
        self._give_up = False
        self._closed = False

    def submit(self, request: LoadRequest) -> None:
        """Open this file next, giving up the one being opened."""
        with self._changed:
            self._waiting = request
            self._give_up = True
            self._changed.notify()
        if not self.isRunning():
            self.start()

    def cancel(self) -> None:
        """Give up the file being opened and the one that waits."""
        with self._changed:
            self._waiting = None
            self._give_up = True

    def stop(self) -> None:
        """Give up and end the thread."""
        with self._changed:
            self._closed = True
            self._give_up = True
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        while (request := self._take()) is not None:
            try:
                self._open(request)
            except Cancelled:
                self.cancelled.emit(request)
            except Exception as error:  # torch and the readers below it raise nearly everything
                logger.exception("Opening %s failed", request.path)
                self.failed.emit(request, explain(error))

    def _open(self, request: LoadRequest) -> None:
        self.progressed.emit(0.0, self.tr("Starting the engine"))
        from latentlab.formats import open_model  # imports torch: a second that only this thread spends

        model = open_model(
            request.path,
            candidate=request.candidate,
            progress=self.progressed.emit,
            cancelled=lambda: self._give_up,
        )
        if self._give_up:
            self.cancelled.emit(request)
        else:
            self.opened.emit(request, describe(model), model)

    def _take(self) -> LoadRequest | None:
        with self._changed:
            while self._waiting is None and not self._closed:
                self._changed.wait()
            request, self._waiting = self._waiting, None
            self._give_up = self._closed
            return None if self._closed else request
