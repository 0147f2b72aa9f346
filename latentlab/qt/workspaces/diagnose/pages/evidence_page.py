"""Every verdict with its figures and its rule, and every measure with its interval and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.icons import paint_icon
from latentlab.qt.theme.tokens import Size, current_tokens
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.layouts import empty_layout
from latentlab.qt.workspaces.diagnose.pane import Pane
from latentlab.qt.workspaces.diagnose.views import MeasureView, VerdictView

_NAMES = 150
"""Pixels for the names of measures."""


class EvidencePage(QWidget):
    """Verdicts at the left, measures at the right."""

    evidence_wanted = Signal(str)
    """Key of the verdict whose evidence shall be shown."""
    remedy_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdicts = Pane(self.tr("Verdicts"), self.tr("each with the figures and the rule that made it"))
        self.cards: list[VerdictCard] = []
        self._cards = QVBoxLayout()
        self._cards.setSpacing(8)
        self.verdicts.add(_scrolled(self._cards), 1)
        self.measures = Pane(self.tr("Measures"))
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(16)
        self._rows.setVerticalSpacing(5)
        self._rows.setColumnStretch(0, 1)
        self._rows.setColumnStretch(3, 2)
        self._names: dict[str, QLabel] = {}
        holder = QVBoxLayout()
        holder.addLayout(self._rows)
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
        for view in verdicts:
            card = VerdictCard(view)
            card.evidence_wanted.connect(self.evidence_wanted)
            card.remedy_wanted.connect(self.remedy_wanted)
            self.cards.append(card)
            self._cards.addWidget(card)
        self._cards.addStretch(1)
        self._show_measures(measures)

    def point_at(self, key: str) -> None:
        """Bring a measure into sight."""
        name = self._names.get(key)
        if name is not None:  # after the page that is just being shown has its size
            QTimer.singleShot(0, self, lambda: self._measures_area.ensureWidgetVisible(name))

    def _show_measures(self, measures: Sequence[MeasureView]) -> None:
        empty_layout(self._rows)
        self._names = {}
        row = 0
        for group, members in groupby(measures, key=lambda one: one.group):
            head = QLabel(group)
            head.setFont(font(TextRole.TITLE))
            head.setContentsMargins(0, 8 if row else 0, 0, 0)
            self._rows.addWidget(head, row, 0, 1, 4)
            row += 1
            for one in members:
                data = self.tr("data {0}").format(one.data) if one.data else ""
                for column, (text, tone) in enumerate(
                    ((one.name, "2"), (one.figure, ""), (one.interval or data, "3"), (one.meaning, "3"))
                ):
                    label = QLabel(text)
                    label.setProperty("tone", tone)
                    label.setTextFormat(Qt.TextFormat.PlainText)
                    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                    if column == 0:
                        label.setToolTip(one.tooltip)
                        label.setWordWrap(True)
                        label.setMinimumWidth(_NAMES)
                    if column == 1:
                        label.setFont(font(TextRole.TITLE))
                    if column == 2 and one.data and one.interval:
                        label.setToolTip(data)
                    if column == 3:
                        label.setWordWrap(True)
                    self._rows.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
                    if column == 0:
                        self._names[one.key] = label
                row += 1


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
        title = QLabel(view.title)
        title.setFont(font(TextRole.MODEL))
        layout.addWidget(title)
        texts = [
            (view.text, "2"),
            *((figure, "") for figure in view.evidence),
            (view.remedy, "2"),
            (view.rule, "3"),
        ]
        for text, tone in texts:
            if text:
                label = QLabel(text)
                label.setProperty("tone", tone)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setWordWrap(True)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                if tone == "3":
                    label.setFont(font(TextRole.HINT))
                layout.addWidget(label)
        title.setWordWrap(True)
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
