"""What went wrong, what was set, what is kept: the sections of Train's inspector."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from latentlab.qt.glossary import explain, tip
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.widgets.curves.axes import value_text
from latentlab.qt.widgets.icon_button import Button, IconButton
from latentlab.qt.widgets.section import Section
from latentlab.qt.workspaces.train.setting_words import setting_text
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.runs import CheckpointInfo, Warned
from latentlab.runs.hyper_parameters import HyperParameter, value_at

_ALSO_LISTED = ("loop.batch_size", "loop.seed")
"""Settings of the loop that everybody asks for, beside those of the system."""
_MOST = 30
"""Warnings and checkpoints listed, newest first."""


class WarningsSection(Section):
    """Each warning is a claim, its evidence, and what to do."""

    step_wanted = Signal(float)
    remedy_wanted = Signal(object)
    """Warned: branch from before it with its change, at once."""
    branch_wanted = Signal(object)
    """Warned: branch from before it with settings that somebody chooses."""

    def __init__(self, run: ShownRun, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Warnings"))
        self._run = run
        self._config: Mapping[str, Any] = {}
        self._list = QWidget()
        self._lines = QVBoxLayout(self._list)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)
        self.add(self._list)
        run.changed.connect(self._show)
        run.warnings_changed.connect(self._show)
        self._show()

    def show_config(self, config: Mapping[str, Any]) -> None:
        """What the run is trained with: a remedy says what it raises or lowers."""
        self._config = config
        self._show()

    @property
    def rows(self) -> list[WarningRow]:
        """The warnings that are listed, the newest first."""
        return self._list.findChildren(WarningRow)

    def _show(self) -> None:
        _clear(self._lines)
        warnings = self._run.warnings
        settled = sum(self._run.settled_at(warned) is not None for warned in warnings)
        words = self.tr("{0} open, {1} settled") if settled else self.tr("{0} open")
        self.set_note(words.format(len(warnings) - settled, settled) if warnings else self.tr("none"))
        for number, warned in enumerate(reversed(warnings[-_MOST:])):
            row = WarningRow(
                warned, self._run.settled_at(warned), self._config, is_last=number == len(warnings) - 1
            )
            row.show_step.clicked.connect(partial(self._emit_step, warned))
            row.branch.clicked.connect(partial(self._emit, self.branch_wanted, warned))
            row.remedy.clicked.connect(partial(self._emit, self.remedy_wanted, warned))
            self._lines.addWidget(row)

    def _emit_step(self, warned: Warned) -> None:
        self.step_wanted.emit(float(warned.step))

    def _emit(self, signal: Any, warned: Warned) -> None:
        signal.emit(warned)


class WarningRow(QWidget):
    """A claim, its evidence, and one button that does something; short once it is settled."""

    def __init__(
        self,
        warned: Warned,
        settled_at: int | None = None,
        config: Mapping[str, Any] | None = None,
        *,
        is_last: bool = True,
    ) -> None:
        super().__init__()
        self._warned = warned
        self._settled = settled_at is not None
        self._is_last = is_last
        title = QLabel(warning_title(warned.kind))
        title.setFont(font(TextRole.TITLE))
        explain(title, warned.kind)
        step = QLabel(self.tr("step {0}").format(format_number(warned.step, 0)))
        step.setProperty("tone", "3")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(step)
        said = warned.text
        if settled_at is not None:
            said += " " + self.tr("Settled at {0}.").format(format_number(settled_at, 0))
        evidence = QLabel(
            ", ".join(
                f"{name.replace('_', ' ')} {value_text(value)}" for name, value in warned.evidence.items()
            )
        )
        evidence.setProperty("tone", "3")
        tips = [tip(name) for name in warned.evidence]
        evidence.setToolTip("<br>".join(found for found in tips if found))
        advice = QLabel(warned.remedy)
        advice.setProperty("tone", "2")
        change = change_words(warned.change, config or {})
        self.remedy = Button(
            change,
            small=True,
            tooltip=self.tr("Branches from the checkpoint before, with this change; this run stops then"),
        )
        self.show_step = Button(self.tr("Show evidence"), role="outline", small=True)
        self.branch = Button(
            self.tr("Branch…"),
            role="quiet",
            small=True,
            tooltip=self.tr("A new run from the checkpoint before, with settings that you choose"),
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.show_step)
        buttons.addWidget(self.branch)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(34, 8, Size.PADDING, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        text = QLabel(said)
        for label in (text, evidence, advice):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if label.text() and (label is text or not self._settled):
                layout.addWidget(label)
        text.setProperty("tone", "2")
        text.setToolTip(evidence.text() if self._settled else "")
        if change and not self._settled:
            layout.addWidget(self.remedy, 0, Qt.AlignmentFlag.AlignLeft)
        if not self._settled:
            layout.addLayout(buttons)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        severity = "settled" if self._settled else self._warned.severity
        wash = {"warning": tokens.warning_wash, "serious": tokens.error_wash}.get(severity)
        if wash is not None:
            painter.fillRect(self.rect(), wash)
        colours = {
            "info": tokens.text_3,
            "warning": tokens.warning,
            "serious": tokens.error,
            "settled": tokens.ok,
        }
        icons = {"info": "info", "settled": "check"}
        if not self._is_last:  # a line leads on to what happened before
            painter.fillRect(QRectF(Size.PADDING + 6, 30, 1, self.height() - 32), tokens.line_strong)
        box = QRectF(Size.PADDING - 2, 8, 18, 18).toRect()
        paint_icon(painter, box, icons.get(severity, "warning"), colours[severity], 16)


def warning_title(kind: str) -> str:
    """What a kind of warning is called."""
    return kind.replace("_", " ").capitalize()


def change_words(change: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    """What a remedy does: "Raise R1 gamma to 2"; "" where it changes no settings."""
    words: list[str] = []
    for path, value in change.items():
        name, before = HyperParameter(path, "text", "").name, value_at(config, path)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            known = isinstance(before, (int, float))
            verb = "Set" if not known else "Raise" if value > before else "Lower"
            words.append(f"{verb} {name} to {value:g}" if not words else f"{name} to {value:g}")
        else:
            words.append(f"{name}: {value}")
    return ", ".join(words[:2]) + (" …" if len(words) > 2 else "")


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
        """List the settings of a configuration, what was changed from its preset first.

        Args:
            parameters: of the run; none while they are not known.
            config: of the run; empty while it is not known.
            preset: values of the preset that the run began with; None where there is none.
        """
        _clear(self._grid)
        changed = [
            one
            for one in parameters
            if preset is not None and value_at(config, one.path) != value_at(preset, one.path)
        ]
        rest = [one for one in parameters if one not in changed and _is_listed(one.path)]
        for row, one in enumerate([*changed, *rest]):
            name = QLabel(("• " if one in changed else "") + one.name)
            name.setProperty("tone", "2")
            explain(name, one.path, f"{one.sentence}\n{one.path}")
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
        self.set_note(words.format(len(changed), origin) if origin else "")


class CheckpointsSection(Section):
    """What is on disk: open it, go on from it, or branch."""

    open_wanted = Signal(object)
    """Path of a model file."""
    branch_wanted = Signal(int)
    """Step."""
    back_wanted = Signal(int)
    """Step: a run that is being trained shall go on from there."""
    export_wanted = Signal(object)
    """Path of a model file."""
    theatre_wanted = Signal()
    """All of them shall be played in Explore."""

    def __init__(self, run: ShownRun, parent: QWidget | None = None) -> None:
        super().__init__("", expanded=False, parent=parent)
        self.set_title(self.tr("Checkpoints"))
        self.set_term("checkpoint")
        play = self.add_action("play", self.tr("Play them in Explore: one picture through all of them"))
        play.clicked.connect(self.theatre_wanted)
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
            more = IconButton("more", self.tr("Go back to this checkpoint, or export its model"))
            more.clicked.connect(partial(self._on_more, info, more))
            for widget, stretch in ((label, 1), (open_, 0), (branch, 0), (more, 0)):
                line.addWidget(widget, stretch)
            self._lines.addWidget(row)

    def _on_more(self, info: CheckpointInfo, button: IconButton) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        back = menu.addAction(
            self.tr("Go back to here, half the learning rate"), partial(self.back_wanted.emit, info.step)
        )
        back.setEnabled(self._run.is_live and info.step < self._run.step)
        menu.addAction(self.tr("Export this model…"), partial(self.export_wanted.emit, info.model))
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _on_disk(self) -> list[CheckpointInfo]:
        """Of those that the run named, what has not made room for newer ones."""
        known = {saved.step for saved in self._run.saved}
        return [info for info in self._run.checkpoints if info.step in known]


def _is_listed(path: str) -> bool:
    return path.startswith("settings.") or path in _ALSO_LISTED


def _shown(value: Any, unit: str) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, (int, float)):
        text = setting_text(value)
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
