"""Everything that is known of a run, in the form that panels show it."""

from __future__ import annotations

from typing import TypeVar

from latentlab.qt.threads.run_reading import Stretch
from latentlab.qt.widgets.curves.series import Series
from latentlab.runs import (
    Coded,
    Failed,
    Finished,
    Preparing,
    Progress,
    Sampled,
    Saved,
    Scored,
    Settled,
    Started,
    Warned,
)

E = TypeVar("E", Sampled, Saved, Warned, Settled, Scored, Coded)


class RunRecord:
    """Grows by what was read of a run's log. Belongs to one thread at a time."""

    def __init__(self) -> None:
        self.losses: dict[str, Series] = {}
        self.measures: dict[str, Series] = {}
        self.speed = Series()
        """Images per second."""
        self.memory = Series()
        """Bytes."""
        self.sheets: list[Sampled] = []
        self.saved: list[Saved] = []
        self.warnings: list[Warned] = []
        self.settled: list[Settled] = []
        self.scores: list[Scored] = []
        self.codes: list[Coded] = []
        self.started: Started | None = None
        self.progress: Progress | None = None
        self.preparing: Preparing | None = None
        self.ended: Finished | Failed | None = None
        self.last_event = 0.0
        """Seconds since 1970; 0 before the first."""

    @property
    def step(self) -> int:
        """Steps done, as far as events tell."""
        return self.progress.step if self.progress else self.started.step if self.started else 0

    @property
    def steps(self) -> int:
        """Of the whole run; 0 until it started."""
        return self.started.steps if self.started else 0

    def settled_at(self, warned: Warned) -> int | None:
        """The step at which what a warning was about was seen no more; None while it is."""
        return next(
            (one.step for one in self.settled if one.kind == warned.kind and one.step >= warned.step), None
        )

    def take(self, stretch: Stretch) -> None:
        """Add what was read."""
        if stretch.after is not None:
            self._cut(stretch.after)
        for curves, points in ((self.losses, stretch.losses), (self.measures, stretch.measures)):
            for name, (steps, values) in points.items():
                curves.setdefault(name, Series()).append(steps, values)
        if stretch.speed is not None:
            self.speed.append(*stretch.speed)
        if stretch.memory is not None:
            self.memory.append(*stretch.memory)
        for event in stretch.events:
            match event:
                case Sampled():
                    self.sheets.append(event)
                case Saved():
                    self.saved.append(event)
                case Warned():
                    self.warnings.append(event)
                case Settled():
                    self.settled.append(event)
                case Scored():
                    self.scores.append(event)
                case Coded():
                    self.codes.append(event)
                case Started():
                    self.started, self.preparing = event, None
                case Preparing():
                    self.preparing = event
        self.progress = stretch.progress or self.progress
        last = stretch.events[-1] if stretch.events else None
        self.ended = last if isinstance(last, (Finished, Failed)) else None
        self.last_event = max(self.last_event, stretch.time)

    def _cut(self, step: int) -> None:
        """What was said about later steps is superseded."""
        for series in (*self.losses.values(), *self.measures.values(), self.speed, self.memory):
            series.cut(step)
        self.sheets = _until(self.sheets, step)
        self.saved = _until(self.saved, step)
        self.warnings = _until(self.warnings, step)
        self.settled = _until(self.settled, step)
        self.scores = _until(self.scores, step)
        self.codes = _until(self.codes, step)
        self.progress = None


def _until(events: list[E], step: int) -> list[E]:
    return [event for event in events if event.step <= step]
