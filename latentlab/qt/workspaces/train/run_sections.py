"""What went wrong, what was set, what is kept: the sections of Train's inspector."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.widgets.curves.axes import value_text
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.section import Section
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.runs import CheckpointInfo, Warned
from latentlab.runs.hyper_parameters import HyperParameter, value_at

_MOST = 30
"""Warnings and checkpoints listed, newest first."""


class WarningsSection(Section):
    """Each warning is a claim, its evidence, and what to do."""

    step_wanted = Signal(float)
    remedy_wanted = Signal(object)
    """Warned: branch from before it, with a change."""

    def __init__(self, run: ShownRun, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Warnings"))
        self._run = run
        self._list = QWidget()
        self._lines = QVBoxLayout(self._list)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self.add(self._list)
        run.changed.connect(self._show)
        run.warnings_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        _clear(self._lines)
        warnings = self._run.warnings
        self.set_note(self.tr("{0} so far").format(len(warnings)) if warnings else self.tr("none"))
        for warned in reversed(warnings[-_MOST:]):
            row = WarningRow(warned)
            row.show_step.clicked.connect(
                lambda _=False, step=warned.step: self.step_wanted.emit(float(step))
            )
            row.branch.clicked.connect(lambda _=False, warned=warned: self.remedy_wanted.emit(warned))
            self._lines.addWidget(row)


class WarningRow(QWidget):
    """One warning."""

    def __init__(self, warned: Warned) -> None:
        super().__init__()
        self._warned = warned
        title = QLabel(warned.kind.replace("_", " ").capitalize())
        title.setFont(font(TextRole.TITLE))
        step = QLabel(self.tr("step {0}").format(format_number(warned.step, 0)))
        step.setProperty("tone", "3")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(step)
        text = QLabel(warned.text)
        evidence = QLabel(", ".join(f"{name} {value_text(value)}" for name, value in warned.evidence.items()))
        evidence.setProperty("tone", "3")
        remedy = QLabel(warned.remedy)
        remedy.setProperty("tone", "2")
        self.show_step = Button(self.tr("Show on the curves"), role="quiet", small=True)
        self.branch = Button(
            self.tr("Branch from here"),
            role="outline",
            small=True,
            tooltip=self.tr("A new run from the checkpoint before, with other settings"),
        )
        buttons = QHBoxLayout()
        buttons.addWidget(self.branch)
        buttons.addWidget(self.show_step)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(34, 8, Size.PADDING, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        for label in (text, evidence, remedy):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if label.text():
                layout.addWidget(label)
        layout.addLayout(buttons)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        serious = self._warned.severity == "serious"
        if self._warned.severity != "info":
            painter.fillRect(self.rect(), tokens.error_wash if serious else tokens.warning_wash)
        colour = {"info": tokens.text_3, "warning": tokens.warning, "serious": tokens.error}
        icon = "info" if self._warned.severity == "info" else "warning"
        box = QRectF(Size.PADDING - 2, 8, 18, 18).toRect()
        paint_icon(painter, box, icon, colour[self._warned.severity], 16)


class SettingsSection(Section):
    """Hyper-parameters of the run; a dot marks what differs from the preset."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Settings"))
        self._list = QWidget()
        self._grid = QGridLayout(self._list)
        self._grid.setContentsMargins(Size.PADDING, 0, Size.PADDING, 0)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(0, 1)
        self.add(self._list)

    def show_settings(
        self,
        parameters: tuple[HyperParameter, ...],
        config: Mapping[str, Any],
        preset: Mapping[str, Any] | None,
    ) -> None:
        """List the settings of a configuration, what was changed from its preset first."""
        _clear(self._grid)
        changed = [
            one
            for one in parameters
            if preset is not None and value_at(config, one.path) != value_at(preset, one.path)
        ]
        rest = [one for one in parameters if one not in changed and one.path.startswith("settings.")]
        for row, one in enumerate([*changed, *rest]):
            name = QLabel(("• " if one in changed else "") + one.name)
            name.setProperty("tone", "2")
            name.setToolTip(f"{one.sentence}\n{one.path}")
            value = QLabel(_shown(value_at(config, one.path), one.unit))
            value.setToolTip(name.toolTip())
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(name, row, 0)
            if one in changed and preset is not None:
                before = QLabel(_shown(value_at(preset, one.path), ""))
                before.setProperty("tone", "3")
                self._grid.addWidget(before, row, 1)
            self._grid.addWidget(value, row, 2)
        origin = str(config.get("name") or config.get("system", ""))
        words = self.tr("{0} changed from “{1}”") if changed else self.tr("as in “{1}”")
        self.set_note(words.format(len(changed), origin))


class CheckpointsSection(Section):
    """What is on disk: open it, go on from it, or branch."""

    open_wanted = Signal(object)
    """Path of a model file."""
    branch_wanted = Signal(int)
    """Step."""

    def __init__(self, run: ShownRun, parent: QWidget | None = None) -> None:
        super().__init__("", expanded=False, parent=parent)
        self.set_title(self.tr("Checkpoints"))
        self._run = run
        self._list = QWidget()
        self._lines = QVBoxLayout(self._list)
        self._lines.setContentsMargins(Size.PADDING, 0, 6, 0)
        self._lines.setSpacing(0)
        self.add(self._list)
        run.changed.connect(self._show)
        run.checkpoints_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        _clear(self._lines)
        kept = self._on_disk()
        self.set_note(self.tr("{0} on disk").format(len(kept)) if kept else self.tr("none yet"))
        for info in reversed(kept[-_MOST:]):
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 1, 0, 1)
            when = datetime.fromtimestamp(info.time).astimezone().strftime("%d %b %H:%M") if info.time else ""
            words = self.tr("Step {0}").format(format_number(info.step, 0))
            label = QLabel(f"{words}  {'★ ' if info.milestone else ''}{when}")
            label.setProperty("tone", "2")
            open_ = Button(self.tr("Open"), role="quiet", small=True)
            open_.clicked.connect(lambda _=False, path=info.model: self.open_wanted.emit(path))
            branch = Button(self.tr("Branch"), role="quiet", small=True)
            branch.clicked.connect(lambda _=False, step=info.step: self.branch_wanted.emit(step))
            for widget, stretch in ((label, 1), (open_, 0), (branch, 0)):
                line.addWidget(widget, stretch)
            self._lines.addWidget(row)

    def _on_disk(self) -> list[CheckpointInfo]:
        """Of those that the run named, what has not made room for newer ones."""
        known = {saved.step for saved in self._run.saved}
        return [info for info in self._run.checkpoints if info.step in known]


def _shown(value: Any, unit: str) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int):
        text = format_number(value, 0)
    elif isinstance(value, float):
        text = f"{value:g}"
    elif isinstance(value, (list, tuple)):
        text = ", ".join(str(item) for item in value) or "–"
    else:
        text = "–" if value in (None, "") else str(value)
    return f"{text} {unit}".strip() if len(text) < 24 else text[:22] + "…"


def _clear(layout: QVBoxLayout | QGridLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.deleteLater()
