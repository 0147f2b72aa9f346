"""The run that the workspace shows: everything known of it, grown by what its watch tells."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from latentlab.qt.failure import Failure
from latentlab.qt.threads.run_record import RunRecord
from latentlab.qt.threads.run_watch import News, RunWatch
from latentlab.qt.widgets.curves.series import Series
from latentlab.runs import (
    CheckpointInfo,
    Coded,
    Failed,
    Finished,
    Preparing,
    Progress,
    RunState,
    Sampled,
    Saved,
    Scored,
    Silence,
    Started,
    Warned,
)

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
    figures_changed = Signal()
    """Scores of the discriminator, or the KL of the code, were looked at."""
    trouble = Signal(object)
    """Failure: the folder cannot be read."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.state: RunState | None = None
        self.caught_up = False
        """All that was written before it was shown is known."""
        self.in_outline = False
        """A long log is known in outline; the rest is being read."""
        self.checkpoints: tuple[CheckpointInfo, ...] = ()
        """On the disk, oldest first."""
        self.silence: Silence | None = None
        """Its process is there and shows no sign of life."""
        self.is_gone = False
        """Its folder was moved or deleted."""
        self._record = RunRecord()
        self._watch: RunWatch | None = None
        self._left: list[RunWatch] = []
        """That are to end by themselves: the disk that they read from may be slow."""

    @property
    def is_live(self) -> bool:
        """Whether a process trains it now."""
        return self.state in LIVE

    @property
    def step(self) -> int:
        """Steps done, as far as events tell."""
        return self._record.step

    @property
    def steps(self) -> int:
        """Of the whole run; 0 until it started."""
        return self._record.steps

    @property
    def losses(self) -> dict[str, Series]:
        return self._record.losses

    @property
    def measures(self) -> dict[str, Series]:
        return self._record.measures

    @property
    def speed(self) -> Series:
        """Images per second."""
        return self._record.speed

    @property
    def memory(self) -> Series:
        """Bytes."""
        return self._record.memory

    @property
    def sheets(self) -> list[Sampled]:
        return self._record.sheets

    @property
    def saved(self) -> list[Saved]:
        return self._record.saved

    @property
    def warnings(self) -> list[Warned]:
        return self._record.warnings

    @property
    def scores(self) -> list[Scored]:
        return self._record.scores

    @property
    def codes(self) -> list[Coded]:
        return self._record.codes

    @property
    def started(self) -> Started | None:
        return self._record.started

    @property
    def progress(self) -> Progress | None:
        return self._record.progress

    @property
    def preparing(self) -> Preparing | None:
        return self._record.preparing

    @property
    def ended(self) -> Finished | Failed | None:
        return self._record.ended

    @property
    def last_event(self) -> float:
        """Seconds since 1970; 0 before the first."""
        return self._record.last_event

    def settled_at(self, warned: Warned) -> int | None:
        """The step at which what a warning was about was seen no more; None while it is."""
        return self._record.settled_at(warned)

    def show(self, path: Path | None) -> None:
        """Show the run in a folder from now on."""
        self._let_go()
        self.path = path
        self.state, self.caught_up, self.in_outline = None, False, False
        self.checkpoints, self.silence, self.is_gone = (), None, False
        self._record = RunRecord()
        self.changed.emit()
        if path is not None:
            self._watch = RunWatch(path)
            self._watch.told.connect(self._on_told)
            self._watch.failed.connect(self._on_failed)
            self._watch.start(RunWatch.Priority.LowPriority)

    def stop(self) -> None:
        """Watch no longer."""
        self._let_go()
        for watch in self._left:
            watch.stop()
        self._left.clear()

    def _let_go(self) -> None:
        self._left = [watch for watch in self._left if not watch.isFinished()]
        if self._watch is not None:
            self._watch.told.disconnect(self._on_told)
            self._watch.failed.disconnect(self._on_failed)
            self._watch.let_go()
            self._left.append(self._watch)
            self._watch = None

    def _on_told(self, news: News) -> None:
        if news.path != self.path:
            return
        before, now = _counts(self._record), self._record
        if news.record is not None:
            self._record = now = news.record
            self.in_outline, self.caught_up = news.in_outline, not news.in_outline
        for stretch in news.stretches:
            now.take(stretch)
        everything = news.record is not None or any(one.after is not None for one in news.stretches)
        grown = {name for name, count in _counts(now).items() if everything or before[name] != count}
        before_it = self.state, self.silence, self.is_gone
        self.state, self.silence, self.is_gone = news.state, news.silence, news.is_gone
        if news.checkpoints is not None:
            self.checkpoints = news.checkpoints
            grown.add("saved")
        if news.stretches or everything:
            self.grew.emit()
        for name, signal in (
            ("sheets", self.sheets_changed),
            ("saved", self.checkpoints_changed),
            ("warnings", self.warnings_changed),
            ("figures", self.figures_changed),
        ):
            if name in grown:
                signal.emit()
        if news.stretches or everything or (self.state, self.silence, self.is_gone) != before_it:
            self.state_changed.emit()

    def _on_failed(self, failure: Failure) -> None:
        self.trouble.emit(failure)


def _counts(record: RunRecord) -> dict[str, int]:
    return {
        "sheets": len(record.sheets),
        "saved": len(record.saved),
        "warnings": len(record.warnings) + len(record.settled),
        "figures": len(record.scores) + len(record.codes),
    }
