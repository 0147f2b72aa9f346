"""Captions: how different the pictures of one caption are, beside those of different ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from latentlab.qt.theme.numbers import format_number
from latentlab.qt.widgets.colour_ramps import ColourKey
from latentlab.qt.widgets.heat_map import HeatData, HeatMap
from latentlab.qt.widgets.picture_table import PictureTable
from latentlab.qt.workspaces.diagnose.notice import Notice
from latentlab.qt.workspaces.diagnose.pane import Pane
from latentlab.qt.workspaces.diagnose.views import CaptionsView


class CaptionsPage(QWidget):
    """Captions at the left, pictures of the same captions in the same order at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: CaptionsView | None = None
        self.spread = Pane(
            self.tr("Same-caption diversity"), self.tr("1 is as different as pictures of different captions")
        )
        self.map = HeatMap(margin=300)
        self.map.setAccessibleName(self.tr("Same-caption diversity"))
        self.map.describe = self._describe
        self.notice = Notice()
        self.spread.add(self.map, 1)
        self.spread.add(ColourKey(self.tr("always the same picture"), self.tr("varied"), signed=False))
        self.spread.add(self.notice)
        self.pictures = Pane(self.tr("What is drawn"), self.tr("one row per caption"))
        self.table = PictureTable(names=False)
        self.pictures.add(self.table, 1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setHandleWidth(1)
        both.setChildrenCollapsible(False)
        both.addWidget(self.spread)
        both.addWidget(self.pictures)
        both.setSizes([560, 660])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)
        self.map.rows_chosen.connect(self._on_rows)

    def show_view(self, view: CaptionsView | None) -> None:
        """Show these captions, or none."""
        self._view = view
        if view is None:
            self.map.set_data(HeatData(np.empty((0, 0))))
            self.table.set_pictures(None, ())
            return
        rows = [f"{self._figure(row)}  {text}" for row, text in enumerate(told_apart(view.texts))]
        self.map.set_data(HeatData(view.spread[:, :1], rows, (), 1.0, signed=False))
        self.notice.say(view.notice, view.tone)
        self._on_rows(())

    def _on_rows(self, rows: tuple[int, ...]) -> None:
        view = self._view
        if view is not None and view.pictures is not None:
            self.table.set_pictures(view.pictures[list(rows)] if rows else view.pictures, ())

    def _describe(self, row: int, column: int) -> str:
        view = self._view
        if view is None:
            return ""
        return f"{view.texts[row]}: {self._figure(row)}"

    def _figure(self, row: int) -> str:
        assert self._view is not None
        value, low, high = (format_number(float(number), 2) for number in self._view.spread[row])
        return self.tr("{0} ({1} – {2})").format(value, low, high)


def told_apart(captions: Sequence[str]) -> list[str]:
    """Captions without the words that all of them begin with."""
    words = [caption.split() for caption in captions]
    same = 0
    while len(words) > 1 and all(
        len(one) > same + 1 and one[: same + 1] == words[0][: same + 1] for one in words
    ):
        same += 1
    return [" ".join(one[same:]) for one in words]
