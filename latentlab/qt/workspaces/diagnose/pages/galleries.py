"""Galleries of the overview: never drawn, closest pairs, and what is chosen."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from latentlab.qt.theme.numbers import format_number
from latentlab.qt.widgets.icon_button import Button, IconButton
from latentlab.qt.widgets.mosaic import Group, Mosaic
from latentlab.qt.widgets.pair_strip import PairStrip
from latentlab.qt.workspaces.diagnose.notice import Notice
from latentlab.qt.workspaces.diagnose.pane import Pane
from latentlab.qt.workspaces.diagnose.pictures import Pictures
from latentlab.qt.workspaces.diagnose.selection import Chosen
from latentlab.qt.workspaces.diagnose.views import NeverView, PairsView

_MOST_CHOSEN = 400


class NeverPane(Pane):
    """Training pictures that nothing generated comes near, by what they have in common."""

    chosen = Signal(object)
    """Tuple of training pictures."""
    show_wanted = Signal(object)
    """Tuple of training pictures whose files shall be shown."""
    oversample_wanted = Signal(object)

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.title.setText(self.tr("Never drawn"))
        self.set_words(note=self.tr("training pictures farthest from any sample"))
        self.mosaic = Mosaic()
        self.mosaic.setAccessibleName(self.tr("Never drawn"))
        self.mosaic.picture = pictures.real
        self.mosaic.describe = pictures.describe_real
        self.show_in_data = Button(self.tr("Show in data"), small=True)
        self.show_in_data.setToolTip(self.tr("List the files of the chosen pictures, or of all"))
        self.oversample = Button(self.tr("Oversample these"), role="outline", small=True)
        self.oversample.setToolTip(
            self.tr("Save a list of these files, to show them to the next run more often")
        )
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for button in (self.show_in_data, self.oversample):
            foot.addWidget(button)
        foot.addStretch(1)
        self.add(self.mosaic, 1)
        self.add(foot)
        self.mosaic.chosen_changed.connect(self.chosen)
        self.show_in_data.clicked.connect(lambda: self.show_wanted.emit(self.meant()))
        self.oversample.clicked.connect(lambda: self.oversample_wanted.emit(self.meant()))
        self.show_view(None)

    def meant(self) -> tuple[int, ...]:
        """The chosen pictures, or all of them."""
        return self.mosaic.chosen() or self.mosaic.keys()

    def show_view(self, view: NeverView | None) -> None:
        """Show these pictures, or none yet."""
        groups = view.groups if view is not None else ()
        nothing = self.tr("Every training picture has a sample near it.") if view is not None else ""
        self.mosaic.set_groups(groups, nothing)
        shown = len(self.mosaic.keys())
        words = (
            self.tr("{0} of {1}").format(format_number(shown, 0), format_number(view.total, 0))
            if view
            else ""
        )
        self.set_words(right=words if shown else "")
        for button in (self.show_in_data, self.oversample):
            button.setVisible(shown > 0)

    def set_chosen(self, real: tuple[int, ...]) -> None:
        """Show pictures chosen; emits nothing."""
        self.mosaic.set_chosen(real)


class PairsPane(Pane):
    """Generated pictures that are alike, and how many different ones that points to."""

    pair_chosen = Signal(int)
    sample_opened = Signal(int)

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.title.setText(self.tr("Closest pairs"))
        self.set_words(note=self.tr("two samples, then the nearest training picture"))
        self.strip = PairStrip()
        self.strip.picture = pictures.either
        self.notice = Notice()
        self.add(self.strip, 1)
        self.add(self.notice)
        self.strip.pair_chosen.connect(self.pair_chosen)
        self.strip.sample_opened.connect(self.sample_opened)

    def show_view(self, view: PairsView | None) -> None:
        """Show these pairs, or none yet."""
        self.strip.set_pairs(view.pairs if view else (), self.tr("No two samples are alike.") if view else "")
        self.set_words(right=view.support if view else "")
        self.notice.say(view.notice if view else "", view.tone if view else "warning")

    def set_chosen(self, generated: tuple[int, ...]) -> None:
        """Mark pairs of which a sample is chosen; emits nothing."""
        chosen = set(generated)
        self.strip.set_marked(
            [
                number
                for number, pair in enumerate(self.strip.pairs)
                if pair.first in chosen or pair.second in chosen
            ]
        )


class ChosenPane(Pane):
    """The pictures that are chosen: of the data and generated. A generated one can be sent to Explore."""

    explore_wanted = Signal(int)
    """Number of a generated picture."""
    closed = Signal()

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._pictures = pictures
        self.mosaic = Mosaic(side=56)
        self.mosaic.picture = self._picture
        self.mosaic.describe = self._describe
        self._close = IconButton("close", self.tr("Choose nothing"), shortcut="Esc")
        self._close.clicked.connect(self.closed)
        self.head.addWidget(self._close)
        self.explore = Button(self.tr("Open in Explore"), icon_name="explore", small=True)
        self.explore.setToolTip(self.tr("Land on this sample's latent in Explore (double click)"))
        foot = QHBoxLayout()
        foot.addWidget(self.explore)
        foot.addStretch(1)
        self.add(self.mosaic, 1)
        self.add(foot)
        self.mosaic.opened.connect(self._on_opened)
        self.mosaic.chosen_changed.connect(lambda keys: self._show_button())
        self.mosaic.menu_requested.connect(self._on_menu)
        self.explore.clicked.connect(self._on_explore)
        self.show_chosen(Chosen())

    def show_chosen(self, chosen: Chosen) -> None:
        """Show the pictures of a choice."""
        self.title.setText(chosen.text or self.tr("Chosen"))
        self._close.setVisible(bool(chosen))
        real, generated = chosen.real[:_MOST_CHOSEN], chosen.generated[:_MOST_CHOSEN]
        self.mosaic.set_groups(
            [
                Group(
                    self.tr("Generated, {0}").format(format_number(len(chosen.generated), 0)),
                    tuple(_key(index) for index in generated),
                ),
                Group(self.tr("Training, {0}").format(format_number(len(chosen.real), 0)), real),
            ],
            self.tr("No picture belongs to it.")
            if chosen
            else self.tr("Click a bin, a pair or a picture, or draw around points: they are shown here."),
        )
        self._show_button()

    def _sample(self) -> int | None:
        """The generated picture that is meant: the chosen one, or the first."""
        keys = [key for key in (*self.mosaic.chosen(), *self.mosaic.keys()) if key < 0]
        return _key(keys[0]) if keys else None

    def _show_button(self) -> None:
        sample = self._sample()
        self.explore.setVisible(sample is not None)

    def _on_explore(self) -> None:
        sample = self._sample()
        if sample is not None:
            self.explore_wanted.emit(sample)

    def _on_opened(self, key: int) -> None:
        if key < 0:
            self.explore_wanted.emit(_key(key))

    def _on_menu(self, key: int, at: QPoint) -> None:
        if key < 0:
            menu = QMenu(self)
            menu.addAction(self.tr("Open in Explore"), partial(self.explore_wanted.emit, _key(key)))
            menu.popup(at)
            menu.aboutToHide.connect(menu.deleteLater)

    def _picture(self, key: int) -> QImage | None:
        return self._pictures.real(key) if key >= 0 else self._pictures.generated(_key(key))

    def _describe(self, key: int) -> str:
        if key >= 0:
            return self._pictures.describe_real(key)
        return self._pictures.describe_generated(_key(key))


def _key(index: int) -> int:
    """Generated pictures have the keys below 0 where both kinds stand in one mosaic; and back."""
    return -1 - index
