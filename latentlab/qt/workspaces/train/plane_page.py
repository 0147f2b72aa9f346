"""Runs that learn points, live: the plane, what is painted of it, one step at a time, slow motion."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.qt.glossary import explain
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Size
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.threads.plane_reading import Plane, read_plane
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.plane_field import PlaneField, Shown
from latentlab.qt.widgets.slider import Slider
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.runs import Interest, Request, RunFolder
from latentlab.runs.control import REPEAT, Control

_LOOK_MS = 100
_SLOWEST = 2.0
"""Seconds a step, at the right end of the slider."""


class PlanePage(QWidget):
    """Follows the newest plane of a live run; shows an earlier one when a sheet of it is chosen."""

    step_shown = Signal(int)

    def __init__(self, run: ShownRun, jobs: JobThread, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._jobs = jobs
        self._sheet: str | None = None
        """Path of the chosen sheet below the run's folder; None follows the live plane."""
        self._stamp = 0
        self._looking = False
        self._told = -REPEAT
        self.field = PlaneField()
        self.step = QLabel()
        self.step.setProperty("tone", "2")
        self.toggles = {
            "field": self._toggle(self.tr("Field"), "discriminator_field", on=True),
            "grid": self._toggle(self.tr("Grid"), "warped_grid", on=False),
            "arrows": self._toggle(self.tr("Arrows"), "gradient_arrows", on=True),
            "points": self._toggle(self.tr("Points"), "samples", on=True),
        }
        self.one_step = Button(self.tr("One step"), icon_name="play", role="outline", small=True)
        explain(self.one_step, "single_step", self.tr("Hold the run, and do one step"))
        self.slow = Slider(limits=(0.0, 1.0), default=0.0)
        self.slow.setFixedWidth(110)
        self.slow.setAccessibleName(self.tr("Slow motion"))
        explain(self.slow, "single_step", self.tr("How much longer each step takes"))
        self._pace = QLabel()
        self._pace.setProperty("tone", "3")
        self._clock = QTimer(self, interval=_LOOK_MS)
        self._clock.timeout.connect(self._look)
        self._lay_out()
        self.one_step.clicked.connect(self._on_one_step)
        self.slow.changed.connect(self._on_slow)
        self.slow.changing.connect(lambda value: self._show_pace(_seconds(value)))
        run.changed.connect(self._on_changed)
        run.state_changed.connect(self._show_controls)
        self._on_changed()

    def show_sheet(self, path: str | None, newest: bool) -> None:
        """A sheet was chosen: its plane, or with the newest of a live run, what happens now."""
        if path == self._sheet:
            return
        self._sheet, self._stamp = path, 0
        follows = newest and self._run.is_live
        if path is not None and (not follows or self.field.plane is None):
            self._read(path)

    def _toggle(self, text: str, key: str, *, on: bool) -> QCheckBox:
        button = QCheckBox(text)
        button.setChecked(on)
        explain(button, key)
        button.toggled.connect(self._on_toggled)
        return button

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setContentsMargins(Size.PADDING, 8, Size.PADDING, 8)
        side.setSpacing(6)
        side.addWidget(self.step)
        for button in self.toggles.values():
            side.addWidget(button)
        side.addSpacing(10)
        side.addWidget(self.one_step)
        slow = QLabel(self.tr("Slow motion"))
        slow.setProperty("tone", "2")
        for widget in (slow, self.slow, self._pace):
            side.addWidget(widget)
        side.addStretch(1)
        self._controls = (self.one_step, slow, self.slow, self._pace)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.field, 1)
        layout.addLayout(side)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.stop()
        self._told = -REPEAT
        super().hideEvent(event)

    def _on_changed(self) -> None:
        self._sheet, self._stamp, self._told = None, 0, -REPEAT
        self.field.show_plane(None, self.tr("The plane appears with the first step."))
        self.slow.set_value(0.0)
        self._show_pace(0.0)
        self._show_controls()

    def _show_controls(self) -> None:
        for widget in self._controls:
            widget.setVisible(self._run.is_live)

    def _on_toggled(self) -> None:
        self.field.set_shown(Shown(**{name: button.isChecked() for name, button in self.toggles.items()}))

    # What happens now.

    def _look(self) -> None:
        """Say that somebody looks, and read what is new."""
        run = self._run.path
        if run is None or not self._run.is_live or self._looking:
            return
        sheets = self._run.sheets
        if self._sheet is not None and sheets and self._sheet != sheets[-1].path:
            return  # an earlier one is looked at
        tell = time.monotonic() - self._told >= REPEAT
        if tell:
            self._told = time.monotonic()
        self._looking = True
        self._jobs.submit(
            partial(_newer, run, self._stamp, tell),
            partial(self._on_newer, run),
            lambda failure: self._over(),
        )

    def _over(self) -> None:
        self._looking = False

    def _on_newer(self, run: Path, found: tuple[int, Plane] | None) -> None:
        self._looking = False
        if found is not None and run == self._run.path:
            self._stamp = found[0]
            self._show(found[1])

    def _read(self, sheet: str) -> None:
        run = self._run.path
        if run is None:
            return

        def show(plane: Plane | None) -> None:
            if run == self._run.path:
                self._show(plane)

        self._jobs.submit(lambda: read_plane(plane_of(run, sheet)), show)

    def _show(self, plane: Plane | None) -> None:
        if plane is not None:
            self.field.show_plane(plane)
            self.step.setText(self.tr("Step {0}").format(format_number(plane.step, 0)))
            self.step_shown.emit(plane.step)

    # What is asked of the run.

    def _on_one_step(self) -> None:
        def ask(control: Control) -> None:
            control.ask(Request.PAUSE)
            control.ask(Request.STEP)

        self._ask(ask)

    def _on_slow(self, value: float) -> None:
        seconds = _seconds(value)
        self._show_pace(seconds)
        self._ask(lambda control: control.set_pace(seconds))

    def _show_pace(self, seconds: float) -> None:
        words = self.tr("{0} s longer a step").format(format_number(seconds, 2))
        self._pace.setText(words if seconds else self.tr("full speed"))

    def _ask(self, work: Callable[[Control], None]) -> None:
        if self._run.path is not None:
            control = RunFolder(self._run.path).control
            self._jobs.submit(lambda: work(control))


def plane_of(run: Path, sheet: str) -> Path:
    """Where the plane of a sheet lies."""
    return RunFolder(run).inside(sheet).with_suffix(".npz")


def _seconds(value: float) -> float:
    """Finer at the left end, where steps can still be told apart."""
    return round(_SLOWEST * value**2, 2)


def _newer(run: Path, stamp: int, tell: bool) -> tuple[int, Plane] | None:
    folder = RunFolder(run)
    if tell:
        folder.control.look_at(Interest.PLANE)
    try:
        changed = folder.live_plane.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    if changed == stamp:
        return None
    plane = read_plane(folder.live_plane)
    return (changed, plane) if plane is not None else None
