"""A new run: what is trained, on which pictures, with which settings, and what that will take."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from latentlab.qt.failure import Failure
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.search_field import SearchField
from latentlab.qt.workspaces.train.catalogue import PresetCatalogue
from latentlab.qt.workspaces.train.data_picker import DataPicker
from latentlab.qt.workspaces.train.forecast_view import ForecastView
from latentlab.qt.workspaces.train.hyper_form import HyperForm
from latentlab.qt.workspaces.train.preset_list import PresetList, read_pictures
from latentlab.runs import RunInfo
from latentlab.runs.hyper_parameters import HyperParameter
from latentlab.runs.queue import Order

_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """A checkpoint that a new run branches from."""

    run: Path
    step: int | None
    """None: from the beginning again."""
    parameters: tuple[HyperParameter, ...]
    """Of the run."""
    config: dict[str, Any]
    changes: Mapping[str, Any] | None = None
    """Settings by path that are changed from the start."""


class NewRunDialog(QDialog):
    """Asks for everything, and starts nothing itself."""

    ordered = Signal(object)
    """Order: start it now."""
    queued = Signal(object)
    """Order: start it when it has its turn."""

    def __init__(
        self,
        catalogue: PresetCatalogue,
        runs: Path,
        is_taken: Callable[[str], bool],
        jobs: JobThread,
        origin: Origin | None = None,
        parent: QWidget | None = None,
        known: Sequence[RunInfo] = (),
        is_busy: Callable[[], bool] = lambda: False,
    ) -> None:
        """Offer presets, or with `origin` a branch.

        Args:
            catalogue: of presets.
            runs: the folder that new runs go in.
            is_taken: whether a run of this name is there, or waits.
            jobs: where pictures are read.
            origin: what to branch from.
            parent: of the dialog.
            known: runs whose sheets show what presets make.
            is_busy: whether a run is being trained here: nothing is timed beside it by itself.
        """
        super().__init__(parent)
        self._catalogue = catalogue
        self._ended = False
        self._runs = runs
        self._is_taken, self._is_busy = is_taken, is_busy
        self._origin = origin
        self.setAcceptDrops(True)
        self.setWindowTitle(
            self.tr("New run")
            if origin is None
            else self.tr("Do a run again")
            if origin.step is None
            else self.tr("Branch from a checkpoint")
        )
        self.resize(760 if origin else 1180, 660)
        self.search = SearchField(self.tr("Search presets"))
        self.presets = PresetList()
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setProperty("tone", "2")
        self.data = DataPicker(jobs)
        self.name = QLineEdit()
        self.name.textEdited.connect(lambda _: self.name.setModified(True))
        self.form = HyperForm()
        self.forecast = ForecastView()
        self.fault = QLabel()
        self.fault.setProperty("tone", "error")
        self.fault.setWordWrap(True)
        self.start = Button(self.tr("Start"), role="primary", icon_name="play")
        self.queue = Button(
            self.tr("Add to queue"),
            role="outline",
            tooltip=self.tr("It starts when the runs before it have ended"),
        )
        self._lay_out()
        self.search.textChanged.connect(self._list)
        self.presets.preset_chosen.connect(self._on_preset)
        self.form.edited.connect(self._on_edited)
        self.data.words.textChanged.connect(self._on_edited)
        self.data.changed.connect(self._check)
        self.name.textChanged.connect(self._check)
        self.forecast.wanted.connect(lambda: self.forecast.ask(self._what()))
        self.forecast.forecast.connect(self._on_forecast)
        self.start.clicked.connect(partial(self._on_start, self.ordered))
        self.queue.clicked.connect(partial(self._on_start, self.queued))
        self.finished.connect(self._stop)
        catalogue.listed.connect(self._list)
        catalogue.failed.connect(self._on_failed)
        if origin is not None:
            self._show_origin(origin)
        else:
            jobs.submit(partial(read_pictures, known), self._on_pictures)
            catalogue.ask()
            self._list()

    @property
    def preset(self) -> str:
        """Name of the chosen preset; "" where there is none."""
        return self.presets.chosen

    def choose(self, preset: str) -> None:
        """Choose a preset of the list."""
        self.presets.choose(preset)

    def set_data(self, path: Path) -> None:
        """Train on what lies there."""
        self.data.set_path(path)

    def order(self) -> Order:
        """What was asked for."""
        folder = self._folder()
        return Order((*self._what(), "--out", str(folder)), folder)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.set_data(Path(paths[0]))

    def _what(self) -> tuple[str, ...]:
        """Arguments of `latentlab train`, without the folder."""
        if self._origin is not None:
            again = self._origin.step is None
            arguments = ["--like" if again else "--branch", str(self._origin.run)]
            if not again:
                arguments[1] += f"@{self._origin.step}"
        else:
            arguments = [self.preset]
        if self.data.text:
            arguments += ["--data", self.data.text]
        for path, value in self.form.changes.items():
            arguments += ["--set", f"{path}={_as_text(value)}"]
        return tuple(arguments)

    def _lay_out(self) -> None:
        cancel = Button(self.tr("Cancel"), role="quiet")
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.fault, 1)
        for button in (cancel, self.queue, self.start):
            foot.addWidget(button)
        self._left = _column(
            _head(self.tr("What to train")), self.search, self.presets, stretched=self.presets
        )
        self._left.setFixedWidth(292)
        middle = _column(self.summary, _head(self.tr("Pictures")), self.data, stretched=self.data)
        middle.setFixedWidth(376)
        right = _column(
            _head(self.tr("Name of the run")),
            self.name,
            _head(self.tr("Settings")),
            self.form,
            self.forecast,
            stretched=self.form,
        )
        columns = QHBoxLayout()
        columns.setSpacing(Size.PADDING)
        columns.addWidget(self._left)
        columns.addWidget(middle)
        columns.addWidget(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Size.PADDING, Size.PADDING, Size.PADDING, Size.PADDING)
        layout.setSpacing(Size.PADDING)
        layout.addLayout(columns, 1)
        layout.addLayout(foot)

    def _show_origin(self, origin: Origin) -> None:
        self._left.hide()
        if origin.step is None:
            words = self.tr(
                "{0} from its first step, with the same seed: with the same settings and the same kind of machine "
                "the same weights come out."
            ).format(origin.run.name)
        else:
            words = self.tr("From step {0} of {1}: weights, averages and optimisers are taken over.").format(
                origin.step, origin.run.name
            )
        self.summary.setText(words)
        self.form.show_settings(origin.parameters, origin.config)
        for path, value in (origin.changes or {}).items():
            self.form.change(path, value)
        self.data.show_preset(None)
        self.data.words.setPlaceholderText(self.tr("The same data"))
        ending = "again" if origin.step is None else str(origin.step)
        self.name.setText(self._free_name(f"{origin.run.name}-{ending}"))
        self._check()

    def _on_pictures(self, pictures: dict[str, QImage]) -> None:
        if not self._ended:  # else Qt has deleted the list
            self.presets.show_pictures(pictures)

    def _list(self) -> None:
        if self._origin is not None or self._ended:  # the data would be looked at once more
            return
        self.presets.forecasts = self._catalogue.forecasts
        if not self._catalogue.presets:
            self.summary.setText(self.tr("Asking the trainer what it can do …"))
        before = self.preset
        self.presets.show_presets(self._catalogue.presets, self.search.text())
        if self.preset != before:
            self._on_preset(self.preset)
        self._check()

    def _on_preset(self, name: str) -> None:
        preset = self._catalogue.preset(name)
        if preset is None:
            return
        self.summary.setText(preset.summary)
        self.form.show_settings(preset.parameters, preset.values)
        self.forecast.forget()  # another preset: the old figures say nothing
        if not self.name.isModified():
            self.name.setText(self._free_name(name))
        self.data.show_preset(preset)
        self._check()

    def _on_edited(self) -> None:
        self._check()

    def _on_forecast(self, found: dict[str, Any]) -> None:
        if self._origin is None and len(self._what()) == 1:
            self._catalogue.remember_forecast(self.preset, float(found["seconds"]))

    def _on_failed(self, failure: Failure) -> None:
        self.fault.setText(failure.text)
        self.fault.show()

    def _on_start(self, signal: Any) -> None:
        signal.emit(self.order())
        self.accept()

    def _stop(self) -> None:
        self._ended = True
        self.data.stop()
        self.forecast.stop()

    def _check(self) -> None:
        faults = [f"{self.form.name(path)}: {why}" for path, why in self.form.faults.items()]
        if self.data.fault:
            faults.append(self.data.fault)
        if not self.name.text().strip():
            faults.append(self.tr("The run needs a name."))
        elif self._is_taken(self._folder().name):
            faults.append(self.tr("There is a run of this name already: choose another one."))
        chosen = self._origin is not None or bool(self.preset)
        self.fault.setText("  ".join(faults) if chosen else "")  # before that nothing can be wrong
        ready = not faults and chosen
        for button in (self.start, self.queue):
            button.setEnabled(ready)
        sound = chosen and not self.form.faults and not self.data.fault
        self.forecast.tell(self._what() if sound else None, busy=self._is_busy())

    def _folder(self) -> Path:
        return self._runs / (_NAME.sub("-", self.name.text().strip()).strip("-.") or "run")

    def _free_name(self, wished: str) -> str:
        names = (wished if number == 1 else f"{wished}-{number}" for number in range(1, 10_000))
        return next(name for name in names if not self._is_taken(name))


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _head(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font(TextRole.TITLE))
    label.setAlignment(Qt.AlignmentFlag.AlignBottom)
    return label


def _column(*widgets: QWidget, stretched: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for widget in widgets:
        layout.addWidget(widget, 1 if widget is stretched else 0)
    return column
