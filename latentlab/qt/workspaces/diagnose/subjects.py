"""What can be measured: the open model, runs, models known by name, and what was measured before."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from latentlab import places
from latentlab.formats.bundled import bundled_models
from latentlab.qt.session.model_info import ModelInfo
from latentlab.qt.session.recents import recents
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.workspaces.diagnose.order import Order, results_folder
from latentlab.runs import RunInfo, find_runs

_MOST = 12


@dataclass(frozen=True, slots=True)
class Measured:
    """A result that is kept."""

    folder: Path
    order: Order
    time: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything there is to choose from."""

    runs: tuple[RunInfo, ...] = ()
    models: tuple[tuple[str, str], ...] = ()
    """Name and path."""
    measured: tuple[Measured, ...] = ()
    """Newest first."""


class Subjects(QObject):
    """Looks in the job thread, shows menus, and tells what a hand chose."""

    chosen = Signal(object)
    """Order with another subject."""
    data_chosen = Signal(object)
    """Order with other data."""
    result_chosen = Signal(object)
    """Folder of a result."""

    def __init__(self, jobs: JobThread, window: QWidget) -> None:
        super().__init__(window)
        self._jobs = jobs
        self._window = window
        self.known = Known()
        self.open_model: ModelInfo | None = None

    def refresh(self, then: Callable[[], None] = lambda: None) -> None:
        """Look again at what there is."""

        def found(known: Known) -> None:
            self.known = known
            then()

        self._jobs.submit(_look, found)

    def choose_subject(self, order: Order, at: QPoint) -> QMenu:
        """Show the menu of models and runs."""
        menu = self._menu()
        model = self.open_model
        if model is not None:
            menu.addSection(self.tr("Open in Explore"))
            menu.addAction(model.card.name, partial(self._take_model, order, model.card.name, model.path))
        if self.known.runs:
            menu.addSection(self.tr("Runs"))
            for info in self.known.runs[:_MOST]:
                text = self.tr("{0}   {1} checkpoints").format(info.path.name, info.checkpoints)
                action = menu.addAction(text, partial(self.take_run, order, info.path))
                action.setEnabled(info.checkpoints > 0)
        others = [pair for pair in self.known.models if model is None or pair[1] != model.path]
        if others:
            menu.addSection(self.tr("Models"))
            for name, path in others[:_MOST]:
                menu.addAction(name, partial(self._take_model, order, name, path))
        if self.known.measured:
            menu.addSection(self.tr("Measured before"))
            for one in self.known.measured[:_MOST]:
                menu.addAction(_told(one), partial(self.result_chosen.emit, one.folder))
        menu.addSeparator()
        menu.addAction(self.tr("A model file…"), partial(self._ask_model, order))
        menu.addAction(self.tr("A run's folder…"), partial(self._ask_run, order))
        menu.popup(at)
        return menu

    def choose_data(self, order: Order, at: QPoint) -> QMenu:
        """Show the menu of data."""
        menu = self._menu()
        if order.knows_data:
            menu.addAction(
                self.tr("What it was trained on"), lambda: self.data_chosen.emit(replace(order, data=""))
            )
        before = dict.fromkeys(one.order.data for one in self.known.measured if one.order.data)
        trained = dict.fromkeys(str(info.path) for info in self.known.runs)
        if before:
            menu.addSection(self.tr("Used before"))
            for data in list(before)[:_MOST]:
                menu.addAction(data_text(data), partial(self._take_data, order, data))
        others = [run for run in trained if run != order.subject and run not in before]
        if others:
            menu.addSection(self.tr("What a run was trained on"))
            for run in others[:_MOST]:
                menu.addAction(Path(run).name, partial(self._take_data, order, run))
        menu.addSeparator()
        menu.addAction(self.tr("A folder of pictures…"), partial(self._ask_folder, order))
        menu.addAction(self.tr("A zip, a table or an array…"), partial(self._ask_file, order))
        menu.popup(at)
        return menu

    def take_run(self, order: Order, path: Path) -> None:
        """Choose a run, against its own data."""
        self.chosen.emit(replace(order, subject=str(path), name=path.name, is_run=True, data=""))

    def _take_model(self, order: Order, name: str, path: str) -> None:
        self.chosen.emit(replace(order, subject=path, name=name, is_run=False))

    def _take_data(self, order: Order, data: str) -> None:
        self.data_chosen.emit(replace(order, data=data))

    def _menu(self) -> QMenu:
        menu = QMenu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _ask_model(self, order: Order) -> None:
        kinds = [self.tr("Models (*.safetensors *.pkl *.pt *.pth *.pickle *.ckpt)"), "*"]
        self._ask(
            self.tr("Choose a model"), kinds, lambda path: self._take_model(order, path.stem, str(path))
        )

    def _ask_run(self, order: Order) -> None:
        self._ask(self.tr("Choose a run's folder"), None, partial(self.take_run, order))

    def _ask_folder(self, order: Order) -> None:
        self._ask(
            self.tr("Choose a folder of pictures"), None, lambda path: self._take_data(order, str(path))
        )

    def _ask_file(self, order: Order) -> None:
        kinds = [self.tr("Data (*.zip *.csv *.json *.jsonl *.npy *.npz)"), "*"]
        self._ask(self.tr("Choose data"), kinds, lambda path: self._take_data(order, str(path)))

    def _ask(self, title: str, kinds: Sequence[str] | None, take: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._window, title, str(Path.home()))
        if kinds is None:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            dialog.setNameFilters(list(kinds))
        dialog.fileSelected.connect(lambda name: take(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def data_text(data: str) -> str:
    """Data in few words: the folder's name."""
    path = Path(data)
    return path.name or data


def _told(one: Measured) -> str:
    day = time.strftime("%d.%m. %H:%M", time.localtime(one.time))
    against = data_text(one.order.data)
    return "   ".join(part for part in (one.order.name, against, day) if part)


def _look() -> Known:
    models = [(path.stem.replace("-", " ").capitalize(), str(path)) for path in bundled_models()]
    models += [(recent.name, recent.path) for recent in recents()]
    by_path = {path: name for name, path in reversed(models)}
    return Known(
        runs=tuple(find_runs(places.data_dir() / "runs")),
        models=tuple((name, path) for path, name in reversed(by_path.items())),
        measured=tuple(_measured()),
    )


def _measured() -> list[Measured]:
    found = []
    try:
        folders = list(results_folder().iterdir())
    except OSError:
        return []
    for folder in folders:
        order = Order.read(folder)
        if order is not None:
            found.append(Measured(folder, order, folder.stat().st_mtime))
    return sorted(found, key=lambda one: one.time, reverse=True)
