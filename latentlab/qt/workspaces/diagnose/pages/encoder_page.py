"""A VAE's code: KL per dimension over time, active units, aggregated posterior, traversals, reconstructions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from latentlab.qt.theme.numbers import format_number
from latentlab.qt.widgets.bar_chart import Bar, BarChart
from latentlab.qt.widgets.heat_map import HeatData, HeatMap
from latentlab.qt.widgets.line_chart import Line, LineChart
from latentlab.qt.widgets.picture_table import PictureTable
from latentlab.qt.workspaces.diagnose.notice import Notice
from latentlab.qt.workspaces.diagnose.pages.facts import Facts
from latentlab.qt.workspaces.diagnose.pane import Pane
from latentlab.qt.workspaces.diagnose.views import EncoderView

_USED = 0.1
_ACTIVE = 0.01
_REACH = 4.0
"""Of the histogram of codes."""


class EncoderPage(QWidget):
    """A dimension that is chosen in one pane is chosen in all."""

    explore_wanted = Signal(int, float)
    """Dimension of z and its value: a place of a traversal."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: EncoderView | None = None
        self.use = Pane(
            self.tr("KL per dimension"), self.tr("nats, most used first; grey says next to nothing")
        )
        self.kl = BarChart()
        self.kl.setAccessibleName(self.tr("KL per dimension"))
        self.notice = Notice()
        self.use.add(self.kl, 1)
        self.use.add(self.notice)
        self.time = Pane(self.tr("KL over time"), self.tr("one row per dimension, one column per checkpoint"))
        self.heat = HeatMap(margin=52)
        self.time.add(self.heat, 1)
        self.prior = Pane(self.tr("Codes against the prior"))
        self.posterior = LineChart(self.tr("number of z"))
        self.prior.add(self.posterior, 1)
        self.walks = Pane(
            self.tr("Traversals"), self.tr("each row moves one number of z; double click opens it in Explore")
        )
        self.table = PictureTable()
        self.walks.add(self.table, 1)
        self.made = Pane(self.tr("Reconstructions"), self.tr("held-out pictures, and below what comes back"))
        self.pairs = PictureTable(names=False)
        self.facts = Facts()
        self.made.add(self.pairs, 1)
        self.made.add(self.facts)
        self._lay_out()
        self.kl.chosen.connect(self._on_place)
        self.heat.rows_chosen.connect(lambda rows: self._on_place(rows[0]) if rows else None)
        self.table.chosen.connect(lambda row, column: self._on_place(row))
        self.table.opened.connect(self._on_opened)

    def _lay_out(self) -> None:
        left, right = QSplitter(Qt.Orientation.Vertical), QSplitter(Qt.Orientation.Vertical)
        for widget in (self.use, self.time, self.prior):
            left.addWidget(widget)
        for widget in (self.walks, self.made):
            right.addWidget(widget)
        right.setSizes([380, 300])
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(left)
        both.addWidget(right)
        both.setSizes([560, 680])
        for splitter in (left, right, both):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)

    def show_view(self, view: EncoderView | None) -> None:
        """Show this code, or none."""
        self._view = view
        if view is None:
            return
        names = [str(dimension + 1) for dimension in view.order]
        self.kl.set_bars(
            [
                Bar(
                    name,
                    float(view.kl[dimension]),
                    quiet=view.kl[dimension] < _USED,
                    tooltip=self._tip(dimension),
                )
                for name, dimension in zip(names, view.order, strict=True)
            ]
        )
        used, active = int((view.kl > _USED).sum()), int((view.variance > _ACTIVE).sum())
        self.use.set_words(right=self.tr("{0} used, {1} active of {2}").format(used, active, len(view.kl)))
        self.notice.say(view.notice, view.tone)
        titles = [self.tr("z {0}").format(name) for name in names]
        self.time.setVisible(view.over_time is not None and len(view.steps) > 1)
        if view.over_time is not None:
            over = view.over_time[list(view.order)]
            columns = [format_number(step, 0) for step in view.steps]
            top = max(float(np.nanmax(over, initial=0.0)), 1e-6)
            self.heat.set_data(HeatData(over, titles, columns, top, signed=False))
        self.prior.setVisible(view.histogram is not None)
        count = len(view.traversals) if view.traversals is not None else 0
        self.table.set_pictures(view.traversals, titles[:count])
        self.pairs.set_pictures(_turned(view.pairs), ())
        self.facts.show_facts(view.facts)
        self._show_prior(-1)

    def _show_prior(self, place: int) -> None:
        """The aggregated posterior of one dimension, or of all together."""
        view = self._view
        if view is None or view.histogram is None:
            return
        one = 0 <= place < len(view.order)
        counts = view.histogram[view.order[place]] if one else view.histogram.sum(0)
        edges = np.linspace(-_REACH, _REACH, len(counts) + 1)
        middles, width = (edges[1:] + edges[:-1]) / 2, edges[1] - edges[0]
        prior = np.exp(-0.5 * middles**2) / np.sqrt(2 * np.pi)
        self.posterior.set_lines(
            [
                Line(self.tr("codes of the data"), middles, counts / max(counts.sum(), 1) / width),
                Line(self.tr("prior"), middles, prior, colour=7, dashed=True),
            ],
            from_zero=True,
        )
        words = self.tr("dimension {0}").format(view.order[place] + 1) if one else self.tr("all dimensions")
        self.prior.set_words(note=words)

    def _tip(self, dimension: int) -> str:
        view = self._view
        assert view is not None
        return self.tr("Dimension {0}: KL {1} nats, variance of its means {2}, codes {3} ± {4}").format(
            dimension + 1,
            format_number(float(view.kl[dimension]), 3),
            format_number(float(view.variance[dimension]), 3),
            format_number(float(view.mean[dimension]), 2),
            format_number(float(view.deviation[dimension]), 2),
        )

    def _on_place(self, place: int) -> None:
        self.kl.set_current(place)
        self.heat.set_rows([place])
        self.table.set_row(place)
        self._show_prior(place)

    def _on_opened(self, row: int, column: int) -> None:
        view = self._view
        if view is not None and view.traversal_values is not None:
            self.explore_wanted.emit(view.order[row], float(view.traversal_values[column]))


def _turned(pairs: NDArray[np.uint8] | None) -> NDArray[np.uint8] | None:
    """Pairs (n, 2, ...) as two rows (2, n, ...)."""
    return None if pairs is None else np.swapaxes(pairs, 0, 1)
