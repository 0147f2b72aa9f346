"""Runs on the disk as the workspace handles them: listed, started, asked, queued, noted, deleted.

Nothing here waits for a disk: it may be on the other side of a slow network.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from latentlab.errors import LatentLabError
from latentlab.qt.failure import Failure
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.workspaces.train.elsewhere import Elsewhere
from latentlab.qt.workspaces.train.trainer_process import Ended, Processes, signal_name
from latentlab.runs import Request, RunFolder, RunInfo, RunState, find_runs, trash
from latentlab.runs.control import RollBack
from latentlab.runs.info import in_order
from latentlab.runs.notes import Notes, write_notes
from latentlab.runs.queue import Order, Queue, Waiting
from latentlab.runs.status import wake
from latentlab.runs.trash import Trashed

logger = logging.getLogger(__name__)

_EVERY_MS = 2000
LIVE = (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing:
    """What there is at one look."""

    runs: tuple[RunInfo, ...] = ()
    """Those that are trained first; see `in_order`."""
    waiting: tuple[Waiting, ...] = ()
    held: bool = False
    """Nothing that waits is started."""
    trashed: tuple[Trashed, ...] = ()
    ended: tuple[Ended, ...] = ()
    """Processes that came to their end since the last look."""

    @property
    def live(self) -> tuple[RunInfo, ...]:
        """Runs that a process trains."""
        return tuple(info for info in self.runs if info.state in LIVE)


class RunDesk(QObject):
    """Looks at the folder of runs every two seconds while somebody watches; does what is asked in order."""

    listed = Signal()
    """`listing` is new."""
    started = Signal(object)
    """Path of a run whose process begins."""
    failed = Signal(object, object)
    """Failure, and what Retry does (a callable) or None."""
    noticed = Signal(str)

    def __init__(self, runs: Path, parent: QObject | None = None) -> None:
        """Handle the runs in a folder."""
        super().__init__(parent)
        self.runs = runs
        self.listing = Listing()
        self.jobs = JobThread(self)
        self._looks = JobThread(self)
        self._queue = Queue(runs)
        self._processes = Processes()
        self._elsewhere = Elsewhere(runs / "elsewhere.json")
        self._looking = False
        self._ordered: set[Path] = set()
        """Runs that were started or queued here."""
        self._deleted: list[list[Trashed]] = []
        self._clock = QTimer(self, interval=_EVERY_MS)
        self._clock.timeout.connect(self.look)

    @property
    def can_undo_delete(self) -> bool:
        """Whether runs were deleted that can be put back."""
        return bool(self._deleted)

    @property
    def own_live(self) -> tuple[RunInfo, ...]:
        """Runs that were ordered here and are being trained, as far as was seen."""
        return tuple(info for info in self.listing.live if info.path in self._ordered)

    def watch(self, watched: bool) -> None:
        """Look again and again, or no longer."""
        if watched:
            self._clock.start()
            self.look()
        else:
            self._clock.stop()

    def look(self) -> None:
        """List what there is; `listed` tells."""
        if not self._looking:
            self._looking = True
            self._looks.submit(self._see, self._on_seen, self._on_not_seen)

    def is_taken(self, name: str) -> bool:
        """Whether there is a run of this name, or one that waits, as far as was seen."""
        folder = self.runs / name
        return any(info.path == folder for info in self.listing.runs) or any(
            waiting.order.folder == folder for waiting in self.listing.waiting
        )

    def add_elsewhere(self, path: Path) -> None:
        """List a run that lies in another folder, too, now and when the application is opened again."""
        if self.is_elsewhere(path):
            self._do(partial(self._elsewhere.add, path))

    def is_elsewhere(self, path: Path) -> bool:
        """Whether a run that is listed lies in another folder."""
        return path.parent != self.runs

    def forget(self, path: Path, done: Callable[[], None]) -> None:
        """List a run in another folder no longer; its files stay."""
        self._do(partial(self._elsewhere.remove, path), lambda _: done())

    def start(self, order: Order) -> None:
        """Start a run in a process of its own."""
        self._ordered.add(order.folder)

        def work() -> None:
            pid = self._processes.start(["train", *order.arguments], order.folder)
            if order.folder.parent == self.runs:
                self._queue.expect(order.folder, pid)

        self._do(work, lambda _: self._on_started(order.folder), retry=partial(self.start, order))

    def resume(self, run: Path) -> None:
        """Go on with a run that ended before its last step."""
        self.start(Order(("--resume", "--out", str(run)), run))

    def enqueue(self, order: Order) -> None:
        """Let a run wait for its turn; it starts even when the window is closed by then."""
        self._ordered.add(order.folder)

        def work() -> None:
            self._queue.add(order)
            self._run_queue()

        self._do(
            work, lambda _: self.noticed.emit(self.tr("{0} waits for its turn").format(order.folder.name))
        )

    def hold_queue(self, held: bool) -> None:
        """Start nothing that waits, or start again."""

        def work() -> None:
            self._queue.hold(held)
            self._run_queue()

        self._do(work)

    def move(self, key: str, place: int) -> None:
        """Let what waits have its turn at another place, from 0."""
        self._do(partial(self._queue.move, key, place))

    def unqueue(self, key: str) -> None:
        """What waits shall not be started."""
        self._do(partial(self._queue.remove, key))

    def ask(self, run: Path, request: Request) -> None:
        """Ask a run for something."""
        self._do(partial(RunFolder(run).control.ask, request))

    def take_back(self, run: Path, request: Request) -> None:
        """Ask no longer."""
        self._do(partial(RunFolder(run).control.take_back, request))

    def wake(self, run: Path) -> None:
        """Let a run's suspended process go on."""

        def work() -> None:
            if (status := RunFolder(run).read_status()) is not None:
                wake(status)

        self._do(work)

    def roll_back(self, run: Path, wish: RollBack) -> None:
        """Let a run that is being trained go on from an earlier checkpoint."""
        self._do(partial(RunFolder(run).control.ask_roll_back, wish))

    def write_notes(self, run: Path, notes: Notes) -> None:
        """Put notes in a run's folder."""
        self._do(partial(write_notes, run, notes))

    def delete(self, runs: Sequence[Path]) -> None:
        """Move runs to the trash; those that are being trained stay, and that is said."""

        def work() -> tuple[list[Trashed], list[str]]:
            gone, faults = [], []
            for run in runs:
                try:
                    gone.append(trash.to_trash(run))
                except LatentLabError as error:
                    faults.append(str(error))
            return gone, faults

        self._do(work, self._on_deleted)

    def undo_delete(self) -> None:
        """Put back what was deleted last."""
        if not self._deleted:
            return
        gone = self._deleted.pop()

        def work() -> None:
            for trashed in gone:
                trash.restore(trashed)

        self._do(work)

    def empty_trash(self) -> None:
        """Delete for good what is in the trash."""
        self._deleted.clear()
        self._do(partial(trash.empty, self.runs))

    def stop(self) -> None:
        """End the threads; what is trained goes on."""
        self._clock.stop()
        self._looks.stop()
        self.jobs.stop()
        self._processes.let_go()

    def _see(self) -> Listing:
        ended = tuple(self._processes.ended())
        found = find_runs(self.runs)
        known = {info.path for info in found}
        for path in self._elsewhere.paths():
            if path not in known:
                found += [info for info in find_runs(path) if info.path == path]
        return Listing(
            runs=tuple(in_order(found)),
            waiting=tuple(self._queue.waiting()),
            held=self._queue.held,
            trashed=tuple(trash.in_trash(self.runs)),
            ended=ended,
        )

    def _run_queue(self) -> None:
        """Start the process that starts what waits, where there is none. Not in the window's thread."""
        runner = self.runs / "queue"
        idle = self._queue.runner() is None and runner not in self._processes.going()
        if idle and self._queue.waiting() and not self._queue.held:
            self._processes.start(["queue", str(self.runs)], runner)

    def _on_seen(self, listing: Listing) -> None:
        self._looking = False
        self.listing = listing
        for ended in listing.ended:
            if ended.code:
                text = self.tr("{0} stopped: {1}").format(ended.folder.name, self._why(ended))
                self.failed.emit(Failure(text, ended.words), None)
        self.listed.emit()

    def _why(self, ended: Ended) -> str:
        if ended.code < 0:  # what it said last was about something else
            return self.tr(
                "its process was ended from outside ({0}). Resume goes on from the last checkpoint."
            ).format(signal_name(-ended.code))
        if ended.words:
            return ended.words.splitlines()[-1].removeprefix("latentlab: ")
        return self.tr("the process ended with code {0} and no word.").format(ended.code)

    def _on_not_seen(self, failure: Failure) -> None:
        self._looking = False
        logger.warning("Runs cannot be listed: %s", failure.text)

    def _on_started(self, run: Path) -> None:
        self.started.emit(run)

    def _on_deleted(self, found: tuple[list[Trashed], list[str]]) -> None:
        gone, faults = found
        if gone:
            self._deleted.append(gone)
            names = ", ".join(trashed.origin.name for trashed in gone)
            self.noticed.emit(self.tr("{0} moved to the trash; it can be undone").format(names))
        if faults:
            self.failed.emit(Failure(" ".join(faults), ""), None)

    def _do(
        self,
        work: Callable[[], T],
        done: Callable[[T], Any] = lambda _: None,
        retry: Callable[[], None] | None = None,
    ) -> None:
        """Work in the thread, then look again."""

        def finish(result: T) -> None:
            done(result)
            self.look()

        self.jobs.submit(work, finish, lambda failure: self.failed.emit(failure, retry))
