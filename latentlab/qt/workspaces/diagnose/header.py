"""The answer, first: one sentence, what to do about it, and a few figures with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets.headline import HeadlineFigure
from latentlab.qt.widgets.icon_button import Button

_HEIGHT = 128
_ICON = 26


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline."""

    key: str
    name: str
    value: str
    note: str = ""
    tooltip: str = ""
    place: float = math.nan
    """0 is bad, 1 is as good as the data."""
    low: float = math.nan
    high: float = math.nan
    target: float = math.nan


class VerdictHeader(QWidget):
    """Verdict at the left, headlines at the right; while measures run, their stage below."""

    remedy_wanted = Signal()
    why_wanted = Signal()
    cancel_wanted = Signal()
    figure_wanted = Signal(str)
    """Key of the headline that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = ""
        self._keys: list[str] = []
        self.title = QLabel()
        self.title.setFont(font(TextRole.VERDICT))
        self.detail = QLabel()
        self.detail.setProperty("tone", "2")
        lines = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        lines.setHeightForWidth(True)
        for label in (self.title, self.detail):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(lines)
        self.remedy = Button("", role="primary")
        self.why = Button(self.tr("Why this verdict"), role="outline")
        self.headlines = [HeadlineFigure() for _ in range(4)]
        self.stage = QLabel()
        self.stage.setProperty("tone", "2")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setFixedWidth(200)
        self.bar.setAccessibleName(self.tr("Progress of the measures"))
        self.cancel = Button(self.tr("Cancel"), role="outline", small=True)
        self._lay_out()
        self.remedy.clicked.connect(self.remedy_wanted)
        self.why.clicked.connect(self.why_wanted)
        self.cancel.clicked.connect(self.cancel_wanted)
        for place, headline in enumerate(self.headlines):
            headline.clicked.connect(lambda place=place: self._on_headline(place))
        self.show_progress(None)
        self.show_verdict("", "", "")
        self.show_figures(())

    def sizeHint(self) -> QSize:
        return QSize(1000, _HEIGHT)

    def show_verdict(
        self, tone: str, title: str, detail: str, remedy: str = "", remedy_tip: str = ""
    ) -> None:
        """Say it. `tone` is "error", "warning", "ok" or "" where there is no verdict."""
        self._tone = tone
        self.title.setText(title)
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        self.remedy.setText(remedy)
        self.remedy.setToolTip(remedy_tip or remedy)
        self.remedy.setVisible(bool(remedy))
        self.why.setVisible(bool(tone))
        self.setAccessibleName(f"{title} {detail}")
        self.update()

    def show_figures(self, figures: Sequence[Headline]) -> None:
        """Show up to four headlines."""
        self._keys = [figure.key for figure in figures]
        for headline, figure in zip(self.headlines, figures, strict=False):
            headline.show_figure(figure.name, figure.value, figure.note, figure.tooltip)
            headline.show_place(figure.place, figure.low, figure.high, figure.target)
        for place, headline in enumerate(self.headlines):
            headline.setVisible(place < len(figures))

    def show_progress(self, share: float | None, stage: str = "") -> None:
        """What is being measured; None where nothing is."""
        running = share is not None
        for widget in (self.stage, self.bar, self.cancel):
            widget.setVisible(running)
        if share is not None:
            self.bar.setValue(round(min(max(share, 0.0), 1.0) * 1000))
            self.stage.setText(stage)
        else:
            self.cancel.setEnabled(True)

    def show_waiting(self, stage: str) -> None:
        """A process waits for something to measure."""
        self.bar.hide()
        self.stage.setText(stage)
        for widget in (self.stage, self.cancel):
            widget.show()

    def show_stopping(self) -> None:
        """The process was asked to stop and has not yet."""
        self.cancel.setEnabled(False)
        self.stage.setText(self.tr("Stopping"))

    def _on_headline(self, place: int) -> None:
        if place < len(self._keys):
            self.figure_wanted.emit(self._keys[place])

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        parts: tuple[QWidget, ...] = (self.remedy, self.why, self.bar, self.stage, self.cancel)
        for part in parts:
            buttons.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        buttons.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.detail)
        words.addLayout(buttons)
        words.addStretch(1)
        figures = QHBoxLayout()
        figures.setSpacing(0)
        for headline in self.headlines:
            figures.addWidget(headline)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(68, 8, 12, 10)
        layout.setSpacing(24)
        layout.addLayout(words, 1)
        layout.addLayout(figures)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.panel)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), tokens.edge)
        if self._tone:
            name = {"ok": "check"}.get(self._tone, self._tone)
            box = QRectF(22, self.title.y() - 1, _ICON, _ICON)
            paint_icon(painter, box, name, getattr(tokens, self._tone), _ICON)
