"""Is it alive, how far, how long: the run's state, and what can be asked of it."""

from __future__ import annotations

import math
import time
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.glossary import explain
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import icon
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import Size, Tokens, current_tokens
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.workspaces.train.durations import age_text, bytes_text, duration_text, span_text
from latentlab.qt.workspaces.train.runs_pane import state_colour, state_text
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.qt.workspaces.train.trouble import trouble_of
from latentlab.runs import RunState


class StatusPanel(QWidget):
    """The head of the right pane."""

    pause_wanted = Signal(bool)
    """True: pause; False: go on."""
    checkpoint_wanted = Signal()
    stop_wanted = Signal()
    resume_wanted = Signal()
    explore_wanted = Signal()
    export_wanted = Signal()
    wake_wanted = Signal()
    """Its process is suspended, and shall go on."""

    def __init__(self, run: ShownRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._expected: Path | None = None
        self._state = QLabel()
        self._state.setFont(font(TextRole.TITLE))
        self._age = QLabel()
        self._age.setProperty("tone", "3")
        self._step = QLabel()
        self._step.setFont(font(TextRole.FIGURE))
        self._of = QLabel()
        self._of.setProperty("tone", "3")
        self.bar = _Bar(run)
        self.speed, self.left = _Figure(self.tr("images a second")), _Figure(self.tr("left"))
        self.memory = _Figure(self.tr("memory"))
        self.trouble = QLabel()
        self.trouble.setWordWrap(True)
        self.trouble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.wake = Button(
            self.tr("Let it go on"),
            icon_name="play",
            role="primary",
            tooltip=self.tr("Tell the system to let the suspended process run again"),
        )
        self.pause = Button(self.tr("Pause"), icon_name="pause")
        self.checkpoint = Button(
            self.tr("Checkpoint"), role="outline", tooltip=self.tr("Save a checkpoint at the next step")
        )
        self.stop = Button(
            self.tr("Stop"), role="danger", tooltip=self.tr("Save a checkpoint and end the process")
        )
        self.resume = Button(self.tr("Resume"), icon_name="play", role="primary")
        self.explore = Button(
            self.tr("Explore this model"),
            icon_name="explore",
            role="outline",
            tooltip=self.tr("Open the newest weights in Explore; they are replaced as the run goes on"),
        )
        for figure, key in ((self.speed, "images_per_second"), (self.left, "eta"), (self.memory, "memory")):
            explain(figure, key)
        explain(self._step, "step")
        explain(self.checkpoint, "checkpoint", self.checkpoint.toolTip())
        explain(self.explore, "ema", self.explore.toolTip())
        self.export = Button(
            self.tr("Export…"),
            role="outline",
            tooltip=self.tr("The newest checkpoint's model as a file of LatentLab, safetensors or ONNX"),
        )
        self._dot = _Dot(run)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._show_age)
        self._lay_out()
        self.pause.clicked.connect(self._on_pause)
        self.wake.clicked.connect(self.wake_wanted)
        self.checkpoint.clicked.connect(self.checkpoint_wanted)
        self.stop.clicked.connect(self.stop_wanted)
        self.resume.clicked.connect(self.resume_wanted)
        self.explore.clicked.connect(self.explore_wanted)
        self.export.clicked.connect(self.export_wanted)
        run.changed.connect(self.refresh)
        run.state_changed.connect(self.refresh)
        run.checkpoints_changed.connect(self.refresh)
        self.refresh()

    def expect(self, path: Path | None) -> None:
        """The process of this run begins; it takes a while until it says something."""
        self._expected = path
        self.refresh()

    def refresh(self) -> None:
        """Show the run as it is now."""
        run = self._run
        state, progress = run.state, run.progress
        self._state.setText(self._state_words())
        self._dot.update()
        self._step.setText(format_number(run.step, 0))
        self._of.setText(self.tr("of {0} steps").format(format_number(run.steps, 0)) if run.steps else "")
        self.bar.update()
        speed = progress.images_per_second if progress else math.nan
        self.speed.set_value(format_number(speed, 0 if speed >= 10 else 1) if math.isfinite(speed) else "–")
        if progress is not None and not run.is_live:
            self.left.set_value(duration_text(progress.seconds))
        else:
            left = (progress.seconds_left, progress.seconds_left_error) if progress else (math.nan, math.nan)
            self.left.set_value(span_text(*left))
        self.left.set_name(self.tr("left") if run.is_live or progress is None else self.tr("trained"))
        total = run.started.memory_total if run.started else math.nan
        self.memory.set_value(bytes_text(progress.memory) if progress else "–")
        self.memory.set_name(
            self.tr("of {0}").format(bytes_text(total)) if math.isfinite(total) else self.tr("memory")
        )
        live = run.is_live
        paused = state is RunState.PAUSED
        self.pause.setText(self.tr("Go on") if paused else self.tr("Pause"))
        self.pause.setIcon(icon("play" if paused else "pause"))
        for button in (self.pause, self.checkpoint, self.stop):
            button.setVisible(live)
        can_resume = state in (RunState.STOPPED, RunState.FAILED, RunState.CRASHED)
        self.resume.setVisible(run.path is not None and can_resume)
        self.wake.setVisible(bool(run.silence and run.silence.suspended and run.silence.is_here))
        self.explore.setEnabled(not run.is_gone and (bool(run.saved) or (live and run.started is not None)))
        self.export.setEnabled(bool(run.checkpoints) and not run.is_gone)
        self._show_age()

    def _state_words(self) -> str:
        run = self._run
        if run.path is None:
            return self.tr("No run")
        if run.is_gone:
            return self.tr("Gone")
        if run.silence is not None:
            return self.tr("Suspended") if run.silence.suspended else self.tr("No sign of life")
        if run.state is None and run.path == self._expected:
            return self.tr("Starting …")
        return state_text(run.state) if run.caught_up or run.in_outline else self.tr("Opening …")

    def _show_age(self) -> None:
        age = time.time() - self._run.last_event
        shown = bool(self._run.last_event) and self._run.is_live
        self._age.setText(self.tr("last event {0} ago").format(age_text(age)) if shown else "")
        self._clock.start() if shown else self._clock.stop()
        tone, text = trouble_of(self._run, age)
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))
        if self.trouble.property("tone") != tone:
            self.trouble.setProperty("tone", tone)
            self.trouble.style().unpolish(self.trouble)
            self.trouble.style().polish(self.trouble)

    def _on_pause(self) -> None:
        self.pause_wanted.emit(self._run.state is not RunState.PAUSED)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        for widget, stretch in ((self._dot, 0), (self._state, 1), (self._age, 0)):
            head.addWidget(widget, stretch)
        steps = QHBoxLayout()
        steps.addWidget(self._step)
        steps.addWidget(self._of, 1, Qt.AlignmentFlag.AlignBottom)
        figures = QGridLayout()
        figures.addWidget(self.left, 0, 0)
        figures.addWidget(self.speed, 0, 1)
        figures.addWidget(self.memory, 0, 2)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.pause, self.checkpoint, self.stop, self.resume):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Size.PADDING, Size.PADDING, Size.PADDING, Size.PADDING)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(steps)
        layout.addWidget(self.bar)
        layout.addLayout(figures)
        layout.addWidget(self.trouble)
        layout.addWidget(self.wake)
        layout.addLayout(buttons)
        last = QHBoxLayout()
        last.setSpacing(6)
        last.addWidget(self.explore, 1)
        last.addWidget(self.export)
        layout.addLayout(last)


class _Figure(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._value = QLabel("–")
        self._value.setFont(font(TextRole.MODEL))
        self._name = label = QLabel(name)
        label.setProperty("tone", "3")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(0)
        layout.addWidget(self._value)
        layout.addWidget(label)

    def set_value(self, text: str) -> None:
        self._value.setText(text)

    def set_name(self, name: str) -> None:
        self._name.setText(name)

    def text(self) -> str:
        return self._value.text()


class _Bar(QWidget):
    """How far, with a notch at every checkpoint that is kept."""

    def __init__(self, run: ShownRun) -> None:
        super().__init__()
        self._run = run
        self.setFixedHeight(6)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(0, 1, 0, -1)
        paint.rounded(painter, box, 2, tokens.groove)
        if not self._run.steps:
            return
        done = QRectF(box)
        done.setWidth(box.width() * min(1.0, self._run.step / self._run.steps))
        paint.rounded(painter, done, 2, tokens.accent)
        for saved in self._run.saved:
            painter.fillRect(QRectF(box.width() * saved.step / self._run.steps, 0, 1, 6), tokens.panel)


class _Dot(QWidget):
    def __init__(self, run: ShownRun) -> None:
        super().__init__()
        self._run = run
        self.setFixedSize(QSize(14, 14))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        paint.dot(QPainter(self), QRectF(self.rect()).center(), 7, _colour(self._run, tokens))


def _colour(run: ShownRun, tokens: Tokens) -> QColor:
    return tokens.warning if run.silence is not None else state_colour(run.state, tokens)
