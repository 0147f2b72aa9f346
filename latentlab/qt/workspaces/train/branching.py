"""New runs that begin where another one was: a remedy, a branch with changes, the same once more."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from latentlab.errors import LatentLabError
from latentlab.qt.failure import Failure
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.workspaces.train.desk import RunDesk
from latentlab.qt.workspaces.train.new_run import Origin
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.runs import Request, RunFolder, Warned
from latentlab.runs.hyper_parameters import HyperParameter, hyper_parameters
from latentlab.runs.queue import Order

Settings = tuple[tuple[HyperParameter, ...], dict[str, Any]]
"""Hyper-parameters of a run and its configuration."""


class Branching(QObject):
    """Finds the checkpoint to begin from, and asks for or starts the new run."""

    offered = Signal(object)
    """Origin: ask for a new run from there."""
    noticed = Signal(str)
    failed = Signal(object)
    """Failure."""

    def __init__(self, run: ShownRun, desk: RunDesk, jobs: JobThread, parent: QObject) -> None:
        super().__init__(parent)
        self._run, self._desk, self._jobs = run, desk, jobs
        self._replaced: dict[Path, Path] = {}
        """Branches that were started as a remedy, and the run that stops once the branch is on its way."""
        desk.listed.connect(self._on_listed)

    def do_again(self, run: Path) -> None:
        """Offer to do a run again from its first step."""
        self._find(partial(read_settings, run), lambda found: self.offered.emit(Origin(run, None, *found)))

    def branch(self, run: Path, step: int | None, change: Mapping[str, Any]) -> None:
        """Offer a branch from the newest checkpoint up to a step; None takes the newest there is."""

        def find() -> tuple[Settings, list[int]]:
            return read_settings(run), [info.step for info in RunFolder(run).list_checkpoints()]

        def offer(found: tuple[Settings, list[int]]) -> None:
            (parameters, config), steps = found
            before = [kept for kept in steps if step is None or kept <= step]
            if before:
                self.offered.emit(Origin(run, before[-1], parameters, config, change))
            else:
                self.noticed.emit(self.tr("No checkpoint from before this step is left."))

        self._find(find, offer)

    def branch_before(self, warned: Warned) -> None:
        """Offer a branch of the shown run from before a warning, with its remedy."""
        if self._run.path is not None and self._before(warned) is not None:
            self.branch(self._run.path, warned.step, warned.change)

    def start_remedy(self, warned: Warned) -> None:
        """Branch the shown run from before a warning with its remedy, in the place of the run."""
        run, step = self._run.path, self._before(warned)
        if run is None or step is None:
            return
        names = (
            f"{run.name}-{step}" if number == 1 else f"{run.name}-{step}-{number}"
            for number in range(1, 1000)
        )
        folder = self._desk.runs / next(name for name in names if not self._desk.is_taken(name))
        arguments = ["--branch", f"{run}@{step}", "--out", str(folder)]
        for path, value in warned.change.items():
            arguments += ["--set", f"{path}={value if isinstance(value, str) else json.dumps(value)}"]
        if self._run.is_live:
            self._replaced[folder] = run
        self._desk.start(Order(tuple(arguments), folder))

    def _before(self, warned: Warned) -> int | None:
        """The newest checkpoint from before a warning."""
        before = [info.step for info in self._run.checkpoints if info.step <= warned.step]
        if not before:
            self.noticed.emit(self.tr("No checkpoint from before this warning is left."))
        return before[-1] if before else None

    def _find(self, find: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._jobs.submit(find, done, self._on_failed)

    def _on_failed(self, failure: Failure) -> None:
        self.failed.emit(failure)

    def _on_listed(self) -> None:
        started = {info.path for info in self._desk.listing.live if info.step > 0}
        for branch in started & self._replaced.keys():
            self._desk.ask(self._replaced.pop(branch), Request.STOP)


def read_settings(run: Path) -> Settings:
    """What a run trains; not for the window's thread.

    Raises:
        RunError: there is no run, or its configuration is damaged.
    """
    folder = RunFolder(run)
    config = folder.read_config()
    try:
        return hyper_parameters(folder.read_schema()), config
    except LatentLabError:  # its settings are shown as far as they are known
        return (), config
