"""Reads the newest model of a run, again and again, for as long as somebody explores it."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from latentlab.errors import Cancelled, LatentLabError
from latentlab.qt.failure import explain
from latentlab.qt.session.model_info import ModelInfo, describe
from latentlab.runs import Interest, RunFolder, RunState
from latentlab.runs.control import REPEAT

if TYPE_CHECKING:
    from latentlab.formats.report import OpenedModel

logger = logging.getLogger(__name__)

_EVERY = 0.5
"""Seconds between looks at a live run."""
_SELDOM = 3.0
"""Seconds between looks at one that has ended: it may be resumed."""
_AGAIN, _AGAIN_AT_MOST = 1.0, 30.0
"""Seconds until a file that could not be read is tried again; twice as long each time."""
_LIVE = (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)


@dataclass(frozen=True, slots=True)
class RunMoment:
    """How far a run is."""

    state: RunState | None
    """None where its folder says nothing, or cannot be reached."""
    step: int

    @property
    def is_live(self) -> bool:
        """Whether there is more to come."""
        return self.state in _LIVE


@dataclass(frozen=True, slots=True, eq=False)
class LiveModel:
    """A model as the run drew with it after `step` steps."""

    run: Path
    step: int
    info: ModelInfo
    model: Any
    """The OpenedModel, for the render thread."""


@dataclass(frozen=True, slots=True)
class _File:
    """A model file as it was seen: replaced under the same name, it is another one."""

    path: Path
    changed: int
    size: int
    step: int
    """-1 where the file itself knows."""


class LiveThread(QThread):
    """Follows one run. Files that vanish or are half written are passed over until they are whole."""

    arrived = Signal(object)
    """LiveModel: a newer one."""
    told = Signal(object)
    """RunMoment, where it has changed."""
    failed = Signal(object)
    """Failure: there is no model yet, and the newest cannot be read."""

    def __init__(self, run: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("live")
        self.path = run
        self._changed = Condition()
        self._stopped = False
        self._held = False

    def hold(self, held: bool) -> None:
        """Read no models for as long as this holds; what the run does is told all the same."""
        with self._changed:
            self._held = held
            self._changed.notify()

    def stop(self) -> None:
        """End the thread."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        reader = _Reader(self.path, lambda: self._stopped)
        moment: RunMoment | None = None
        told_interest = -REPEAT
        while not self._stopped:
            before, moment = moment, _moment(reader.folder)
            if moment != before:
                self.told.emit(moment)
            now = time.monotonic()
            if moment.is_live and not self._held and now - told_interest >= REPEAT:
                told_interest = now
                _look_at_model(reader.folder)
            if not self._held:
                self._read(reader)
            with self._changed:
                if not self._stopped:
                    self._changed.wait(_EVERY if moment.is_live else _SELDOM)

    def _read(self, reader: _Reader) -> None:
        try:
            found = reader.newest()
        except Exception as error:  # torch and the readers below it raise nearly everything
            if not isinstance(error, LatentLabError):
                logger.exception("The model of %s cannot be read", self.path)
            if not reader.has_read:
                self.failed.emit(explain(error))
            return
        if found is not None and not self._stopped:
            self.arrived.emit(found)


class _Reader:
    """Opens what is newer than what it opened last."""

    def __init__(self, run: Path, stopped: Any) -> None:
        self.folder = RunFolder(run)
        self.has_read = False
        self._stopped = stopped
        self._last: _File | None = None
        self._bad: _File | None = None
        self._again_at = 0.0
        self._patience = _AGAIN

    def newest(self) -> LiveModel | None:
        """The newest model; None where there is nothing newer that could be read now.

        Raises:
            LatentLabError: the newest file cannot be read. It is tried again later.
        """
        newest = _newest_file(self.folder)
        if newest is None or newest == self._last:
            return None
        if newest == self._bad and time.monotonic() < self._again_at:
            return None
        from latentlab.formats import open_model

        try:
            model = open_model(newest.path, cancelled=self._stopped)
        except Cancelled:
            return None
        except Exception:
            self._patience = min(2 * self._patience, _AGAIN_AT_MOST) if newest == self._bad else _AGAIN
            self._bad, self._again_at = newest, time.monotonic() + self._patience
            raise
        self._last, self._bad, self.has_read = newest, None, True
        return LiveModel(self.folder.path, _step_of(newest, model), describe(model), model)


def _newest_file(folder: RunFolder) -> _File | None:
    found = []
    checkpoints = folder.list_models()[-1:]
    for path, step in [*((kept.path, kept.step) for kept in checkpoints), (folder.live_model, -1)]:
        try:
            status = path.stat()
        except OSError:  # made room meanwhile, or the disk is away: the next look tells
            continue
        found.append(_File(path, status.st_mtime_ns, status.st_size, step))
    return max(found, key=lambda file: file.changed, default=None)


def _step_of(file: _File, model: OpenedModel) -> int:
    if file.step >= 0:
        return file.step
    step = model.extra.get("step")
    return step if isinstance(step, int) and step >= 0 else 0


def _moment(folder: RunFolder) -> RunMoment:
    status = folder.read_status()
    return RunMoment(status.state_now(), status.step) if status is not None else RunMoment(None, 0)


def _look_at_model(folder: RunFolder) -> None:
    try:
        folder.control.look_at(Interest.MODEL)
    except OSError:  # a run of somebody else: its checkpoints are all that is to be had
        logger.debug("%s cannot be written to: its checkpoints are followed", folder.path)
