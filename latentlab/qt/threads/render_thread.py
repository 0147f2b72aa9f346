"""The one thread that owns the model on its device. It renders, and in quiet moments computes what helps."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtGui import QImage

from latentlab.qt.failure import explain
from latentlab.qt.threads.desk import Desk, IdleWork, ModelOrder
from latentlab.qt.threads.pictures import as_image, thumbnail
from latentlab.render.request import RenderRequest

if TYPE_CHECKING:
    from latentlab.render.frame import Frame
    from latentlab.render.renderer import Renderer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A frame in the form the window draws; converted in the render thread."""

    frame: Frame
    image: QImage
    thumbnail: QImage | None
    """Of final frames only."""


class RenderThread(QThread):
    """Renders the newest request; older waiting ones are dropped. Idle work yields to every request."""

    rendered = Signal(object)
    """Shown. Previews first, the full picture last."""
    failed = Signal(object, object)
    """RenderRequest, Failure."""
    open_failed = Signal(object)
    """Failure: the model was read, but cannot be rendered with."""
    idle_result = Signal(object, object)
    """Key of the work, and one result of it."""
    idle_failed = Signal(object, object)
    """Key of the work, Failure."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("render")
        self._desk = Desk()
        self._renderer: Renderer | None = None

    def open(self, order: ModelOrder) -> None:
        """Render with this model from now on; what waits for the one before is dropped."""
        self._desk.put_model(order)

    def request(self, request: RenderRequest) -> None:
        """Render this next."""
        self._desk.put_request(request)

    def when_idle(self, work: IdleWork) -> None:
        """Do this once nobody waits for a picture. Waiting or running work with the same key is given up."""
        self._desk.put_idle(work)

    def stop(self) -> None:
        """End the thread; what is being computed is given up at its next step."""
        self._desk.close()
        self.wait()

    def run(self) -> None:
        while (order := self._desk.take()) is not None:
            if isinstance(order, ModelOrder):
                self._open(order)
            elif isinstance(order, RenderRequest):
                self._render(order)
            else:
                self._work(order)
        self._close_renderer()

    def _open(self, order: ModelOrder) -> None:
        from latentlab.render.renderer import Renderer  # torch is loaded by now: a model was opened

        self._close_renderer()
        try:
            self._renderer = Renderer(order.opened, device=order.device)
        except Exception as error:
            logger.exception("The model cannot be rendered with")
            self.open_failed.emit(explain(error))

    def _render(self, request: RenderRequest) -> None:
        if self._renderer is None:
            return
        try:
            for frame in self._renderer.render(request, cancelled=self._desk.has_newer):
                image = as_image(frame.pixels)
                self.rendered.emit(Shown(frame, image, None if frame.is_preview else thumbnail(image)))
        except Exception as error:  # torch raises RuntimeError for nearly everything
            logger.exception("Rendering failed")
            self.failed.emit(request, explain(error))

    def _work(self, work: IdleWork) -> None:
        if self._renderer is None:
            return
        key = work.key

        def pause() -> bool:
            while (request := self._desk.take_request_until_quiet()) is not None:
                self._render(request)
            return self._desk.is_outdated(key)

        try:
            work.run(self._renderer, pause, lambda result: self.idle_result.emit(key, result))
        except Exception as error:
            logger.exception("Idle work %s failed", key)
            self.idle_failed.emit(key, explain(error))

    def _close_renderer(self) -> None:
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None
