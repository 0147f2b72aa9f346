"""Train: lays out runs, curves, samples and state, and turns buttons into requests of a run's folder."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox, QSplitter, QVBoxLayout, QWidget

from latentlab import places
from latentlab.errors import LatentLabError
from latentlab.qt.failure import Failure, explain
from latentlab.qt.theme.tokens import Size
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.widgets.command_palette import Command
from latentlab.qt.widgets.inspector import Inspector
from latentlab.qt.workspaces.train import trainer_process
from latentlab.qt.workspaces.train.catalogue import PresetCatalogue
from latentlab.qt.workspaces.train.curves_pane import CurvesPane
from latentlab.qt.workspaces.train.new_run import NewRunDialog, Order, Origin
from latentlab.qt.workspaces.train.run_sections import CheckpointsSection, SettingsSection, WarningsSection
from latentlab.qt.workspaces.train.runs_pane import RunsPane
from latentlab.qt.workspaces.train.samples_pane import SamplesPane
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.qt.workspaces.train.status_panel import StatusPanel
from latentlab.qt.workspaces.workspace import Workspace
from latentlab.runs import Request, RunFolder, RunInfo, Warned, find_runs
from latentlab.runs.hyper_parameters import HyperParameter, hyper_parameters

if TYPE_CHECKING:
    from latentlab.qt.actions import Actions
    from latentlab.qt.studio.studio import Studio

logger = logging.getLogger(__name__)

_LIST_EVERY_MS = 2000


class TrainWorkspace(Workspace):
    """Runs in their own processes, followed through their folders."""

    def __init__(self, studio: Studio, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._runs = places.data_dir() / "runs"
        self._elsewhere: list[Path] = []
        self._processes = trainer_process.Processes()
        self._parameters: tuple[HyperParameter, ...] = ()
        self._config: dict[str, Any] = {}
        self._jobs = JobThread(self)
        self.run = ShownRun(self)
        self.catalogue = PresetCatalogue(self)
        self.runs = RunsPane()
        self.curves = CurvesPane(self.run)
        self.samples = SamplesPane(self.run, self._jobs)
        self.status = StatusPanel(self.run)
        self.warnings = WarningsSection(self.run)
        self.settings = SettingsSection()
        self.checkpoints = CheckpointsSection(self.run)
        self.inspector = Inspector()
        self._clock = QTimer(self, interval=_LIST_EVERY_MS)
        self._clock.timeout.connect(self._look_for_runs)
        self._listing = False
        self._lay_out()
        self._connect()

    def open_run(self, path: Path) -> None:
        """Show the run in a folder, wherever it is."""
        if path.parent != self._runs and path not in self._elsewhere:
            self._elsewhere.append(path)
        self.show_run(path)
        self._look_for_runs()

    def show_run(self, path: Path | None) -> None:
        """Show a run that is listed."""
        if path != self.run.path:
            self.run.show(path)
            self._read_settings()

    def start(self, order: Order) -> None:
        """Start a run in a process of its own, and show it."""
        try:
            self._processes.start(order.arguments, order.folder)
        except LatentLabError as error:
            self._studio.failed.emit(explain(error), lambda: self.start(order))
            return
        self.show_run(order.folder)
        self._look_for_runs()

    def new_run(self, origin: Origin | None = None) -> NewRunDialog:
        """Ask for a new run, or for a branch of one."""
        dialog = NewRunDialog(self.catalogue, self._runs, origin, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.ordered.connect(self.start)
        dialog.open()
        return dialog

    def may_close(self) -> bool:
        """Ask whether the runs that were started here go on."""
        live = self._own_live()
        if not live:
            return True
        box = QMessageBox(self)
        box.setWindowTitle(self.tr("Runs are going on"))
        box.setText(self.tr("{0} is still training.").format(", ".join(path.name for path in live)))
        box.setInformativeText(
            self.tr("Runs need no window: they can go on, and you see them here when you come back.")
        )
        on = box.addButton(self.tr("Let it go on"), QMessageBox.ButtonRole.AcceptRole)
        end = box.addButton(self.tr("Stop with a checkpoint"), QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(self.tr("Stay"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(on)
        box.setEscapeButton(stay)
        box.exec()
        if box.clickedButton() is end:
            for path in live:
                self._try(partial(RunFolder(path).control.ask, Request.STOP))
        return box.clickedButton() is not stay

    def stop(self) -> None:
        self._clock.stop()
        self.run.stop()
        self.catalogue.stop()
        self._jobs.stop()
        self._processes.let_go()

    # What every workspace is asked.

    def set_panels_shown(self, shown: bool) -> None:
        self.runs.setVisible(shown)
        self.right.setVisible(shown)

    def do(self, action: str) -> bool:
        return action in ("undo", "redo", "randomise", "nearby", "favourite", "export")

    def undoable(self) -> tuple[bool, bool] | None:
        return False, False

    def hints(self) -> Sequence[str]:
        return (self.tr("Wheel zooms the curves, double click shows all"),)

    def show_run_of(self, folder: Path) -> None:
        self.open_run(folder)

    def commands(self) -> Sequence[Command]:
        return ()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        self._look_for_runs()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def _lay_out(self) -> None:
        middle = QSplitter(Qt.Orientation.Vertical)
        middle.setHandleWidth(1)
        middle.setChildrenCollapsible(False)
        middle.addWidget(self.curves)
        middle.addWidget(self.samples)
        middle.setSizes([360, 440])
        self.right = QWidget()
        self.right.setProperty("pane", "panel")
        self.right.setMinimumWidth(Size.INSPECTOR_LEAST)
        self.right.setMaximumWidth(Size.INSPECTOR_MOST)
        pane = QVBoxLayout(self.right)
        pane.setContentsMargins(0, 0, 0, 0)
        pane.setSpacing(0)
        pane.addWidget(self.status)
        pane.addWidget(self.inspector, 1)
        self.inspector.set_sections([self.warnings, self.settings, self.checkpoints])
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for widget in (self.runs, middle, self.right):
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([212, 800, Size.INSPECTOR])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)

    def _connect(self) -> None:
        self.runs.chosen.connect(self.show_run)
        self.runs.new_wanted.connect(lambda: self.new_run())
        self.runs.open_wanted.connect(self._on_open)
        self.curves.step_chosen.connect(self.samples.choose_step)
        self.curves.save_wanted.connect(self._on_save_curves)
        self.samples.step_shown.connect(self.curves.plot.set_playhead)
        self.status.pause_wanted.connect(self._on_pause)
        self.status.checkpoint_wanted.connect(partial(self._ask, Request.SNAPSHOT))
        self.status.stop_wanted.connect(partial(self._ask, Request.STOP))
        self.status.resume_wanted.connect(self._on_resume)
        self.status.explore_wanted.connect(self._on_explore)
        self.warnings.step_wanted.connect(self._on_step_wanted)
        self.warnings.remedy_wanted.connect(self._on_remedy)
        self.checkpoints.open_wanted.connect(self._open_model)
        self.checkpoints.branch_wanted.connect(self._branch)
        self.run.trouble.connect(lambda failure: self._studio.failed.emit(failure, None))
        self.run.state_changed.connect(self._on_state)

    def _look_for_runs(self) -> None:
        self._look_after_processes()
        if not self._listing:
            self._listing = True
            self._jobs.submit(
                partial(_find, self._runs, tuple(self._elsewhere)), self._on_runs, self._on_no_runs
            )

    def _own_live(self) -> list[Path]:
        """Runs that were started here and have not come to their end."""
        going = self._processes.going()
        return [path for path in going if (status := RunFolder(path).read_status()) is None or status.is_live]

    def _look_after_processes(self) -> None:
        """Say why a process ended that should not have."""
        for ended in self._processes.ended():
            if ended.code:
                last = (
                    ended.words.splitlines()[-1].removeprefix("latentlab: ")
                    if ended.words
                    else self.tr("The process ended with code {0} and no word.").format(ended.code)
                )
                text = self.tr("{0} stopped: {1}").format(ended.folder.name, last)
                self._studio.failed.emit(Failure(text, ended.words), None)

    def _on_runs(self, runs: list[RunInfo]) -> None:
        self._listing = False
        self.runs.set_runs(runs, self.run.path)
        if self.run.path is None and runs:
            self.show_run(runs[0].path)

    def _on_no_runs(self, failure: Failure) -> None:
        self._listing = False
        logger.warning("Runs cannot be listed: %s", failure.text)

    def _on_state(self) -> None:
        if not self._config and self.run.path is not None:
            self._read_settings()

    def _read_settings(self) -> None:
        self._parameters, self._config = (), {}
        if self.run.path is not None:
            path = self.run.path
            self._jobs.submit(
                partial(_settings, path), partial(self._on_settings, path), lambda failure: None
            )

    def _on_settings(self, path: Path, found: tuple[tuple[HyperParameter, ...], dict[str, Any]]) -> None:
        if path != self.run.path:
            return
        self._parameters, self._config = found
        preset = self.catalogue.descriptions.get(str(self._config.get("name")))
        self.settings.show_settings(self._parameters, self._config, preset.values if preset else None)

    def _on_open(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Open a run's folder"))
        if not chosen:
            return
        try:
            RunInfo.read(Path(chosen))
        except LatentLabError as error:
            self._studio.failed.emit(explain(error), self._on_open)
        else:
            self.open_run(Path(chosen))

    def _on_save_curves(self) -> None:
        name = f"{self.run.path.name if self.run.path else 'curves'}-{self.curves.group}.png"
        kinds = "PNG (*.png);;SVG (*.svg);;CSV (*.csv)"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save the plot"), name, kinds)
        if chosen:
            self._try(lambda: self.curves.save(Path(chosen)))

    def _on_pause(self, pause: bool) -> None:
        if pause:
            self._ask(Request.PAUSE)
        elif self.run.path is not None:
            path = self.run.path
            self._try(lambda: RunFolder(path).control.take_back(Request.PAUSE))

    def _ask(self, request: Request) -> None:
        if self.run.path is not None:
            path = self.run.path
            self._try(lambda: RunFolder(path).control.ask(request))

    def _on_resume(self) -> None:
        if self.run.path is not None:
            self.start(Order(("--resume", "--out", str(self.run.path)), self.run.path))

    def _on_explore(self) -> None:
        if self.run.path is not None:
            self._studio.live.follow(self.run.path)
            self._studio.noticed.emit(self.tr("Opening the newest weights of {0}").format(self.run.path.name))
            self.workspace_wanted.emit("explore")

    def _open_model(self, path: Path) -> None:
        self._studio.opening.offer(path)
        self.workspace_wanted.emit("explore")

    def _on_step_wanted(self, step: float) -> None:
        begin, end = max(0.0, step - 0.1 * self.run.steps), step + 0.1 * max(1, self.run.steps)
        self.curves.plot.show_steps(begin, end)
        self.samples.choose_step(step)

    def _on_remedy(self, warned: Warned) -> None:
        if self.run.path is None:
            return
        before = [
            info.step for info in RunFolder(self.run.path).list_checkpoints() if info.step <= warned.step
        ]
        if before:
            self._branch(before[-1])
        else:
            self._studio.noticed.emit(self.tr("No checkpoint from before this warning is left."))

    def _branch(self, step: int) -> None:
        if self.run.path is not None and self._config:
            self.new_run(Origin(self.run.path, step, self._parameters, self._config))

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (LatentLabError, OSError) as error:
            self._studio.failed.emit(explain(error), None)


def _find(runs: Path, elsewhere: tuple[Path, ...]) -> list[RunInfo]:
    found = find_runs(runs)
    known = {info.path for info in found}
    for path in elsewhere:
        if path not in known:
            found += [info for info in find_runs(path) if info.path == path]
    return sorted(found, key=lambda info: info.changed, reverse=True)


def _settings(path: Path) -> tuple[tuple[HyperParameter, ...], dict[str, Any]]:
    folder = RunFolder(path)
    config: dict[str, Any] = json.loads(folder.config.read_bytes())
    return hyper_parameters(json.loads(folder.schema.read_bytes())), config
