"""Directions: those with a slider, and the catalogue they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from latentlab.latents.recipe import DirectionWeight, Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.direction_list import DirectionList, ListedDirection
from latentlab.qt.widgets.direction_row import DirectionRow
from latentlab.qt.widgets.search_field import SearchField
from latentlab.qt.widgets.segmented import SegmentedControl

from .recipe_section import RecipeSection

if TYPE_CHECKING:
    from latentlab.latents.directions import Direction, DirectionSet

SUGGESTED = 4
"""Sliders that a model has before anybody chose any: its main changes."""
_STRIP = (-2.5, 2.5)
"""Five pictures at -2, -1, 0, 1 and 2 standard deviations."""
_TYPED = (-4.0, 4.0)
_IN_USE, _PCA, _CLOSED_FORM, _OTHER = range(4)
_PREFIXES = {_PCA: ("pca:",), _CLOSED_FORM: ("sefa:",)}


class DirectionsSection(RecipeSection):
    """Edits `directions`."""

    shows = ("directions",)

    rows_changed = Signal()
    """Other directions have a slider: they want their pictures."""

    def __init__(self, session: Session, words: Vocabulary, parent: QWidget | None = None) -> None:
        super().__init__(session, words, parent=parent)
        self.set_title(self.tr("Directions"))
        self.rows: dict[str, DirectionRow] = {}
        """By id of the direction, in order."""
        self.available = session.model.capabilities.num_codes > 0
        if not self.available:
            self.set_available(False, self.tr("this model has none"))
            return
        search = self.add_action("search", self.tr("Search directions"))
        search.clicked.connect(self._on_search_clicked)
        add = self.add_action("plus", self.tr("Add a direction"))
        add.clicked.connect(self.show_catalogue)
        self.tabs = SegmentedControl(self._tab_texts(other=False))
        self.tabs.chosen.connect(self._on_tab)
        self.add_inset(self.tabs, top=2, bottom=2)
        self.search = SearchField(self.tr("Search directions"))
        self.catalogue = DirectionList()
        self.search.textChanged.connect(self.catalogue.set_filter)
        self.catalogue.add_requested.connect(self.use)
        self.catalogue.remove_requested.connect(self._take_away)
        self._catalogue = QWidget()
        line = QHBoxLayout()
        line.setContentsMargins(Size.PADDING, 4, Size.PADDING, 4)
        line.addWidget(self.search)
        column = QVBoxLayout(self._catalogue)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self.catalogue)
        self.add(self._catalogue)
        self.waiting = QLabel(self.tr("Looking for directions…"))
        self.waiting.setFont(font(TextRole.HINT))
        self.waiting.setProperty("tone", "3")
        self.waiting.setContentsMargins(Size.PADDING, 6, Size.PADDING, 6)
        self.add(self.waiting)
        self.follow(session.directions.changed, self._on_directions_known)
        self.follow(session.pinned.changed, self._refresh)
        self._on_tab(_IN_USE)
        self._on_directions_known()

    def use(self, direction: str) -> None:
        """Give a direction a slider."""
        self.session.pinned.add(direction)

    def show_catalogue(self) -> None:
        """All directions to choose from."""
        self._on_tab(_PCA)

    def show_recipe(self, recipe: Recipe) -> None:
        if self.available and [
            item.direction for item in recipe.directions if item.direction not in self.rows
        ]:
            self._refresh()
        for item in recipe.directions:
            row = self.rows.get(item.direction)
            if row is not None:
                last = self._last_layer() if item.last is None else item.last
                row.set_layer_range(item.first, last)
        self._show_note()

    def show_strip(self, direction: str, pictures: Sequence[QImage]) -> None:
        """Pictures of what a direction does to this picture have been drawn."""
        row = self.rows.get(direction)
        if row is not None:
            row.set_pictures([QPixmap.fromImage(picture) for picture in pictures])

    def _on_directions_known(self) -> None:
        known = self.session.directions.all
        self.waiting.setVisible(known is None)
        if known is None:
            return
        if not self.session.pinned.ids and not self.recipe.directions:
            self.session.pinned.add(*[item.id for item in known][:SUGGESTED])
        others = any(not item.id.startswith(("pca:", "sefa:")) for item in known)
        self.tabs.set_texts(self._tab_texts(other=others))
        self._refresh()

    def _refresh(self) -> None:
        """Rows for what is pinned or moves the picture, and the catalogue."""
        known = self.session.directions.all
        if known is None:
            return
        wanted = [
            item
            for item in dict.fromkeys(
                (*self.session.pinned.ids, *(item.direction for item in self.recipe.directions))
            )
            if item in known
        ]
        if wanted != list(self.rows):
            self._make_rows(known, wanted)
        self._fill_catalogue(known)
        self._show_note()

    def _make_rows(self, known: DirectionSet, wanted: list[str]) -> None:
        for direction in [item for item in self.rows if item not in wanted]:
            self.unbind(_path(direction))
            self.rows.pop(direction).deleteLater()
        for direction in wanted:
            if direction not in self.rows:
                self.rows[direction] = self._made_row(known[direction])
        self.rows = {direction: self.rows[direction] for direction in wanted}
        self.rows_changed.emit()

    def _made_row(self, direction: Direction) -> DirectionRow:
        row = DirectionRow(
            direction.name,
            limits=_STRIP,
            layers=self.session.model.capabilities.num_codes,
            tooltip=direction.about or direction.id,
        )
        row.field.set_limits(*_TYPED)
        row.setVisible(self.tabs.current() == _IN_USE)
        row.remove_requested.connect(lambda: self._take_away(direction.id))
        row.layers_changing.connect(lambda first, last: self._on_layers(direction, first, last, done=False))
        row.layers_changed.connect(lambda first, last: self._on_layers(direction, first, last, done=True))
        self.bind(row, _path(direction.id))
        self.add(row)
        return row

    def _on_layers(self, direction: Direction, first: int, last: int, *, done: bool) -> None:
        end = None if last >= self._last_layer() else last

        def changed(recipe: Recipe) -> Recipe:
            entries = recipe.directions
            if not any(item.direction == direction.id for item in entries):
                entries = (*entries, DirectionWeight(direction.id))
            return replace(
                recipe,
                directions=tuple(
                    replace(item, first=first, last=end) if item.direction == direction.id else item
                    for item in entries
                ),
            )

        act = self.session.editor.done if done else self.session.editor.move
        act(self.tr("Layers of {0}").format(direction.name), f"layers {direction.id}", changed)

    def _last_layer(self) -> int:
        return self.session.model.capabilities.num_codes - 1

    def _take_away(self, direction: str) -> None:
        kept = tuple(item for item in self.recipe.directions if item.direction != direction)
        row = self.rows.get(direction)
        if kept != self.recipe.directions:
            name = row.label() if row is not None else direction
            self.session.editor.apply(
                self.tr("Without {0}").format(name), replace(self.recipe, directions=kept)
            )
        self.session.pinned.remove(direction)
        self._refresh()

    def _tab_texts(self, *, other: bool) -> list[str]:
        texts = [self.tr("In use"), self.tr("PCA"), self.tr("Closed form")]
        return [*texts, self.tr("Other")] if other else texts

    def _on_tab(self, index: int) -> None:
        self.tabs.set_current(index)
        in_use = index == _IN_USE
        for row in self.rows.values():
            row.setVisible(in_use)
        self._catalogue.setVisible(not in_use)
        known = self.session.directions.all
        if known is not None:
            self._fill_catalogue(known)

    def _on_search_clicked(self) -> None:
        if not self.is_expanded():
            self.set_expanded(True)
        if self.tabs.current() == _IN_USE:
            self._on_tab(_PCA)
        self.search.setFocus()

    def _fill_catalogue(self, known: DirectionSet) -> None:
        tab = self.tabs.current()
        if tab == _IN_USE:
            return
        prefixes = _PREFIXES.get(tab)
        self.catalogue.set_directions(
            [
                ListedDirection(item.id, item.name, item.explained, item.id in self.rows)
                for item in known
                if (item.id.startswith(prefixes) if prefixes else not item.id.startswith(("pca:", "sefa:")))
            ]
        )

    def _show_note(self) -> None:
        known = self.session.directions.all
        if self.available and known is not None:
            self.set_note(self.tr("{0} of {1} in use").format(len(self.rows), len(known)))


def _path(direction: str) -> str:
    return f"directions[{direction}].weight"
