"""Follows a run's folder in a thread of its own: live, over a slow disk, or years later."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Flag
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from latentlab.qt.failure import explain
from latentlab.qt.threads.condensed import Condensed, names_in
from latentlab.qt.threads.long_log import keep, open_long
from latentlab.qt.threads.run_reading import LONG, LogReader, Stretch, outline
from latentlab.qt.threads.run_record import RunRecord
from latentlab.runs import (
    CheckpointInfo,
    Failed,
    Finished,
    Preparing,
    RolledBack,
    RunFollower,
    RunState,
    Saved,
    Silence,
    Started,
)
from latentlab.runs.status import silence

logger = logging.getLogger(__name__)

_EVERY = 0.15
"""Seconds between looks at a live run."""
_SELDOM = 1.0
"""Seconds between looks at one that has ended: it may be resumed."""
_STATUS_EVERY = 1.0
_AT_ONCE = 1 << 20
"""Bytes of the log that are read at once."""
_LIVE = (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)
_CHANGE_STATE = {Started, Finished, Failed, Preparing}
_CHANGE_CHECKPOINTS = {Saved, Started, RolledBack}


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What became known of a run at one look."""

    path: Path
    state: RunState | None
    """What the run does now; None before its first start."""
    record: RunRecord | None = None
    """All there is so far; whoever gets it owns it. It takes the place of what was told before."""
    stretches: tuple[Stretch, ...] = ()
    """What is new since."""
    in_outline: bool = False
    """The record is of a long log, and all of it is still to come."""
    checkpoints: tuple[CheckpointInfo, ...] | None = None
    """On the disk; None where that has not changed."""
    silence: Silence | None = None
    """The process is there and shows no sign of life."""
    is_gone: bool = False
    """There is no run in the folder any more."""


class RunWatch(QThread):
    """Reads what was written to a run since the last look. `stop` ends it within a look."""

    told = Signal(object)
    """News."""
    failed = Signal(object)
    """Failure: the folder cannot be read at the moment. It goes on looking."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run-watch")
        self.path = path
        self._stop = Flag()
        self._state: RunState | None = None
        self._looked = 0.0
        self._beat: tuple[float, float] | None = None
        """The newest heartbeat, and when it was seen first."""
        self._silence: Silence | None = None
        self._follower = RunFollower(path, most=_AT_ONCE)
        self._reader = LogReader()

    def let_go(self) -> None:
        """Let the thread end by itself, however slow the disk that it reads from. Nothing is told any more."""
        self._stop.set()

    def stop(self) -> None:
        """End the thread."""
        self.let_go()
        self.wait()

    def run(self) -> None:
        met = was_there = troubled = False
        while not self._stop.is_set():
            try:
                is_there = self._follower.folder.exists()
                if was_there and not is_there:
                    self._state = self._silence = None
                    self._tell(is_gone=True)
                    met = False
                elif not met or self._is_another():
                    met = self._meet()
                else:
                    self._look()
                was_there, troubled = was_there or is_there, False
            except OSError as error:
                if not troubled:
                    logger.warning("%s cannot be read", self.path, exc_info=True)
                    self.failed.emit(explain(error))
                troubled = True
            if troubled or not met or self._follower.caught_up:
                self._stop.wait(_EVERY if self._state in _LIVE else _SELDOM)

    def _meet(self) -> bool:
        """Read everything there is; a long log in outline first. False when stopped before the end."""
        self._look_at_status()
        log = self._follower.folder.events
        beginning = None
        if log.exists() and log.stat().st_size > LONG:
            short = _recorded(LogReader().read(outline(log)))
            self._tell(record=short, in_outline=True)
            beginning = open_long(log, self._stop.wait)
        gathered = list(beginning.gathered) if beginning is not None else []
        begin = beginning.end if beginning is not None else 0
        self._follower = RunFollower(self.path, begin, most=_AT_ONCE)
        self._reader = LogReader(names_in(gathered))
        while not self._stop.is_set():
            self._reader.add(self._follower.poll_lines())
            if self._follower.caught_up:
                gathered += self._reader.gathered()
                record = _recorded(one.stretch() for one in gathered)
                self._tell(record=record)
                self._tell(checkpoints=self._checkpoints())  # many small files: long on a slow disk
                end = self._follower.position
                if end - begin > LONG or (beginning is not None and not beginning.is_kept):
                    keep(log, Condensed(end, gathered))
                return True
        return False

    def _look(self) -> None:
        before, stretches = self._state, self._reader.read(self._follower.poll_lines())
        kinds = {type(event) for stretch in stretches for event in stretch.events}
        due = time.monotonic() - self._looked >= _STATUS_EVERY
        if due or kinds & _CHANGE_STATE:
            self._look_at_status()
        if stretches or due or self._state != before:
            kept = self._checkpoints() if kinds & _CHANGE_CHECKPOINTS else None
            self._tell(stretches=stretches, checkpoints=kept)

    def _look_at_status(self) -> None:
        status, now = self._follower.folder.read_status(), time.monotonic()
        self._state, self._looked, self._silence = None, now, None
        if status is None:
            return
        self._state = status.state_now()
        if self._beat is None or self._beat[0] != status.time:
            past = time.time() - status.time if self._beat is None and status.is_here else 0.0
            self._beat = status.time, now - max(0.0, past)
        if self._state in _LIVE:
            self._silence = silence(status, now - self._beat[1])

    def _is_another(self) -> bool:
        """Another run lies in the folder than the one that was met: its log is shorter than what was read."""
        try:
            return self._follower.folder.events.stat().st_size < self._follower.position
        except FileNotFoundError:
            return self._follower.position > 0

    def _tell(self, **what: Any) -> None:
        if not self._stop.is_set():
            self.told.emit(News(self.path, self._state, silence=self._silence, **what))

    def _checkpoints(self) -> tuple[CheckpointInfo, ...]:
        return tuple(self._follower.folder.list_checkpoints())


def _recorded(stretches: Iterable[Stretch]) -> RunRecord:
    record = RunRecord()
    for stretch in stretches:
        record.take(stretch)
    return record
