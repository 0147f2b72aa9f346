"""Train: lays out runs, curves, samples and state, and turns buttons into requests of a run's folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from latentlab import places
from latentlab.errors import LatentLabError
from latentlab.qt.failure import explain
from latentlab.qt.theme.tokens import Size
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.widgets.command_palette import Command
from latentlab.qt.widgets.inspector import Inspector
from latentlab.qt.workspaces.dropped import sort_out
from latentlab.qt.workspaces.train.branching import Branching, Settings, read_settings
from latentlab.qt.workspaces.train.catalogue import PresetCatalogue
from latentlab.qt.workspaces.train.closing_question import Going, ask_going
from latentlab.qt.workspaces.train.curves_pane import CurvesPane
from latentlab.qt.workspaces.train.desk import RunDesk
from latentlab.qt.workspaces.train.model_export import ModelExport
from latentlab.qt.workspaces.train.new_run import NewRunDialog, Origin
from latentlab.qt.workspaces.train.notes_dialog import NotesDialog
from latentlab.qt.workspaces.train.preset_list import read_pictures
from latentlab.qt.workspaces.train.run_heading import RunHeading
from latentlab.qt.workspaces.train.run_sections import CheckpointsSection, SettingsSection, WarningsSection
from latentlab.qt.workspaces.train.runs_browser import RunsBrowser
from latentlab.qt.workspaces.train.runs_pane import RunsPane
from latentlab.qt.workspaces.train.samples_pane import SamplesPane
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.qt.workspaces.train.status_panel import StatusPanel
from latentlab.qt.workspaces.train.welcome import WelcomePage
from latentlab.qt.workspaces.workspace import Heading, Workspace
from latentlab.runs import Request, RunFolder, RunInfo
from latentlab.runs.control import RollBack
from latentlab.runs.hyper_parameters import HyperParameter
from latentlab.runs.queue import Order

if TYPE_CHECKING:
    from latentlab.qt.actions import Actions
    from latentlab.qt.studio.studio import Studio


class TrainWorkspace(Workspace):
    """Runs in their own processes, followed through their folders."""

    def __init__(self, studio: Studio, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._parameters: tuple[HyperParameter, ...] = ()
        self._config: dict[str, Any] = {}
        self._jobs = JobThread(self)
        self.desk = RunDesk(places.data_dir() / "runs", self)
        self.run = ShownRun(self)
        self.catalogue = PresetCatalogue(self)
        self.exports = ModelExport(self)
        self.branching = Branching(self.run, self.desk, self._jobs, self)
        self.bar = RunHeading(self.run, self)
        self.runs = RunsPane()
        self.browser = RunsBrowser(self.desk)
        self.curves = CurvesPane(self.run)
        self.samples = SamplesPane(self.run, self._jobs)
        self.status = StatusPanel(self.run)
        self.warnings = WarningsSection(self.run)
        self.settings = SettingsSection()
        self.checkpoints = CheckpointsSection(self.run)
        self.inspector = Inspector()
        self.welcome = WelcomePage()
        self._lay_out()
        self._connect()

    def open_run(self, path: Path) -> None:
        """Show the run in a folder, wherever it is."""
        self.desk.add_elsewhere(path)
        self.show_run(path)

    def show_run(self, path: Path | None) -> None:
        """Show a run that is listed."""
        self.pages.setCurrentWidget(self.view)
        if path != self.run.path:
            self.run.show(path)
            self._read_settings()

    def start(self, order: Order) -> None:
        """Start a run in a process of its own, and show it."""
        self.desk.start(order)

    def new_run(self, origin: Origin | None = None) -> NewRunDialog:
        """Ask for a new run, or for a branch of one."""
        dialog = NewRunDialog(
            self.catalogue,
            self.desk.runs,
            self.desk.is_taken,
            self._jobs,
            origin,
            self,
            self.desk.listing.runs,
            lambda: bool(self.desk.listing.live),
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.ordered.connect(self.start)
        dialog.queued.connect(self.desk.enqueue)
        dialog.open()
        return dialog

    def may_close(self) -> bool:
        """Ask whether the runs that are being trained here go on."""
        live = self.desk.own_live
        if not live:
            return True
        going = ask_going(live, len(self.desk.listing.waiting), self)
        if going is Going.STOP:
            if self.desk.listing.waiting:
                self.desk.hold_queue(True)
            for info in live:
                self.desk.ask(info.path, Request.STOP)
        return going is not Going.STAY

    def stop(self) -> None:
        self.run.stop()
        self.catalogue.stop()
        self.exports.stop()
        self.browser.stop()
        self._jobs.stop()
        self.desk.stop()

    # What every workspace is asked.

    def set_panels_shown(self, shown: bool) -> None:
        self.runs.setVisible(shown)
        self.right.setVisible(shown)

    def do(self, action: str) -> bool:
        if action == "undo":
            self.desk.undo_delete()
        return action in ("undo", "redo", "randomise", "nearby", "favourite", "export")

    def undoable(self) -> tuple[bool, bool] | None:
        return self.desk.can_undo_delete, False

    def heading(self) -> Heading:
        return self.bar.heading(self._config)

    def open_heading_menu(self, place: QPoint) -> bool:
        self.bar.open_menu(place, self.desk.listing.runs)
        return True

    def bar_buttons(self) -> Sequence[QWidget]:
        return self.bar.buttons

    def hints(self) -> Sequence[str]:
        return (self.tr("Wheel zooms the curves, double click shows all"),)

    def start_preset(self, name: str) -> None:
        names = (name, *(f"{name}-{number}" for number in range(2, 10_000)))
        folders = (self.desk.runs / one for one in names if not self.desk.is_taken(one))
        folder = next(one for one in folders if not one.exists())  # the list may not have been read yet
        self.start(Order((name, "--out", str(folder)), folder))

    def show_run_of(self, folder: Path) -> None:
        self.open_run(folder)

    def take_dropped(self, path: Path) -> bool:
        """A run is shown; of pictures a new run is offered."""
        sort_out(
            self._jobs,
            path,
            run=self.open_run,
            data=lambda pictures: self.new_run().set_data(pictures),
            other=self._studio.opening.offer,
        )
        return True

    def branch_run(self, folder: Path, step: int | None, change: Mapping[str, Any]) -> None:
        self.open_run(folder)
        self.branching.branch(folder, step, change)

    def commands(self) -> Sequence[Command]:
        return ()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.desk.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.desk.watch(False)

    def _lay_out(self) -> None:
        middle = QSplitter(Qt.Orientation.Vertical)
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
        self.view = QSplitter(Qt.Orientation.Horizontal)
        self.view.addWidget(middle)
        self.view.addWidget(self.right)
        self.view.setStretchFactor(0, 1)
        self.view.setSizes([800, Size.INSPECTOR])
        self.pages = QStackedWidget()
        for page in (self.view, self.welcome, self.browser):
            self.pages.addWidget(page)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.runs)
        self.splitter.addWidget(self.pages)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([self.runs.width(), 1140])
        for splitter in (middle, self.view, self.splitter):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)

    def _connect(self) -> None:
        desk, run = self.desk, self.run
        desk.listed.connect(self._on_listed)
        desk.failed.connect(self._studio.failed)
        desk.noticed.connect(self._studio.noticed)
        desk.started.connect(self._on_started)
        self.exports.failed.connect(lambda failure: self._studio.failed.emit(failure, None))
        self.exports.noticed.connect(self._studio.noticed)
        self.catalogue.listed.connect(self._on_presets)
        self.welcome.new_wanted.connect(lambda: self.new_run())
        self.welcome.open_wanted.connect(self._on_open)
        self.welcome.preset_wanted.connect(self.start_preset)
        self.runs.chosen.connect(self.show_run)
        self.runs.new_wanted.connect(lambda: self.new_run())
        self.runs.open_wanted.connect(self._on_open)
        self.runs.compare_wanted.connect(self._on_compare)
        self.runs.menu_wanted.connect(self._on_menu)
        self.runs.delete_wanted.connect(lambda path: desk.delete([path]))
        self.runs.queue.moved.connect(desk.move)
        self.runs.queue.removed.connect(desk.unqueue)
        self.runs.queue.held.connect(desk.hold_queue)
        self.browser.back_wanted.connect(lambda: self.pages.setCurrentWidget(self.view))
        self.browser.opened.connect(self.show_run)
        self.browser.notes_wanted.connect(self.write_notes)
        self.browser.again_wanted.connect(self.branching.do_again)
        self.curves.step_chosen.connect(self.samples.choose_step)
        self.curves.save_wanted.connect(self._on_save_curves)
        self.samples.step_shown.connect(self.curves.show_step)
        self.status.pause_wanted.connect(self._on_pause)
        self.status.checkpoint_wanted.connect(partial(self._ask, Request.SNAPSHOT))
        self.status.stop_wanted.connect(partial(self._ask, Request.STOP))
        self.status.resume_wanted.connect(self._on_resume)
        self.status.wake_wanted.connect(self._on_wake)
        self.status.explore_wanted.connect(self._on_explore)
        self.status.export_wanted.connect(lambda: self._export(None))
        self.bar.diagnosis_wanted.connect(lambda: self.run_wanted.emit("diagnose", self.run.path))
        self.bar.new_wanted.connect(lambda: self.new_run())
        self.bar.chosen.connect(self.show_run)
        self.branching.offered.connect(self.new_run)
        self.branching.noticed.connect(self._studio.noticed)
        self.branching.failed.connect(lambda failure: self._studio.failed.emit(failure, None))
        self.warnings.step_wanted.connect(self._on_step_wanted)
        self.warnings.remedy_wanted.connect(self.branching.start_remedy)
        self.warnings.branch_wanted.connect(self.branching.branch_before)
        self.checkpoints.open_wanted.connect(self._open_model)
        self.checkpoints.branch_wanted.connect(self._branch)
        self.checkpoints.theatre_wanted.connect(self._on_theatre)
        self.checkpoints.export_wanted.connect(self._export)
        self.checkpoints.back_wanted.connect(self._on_back)
        run.trouble.connect(lambda failure: self._studio.failed.emit(failure, None))
        run.state_changed.connect(self._on_state)

    def write_notes(self, path: Path) -> NotesDialog | None:
        """Ask for tags and a note of a run."""
        info = self._info(path)
        if info is None:
            return None
        dialog = NotesDialog(info, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.written.connect(partial(self.desk.write_notes, path))
        dialog.open()
        return dialog

    def _info(self, path: Path) -> RunInfo | None:
        return next((info for info in self.desk.listing.runs if info.path == path), None)

    def _on_listed(self) -> None:
        listing = self.desk.listing
        self.runs.set_runs(listing.runs, self.run.path)
        self.runs.queue.show_waiting(listing.waiting, held=listing.held)
        if self.run.path is None and listing.runs:
            self.show_run(listing.runs[0].path)
        if self.run.path is None and self.pages.currentWidget() is self.view:
            self.pages.setCurrentWidget(self.welcome)
            self.catalogue.ask()
        if any(ended.folder == self.run.path for ended in listing.ended):
            self.status.expect(None)
        self.workspace_changed.emit()

    def _on_presets(self) -> None:
        if self.run.path is not None:
            return
        self.welcome.show_presets(self.catalogue.presets, self.catalogue.forecasts)
        self._jobs.submit(partial(read_pictures, ()), self.welcome.show_pictures)

    def _on_started(self, path: Path) -> None:
        self.status.expect(path)
        self.show_run(path)

    def _on_compare(self) -> None:
        self.pages.setCurrentWidget(self.browser)
        if self.run.path is not None and not self.browser.chosen:
            self.browser.choose([self.run.path])

    def _on_menu(self, path: Path, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(self.tr("Tags and note…"), partial(self.write_notes, path))
        menu.addAction(self.tr("Do again…"), partial(self.branching.do_again, path))
        menu.addAction(self.tr("Compare with others"), self._on_compare)
        menu.addSeparator()
        if self.desk.is_elsewhere(path):
            forget = partial(self.desk.forget, path, partial(self._on_forgotten, path))
            menu.addAction(self.tr("Remove from this list"), forget)
        delete = menu.addAction(self.tr("Delete"), partial(self.desk.delete, [path]))
        delete.setEnabled(path not in {info.path for info in self.desk.listing.live})
        if self.desk.can_undo_delete:
            menu.addAction(self.tr("Undo delete"), self.desk.undo_delete)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _on_forgotten(self, path: Path) -> None:
        if path == self.run.path:
            self.show_run(None)

    def _on_state(self) -> None:
        if not self._config and self.run.path is not None:
            self._read_settings()

    def _read_settings(self) -> None:
        self._parameters, self._config = (), {}
        self.settings.show_settings((), {}, None)  # not those of the run before
        self.warnings.show_config({})
        if self.run.path is not None:
            path = self.run.path
            self._jobs.submit(partial(_settings_yet, path), partial(self._on_settings, path))

    def _on_settings(self, path: Path, found: Settings | None) -> None:
        if path != self.run.path or found is None:
            return
        self._parameters, self._config = found
        preset = self.catalogue.preset(str(self._config.get("name")))
        self.settings.show_settings(self._parameters, self._config, preset.values if preset else None)
        self.warnings.show_config(self._config)
        self.workspace_changed.emit()

    def _on_open(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Open a run's folder"))
        if chosen:
            path = Path(chosen)
            self._jobs.submit(
                partial(RunInfo.read, path),
                lambda _: self.open_run(path),
                lambda failure: self._studio.failed.emit(failure, self._on_open),
            )

    def _on_save_curves(self) -> None:
        name = f"{self.run.path.name if self.run.path else 'curves'}-{self.curves.group}.png"
        kinds = "PNG (*.png);;SVG (*.svg);;CSV (*.csv)"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save the plot"), name, kinds)
        if chosen:
            self._try(lambda: self.curves.save(Path(chosen)))

    def _on_pause(self, pause: bool) -> None:
        if self.run.path is not None:
            (self.desk.ask if pause else self.desk.take_back)(self.run.path, Request.PAUSE)

    def _ask(self, request: Request) -> None:
        if self.run.path is not None:
            self.desk.ask(self.run.path, request)

    def _on_resume(self) -> None:
        if self.run.path is not None:
            self.desk.resume(self.run.path)

    def _on_wake(self) -> None:
        if self.run.path is not None:
            self.desk.wake(self.run.path)

    def _on_back(self, step: int) -> None:
        if self.run.path is not None:
            self.desk.roll_back(self.run.path, RollBack(step, 0.5))
            self._studio.noticed.emit(
                self.tr("Going back to step {0} with half the learning rate").format(step)
            )

    def _on_explore(self) -> None:
        if self.run.path is not None:
            self._studio.live.follow(self.run.path)
            self._studio.noticed.emit(self.tr("Opening the newest weights of {0}").format(self.run.path.name))
            self.workspace_wanted.emit("explore")

    def _on_theatre(self) -> None:
        if self.run.path is not None:
            self._studio.theatre_wanted.emit(self.run.path)
            self._on_explore()

    def _open_model(self, path: Path) -> None:
        self._studio.opening.offer(path)
        self.workspace_wanted.emit("explore")

    def _export(self, model: Path | None) -> None:
        if model is None and self.run.checkpoints:
            model = self.run.checkpoints[-1].model
        if model is not None and self.run.path is not None:
            self.exports.ask(model, f"{self.run.path.name}-{model.parent.name}", self)

    def _on_step_wanted(self, step: float) -> None:
        begin, end = max(0.0, step - 0.1 * self.run.steps), step + 0.1 * max(1, self.run.steps)
        self.curves.plot.show_steps(begin, end)
        self.samples.choose_step(step)

    def _branch(self, step: int) -> None:
        if self.run.path is not None and self._config:
            self.new_run(Origin(self.run.path, step, self._parameters, self._config))

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (LatentLabError, OSError) as error:
            self._studio.failed.emit(explain(error), None)


def _settings_yet(path: Path) -> Settings | None:
    """None where the trainer has not come so far."""
    return read_settings(path) if RunFolder(path).exists() else None
