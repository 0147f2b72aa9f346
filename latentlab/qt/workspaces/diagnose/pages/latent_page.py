"""The latent space: which mode each place falls into, how much pictures change there, what truncation costs."""

from __future__ import annotations

import colorsys

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets.bar_chart import Bar, BarChart
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.widgets.line_chart import Line, LineChart
from latentlab.qt.widgets.picture_image import image_of
from latentlab.qt.widgets.picture_table import PictureTable
from latentlab.qt.widgets.plane_map import PlaneMap
from latentlab.qt.workspaces.diagnose.notice import Notice
from latentlab.qt.workspaces.diagnose.pane import Pane, hint
from latentlab.qt.workspaces.diagnose.selection import Chosen
from latentlab.qt.workspaces.diagnose.views import (
    BasinView,
    DirectionsView,
    TruncationView,
    WalkView,
)
from latentlab.qt.workspaces.diagnose.wording import bin_text

_STRIP = 52


class BasinPane(Pane):
    """Colours are bins; the chosen ones stay bright."""

    bin_chosen = Signal(int)
    explore_wanted = Signal(int, int)
    """Row and column of the plane."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.title.setText(self.tr("Basins"))
        self.set_words(note=self.tr("a plane through the latent space; one colour per bin of the data"))
        self._view: BasinView | None = None
        self.plane = PlaneMap()
        self.plane.setAccessibleName(self.tr("Basins"))
        self.plane.describe = self._describe
        self.plane.picture = self._picture
        self.shares = hint()
        self.explore = Button(self.tr("Open in Explore"), icon_name="explore", small=True)
        self.explore.setEnabled(False)
        foot = QHBoxLayout()
        foot.addWidget(self.shares, 1)
        foot.addWidget(self.explore, 0, Qt.AlignmentFlag.AlignTop)
        self.add(self.plane, 1)
        self.add(foot)
        self.plane.chosen.connect(self._on_chosen)
        self.plane.opened.connect(self.explore_wanted)
        self.explore.clicked.connect(self._on_explore)

    def show_view(self, view: BasinView | None) -> None:
        """Show this plane, or none."""
        self._view = view
        self.explore.setEnabled(False)
        if view is None:
            self.plane.set_plane(QImage(), ("", ""))
            self.shares.setText("")
            return
        self._paint(())
        words = [
            self.tr("{0}: {1}").format(bin_text(view.names, number), f"{share:.0%}")
            for number, share in view.shares[:5]
        ]
        self.shares.setText(self.tr("Most of the plane: {0}").format(", ".join(words)))

    def set_bins(self, bins: tuple[int, ...]) -> None:
        """Show bins chosen; emits nothing."""
        if self._view is not None:
            place = self.plane.current()
            self._paint(bins)
            self.plane.set_current(place)

    def _paint(self, bins: tuple[int, ...]) -> None:
        view = self._view
        assert view is not None
        count = int(view.bins.max(initial=0)) + 1
        table = np.array([bin_colour(number).rgb() for number in range(count)], np.uint32)
        if bins:
            quiet = current_tokens().control.rgb()
            chosen = np.isin(np.arange(count), bins)
            table = np.where(chosen, table, np.uint32(quiet))
        pixels = np.ascontiguousarray(table[view.bins])
        side_y, side_x = pixels.shape
        image = QImage(pixels.data, side_x, side_y, side_x * 4, QImage.Format.Format_RGB32).copy()
        self.plane.set_plane(image, view.axes)

    def _describe(self, row: int, column: int) -> str:
        view = self._view
        return bin_text(view.names, int(view.bins[row, column])) if view is not None else ""

    def _picture(self, row: int, column: int) -> QImage | None:
        view = self._view
        if view is None or view.pictures is None:
            return None
        rows, columns = view.pictures.shape[:2]
        near = (
            min(row * rows // view.bins.shape[0], rows - 1),
            min(column * columns // view.bins.shape[1], columns - 1),
        )
        return image_of(view.pictures[near])

    def _on_chosen(self, row: int, column: int) -> None:
        if self._view is not None:
            self.explore.setEnabled(True)
            self.bin_chosen.emit(int(self._view.bins[row, column]))

    def _on_explore(self) -> None:
        place = self.plane.current()
        if place is not None:
            self.explore_wanted.emit(*place)


class LatentPage(QWidget):
    """Lays the panes out; those that do not apply are not there."""

    walk_opened = Signal(float)
    """Place on the walk."""
    number_opened = Signal(int)
    """A number of z whose effect shall be tried in Explore."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._walk: WalkView | None = None
        self.basins = BasinPane()
        self.walk = Pane(
            self.tr("Sensitivity along a walk"),
            self.tr("largest singular values of the Jacobian; flat is collapsed"),
        )
        self.walk_chart = LineChart(self.tr("place on the walk"))
        self.walk_pictures = PictureTable(names=False)
        self.walk_pictures.setFixedHeight(_STRIP)
        self.walk_notice = Notice()
        self.walk.add(self.walk_chart, 1)
        self.walk.add(self.walk_pictures)
        self.walk.add(self.walk_notice)
        self.truncation = Pane(self.tr("Truncation"), self.tr("what less diversity buys, and what it costs"))
        self.truncation_chart = LineChart(self.tr("truncation ψ"))
        self.truncation_notice = Notice()
        self.truncation.add(self.truncation_chart, 1)
        self.truncation.add(self.truncation_notice)
        self.directions = Pane(
            self.tr("What each number of z changes"),
            self.tr("grey ones are dead; a click tries one in Explore"),
        )
        self.effects = BarChart()
        self.effects.setAccessibleName(self.tr("What each number of z changes"))
        self.directions_notice = Notice()
        self.directions.add(self.effects, 1)
        self.directions.add(self.directions_notice)
        self.right = QSplitter(Qt.Orientation.Vertical)
        for pane in (self.walk, self.directions, self.truncation):
            self.right.addWidget(pane)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(self.basins)
        both.addWidget(self.right)
        both.setSizes([560, 640])
        for splitter in (self.right, both):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)
        self.walk_pictures.opened.connect(self._on_walk_opened)
        self.walk_pictures.chosen.connect(self._on_walk_chosen)
        self.walk_chart.clicked.connect(lambda place: self._on_walk_chosen(0, place))
        self.effects.chosen.connect(self.number_opened)

    def show_views(
        self,
        basins: BasinView | None,
        walk: WalkView | None,
        truncation: TruncationView | None,
        directions: DirectionsView | None,
    ) -> None:
        """Show what there is."""
        self._walk = walk
        self.basins.show_view(basins)
        self.basins.setVisible(basins is not None)
        for pane, view in ((self.walk, walk), (self.truncation, truncation), (self.directions, directions)):
            pane.setVisible(view is not None)
        self.right.setVisible(bool(walk or truncation or directions))
        if walk is not None:
            self._show_walk(walk)
        if truncation is not None:
            lines = [
                Line(name, truncation.psi, values, low, high, place)
                for place, (name, values, low, high) in enumerate(truncation.curves)
            ]
            self.truncation_chart.set_lines(lines, from_zero=True)
            self.truncation_notice.say(truncation.notice)
        if directions is not None:
            self.effects.set_bars(
                [
                    Bar(
                        str(number + 1),
                        float(effect),
                        quiet=bool(directions.dead[number]),
                        tooltip=self.tr("Number {0} of z: {1}").format(number + 1, f"{effect:.3g}"),
                    )
                    for number, effect in enumerate(directions.effect)
                ]
            )
            dead = int(directions.dead.sum())
            self.directions.set_words(right=self.tr("{0} dead of {1}").format(dead, len(directions.effect)))
            self.directions_notice.say(directions.notice, directions.tone)

    def _show_walk(self, walk: WalkView) -> None:
        self.walk_chart.set_lines(
            [
                Line(self.tr("value {0}").format(place + 1), walk.places, walk.values[:, place], colour=place)
                for place in range(walk.values.shape[1])
            ],
            from_zero=True,
        )
        self.walk_pictures.setVisible(walk.pictures is not None)
        if walk.pictures is not None:
            self.walk_pictures.set_pictures(walk.pictures[None], ())
        self.walk_notice.say(walk.notice, walk.tone)

    def show_chosen(self, chosen: Chosen) -> None:
        """Show a choice."""
        self.basins.set_bins(chosen.bins)

    def _on_walk_chosen(self, row: int, place: int) -> None:
        if self._walk is not None:
            self.walk_chart.set_marked(float(self._walk.places[place]))

    def _on_walk_opened(self, row: int, place: int) -> None:
        if self._walk is not None:
            self.walk_opened.emit(float(self._walk.places[place]))


def bin_colour(number: int) -> QColor:
    """A colour of its own for a bin: hues by the golden ratio, so that neighbours in number differ."""
    red, green, blue = colorsys.hls_to_rgb((number * 0.61803398875) % 1.0, 0.42 + 0.14 * (number % 3), 0.5)
    return QColor.fromRgbF(red, green, blue)
