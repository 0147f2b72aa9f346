"""Events of a run as plots take them in: columns of numbers, made from many lines at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentlab.runs import Event, Measured, Progress, RolledBack, Started
from latentlab.runs.events import from_values

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = tuple[NDArray[np.float64], NDArray[np.float64]]

Row = Mapping[str, Any]
"""One decoded line of the log."""
LONG = 8 << 20
"""Bytes from which on a log is first shown in outline: it takes seconds to read all of it."""
_PIECE = 2 << 20
_OUTLINE = 6000
"""Reports that an outline takes from the whole log."""
_REST = re.compile(rb'"event":"(?!progress")')


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """What a run said between two restarts or roll backs."""

    after: int | None
    """Everything after this step is superseded; None where the stretch goes on from what was there."""
    losses: Mapping[str, Points]
    """Name to steps and values, (n,) each."""
    measures: Mapping[str, Points]
    speed: Points | None = None
    """Images per second."""
    memory: Points | None = None
    """Bytes."""
    progress: Progress | None = None
    """The newest one."""
    events: tuple[Event, ...] = ()
    """All others than reports and measures, and the very last one of any kind."""
    time: float = 0.0
    """Of its last event, seconds since 1970 by the clock of the machine that trains."""


def gathered(rows: Iterable[Row]) -> tuple[Stretch, ...]:
    """Stretches of decoded lines, in the order in which they were written; what is not understood is left out."""
    stretches: list[_Gathering] = []
    for row in rows:
        kind = row.get("event")
        if kind == "progress":
            if not stretches:
                stretches.append(_Gathering(None))
            stretches[-1].reports.append(row)
            continue
        entry = from_values(row)
        if entry is None:
            continue
        cut = _cut(entry.event)
        if cut is not None or not stretches:
            stretches.append(_Gathering(cut))
        stretches[-1].add(entry.event, entry.time)
    return tuple(one.stretch() for one in stretches)


def outline(path: Path) -> list[Row]:
    """A long log in short: everything but reports, and some reports from all over it.

    Raises:
        OSError: it cannot be read.
    """
    size = path.stat().st_size
    apart = max(1, size // _OUTLINE)
    rows: list[Row] = []
    with path.open("rb") as file:
        left, done, next_report = b"", 0, 0
        while piece := file.read(_PIECE):
            content = left + piece
            whole = content.rfind(b"\n") + 1
            begins = {
                content.rfind(b"\n", 0, found.start()) + 1 for found in _REST.finditer(content, 0, whole)
            }
            while next_report < done + whole:
                begin = content.rfind(b"\n", 0, max(0, next_report - done)) + 1
                if begin < whole:
                    begins.add(begin)
                next_report += apart
            lines = (content[begin : content.index(b"\n", begin)] for begin in sorted(begins))
            rows += [row for line in lines if (row := _decoded(line)) is not None]
            left, done = content[whole:], done + whole
    return rows


def _decoded(line: bytes) -> Row | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _cut(event: Event) -> int | None:
    match event:
        case Started() as started:
            return started.step
        case RolledBack() as back:
            return back.to_step
    return None


@dataclass(slots=True)
class _Gathering:
    after: int | None
    reports: list[Row] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    time: float = 0.0
    reports_before: int = 0
    """Reports when the last event came."""

    def add(self, event: Event, time: float) -> None:
        self.time = time
        self.reports_before = len(self.reports)
        if isinstance(event, Measured):
            self.measured.append(event)
        else:
            self.events.append(event)

    def stretch(self) -> Stretch:
        try:
            losses, steps, speed, memory = _columns(self.reports)
            progress = _progress(self.reports[-1]) if self.reports else None
        except (KeyError, TypeError, ValueError, AttributeError):  # one of them is odd: look at each alone
            self.reports = [row for row in self.reports if from_values(row) is not None]
            losses, steps, speed, memory = _columns([_as_written(row) for row in self.reports])
            progress = _progress(self.reports[-1]) if self.reports else None
        measures: dict[str, tuple[list[float], list[float]]] = {}
        for measured in self.measured:
            for name, value in measured.measures.items():
                of_name = measures.setdefault(name, ([], []))
                of_name[0].append(measured.step)
                of_name[1].append(value)
        events = list(self.events)
        if progress is not None and len(self.reports) > self.reports_before:
            events.append(progress)  # the run goes on: it has not ended
        newest = float(self.reports[-1]["t"]) if self.reports else 0.0
        return Stretch(
            after=self.after,
            losses=losses,
            measures={name: (_array(at), _array(values)) for name, (at, values) in measures.items()},
            speed=(steps, speed) if len(steps) else None,
            memory=(steps, memory) if len(steps) else None,
            progress=progress,
            events=tuple(events),
            time=max(self.time, newest),
        )


def _columns(
    rows: Sequence[Row],
) -> tuple[dict[str, Points], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Losses by name, steps (n,), images per second (n,) and bytes (n,) of reports."""
    steps = _array([row["step"] for row in rows])
    losses: dict[str, Points] = {}
    kinds = dict.fromkeys(tuple(row["losses"]) for row in rows)
    for name in dict.fromkeys(name for kind in kinds for name in kind):
        try:
            losses[name] = steps, _array([row["losses"][name] for row in rows])
        except KeyError:  # not in every report
            own = [row for row in rows if name in row["losses"]]
            losses[name] = (
                _array([row["step"] for row in own]),
                _array([row["losses"][name] for row in own]),
            )
    speed = _array([row["images_per_second"] for row in rows])
    return losses, steps, speed, _array([row.get("memory") for row in rows])


def _array(values: list[Any]) -> NDArray[np.float64]:
    import numpy as np

    return np.array(values, np.float64)  # None becomes NaN


def _progress(row: Row) -> Progress:
    entry = from_values(row)
    if entry is None or not isinstance(entry.event, Progress):
        raise ValueError("no report")
    return entry.event


def _as_written(row: Row) -> Row:
    """A report whose numbers are numbers."""
    progress = _progress(row)
    return {
        "t": row["t"],
        "step": progress.step,
        "losses": progress.losses,
        "images_per_second": progress.images_per_second,
        "memory": progress.memory,
    }
