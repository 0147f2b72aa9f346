"""Curves without seams: what a resumed or rolled-back run does again takes the place of what it did before."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable

from latentlab.runs.events import Entry, Measured, Progress, RolledBack, Sampled, Saved, Started, Warned


class Curve:
    """One figure over the steps, in order, one value per step."""

    __slots__ = ("steps", "times", "values")

    def __init__(self) -> None:
        self.steps = array("q")
        """Steps done."""
        self.times = array("d")
        """Seconds since 1970."""
        self.values = array("d")

    def __len__(self) -> int:
        return len(self.steps)

    def add(self, step: int, time: float, value: float) -> None:
        """Append a value; what was said about this and later steps is superseded."""
        if self.steps and self.steps[-1] >= step:
            self.cut(step - 1)
        self.steps.append(step)
        self.times.append(time)
        self.values.append(value)

    def cut(self, step: int) -> None:
        """Forget everything after `step`."""
        end = bisect_right(self.steps, step)
        del self.steps[end:], self.times[end:], self.values[end:]


class Curves:
    """Everything a viewer plots of a run, kept up to date event by event."""

    def __init__(self) -> None:
        self.losses: dict[str, Curve] = {}
        self.measures: dict[str, Curve] = {}
        self.sheets: list[Sampled] = []
        self.saved: list[Saved] = []
        self.warnings: list[Warned] = []
        self.step = 0
        """Steps done, as far as events tell."""
        self.steps = 0
        """Of the whole run; 0 until it started."""

    def extend(self, entries: Iterable[Entry]) -> None:
        """Take events in, in the order in which they were written."""
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take one event in."""
        match entry.event:
            case Progress() as progress:
                self.step = progress.step
                _add(self.losses, progress.losses.items(), progress.step, entry.time)
            case Measured() as measured:
                _add(self.measures, measured.measures.items(), measured.step, entry.time)
            case Sampled() as sampled:
                self.sheets.append(sampled)
            case Saved() as saved:
                self.saved.append(saved)
            case Warned() as warned:
                self.warnings.append(warned)
            case Started() as started:
                self.steps = started.steps
                self._cut(started.step)
            case RolledBack() as back:
                self._cut(back.to_step)

    def _cut(self, step: int) -> None:
        self.step = step
        for curve in (*self.losses.values(), *self.measures.values()):
            curve.cut(step)
        self.sheets = [sheet for sheet in self.sheets if sheet.step <= step]
        self.saved = [saved for saved in self.saved if saved.step <= step]
        self.warnings = [warned for warned in self.warnings if warned.step <= step]


def _add(curves: dict[str, Curve], values: Iterable[tuple[str, float]], step: int, time: float) -> None:
    for name, value in values:
        curve = curves.get(name)
        if curve is None:
            curve = curves[name] = Curve()
        curve.add(step, time, value)
