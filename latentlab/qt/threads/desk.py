"""What waits for the render thread: the newest model, the newest request, and work for quiet moments."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Condition
from typing import TYPE_CHECKING, Any, Protocol

from latentlab.qt.settings import Device, Precision

if TYPE_CHECKING:
    from latentlab.formats.report import OpenedModel
    from latentlab.render.renderer import Renderer
    from latentlab.render.request import RenderRequest

QUIET_SECONDS = 0.35
"""How long no request must have come before idle work may start: a hand pauses for less between two moves."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelOrder:
    """From now on, render with this model."""

    opened: OpenedModel
    device: Device
    precision: Precision
    succeeds: bool = False
    """It is the network of the order before with other weights: what showed its blocks goes on doing so."""


@dataclass(frozen=True, slots=True)
class Pause:
    """How idle work lets others go first."""

    serve: Callable[[], bool]
    """To be called between steps: renders what was asked for meanwhile. True means: stop for good."""
    is_due: Callable[[], bool]
    """Whether somebody waits. For work that must not be entered again while it runs: give up, `serve`, retry."""


class IdleWork(Protocol):
    """Something to compute from the model when nobody waits: strips, layer pictures, directions."""

    @property
    def key(self) -> Hashable:
        """Newer work with the same key replaces waiting work, and ends running work."""

    @property
    def rank(self) -> int:
        """Work of a lower rank goes first, also in the pauses of work of a higher one."""

    def run(self, renderer: Renderer, pause: Pause, show: Callable[[Any], None]) -> None:
        """Do the work in small steps, letting others go first between them.

        Args:
            renderer: of the open model; this thread owns it.
            show: hands a result to the window.
        """


class Desk:
    """The render thread's orders, most urgent first. Newer models, requests and idle work replace older."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._model: ModelOrder | None = None
        self._request: RenderRequest | None = None
        self._idle: dict[Hashable, IdleWork] = {}
        self._outdated: set[Hashable] = set()
        self._quiet_from = 0.0
        self._closed = False

    def put_model(self, order: ModelOrder) -> None:
        """Everything that waits was meant for the model before, and is dropped."""
        with self._changed:
            self._model = order
            self._request = None
            self._idle.clear()
            self._changed.notify()

    def put_request(self, request: RenderRequest) -> None:
        with self._changed:
            self._request = request
            self._quiet_from = time.monotonic() + QUIET_SECONDS
            self._changed.notify()

    def put_idle(self, work: IdleWork) -> None:
        with self._changed:
            self._idle.pop(work.key, None)
            self._idle[work.key] = work
            self._outdated.add(work.key)
            self._changed.notify()

    def drop_idle(self, key: Hashable) -> None:
        """Forget waiting work with this key, and end it where it runs."""
        with self._changed:
            self._idle.pop(key, None)
            self._outdated.add(key)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    @property
    def closed(self) -> bool:
        return self._closed

    def has_newer(self) -> bool:
        """Whether something urgent waits: what is being refined now will not be looked at."""
        return self._closed or self._request is not None or self._model is not None

    def is_ending(self) -> bool:
        """Whether even what is rendered first has become pointless: another model, or closing."""
        return self._closed or self._model is not None

    def is_outdated(self, key: Hashable) -> bool:
        """Whether running idle work should end: replaced, another model, or closing."""
        return self._closed or self._model is not None or key in self._outdated

    def take(self) -> ModelOrder | RenderRequest | IdleWork | None:
        """Wait for the most urgent order; None once closed."""
        with self._changed:
            while not self._closed:
                if (urgent := self._take_urgent()) is not None:
                    return urgent
                wait = self._quiet_from - time.monotonic()
                if wait <= 0 and (idle := self._take_idle()) is not None:
                    return idle
                self._changed.wait(wait if self._idle else None)
            return None

    def take_in_pause(self, rank: int) -> RenderRequest | IdleWork | None:
        """What goes before idle work of this rank. Waits for the hand to be still.

        Returns:
            A request, or idle work of a lower rank; None when there is none, or a model waits, or closed.
        """
        with self._changed:
            while not self._closed and self._model is None:
                if self._request is not None:
                    request, self._request = self._request, None
                    return request
                wait = self._quiet_from - time.monotonic()
                if wait <= 0:
                    return self._take_idle(below=rank)
                self._changed.wait(wait)
            return None

    def _take_idle(self, *, below: int | None = None) -> IdleWork | None:
        waiting = [work for work in self._idle.values() if below is None or work.rank < below]
        if not waiting:
            return None
        first = min(waiting, key=lambda work: work.rank)
        self._outdated.discard(first.key)
        return self._idle.pop(first.key)

    def _take_urgent(self) -> ModelOrder | RenderRequest | None:
        if self._model is not None:
            model, self._model = self._model, None
            return model
        request, self._request = self._request, None
        return request
