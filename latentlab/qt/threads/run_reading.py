"""Events of a run as plots take them in: columns of numbers, made from many lines at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from latentlab.qt.threads.report_lines import UNSAID, ReportReader, Table, joined
from latentlab.runs import Entry, Event, Measured, Progress, RolledBack, Started
from latentlab.runs.events import from_values
from latentlab.runs.follower import decoded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = tuple[NDArray[np.float64], NDArray[np.float64]]

LONG = 8 << 20
"""Bytes from which on a log is first shown in outline."""
_PIECE = 1 << 17
"""Bytes that are decoded in one go: the window waits for as long as that takes."""
_PLACES = 300
"""Of a long log that an outline looks at."""
_THERE = 1 << 13
"""Bytes that it reads at each."""
_END = 1 << 18
"""Bytes that it reads of the end: what the run did last is of most interest."""


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


class LogReader:
    """Takes in the lines of one log, in order. What is not understood is left out."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Losses that are known of already are read quickly from the start."""
        self._quick = ReportReader()
        self._quick.learn(names)
        self._gathered: list[Gathering] = []

    def read(self, content: bytes) -> tuple[Stretch, ...]:
        """Take in whole lines, and say what they tell."""
        self.add(content)
        return self.take()

    def add(self, content: bytes) -> None:
        """Take in whole lines."""
        for piece in _pieces(content):
            parts = self._quick.read(piece)
            if parts is None:
                entries = (from_values(values) for values in decoded(piece))
                self._add_entries([entry for entry in entries if entry is not None])
            elif len(parts) == 1 and isinstance(parts[0], Table):  # nearly always
                self._here().add_reports(parts[0], piece[piece.rfind(b"\n", 0, -1) + 1 :])
            else:
                self._add_parts(parts, piece.split(b"\n"))

    def take(self) -> tuple[Stretch, ...]:
        """What was taken in since the last time, in the order in which it was written."""
        return tuple(one.stretch() for one in self.gathered())

    def gathered(self) -> list[Gathering]:
        """The same, before anything is made of it."""
        gathered, self._gathered = self._gathered, []
        return gathered

    def _add_parts(self, parts: Sequence[Table | int], lines: Sequence[bytes]) -> None:
        place = 0
        for part in parts:
            if isinstance(part, Table):
                place += len(part.values)
                self._here().add_reports(part, lines[place - 1])
            else:
                place += 1
                entry = from_values(json.loads(lines[part]))
                if entry is not None:
                    self._add_event(entry)

    def _add_entries(self, entries: Sequence[Entry]) -> None:
        reports: list[Entry] = []
        for entry in entries:
            if isinstance(entry.event, Progress):
                reports.append(entry)
            else:
                self._add_reports(reports)
                reports = []
                self._add_event(entry)
        self._add_reports(reports)

    def _add_reports(self, entries: Sequence[Entry]) -> None:
        if entries:
            table = _table([entry.event for entry in entries if isinstance(entry.event, Progress)])
            self._quick.learn(table.names)
            self._here().add_reports(table, entries[-1])

    def _add_event(self, entry: Entry) -> None:
        cut = _cut(entry.event)
        if cut is not None:
            self._gathered.append(Gathering(cut))
        self._here().add(entry)

    def _here(self) -> Gathering:
        if not self._gathered:
            self._gathered.append(Gathering(None))
        return self._gathered[-1]


def outline(path: Path) -> bytes:
    """A long log in short, quickly even where it is slow to read: lines from all over it, and its end.

    Raises:
        OSError: it cannot be read.
    """
    found = []
    with path.open("rb") as file:
        size = file.seek(0, 2)
        end = max(0, size - _END)
        for place in range(_PLACES):
            begin = end * place // _PLACES
            file.seek(begin)
            found.append(_whole(file.read(min(_THERE, end - begin)), begin))
        file.seek(end)
        found.append(_whole(file.read(_END), end))
    return b"".join(found)


def _whole(content: bytes, begin: int) -> bytes:
    """The whole lines of a part of a file that begins there."""
    return content[content.find(b"\n") + 1 if begin else 0 : content.rfind(b"\n") + 1]


def _pieces(content: bytes) -> Iterator[bytes]:
    """Whole lines, not many at a time."""
    begin = 0
    while begin < len(content):
        last = content.rfind(b"\n", begin, begin + _PIECE)
        if last < 0:
            last = content.find(b"\n", begin)
        end = last + 1 or len(content)
        yield content[begin:end]
        begin = end


def _cut(event: Event) -> int | None:
    match event:
        case Started() as started:
            return started.step
        case RolledBack() as back:
            return back.to_step
    return None


@dataclass(slots=True)
class Gathering:
    """Of one stretch, what was read so far."""

    after: int | None
    tables: list[Table] = field(default_factory=list)
    newest: Entry | bytes | None = None
    """The last report, or its line."""
    entries: list[Entry] = field(default_factory=list)
    """Of everything else."""
    goes_on: bool = False
    """A report is the last that was said: the run has not ended."""

    def add(self, entry: Entry) -> None:
        self.goes_on = False
        self.entries.append(entry)

    def add_reports(self, table: Table, newest: Entry | bytes) -> None:
        self.goes_on, self.newest = True, newest
        self.tables.append(table)

    def stretch(self) -> Stretch:
        tables = joined(self.tables)
        losses: dict[str, list[Points]] = {}
        for table in tables:
            for name, steps, values in table.losses():
                losses.setdefault(name, []).append((steps, values))
        measures: dict[str, list[tuple[float, float]]] = {}
        events: list[Event] = []
        for entry in self.entries:
            if not isinstance(entry.event, Measured):
                events.append(entry.event)
                continue
            for name, value in entry.event.measures.items():
                measures.setdefault(name, []).append((entry.event.step, value))
        newest = from_values(json.loads(self.newest)) if isinstance(self.newest, bytes) else self.newest
        progress = newest.event if newest is not None and isinstance(newest.event, Progress) else None
        if progress is not None and self.goes_on:
            events.append(progress)
        return Stretch(
            after=self.after,
            losses={name: _one(points) for name, points in losses.items()},
            measures={name: (_column(points, 0), _column(points, 1)) for name, points in measures.items()},
            speed=_one([(one.steps, one.values[:, 1]) for one in tables]) if tables else None,
            memory=_one([(one.steps, one.values[:, 2]) for one in tables]) if tables else None,
            progress=progress,
            events=tuple(events),
            time=max(
                (entry.time for entry in (*self.entries[-1:], newest) if entry is not None), default=0.0
            ),
        )


def _one(points: Sequence[Points]) -> Points:
    import numpy as np

    if len(points) == 1:
        return points[0]
    return np.concatenate([steps for steps, _ in points]), np.concatenate([values for _, values in points])


def _column(rows: Sequence[tuple[float, ...]], number: int) -> NDArray[np.float64]:
    import numpy as np

    return np.array([row[number] for row in rows], np.float64)


def _table(reports: Sequence[Progress]) -> Table:
    import numpy as np

    names = tuple(dict.fromkeys(name for report in reports for name in report.losses))
    rows = [
        (
            report.step,
            report.images_per_second,
            report.memory,
            *(report.losses.get(name, UNSAID) for name in names),
        )
        for report in reports
    ]
    return Table(names, np.array(rows, np.float64))
