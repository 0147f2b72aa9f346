"""The run that the workspace shows: everything known of it, grown by what its watch tells."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from latentlab.qt.failure import Failure
from latentlab.qt.threads.run_watch import News, RunWatch, Stretch
from latentlab.qt.widgets.curves.series import Series
from latentlab.runs import Failed, Finished, Preparing, Progress, RunState, Sampled, Saved, Started, Warned

LIVE = (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)


class ShownRun(QObject):
    """One run at a time. Everything here is read by panels; only its watch changes it."""

    changed = Signal()
    """Another run is shown; everything is new."""
    grew = Signal()
    """Curves have new points; there may be new curves."""
    state_changed = Signal()
    sheets_changed = Signal()
    checkpoints_changed = Signal()
    warnings_changed = Signal()
    trouble = Signal(object)
    """Failure: the folder cannot be read."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self._watch: RunWatch | None = None
        self._forget()

    @property
    def is_live(self) -> bool:
        """Whether a process trains it now."""
        return self.state in LIVE

    @property
    def step(self) -> int:
        """Steps done, as far as events tell."""
        return self.progress.step if self.progress else self.started.step if self.started else 0

    @property
    def steps(self) -> int:
        """Of the whole run; 0 until it started."""
        return self.started.steps if self.started else 0

    def show(self, path: Path | None) -> None:
        """Show the run in a folder from now on."""
        self.stop()
        self.path = path
        self._forget()
        self.changed.emit()
        if path is not None:
            self._watch = RunWatch(path)
            self._watch.told.connect(self._on_told)
            self._watch.failed.connect(self._on_failed)
            self._watch.start(RunWatch.Priority.LowPriority)

    def stop(self) -> None:
        """Watch no longer."""
        if self._watch is not None:
            self._watch.told.disconnect(self._on_told)
            self._watch.failed.disconnect(self._on_failed)
            self._watch.stop()
            self._watch = None

    def _forget(self) -> None:
        self.losses: dict[str, Series] = {}
        self.measures: dict[str, Series] = {}
        self.speed = Series()
        self.sheets: list[Sampled] = []
        self.saved: list[Saved] = []
        self.warnings: list[Warned] = []
        self.state: RunState | None = None
        self.started: Started | None = None
        self.progress: Progress | None = None
        self.preparing: Preparing | None = None
        self.ended: Finished | Failed | None = None
        self.caught_up = False
        self.last_event = 0.0
        """Seconds since 1970; 0 before the first."""

    def _on_told(self, news: News) -> None:
        if news.path != self.path:
            return
        for stretch in news.stretches:
            self._take(stretch)
        arrived = news.caught_up and not self.caught_up
        self.caught_up = news.caught_up
        state_before, self.state = self.state, news.state
        if news.stretches or arrived:
            self.grew.emit()
        if any(one.sheets or one.after is not None for one in news.stretches):
            self.sheets_changed.emit()
        if any(one.saved or one.after is not None for one in news.stretches):
            self.checkpoints_changed.emit()
        if any(one.warnings or one.after is not None for one in news.stretches):
            self.warnings_changed.emit()
        if news.stretches or arrived or self.state != state_before:
            self.state_changed.emit()

    def _on_failed(self, failure: Failure) -> None:
        self.trouble.emit(failure)

    def _take(self, stretch: Stretch) -> None:
        if stretch.after is not None:
            self._cut(stretch.after)
        for curves, points in ((self.losses, stretch.losses), (self.measures, stretch.measures)):
            for name, (steps, values) in points.items():
                curves.setdefault(name, Series()).append(steps, values)
        if stretch.speed is not None:
            self.speed.append(*stretch.speed)
        self.sheets += stretch.sheets
        self.saved += stretch.saved
        self.warnings += stretch.warnings
        self.started = stretch.started or self.started
        self.progress = stretch.progress or self.progress
        self.preparing = stretch.preparing or (None if stretch.started else self.preparing)
        self.ended = stretch.ended
        self.last_event = max(self.last_event, stretch.time)

    def _cut(self, step: int) -> None:
        """What was said about later steps is superseded."""
        for series in (*self.losses.values(), *self.measures.values(), self.speed):
            series.cut(step)
        self.sheets = [sheet for sheet in self.sheets if sheet.step <= step]
        self.saved = [saved for saved in self.saved if saved.step <= step]
        self.warnings = [warned for warned in self.warnings if warned.step <= step]
        self.progress = None
