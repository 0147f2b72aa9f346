"""The overview: bins over time, the map, scores or what is chosen; below, what is never drawn and what repeats."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from latentlab.qt.workspaces.diagnose.pages.bins_pane import BinsPane
from latentlab.qt.workspaces.diagnose.pages.galleries import ChosenPane, NeverPane, PairsPane
from latentlab.qt.workspaces.diagnose.pages.map_pane import MapPane
from latentlab.qt.workspaces.diagnose.pages.scores_pane import ScoresPane
from latentlab.qt.workspaces.diagnose.pictures import Pictures
from latentlab.qt.workspaces.diagnose.selection import Chosen
from latentlab.qt.workspaces.diagnose.views import Views


class OverviewPage(QWidget):
    """Lays the panes out. While something is chosen, its pictures stand in the place of the scores."""

    explore_wanted = Signal(int)

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bins = BinsPane()
        self.map = MapPane()
        self.map.set_picture(pictures.either)
        self.scores = ScoresPane()
        self.chosen = ChosenPane(pictures)
        self.never = NeverPane(pictures)
        self.pairs = PairsPane(pictures)
        self._right = QStackedWidget()
        self._right.addWidget(self.scores)
        self._right.addWidget(self.chosen)
        self._judged = False
        self._something = False
        upper = _splitter(Qt.Orientation.Horizontal, (self.bins, self.map, self._right), (460, 500, 415))
        self._lower = _splitter(Qt.Orientation.Horizontal, (self.never, self.pairs), (420, 955))
        both = _splitter(Qt.Orientation.Vertical, (upper, self._lower), (400, 262))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)
        self.bins.checkpoint_chosen.connect(self.map.show_checkpoint)
        self.chosen.explore_wanted.connect(self.explore_wanted)
        self.pairs.sample_opened.connect(self.explore_wanted)

    def show_views(self, views: Views | None) -> None:
        """Fill the panes; those that do not apply are not there."""
        self.bins.show_view(views.bins if views else None, views.time if views else None)
        self.map.show_view(views.map if views else None)
        self.scores.show_view(views.scores if views else None)
        self.never.show_view(views.never if views else None)
        self.pairs.show_view(views.pairs if views else None)
        has_pictures = views is None or views.real is not None or views.generated is not None
        self._lower.setVisible(has_pictures)
        self._judged = views is not None and views.scores is not None
        self._show_right()

    def show_chosen(self, chosen: Chosen) -> None:
        """Show a choice in every pane."""
        self.bins.set_bins(chosen.bins)
        self.map.set_chosen(chosen.real, chosen.generated)
        self.scores.set_chosen(chosen.generated)
        self.never.set_chosen(chosen.real)
        self.pairs.set_chosen(chosen.generated)
        self._something = bool(chosen)
        self.chosen.show_chosen(chosen)
        self._show_right()

    def _show_right(self) -> None:
        self._right.setCurrentWidget(self.chosen if self._something or not self._judged else self.scores)


def _splitter(way: Qt.Orientation, parts: tuple[QWidget, ...], sizes: tuple[int, ...]) -> QSplitter:
    splitter = QSplitter(way)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    for number, part in enumerate(parts):
        splitter.addWidget(part)
        splitter.setStretchFactor(number, sizes[number])
    splitter.setSizes(list(sizes))
    return splitter
