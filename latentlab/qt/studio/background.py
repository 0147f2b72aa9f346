"""What is found out about an open model in quiet moments, in its order: directions, probes, the faster mode."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.qt.failure import Failure
from latentlab.qt.session.session import Session
from latentlab.qt.threads.idle_work import DirectionsWork, FastWork, ProbesWork
from latentlab.qt.threads.render_thread import RenderThread

if TYPE_CHECKING:
    from latentlab.formats.report import OpenedModel


_PROBES_EVERY = 60.0
"""Seconds between two fits of probes to weights that change again and again."""
_FIT_PATIENCE = 30.0
"""Seconds for which newer weights wait for such a fit."""


class Background(QObject):
    """Asks the render thread, and tells the session and the window what came of it."""

    progressed = Signal(str)
    """What is being done now; "" when nothing is."""
    probes_ready = Signal()
    """Every block of the open model has a picture."""
    engine_ready = Signal(str)
    """Name of the faster engine; pictures are computed with it from now on."""

    def __init__(self, thread: RenderThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = thread
        self._session: Session | None = None
        self._searched: OpenedModel | None = None
        self.has_probes = False
        self._fit_began = 0.0
        self._fitting = False
        self.searching = False
        """Directions are being looked for, in the weights that are open now."""
        thread.idle_result.connect(self._on_result)
        thread.idle_failed.connect(self._on_failed)

    @property
    def needs_these_weights(self) -> bool:
        """Whether something is being found out that other weights would make worthless."""
        fitting = self._fitting and time.monotonic() - self._fit_began < _FIT_PATIENCE
        return self.searching or fitting

    def set_session(self, session: Session, model: OpenedModel, *, lasting: bool = True) -> None:
        """Another model was opened; `model` is passed on untouched.

        Args:
            session: of the model.
            model: to look into.
            lasting: False for weights that others will replace soon: a faster engine would be ready too late.
        """
        self._session = session
        self._searched = model
        self.has_probes = False
        self.searching = bool(session.model.capabilities.num_codes)
        if self.searching:
            self._thread.when_idle(DirectionsWork(model, session.identity))
        self._fit_probes(ProbesWork())
        if lasting:
            self._thread.when_idle(FastWork())

    def replace_weights(self) -> None:
        """The open model draws with other weights. Its directions stay; its probes are fitted anew, but seldom."""
        if time.monotonic() - self._fit_began >= _PROBES_EVERY:
            self._fit_probes(ProbesWork(anew=True))

    def _fit_probes(self, work: ProbesWork) -> None:
        self._fitting, self._fit_began = True, time.monotonic()
        self._thread.when_idle(work)

    def find_directions_anew(self, model: OpenedModel) -> None:
        """Look for directions in the weights as they are now; those found before are forgotten."""
        if self._session is not None and self._session.model.capabilities.num_codes:
            self.searching, self._searched = True, model
            self._thread.when_idle(DirectionsWork(model, self._session.identity, anew=True))

    def prepare_again(self) -> None:
        """The device or the precision was changed."""
        if self._session is not None:
            if self.searching and self._searched is not None:
                self._thread.when_idle(DirectionsWork(self._searched, self._session.identity))
            self._thread.when_idle(ProbesWork())
            self._thread.when_idle(FastWork())

    @Slot(object, object)
    def _on_result(self, key: object, result: Any) -> None:
        if self._session is None or key not in (DirectionsWork.key, ProbesWork.key, FastWork.key):
            return
        if isinstance(result, tuple):
            self.progressed.emit(str(result[1]))
            return
        self.progressed.emit("")
        if key == DirectionsWork.key:
            self.searching = False
            self._session.directions.found(result.found, result.own)
        elif key == ProbesWork.key:
            self.has_probes, self._fitting = True, False
            self.probes_ready.emit()
        elif result:
            self.engine_ready.emit(result)

    @Slot(object, object)
    def _on_failed(self, key: object, failure: Failure) -> None:
        if key == DirectionsWork.key:
            self.searching = False
        elif key == ProbesWork.key:
            self._fitting = False
        self.progressed.emit("")
