"""Bins over time: which regions of the data are drawn too rarely or too often, checkpoint by checkpoint."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentlab.qt.theme.numbers import THIN_SPACE, format_number
from latentlab.qt.widgets.colour_ramps import ColourKey
from latentlab.qt.widgets.heat_map import HeatData, HeatMap
from latentlab.qt.widgets.line_chart import Line, LineChart
from latentlab.qt.widgets.segmented import SegmentedControl
from latentlab.qt.workspaces.diagnose.pane import Pane
from latentlab.qt.workspaces.diagnose.views import BinsView, TimeView
from latentlab.qt.workspaces.diagnose.wording import bin_text

_LIMIT = 8.0


class BinsPane(Pane):
    """Speaks of bins by their number; the order of rows is its own matter."""

    bins_chosen = Signal(object)
    """Tuple of bins, by a hand."""
    checkpoint_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.title.setText(self.tr("Bins over time"))
        self._view: BinsView | None = None
        self.map = HeatMap()
        self.map.setAccessibleName(self.tr("Bins over time"))
        self.map.describe = self._describe
        self.key = ColourKey(
            self.tr("drawn too rarely"),
            self.tr("too often"),
            self.tr("z from {0} to {1}").format(format_number(-_LIMIT, 0), format_number(_LIMIT, 0)),
        )
        self.curves = LineChart(self.tr("step"))
        self.curves.hide()
        self.ways = SegmentedControl([self.tr("Bins"), self.tr("Figures")])
        self.ways.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.ways.hide()
        self.head.addWidget(self.ways)
        self.add(self.map, 1)
        self.add(self.curves, 1)
        self.add(self.key)
        self.ways.chosen.connect(self._show_way)
        self.curves.clicked.connect(self._on_time)
        self.map.rows_chosen.connect(self._on_rows)
        self.map.column_chosen.connect(self.checkpoint_chosen)

    def show_view(self, view: BinsView | None, time: TimeView | None = None) -> None:
        """Show these bins, or none yet, and what was measured over time."""
        self._view = view
        self.ways.setVisible(time is not None)
        self.curves.set_lines(
            [
                Line(name, time.steps, values[:, 0], values[:, 1], values[:, 2], place)
                for place, (name, values) in enumerate(time.curves)
            ]
            if time is not None
            else (),
            from_zero=True,
        )
        if time is None:
            self.ways.set_current(0)
        self._show_way(self.ways.current())
        if view is None:
            self.map.set_data(HeatData(np.empty((0, 0))))
            self.set_words(note="", right="")
            return
        timed = len(view.steps) > 1
        self.title.setText(self.tr("Bins over time") if timed else self.tr("Bins"))
        columns = [_steps_text(step) for step in view.steps] if timed else []
        names = [bin_text(view.names, number) for number in view.order]
        self.map.set_data(HeatData(view.z, names, columns, _LIMIT))
        rows = [row for row, number in enumerate(view.order) if number in set(view.starved)]
        if rows and rows == list(range(rows[0], rows[-1] + 1)):
            self.map.set_marked(range(rows[0], rows[-1] + 1))
        self.map.set_column(len(view.steps) - 1)
        self.set_words(
            note=self.tr("sorted by last z") if timed else self.tr("sorted by z"),
            right=self.tr("{0} starved of {1}").format(len(view.starved), len(view.order)),
        )

    def set_bins(self, bins: tuple[int, ...]) -> None:
        """Show bins chosen; emits nothing."""
        if self._view is not None:
            self.map.set_rows([row for row, number in enumerate(self._view.order) if number in set(bins)])

    def _show_way(self, way: int) -> None:
        for widget in (self.map, self.key):
            widget.setVisible(way == 0)
        self.curves.setVisible(way == 1)

    def _on_time(self, place: int) -> None:
        self.map.set_column(place)
        self.checkpoint_chosen.emit(place)

    def set_checkpoint(self, number: int) -> None:
        """Show a checkpoint as the one in view; emits nothing."""
        self.map.set_column(number)

    def _on_rows(self, rows: tuple[int, ...]) -> None:
        if self._view is not None:
            self.bins_chosen.emit(tuple(self._view.order[row] for row in rows))

    def _describe(self, row: int, column: int) -> str:
        view = self._view
        if view is None:
            return ""
        number = view.order[row]
        real, fake = int(view.real[number]), int(view.generated[number, column])
        total_real, total = int(view.real.sum()), int(view.generated[:, column].sum())
        return self.tr("{0}: {1} of the data, {2} of the samples, z {3}").format(
            bin_text(view.names, number),
            f"{real / max(total_real, 1):.1%}",
            f"{fake / max(total, 1):.1%}",
            format_number(float(view.z[row, column]), 1, signed=True),
        )


def _steps_text(step: int) -> str:
    if step < 1000:
        return format_number(step, 0)
    return f"{step / 1000:.1f}".removesuffix(".0") + f"{THIN_SPACE}k"
