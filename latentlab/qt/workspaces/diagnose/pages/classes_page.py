"""Classes or captions: how diverse each is drawn beside the data, and the pictures of the chosen ones."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from latentlab.qt.widgets.bar_chart import Bar, BarChart
from latentlab.qt.widgets.colour_ramps import ColourKey
from latentlab.qt.widgets.heat_map import HeatData, HeatMap
from latentlab.qt.widgets.mosaic import Group, Mosaic
from latentlab.qt.workspaces.diagnose.notice import Notice
from latentlab.qt.workspaces.diagnose.pages.galleries import ChosenPane
from latentlab.qt.workspaces.diagnose.pane import Pane
from latentlab.qt.workspaces.diagnose.pictures import Pictures
from latentlab.qt.workspaces.diagnose.selection import Chosen
from latentlab.qt.workspaces.diagnose.views import ClassesView, TraitsView

_SHOWN = 48
"""Pictures of each class, in the gallery."""
_AT_A_TIME = 12


class ClassesPage(QWidget):
    """Rows are classes, columns are measures; full blue is as diverse as the data or more."""

    classes_chosen = Signal(object)
    label_chosen = Signal(str)
    """What a label names."""
    explore_wanted = Signal(int)

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: ClassesView | None = None
        self.matrix = Pane(self.tr("Classes and their diversity"))
        self.map = HeatMap(margin=150)
        self.map.describe = self._describe
        self.map.setAccessibleName(self.tr("Classes and their diversity"))
        self.notice = Notice()
        self.matrix.add(self.map, 1)
        self.matrix.add(ColourKey(self.tr("collapsed"), self.tr("as diverse as the data"), signed=False))
        self.matrix.add(self.notice)
        self.gallery = Pane(self.tr("What is drawn"), self.tr("samples; double click opens one in Explore"))
        self.mosaic = Mosaic(side=56)
        self.mosaic.picture = pictures.generated
        self.mosaic.describe = pictures.describe_generated
        self.gallery.add(self.mosaic, 1)
        self.seen = Pane(
            self.tr("Asked for and seen"), self.tr("rows: asked for; columns: what a classifier sees")
        )
        self.confusion = HeatMap(margin=110)
        self.confusion.setAccessibleName(self.tr("Asked for and seen"))
        self.confusion.describe = self._describe_seen
        self.seen.add(self.confusion, 1)
        self.traits = Pane(
            self.tr("What labels and captions name"),
            self.tr("bars: share of the samples; green: of the data; orange ones are lost"),
        )
        self.shares = BarChart()
        self.shares.setAccessibleName(self.tr("What labels and captions name"))
        self.traits.add(self.shares, 1)
        left = QSplitter(Qt.Orientation.Vertical)
        left.setHandleWidth(1)
        left.setChildrenCollapsible(False)
        left.addWidget(self.matrix)
        left.addWidget(self.traits)
        left.setSizes([440, 280])
        right = QSplitter(Qt.Orientation.Vertical)
        right.setHandleWidth(1)
        right.setChildrenCollapsible(False)
        self.chosen = ChosenPane(pictures)
        right.addWidget(self.chosen)
        right.addWidget(self.gallery)
        right.addWidget(self.seen)
        right.setSizes([420, 420, 300])
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setHandleWidth(1)
        both.setChildrenCollapsible(False)
        both.addWidget(left)
        both.addWidget(right)
        both.setSizes([600, 620])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)
        self.map.rows_chosen.connect(self.classes_chosen)
        self.confusion.rows_chosen.connect(self.classes_chosen)
        self.mosaic.opened.connect(self.explore_wanted)
        self.chosen.explore_wanted.connect(self.explore_wanted)
        self.shares.chosen.connect(self._on_label)

    def show_view(self, view: ClassesView | None, traits: TraitsView | None) -> None:
        """Show these classes, and what labels and captions name, or none."""
        self._view = view
        for pane in (self.matrix, self.gallery, self.seen):
            pane.setVisible(view is not None)
        self.chosen.setVisible(view is None)
        self.traits.setVisible(traits is not None)
        self._show_traits(traits)
        if view is None:
            self.map.set_data(HeatData(np.empty((0, 0))))
            self.mosaic.set_groups(())
            return
        self.matrix.set_words(note=self.tr("beside the data: 1 is as in the data"))
        self.map.set_data(HeatData(view.values, view.names, view.columns, 1.0, signed=False))
        self.notice.say(view.notice, view.tone)
        self.seen.setVisible(view.confusion is not None)
        if view.confusion is not None:
            shares = view.confusion / view.confusion.sum(1, keepdims=True).clip(1)
            self.confusion.set_data(HeatData(shares, view.names, view.names, 1.0, signed=False))
        self._show_pictures(())

    def _show_traits(self, traits: TraitsView | None) -> None:
        if traits is None:
            self.shares.set_bars(())
            return
        bars = [
            Bar(
                name,
                float(traits.generated[place, 0]),
                float(traits.generated[place, 1]),
                float(traits.generated[place, 2]),
                mark=float(traits.real[place]),
                alarming=bool(traits.lost[place]),
                tooltip=self.tr("{0}: {1} of the data, {2} of the samples").format(
                    name, f"{traits.real[place]:.1%}", f"{traits.generated[place, 0]:.1%}"
                ),
            )
            for place, name in enumerate(traits.names)
        ]
        self.shares.set_bars(bars)
        lost = [name for name, gone in zip(traits.names, traits.lost, strict=True) if gone]
        self.traits.set_words(
            right=self.tr("lost: {0}").format(", ".join(lost[:8])) if lost else self.tr("none is lost")
        )

    def show_chosen(self, chosen: Chosen) -> None:
        """Show a choice."""
        self.chosen.show_chosen(chosen)
        self.map.set_rows(chosen.classes)
        self.confusion.set_rows(chosen.classes)
        self._show_pictures(chosen.classes)
        self.mosaic.set_chosen(chosen.generated if not chosen.classes else ())

    def _show_pictures(self, classes: tuple[int, ...]) -> None:
        view = self._view
        if view is None:
            return
        shown = classes or tuple(range(min(len(view.names), _AT_A_TIME)))
        most = _SHOWN if classes else _AT_A_TIME
        self.mosaic.set_groups(
            [Group(view.names[number], view.members[number][:most]) for number in shown],
            self.tr("No sample belongs to it."),
        )

    def _describe(self, row: int, column: int) -> str:
        view = self._view
        if view is None:
            return ""
        return f"{view.names[row]}, {view.columns[column]}: {view.texts[row][column]}"

    def _on_label(self, place: int) -> None:
        self.label_chosen.emit(self.shares.bars[place].name)

    def _describe_seen(self, row: int, column: int) -> str:
        view = self._view
        if view is None or view.confusion is None:
            return ""
        return self.tr("{0} of {1} samples asked to be {2} are seen as {3}").format(
            view.confusion[row, column], view.confusion[row].sum(), view.names[row], view.names[column]
        )
