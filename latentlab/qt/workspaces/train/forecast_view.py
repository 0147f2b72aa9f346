"""What will happen: how long a run takes here, and what of, from a few steps that are timed."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.qt.failure import Failure
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.threads.command_process import CommandProcess
from latentlab.qt.widgets import paint
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.workspaces.train.durations import bytes_text, span_text

_TIGHT = 0.8
"""Share of the memory from which a run may not fit beside other programs."""
_LONG = 20 * 3600.0
_SETTLING_MS = 1500
"""For a hand that still changes settings."""


class ForecastView(QWidget):
    """Times some steps when asked, or by itself when what it is told of has not changed for a while."""

    forecast = Signal(object)
    """What `latentlab train --estimate --json` says, as a dictionary."""
    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._command = CommandProcess(self)
        self._arguments: tuple[str, ...] | None = None
        self._settling = QTimer(self, interval=_SETTLING_MS, singleShot=True)
        self._settling.timeout.connect(self._on_settled)
        self._command.answered.connect(self._on_answered)
        self._command.failed.connect(self._on_failed)
        self._command.told.connect(self._on_told)
        title = QLabel(self.tr("What will happen"))
        title.setFont(font(TextRole.TITLE))
        self.button = Button(self.tr("Time a few steps"), role="outline", small=True)
        self.button.setToolTip(
            self.tr("Runs some steps of this very training, at three places of it, and throws them away")
        )
        self.button.clicked.connect(self.wanted)
        self._long = QLabel("–")
        self._long.setFont(font(TextRole.MODEL))
        self._facts = [QLabel() for _ in range(4)]
        self._memory = _Bar()
        self._word = QLabel()
        self._word.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.button)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        for number, fact in enumerate(self._facts):
            fact.setProperty("tone", "2")
            grid.addWidget(fact, number // 2, number % 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(5)
        layout.addLayout(head)
        layout.addWidget(self._long)
        layout.addLayout(grid)
        layout.addWidget(self._memory)
        layout.addWidget(self._word)
        self.forget()

    @property
    def texts(self) -> str:
        """All words that are shown."""
        return "\n".join(label.text() for label in (self._long, *self._facts, self._word))

    def ask(self, arguments: Sequence[str]) -> None:
        """Time some steps of `latentlab train ARGUMENTS` now."""
        self._settling.stop()
        self._arguments = tuple(arguments)
        self._ask(nice=10)

    def tell(self, arguments: Sequence[str] | None, *, busy: bool) -> None:
        """What would be trained now. It is timed once it stays so, at the lowest priority.

        Args:
            arguments: of `latentlab train`; None while they make no sense.
            busy: a run is being trained here: nothing is timed beside it unless somebody asks.
        """
        told = tuple(arguments) if arguments is not None else None
        if told == self._arguments:
            return
        self._arguments = told
        self._command.cancel()
        self._settling.stop()
        self.button.setEnabled(told is not None)
        known = self._long.text() != "–"
        if told is None:
            self._say(self.tr("With the settings as they were.") if known else "", "3")
        elif busy:
            self._say(self.tr("Not timed by itself while a run is training: both would be slower."), "3")
        else:
            self._say(
                self.tr("With the settings as they were; these are timed in a moment.")
                if known
                else self.tr("A few steps are timed in a moment."),
                "3",
            )
            self._settling.start()

    def forget(self) -> None:
        """Nothing is known."""
        self._command.cancel()
        self._settling.stop()
        self._arguments = None
        self.button.setEnabled(False)
        self._clear()
        self._say(self.tr("Not timed yet on this machine."), "3")

    def stop(self) -> None:
        """End the process."""
        self._settling.stop()
        self._command.stop()

    def show_forecast(self, found: dict[str, Any]) -> None:
        """Show an estimate."""
        memory, total = found["memory"], found["memory_total"] or math.nan
        error = found["seconds_error"]
        self._long.setText(
            self.tr("About {0} on {1}").format(span_text(found["seconds"], error), found["device"])
        )
        disk = found["checkpoint_bytes"] * found["checkpoints"]
        texts = (
            self.tr("{0} images a second").format(format_number(found["images_per_second"], 0)),
            self.tr("{0} weights").format(format_number(found["parameters"], 0)),
            self.tr("{0} of {1} memory").format(bytes_text(memory), bytes_text(total)),
            self.tr("{0} on the disk").format(bytes_text(disk)),
        )
        for fact, text in zip(self._facts, texts, strict=True):
            fact.setText(text)
        self._memory.show_share(memory / total)
        if memory > _TIGHT * total:
            self._say(
                self.tr("This may not fit beside other programs: a smaller batch takes less memory."),
                "warning",
            )
        elif found["seconds"] > _LONG:
            self._say(
                self.tr("That is long: it can be paused and resumed at any time, or try a smaller preset."),
                "3",
            )
        else:
            self._say("", "3")

    def _on_settled(self) -> None:
        self._ask(nice=19)

    def _ask(self, nice: int) -> None:
        if self._arguments is not None:
            self.button.setEnabled(False)
            self._say(self.tr("Starting the trainer …"), "3")
            self._command.ask("train", *self._arguments, "--estimate", "--json", nice=nice)

    def _clear(self) -> None:
        self._long.setText("–")
        for fact in self._facts:
            fact.setText("")
        self._memory.show_share(math.nan)

    def _on_answered(self, text: str) -> None:
        self.button.setEnabled(True)
        try:
            found = json.loads(text)
            self.show_forecast(found)
        except (ValueError, KeyError, TypeError):
            self._say(self.tr("The answer cannot be understood."), "error")
            return
        self.forecast.emit(found)

    def _on_failed(self, failure: Failure) -> None:
        self.button.setEnabled(True)
        self._clear()
        self._say(failure.text, "error")

    def _on_told(self, line: str) -> None:
        self._say(line, "3")

    def _say(self, text: str, tone: str) -> None:
        self._word.setText(text)
        self._word.setProperty("tone", tone)
        self._word.style().unpolish(self._word)
        self._word.style().polish(self._word)
        self._word.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        paint.rounded(
            QPainter(self), QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, tokens.panel, tokens.line
        )


class _Bar(QWidget):
    """How much of the memory."""

    def __init__(self) -> None:
        super().__init__()
        self._share = math.nan
        self.setFixedHeight(4)

    def show_share(self, share: float) -> None:
        self._share = share
        self.setVisible(math.isfinite(share))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not math.isfinite(self._share):
            return
        tokens, painter = current_tokens(), QPainter(self)
        box = QRectF(self.rect())
        paint.rounded(painter, box, 2, tokens.groove)
        box.setWidth(box.width() * min(1.0, self._share))
        paint.rounded(painter, box, 2, tokens.warning if self._share > _TIGHT else tokens.accent)
