"""A new run: what is trained, on which pictures, with which settings, and where it is written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.search_field import SearchField
from latentlab.qt.workspaces.train.catalogue import PresetCatalogue
from latentlab.qt.workspaces.train.hyper_form import HyperForm

_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Origin:
    """A checkpoint that a new run branches from."""

    run: Path
    step: int
    parameters: Any
    """Of the run: `HyperParameter`s."""
    config: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """A run that shall be started."""

    arguments: tuple[str, ...]
    """Of `latentlab train`."""
    folder: Path


class NewRunDialog(QDialog):
    """Asks for everything, and starts nothing itself."""

    ordered = Signal(object)
    """Order."""

    def __init__(
        self,
        catalogue: PresetCatalogue,
        runs: Path,
        origin: Origin | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Offer presets, or with `origin` a branch; `runs` is the folder that new runs go in."""
        super().__init__(parent)
        self._catalogue = catalogue
        self._runs = runs
        self._origin = origin
        self.setAcceptDrops(True)
        self.setWindowTitle(self.tr("Branch from a checkpoint") if origin else self.tr("New run"))
        self.resize(900, 600)
        self.search = SearchField(self.tr("Search presets"))
        self.presets = QListWidget()
        self.presets.setProperty("plain", "true")
        self.presets.setWordWrap(True)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setProperty("tone", "2")
        self.data = QLineEdit()
        self.data.setPlaceholderText(self.tr("The preset's own data. Drop a folder, a zip or a table here"))
        self.name = QLineEdit()
        self.name.textEdited.connect(lambda _: self.name.setModified(True))
        self.form = HyperForm()
        self.fault = QLabel()
        self.fault.setProperty("tone", "error")
        self.fault.setWordWrap(True)
        self.start = Button(self.tr("Start"), role="primary", icon_name="play")
        self._lay_out()
        self.search.textChanged.connect(self._list)
        self.presets.currentItemChanged.connect(self._on_preset)
        self.form.edited.connect(self._check)
        self.name.textChanged.connect(self._check)
        self.start.clicked.connect(self._on_start)
        catalogue.listed.connect(self._list)
        catalogue.described.connect(self._on_described)
        catalogue.failed.connect(lambda failure: self.fault.setText(failure.text))
        if origin is not None:
            self._show_origin(origin)
        else:
            catalogue.ask()
            self._list()

    @property
    def preset(self) -> str:
        """Name of the chosen preset; "" where there is none."""
        item = self.presets.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def choose(self, preset: str) -> None:
        """Choose a preset of the list."""
        for row in range(self.presets.count()):
            if self.presets.item(row).data(Qt.ItemDataRole.UserRole) == preset:
                self.presets.setCurrentRow(row)

    def set_data(self, path: Path) -> None:
        """Train on what lies there."""
        self.data.setText(str(path))

    def order(self) -> Order:
        """What was asked for."""
        folder = self._folder()
        if self._origin is not None:
            arguments = ["--branch", f"{self._origin.run}@{self._origin.step}", "--out", str(folder)]
        else:
            arguments = [self.preset, "--out", str(folder)]
        if self.data.text().strip():
            arguments += ["--data", self.data.text().strip()]
        for path, value in self.form.changes.items():
            arguments += ["--set", f"{path}={_as_text(value)}"]
        return Order(tuple(arguments), folder)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.set_data(Path(paths[0]))

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(Size.PADDING, Size.PADDING, 0, Size.PADDING)
        left.addWidget(self.search)
        left.addWidget(self.presets, 1)
        right = QVBoxLayout()
        right.setContentsMargins(Size.PADDING, Size.PADDING, Size.PADDING, Size.PADDING)
        right.setSpacing(8)
        right.addWidget(self.summary)
        choose = Button(self.tr("Choose…"), role="outline", small=True)
        choose.clicked.connect(self._on_choose_data)
        right.addWidget(_head(self.tr("Pictures")))
        right.addLayout(_line(self.data, choose))
        right.addWidget(_head(self.tr("Name of the run")))
        right.addWidget(self.name)
        right.addWidget(_head(self.tr("Settings")))
        right.addWidget(self.form, 1)
        right.addWidget(self.fault)
        cancel = Button(self.tr("Cancel"), role="quiet")
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.start)
        right.addLayout(foot)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._left = QWidget()
        self._left.setLayout(left)
        self._left.setFixedWidth(300)
        layout.addWidget(self._left)
        layout.addLayout(right, 1)

    def _show_origin(self, origin: Origin) -> None:
        self._left.hide()
        self.summary.setText(
            self.tr("From step {0} of {1}: weights, averages and optimisers are taken over.").format(
                origin.step, origin.run.name
            )
        )
        self.data.setPlaceholderText(self.tr("The same data"))
        self.form.show_settings(origin.parameters, origin.config)
        self.name.setText(self._free_name(f"{origin.run.name}-{origin.step}"))
        self._check()

    def _list(self) -> None:
        chosen = self.preset
        self.presets.clear()
        words = self.search.text().casefold().split()
        for preset in self._catalogue.presets:
            about = f"{preset.name} {preset.system} {preset.summary}"
            if all(word in about.casefold() for word in words):
                item = QListWidgetItem(f"{preset.name}\n{preset.summary}")
                item.setData(Qt.ItemDataRole.UserRole, preset.name)
                self.presets.addItem(item)
        if not self._catalogue.presets:
            self.summary.setText(self.tr("Asking the trainer what it can do …"))
        self.choose(chosen)
        if self.presets.currentRow() < 0 and self.presets.count():
            self.presets.setCurrentRow(0)
        self._check()

    def _on_preset(self) -> None:
        name = self.preset
        if not name:
            return
        found = next(preset for preset in self._catalogue.presets if preset.name == name)
        self.summary.setText(found.summary)
        self.form.show_settings((), {})
        if not self.name.isModified():
            self.name.setText(self._free_name(name))
        self._catalogue.describe(name)
        self._check()

    def _on_described(self, name: str) -> None:
        if self._origin is None and name == self.preset:
            found = self._catalogue.descriptions[name]
            self.form.show_settings(found.parameters, found.values)
            self._check()

    def _on_choose_data(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder of pictures"))
        if folder:
            self.set_data(Path(folder))

    def _on_start(self) -> None:
        self.ordered.emit(self.order())
        self.accept()

    def _check(self) -> None:
        faults = [f"{path.rpartition('.')[2]}: {why}" for path, why in self.form.faults.items()]
        if not self.name.text().strip():
            faults.append(self.tr("The run needs a name."))
        elif self._folder().exists():
            faults.append(self.tr("There is a run of this name already: choose another one."))
        self.fault.setText("  ".join(faults))
        self.fault.setVisible(bool(faults))
        self.start.setEnabled(not faults and (self._origin is not None or bool(self.preset)))

    def _folder(self) -> Path:
        return self._runs / (_NAME.sub("-", self.name.text().strip()).strip("-.") or "run")

    def _free_name(self, wished: str) -> str:
        names = (wished if number == 1 else f"{wished}-{number}" for number in range(1, 10_000))
        return next(name for name in names if not (self._runs / name).exists())


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _head(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font(TextRole.TITLE))
    return label


def _line(*widgets: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    for number, widget in enumerate(widgets):
        line.addWidget(widget, 1 if number == 0 else 0)
    return line
