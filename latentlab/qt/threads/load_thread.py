"""Opens model files: the newest file asked for, with progress, and given up when asked."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Condition

from PySide6.QtCore import QObject, QThread, Signal

from latentlab.errors import Cancelled
from latentlab.qt.failure import explain
from latentlab.qt.session.model_info import describe
from latentlab.qt.widgets.picture_image import image_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """Open this file."""

    path: str
    candidate: str | None = None
    """Which reading, where shapes leave something open; None takes the remembered or best one."""
    compare: bool = False
    """Open nothing: compare all readings of the file."""


class LoadThread(QThread):
    """Opens the newest file asked for; asking again, or `cancel`, gives up the one being opened."""

    progressed = Signal(float, str)
    """Share done (0 ... 1) and what is being done."""
    opened = Signal(object, object, object)
    """LoadRequest, ModelInfo, and the OpenedModel to pass on to the render thread untouched."""
    compared = Signal(object, object)
    """LoadRequest, and all readings with their pictures: [(Candidate, QImage), ...], most natural first. Comes
    after `opened` where they were compared to find the best one."""
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
        # Imports torch: a second that only this thread spends.
        from latentlab.formats import compare_readings, open_model

        if request.compare:
            ranked = compare_readings(
                request.path, progress=self.progressed.emit, cancelled=lambda: self._give_up
            )
            readings = [(item.reading.candidate, image_of(item.sheet)) for item in ranked]
            self.compared.emit(request, readings)
            return
        model = open_model(
            request.path,
            candidate=request.candidate,
            progress=self.progressed.emit,
            cancelled=lambda: self._give_up,
        )
        if self._give_up:
            self.cancelled.emit(request)
            return
        self.opened.emit(request, describe(model), model)
        if len(model.sheets) > 1:
            candidates = [item for item in model.report.candidates if item.key in model.sheets]
            self.compared.emit(request, [(item, image_of(model.sheets[item.key])) for item in candidates])

    def _take(self) -> LoadRequest | None:
        with self._changed:
            while self._waiting is None and not self._closed:
                self._changed.wait()
            request, self._waiting = self._waiting, None
            self._give_up = self._closed
            return None if self._closed else request
