"""A translator: what comes back, what the identity keeps, and whether the way back hides in invisible noise."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from latentlab.qt.widgets.line_chart import Line, LineChart
from latentlab.qt.widgets.picture_table import PictureTable
from latentlab.qt.workspaces.diagnose.notice import Notice
from latentlab.qt.workspaces.diagnose.pages.facts import Facts
from latentlab.qt.workspaces.diagnose.pane import Pane
from latentlab.qt.workspaces.diagnose.views import TranslationView


class TranslationPage(QWidget):
    """Pictures at the left, figures at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = Pane(self.tr("There and back"))
        self.table = PictureTable(names=False)
        self.pictures.add(self.table, 1)
        self.noise = Pane(
            self.tr("Hidden messages"), self.tr("error of the way back when the translation is disturbed")
        )
        self.chart = LineChart(self.tr("noise added to the translation, where black to white is 2"))
        self.notice = Notice()
        self.noise.add(self.chart, 1)
        self.noise.add(self.notice)
        self.errors = Pane(self.tr("Errors over the set"))
        self.facts = Facts()
        self.errors.add(self.facts)
        self.errors.body.addStretch(1)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.noise)
        right.addWidget(self.errors)
        right.setSizes([430, 180])  # the sentences beside the figures are two lines long
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(self.pictures)
        both.addWidget(right)
        both.setSizes([640, 620])
        for splitter in (right, both):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)

    def show_view(self, view: TranslationView | None) -> None:
        """Show this translator, or none."""
        if view is None:
            return
        self.table.set_pictures(view.rows, (), view.columns)
        self.chart.set_lines(
            [
                Line(name, view.noise, values, colour=place)
                for place, (name, values) in enumerate(view.curves)
            ],
            from_zero=True,
        )
        self.facts.show_facts(view.facts)
        self.notice.say(view.notice, view.tone)
