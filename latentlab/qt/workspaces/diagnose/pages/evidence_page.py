"""Every verdict with its figures and its rule, and every measure with its interval and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.theme.fonts import TextRole
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.layouts import empty_layout
from latentlab.qt.widgets.text_table import Cell, Line, TextTable
from latentlab.qt.workspaces.diagnose.pane import Pane
from latentlab.qt.workspaces.diagnose.views import MeasureView, VerdictView

_NAMES, _FIGURES, _INTERVALS = 130, 76, 92
"""Least pixels for names of measures and what they mean, their figures, and intervals."""


class EvidencePage(QWidget):
    """Verdicts at the left, measures at the right."""

    evidence_wanted = Signal(str)
    """Key of the verdict whose evidence shall be shown."""
    remedy_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdicts = Pane(self.tr("Verdicts"), self.tr("each with the figures and the rule that made it"))
        self.cards: list[VerdictCard] = []
        self._waiting: list[VerdictView] = []
        self._later = QTimer(self, interval=0, singleShot=True)
        self._later.timeout.connect(self._add_card)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(8)
        self.verdicts.add(_scrolled(self._cards), 1)
        self.measures = Pane(self.tr("Measures"))
        self.table = TextTable(((_NAMES, 1), (_FIGURES, 0), (_INTERVALS, 0), (_NAMES, 3)))
        self._rows: dict[str, int] = {}
        holder = QVBoxLayout()
        holder.addWidget(self.table)
        holder.addStretch(1)
        self._measures_area = _scrolled(holder)
        self.measures.add(self._measures_area, 1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setHandleWidth(1)
        both.setChildrenCollapsible(False)
        both.addWidget(self.verdicts)
        both.addWidget(self.measures)
        both.setSizes([560, 700])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)

    def show_views(self, verdicts: Sequence[VerdictView], measures: Sequence[MeasureView], how: str) -> None:
        """Show these; `how` says how they were measured."""
        self.measures.set_words(note=how)
        empty_layout(self._cards)
        self.cards = []
        self._cards.addStretch(1)
        self._waiting = list(verdicts)
        self._add_card()
        self._show_measures(measures)

    def point_at(self, key: str) -> None:
        """Bring a measure into sight."""
        row = self._rows.get(key)
        if row is not None:  # after the page that is just being shown has its size
            QTimer.singleShot(0, self, lambda: self._scroll_to(row))

    def _add_card(self) -> None:
        """One at a time, so that the window does not stall."""
        if not self._waiting:
            return
        card = VerdictCard(self._waiting.pop(0))
        card.evidence_wanted.connect(self.evidence_wanted)
        card.remedy_wanted.connect(self.remedy_wanted)
        self._cards.insertWidget(len(self.cards), card)
        self.cards.append(card)
        if self._waiting and not self._later.isActive():
            self._later.start()

    def _scroll_to(self, row: int) -> None:
        place = self.table.place_of(row)
        self._measures_area.ensureVisible(0, place.center().y(), 0, place.height())

    def _show_measures(self, measures: Sequence[MeasureView]) -> None:
        lines: list[Line] = []
        self._rows = {}
        for group, members in groupby(measures, key=lambda one: one.group):
            lines.append(Line((Cell(group, role=TextRole.TITLE),), above=8 if lines else 0))
            for one in members:
                self._rows[one.key] = len(lines)
                data = self.tr("data {0}").format(one.data) if one.data else ""
                cells = (
                    Cell(one.name, "2"),
                    Cell(one.figure, "", TextRole.TITLE),
                    Cell(one.interval or data, "3"),
                    Cell(one.meaning, "3"),
                )
                tooltip = f"{one.tooltip}\n{data}" if one.interval and data else one.tooltip
                lines.append(Line(cells, tooltip))
        self.table.show_lines(lines)


class VerdictCard(QWidget):
    """One verdict."""

    evidence_wanted = Signal(str)
    remedy_wanted = Signal(str)

    def __init__(self, view: VerdictView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        layout = QVBoxLayout(self)
        layout.setContentsMargins(40, 10, 12, 10)
        layout.setSpacing(4)
        cells = [
            Cell(view.title, "", TextRole.MODEL),
            Cell(view.text, "2"),
            *(Cell(figure) for figure in view.evidence),
            Cell(view.remedy, "2"),
            Cell(view.rule, "3", TextRole.HINT),
        ]
        self.words = TextTable(((200, 1),), spacing=4)
        self.words.show_lines([Line((cell,)) for cell in cells if cell.text])
        layout.addWidget(self.words)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.evidence = Button(self.tr("Show the evidence"), role="outline", small=True)
        self.evidence.setVisible(bool(view.page))
        self.evidence.clicked.connect(lambda: self.evidence_wanted.emit(view.key))
        self.remedy = Button(self.tr("Try this remedy"), small=True, tooltip=view.remedy)
        self.remedy.setVisible(bool(view.change) or view.roll_back is not None)
        self.remedy.clicked.connect(lambda: self.remedy_wanted.emit(view.key))
        for button in (self.evidence, self.remedy):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.panel)
        colour = getattr(tokens, self.view.tone, tokens.text_3)
        painter.fillRect(QRectF(0, 0, 2, self.height()), colour)
        name = {"ok": "check", "": "info"}.get(self.view.tone, self.view.tone)
        paint_icon(painter, QRectF(12, 9, 18, 18), name, colour, 16)


def _scrolled(content: QVBoxLayout) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    widget = QWidget()
    content.setContentsMargins(0, 0, Size.PADDING, 0)
    widget.setLayout(content)
    area.setWidget(widget)
    return area
