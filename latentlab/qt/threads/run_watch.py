"""Follows a run's folder in a thread of its own: live, over a slow disk, or years later."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from latentlab.qt.failure import explain
from latentlab.runs import (
    Entry,
    Failed,
    Finished,
    Measured,
    Preparing,
    Progress,
    RolledBack,
    RunFollower,
    RunState,
    Sampled,
    Saved,
    Started,
    Warned,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = tuple[NDArray[np.float64], NDArray[np.float64]]

logger = logging.getLogger(__name__)

_EVERY = 0.15
"""Seconds between looks at a live run."""
_SELDOM = 1.0
"""Seconds between looks at one that has ended: it may be resumed."""
_STATUS_EVERY = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """What a run said between two restarts or roll backs."""

    after: int | None
    """Everything after this step is superseded; None where the stretch goes on from what was there."""
    losses: Mapping[str, Points]
    """Name to steps and values, (n,) each."""
    measures: Mapping[str, Points]
    sheets: tuple[Sampled, ...] = ()
    saved: tuple[Saved, ...] = ()
    warnings: tuple[Warned, ...] = ()
    started: Started | None = None
    progress: Progress | None = None
    """The newest one."""
    speed: Points | None = None
    """Images per second."""
    preparing: Preparing | None = None
    rolled_back: RolledBack | None = None
    ended: Finished | Failed | None = None
    time: float = 0.0
    """Of its last event, seconds since 1970 by the clock of the machine that trains."""


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What became known of a run at one look."""

    path: Path
    stretches: tuple[Stretch, ...]
    state: RunState | None
    """What the run does now; None before its first start."""
    caught_up: bool
    """Nothing older is still to come."""


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

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self.wait()

    def run(self) -> None:
        follower = RunFollower(self.path)
        state: RunState | None = None
        looked = 0.0
        troubled = False
        while not self._stop.is_set():
            try:
                entries = follower.poll()
                now = time.monotonic()
                before = state
                if now - looked >= _STATUS_EVERY or _changes_state(entries):
                    status = follower.folder.read_status()
                    state, looked = (status.state_now() if status else None), now
                if entries or state != before or looked == now:
                    self.told.emit(News(self.path, gathered(entries), state, follower.caught_up))
                troubled = False
            except OSError as error:
                if not troubled:
                    logger.warning("%s cannot be read", self.path, exc_info=True)
                    self.failed.emit(explain(error))
                troubled = True
            if follower.caught_up or troubled:
                live = state in (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)
                self._stop.wait(_EVERY if live else _SELDOM)


def gathered(entries: Iterable[Entry]) -> tuple[Stretch, ...]:
    """Events in the form that plots take them in."""
    stretches: list[_Gathering] = []
    for entry in entries:
        cut = _cut(entry)
        if cut is not None or not stretches:
            stretches.append(_Gathering(cut))
        stretches[-1].add(entry)
    return tuple(one.stretch() for one in stretches)


def _cut(entry: Entry) -> int | None:
    match entry.event:
        case Started() as started:
            return started.step
        case RolledBack() as back:
            return back.to_step
    return None


def _changes_state(entries: Iterable[Entry]) -> bool:
    return any(isinstance(entry.event, (Started, Finished, Failed, Preparing)) for entry in entries)


@dataclass(slots=True)
class _Gathering:
    after: int | None
    losses: dict[str, tuple[list[float], list[float]]] = field(default_factory=dict)
    measures: dict[str, tuple[list[float], list[float]]] = field(default_factory=dict)
    speed: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))
    sheets: list[Sampled] = field(default_factory=list)
    saved: list[Saved] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    started: Started | None = None
    progress: Progress | None = None
    preparing: Preparing | None = None
    rolled_back: RolledBack | None = None
    ended: Finished | Failed | None = None
    time: float = 0.0

    def add(self, entry: Entry) -> None:
        self.time = entry.time
        match entry.event:
            case Progress() as progress:
                self.progress = progress
                _append(self.losses, progress.step, progress.losses)
                self.speed[0].append(progress.step)
                self.speed[1].append(progress.images_per_second)
            case Measured() as measured:
                _append(self.measures, measured.step, measured.measures)
            case Sampled() as sampled:
                self.sheets.append(sampled)
            case Saved() as saved:
                self.saved.append(saved)
            case Warned() as warned:
                self.warnings.append(warned)
            case Started() as started:
                self.started = started
            case Preparing() as preparing:
                self.preparing = preparing
            case RolledBack() as back:
                self.rolled_back = back
            case Finished() | Failed() as ended:
                self.ended = ended

    def stretch(self) -> Stretch:
        return Stretch(
            after=self.after,
            losses={name: _arrays(points) for name, points in self.losses.items()},
            measures={name: _arrays(points) for name, points in self.measures.items()},
            speed=_arrays(self.speed) if self.speed[0] else None,
            sheets=tuple(self.sheets),
            saved=tuple(self.saved),
            warnings=tuple(self.warnings),
            started=self.started,
            progress=self.progress,
            preparing=self.preparing,
            rolled_back=self.rolled_back,
            ended=self.ended,
            time=self.time,
        )


def _append(
    curves: dict[str, tuple[list[float], list[float]]], step: int, values: Mapping[str, float]
) -> None:
    for name, value in values.items():
        steps, numbers = curves.setdefault(name, ([], []))
        steps.append(step)
        numbers.append(value)


def _arrays(points: tuple[list[float], list[float]]) -> Points:
    import numpy as np

    return np.array(points[0], np.float64), np.array(points[1], np.float64)
