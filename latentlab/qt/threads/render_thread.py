"""The one thread that owns the model on its device. It renders, and in quiet moments computes what helps."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtGui import QImage

from latentlab.qt.failure import explain
from latentlab.qt.threads.desk import Desk, IdleWork, ModelOrder, Pause
from latentlab.qt.threads.pictures import thumbnail
from latentlab.qt.widgets.picture_image import image_of
from latentlab.render.request import RenderRequest

if TYPE_CHECKING:
    from latentlab.latents.directions import DirectionSet
    from latentlab.render.frame import Frame
    from latentlab.render.renderer import Renderer

logger = logging.getLogger(__name__)
_NICER = 5
"""By how much, of the 19 steps of niceness that a system knows."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the status line says about the machine."""

    device: str
    """For people: "CPU, 2 cores"."""
    engine: str
    memory_used: int
    """Bytes."""
    memory_total: int
    fps: float


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A frame in the form that the window draws; converted in the render thread."""

    model: str
    """Fingerprint of the model that drew it."""
    frame: Frame
    image: QImage
    thumbnail: QImage | None
    """Of final frames only."""
    usage: Usage


class RenderThread(QThread):
    """Renders the newest request; older waiting ones are dropped. Idle work yields to every request."""

    rendered = Signal(object)
    """Shown. Previews first, the full picture last."""
    failed = Signal(object, object)
    """RenderRequest, Failure."""
    open_failed = Signal(object)
    """Failure: the model was read, but cannot be rendered with."""
    noticed = Signal(str)
    """Something is not as asked for: another device, less memory."""
    idle_result = Signal(object, object)
    """Key of the work, and one result of it."""
    idle_finished = Signal(object)
    """Key of work that was done to its end."""
    idle_failed = Signal(object, object)
    """Key of the work, Failure."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("render")
        self._desk = Desk()
        self._renderer: Renderer | None = None
        self._directions: DirectionSet | None = None
        self._model = ""
        self._device_words: dict[str, str] = {}

    def open(self, order: ModelOrder) -> None:
        """Render with this model from now on; what waits for the one before is dropped."""
        self._desk.put_model(order)
        if not self.isRunning():
            self.start(QThread.Priority.LowPriority)

    def request(self, request: RenderRequest) -> None:
        """Render this next."""
        self._desk.put_request(request)

    def when_idle(self, work: IdleWork) -> None:
        """Do this once nobody waits for a picture. Waiting or running work with the same key is given up."""
        self._desk.put_idle(work)

    def give_up(self, key: Hashable) -> None:
        """Idle work with this key is not wanted any more."""
        self._desk.drop_idle(key)

    def use_directions(self, directions: DirectionSet | None) -> None:
        """What recipes of the open model may name, from the next picture on."""
        self._directions = directions

    def stop(self) -> None:
        """End the thread; what is being computed is given up at its next step."""
        self._desk.close()
        self.wait()

    def run(self) -> None:
        _give_way()
        while (order := self._desk.take()) is not None:
            if isinstance(order, ModelOrder):
                self._open(order)
            elif isinstance(order, RenderRequest):
                self._render(order)
            else:
                self._work(order)
        self._close_renderer()

    def _open(self, order: ModelOrder) -> None:
        probes = self._renderer.probes if order.succeeds and self._renderer is not None else None
        self._close_renderer()
        try:
            from latentlab.render.renderer import Renderer

            self._renderer = Renderer(
                order.opened, device=order.device, precision=order.precision, notice=self.noticed.emit
            )
            if probes is not None:
                self._renderer.probes = probes
            self._model = order.opened.fingerprint
        except Exception as error:  # a device's first use may fail in any way
            logger.exception("The model cannot be rendered with")
            self.open_failed.emit(explain(error))

    def _render(self, request: RenderRequest) -> None:
        if self._renderer is None:
            return
        try:
            self._take_directions(self._renderer)
            for frame in self._renderer.render(
                request, cancelled=self._desk.has_newer, closing=self._desk.is_ending
            ):
                self.rendered.emit(self._shown(self._renderer, frame))
        except Exception as error:  # torch raises RuntimeError for nearly everything
            logger.exception("Rendering failed")
            self.failed.emit(request, explain(error))

    def _take_directions(self, renderer: Renderer) -> None:
        if renderer.directions is not self._directions:
            renderer.directions = self._directions

    def _shown(self, renderer: Renderer, frame: Frame) -> Shown:
        image = image_of(frame.pixels)
        small = None if frame.is_preview else thumbnail(image)
        return Shown(self._model, frame, image, small, self._usage(renderer, frame))

    def _usage(self, renderer: Renderer, frame: Frame) -> Usage:
        from latentlab.render import devices

        if frame.device not in self._device_words:
            self._device_words[frame.device] = devices.describe(frame.device)
        memory = devices.memory(frame.device)
        return Usage(
            self._device_words[frame.device], frame.engine, memory.used, memory.total, renderer.timing.fps
        )

    def _work(self, work: IdleWork) -> None:
        if self._renderer is None:
            return
        key = work.key

        def serve() -> bool:
            while (order := self._desk.take_in_pause(work.rank)) is not None:
                if isinstance(order, RenderRequest):
                    self._render(order)
                else:
                    self._work(order)
            return self._desk.is_outdated(key)

        try:
            self._take_directions(self._renderer)
            work.run(
                self._renderer,
                Pause(serve, self._desk.has_newer),
                lambda result: self.idle_result.emit(key, result),
            )
        except Exception as error:
            logger.exception("Idle work %s failed", key)
            self.idle_failed.emit(key, explain(error))
        else:
            if not self._desk.is_outdated(key):
                self.idle_finished.emit(key)

    def _close_renderer(self) -> None:
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None


def _give_way() -> None:
    """Where they compete for a processor, painting comes before this thread and those it starts."""
    if sys.platform == "linux":  # a priority of its own for every thread
        with contextlib.suppress(OSError):
            os.setpriority(
                os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + _NICER
            )
