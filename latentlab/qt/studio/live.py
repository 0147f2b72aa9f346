"""The model of a run in Explore while it trains: newer weights take their place under the same recipe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from latentlab.qt.failure import Failure
from latentlab.qt.threads.live_thread import LiveModel, LiveThread, RunMoment
from latentlab.runs import RunState

_ASK_AGAIN_MS = 300


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """What is said about a model that is followed."""

    run: Path
    step: int
    """Of the weights that draw now."""
    state: RunState | None
    """Of the run; None where nothing is known of it."""
    run_step: int
    frozen: bool

    @property
    def is_live(self) -> bool:
        """Whether newer weights will come."""
        return self.state in (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)


class Live(QObject):
    """Follows one run at a time, from `follow` until `stop` or until another model is opened."""

    changed = Signal()
    """`status` is another one."""
    first_arrived = Signal(object)
    """LiveModel: it is to be opened."""
    replaced = Signal(object)
    """LiveModel: newer weights of the open one."""
    failed = Signal(object)
    """Failure: the run has no model that can be read."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: LiveThread | None = None
        self._moment = RunMoment(None, 0)
        self._frozen = False
        self._shown: LiveModel | None = None
        self._waiting: LiveModel | None = None
        self._opening = False
        self._may_replace: Callable[[], bool] = lambda: True
        self._later = QTimer(self, singleShot=True, interval=_ASK_AGAIN_MS)
        self._later.timeout.connect(self._hand_on)

    @property
    def run(self) -> Path | None:
        """The run that is followed."""
        return self._thread.path if self._thread is not None else None

    @property
    def status(self) -> LiveStatus | None:
        """None while nothing is followed, or its first model has not been opened."""
        if self._thread is None or self._shown is None:
            return None
        return LiveStatus(
            self._thread.path, self._shown.step, self._moment.state, self._moment.step, self._frozen
        )

    def ask_before_replacing(self, may_replace: Callable[[], bool]) -> None:
        """`may_replace` tells whether this is a moment in which the weights may change."""
        self._may_replace = may_replace

    def follow(self, run: Path) -> None:
        """Open the newest model of a run, and every newer one in its place."""
        if self.run == run and self._shown is not None:
            self.freeze(False)
            return
        self.stop()
        self._thread = thread = LiveThread(run)
        thread.arrived.connect(self._on_arrived)
        thread.told.connect(self._on_told)
        thread.failed.connect(self._on_failed)
        thread.start(LiveThread.Priority.LowPriority)

    def freeze(self, frozen: bool) -> None:
        """Keep the weights as they are, or take the newest again."""
        if self._thread is None or frozen == self._frozen:
            return
        self._frozen = frozen
        self._thread.hold(frozen)
        self.changed.emit()
        self._hand_on()

    def stop(self) -> None:
        """Follow no longer. The model stays as it is."""
        if self._thread is not None:
            self._thread.arrived.disconnect(self._on_arrived)
            self._thread.told.disconnect(self._on_told)
            self._thread.failed.disconnect(self._on_failed)
            self._thread.stop()
        self._thread, self._shown, self._waiting = None, None, None
        self._frozen, self._opening = False, False
        self._moment = RunMoment(None, 0)
        self._later.stop()
        self.changed.emit()

    def opened(self, run: Path | None) -> None:
        """A model was opened: the one that is followed, or another one, which ends it."""
        if run is None or run != self.run:
            if self._thread is not None:
                self.stop()
            return
        self._opening = False
        self.changed.emit()

    @Slot(object)
    def _on_arrived(self, found: LiveModel) -> None:
        self._waiting = found
        self._hand_on()

    @Slot(object)
    def _on_told(self, moment: RunMoment) -> None:
        self._moment = moment
        self.changed.emit()

    @Slot(object)
    def _on_failed(self, failure: Failure) -> None:
        self.failed.emit(failure)
        self.stop()

    def _hand_on(self) -> None:
        found = self._waiting
        if found is None or (self._frozen and self._shown is not None):
            return
        if self._shown is None:
            self._shown, self._waiting, self._opening = found, None, True
            self.first_arrived.emit(found)
        elif self._opening or not self._may_replace():
            self._later.start()
        else:
            self._shown, self._waiting = found, None
            self.replaced.emit(found)
            self.changed.emit()
