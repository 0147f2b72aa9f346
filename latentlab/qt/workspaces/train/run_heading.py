"""What the top bar says of the run that is shown, and what it offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from latentlab.qt.theme.numbers import format_number
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.workspaces.train.setting_words import system_text
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.qt.workspaces.workspace import Heading
from latentlab.runs import RunInfo
from latentlab.runs.hyper_parameters import value_at

_MOST = 20
"""Runs in the menu: the list at the left has all."""


class RunHeading(QObject):
    """Name and facts of a run, a menu of the others, and two buttons."""

    new_wanted = Signal()
    diagnosis_wanted = Signal()
    chosen = Signal(object)
    """Path of a run."""

    def __init__(self, run: ShownRun, parent: QWidget) -> None:
        super().__init__(parent)
        self._run, self._window = run, parent
        self.diagnose = Button(
            self.tr("Diagnose"),
            icon_name="diagnose",
            role="outline",
            tooltip=self.tr("What the newest checkpoint lost, repeats and copies, and since when"),
        )
        self.new = Button(
            self.tr("New run"), icon_name="plus", role="primary", tooltip=self.tr("Choose what to train")
        )
        self.diagnose.clicked.connect(self.diagnosis_wanted)
        self.new.clicked.connect(self.new_wanted)
        for signal in (run.changed, run.checkpoints_changed, run.state_changed):
            signal.connect(self._show)
        self._show()

    @property
    def buttons(self) -> Sequence[QWidget]:
        """For the right of the bar."""
        return self.diagnose, self.new

    def heading(self, config: Mapping[str, Any]) -> Heading:
        """For the left of the bar.

        Args:
            config: of the run; empty while it is not known.
        """
        run = self._run
        if run.path is None:
            return Heading(self.tr("No run"), (), self.tr("Choose a run, or start a new one"))
        facts = [system_text(str(config["system"]))] if config.get("system") else []
        size = value_at(config, "data.resolution")
        if isinstance(size, int) and value_at(config, "data.source.kind") != "points":
            facts.append(self.tr("{0} px").format(size))
        if run.started is not None:
            facts.append(self.tr("{0} items").format(format_number(run.started.items, 0)))
        tip = self.tr("{0}. Show another run").format(run.path)
        return Heading(run.path.name, tuple(facts), tip)

    def open_menu(self, place: QPoint, runs: Sequence[RunInfo]) -> None:
        """Offer the runs that there are."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for info in runs[:_MOST]:
            action = menu.addAction(info.path.name, partial(self.chosen.emit, info.path))
            action.setCheckable(True)
            action.setChecked(info.path == self._run.path)
        menu.addSeparator()
        menu.addAction(self.tr("New run…"), self.new_wanted.emit)
        menu.popup(place)

    def _show(self) -> None:
        self.diagnose.setEnabled(bool(self._run.checkpoints) and not self._run.is_gone)
