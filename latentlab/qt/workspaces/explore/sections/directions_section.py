"""Directions: those with a slider, the catalogue they come from, and teaching new ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from latentlab.latents.recipe import DirectionWeight, Recipe
from latentlab.qt.session.session import Session
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.theme.fonts import TextRole, font
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.direction_row import DirectionRow
from latentlab.qt.widgets.segmented import SegmentedControl

from .direction_catalogue import DirectionCatalogue
from .recipe_section import RecipeSection
from .teach_panel import TeachPanel

if TYPE_CHECKING:
    from latentlab.latents.directions import Direction, DirectionSet

SUGGESTED = 4
"""Sliders that a model has before anybody chose any: its main changes."""
_STRIP = (-2.5, 2.5)
"""Five pictures at -2, -1, 0, 1 and 2 standard deviations."""
_TYPED = (-4.0, 4.0)
IN_USE, PCA, CLOSED_FORM, LEARNED = range(4)
_PREFIXES = {PCA: ("pca:",), CLOSED_FORM: ("sefa:",)}
_FOUND = ("pca:", "sefa:")
STRIP_VALUES = (-2.0, -1.0, 0.0, 1.0, 2.0)


class DirectionsSection(RecipeSection):
    """Edits `directions`."""

    shows = ("directions",)

    rows_changed = Signal()
    """Other directions have a slider or are in sight: they want their pictures."""
    import_wanted = Signal()
    random_wanted = Signal()
    share_wanted = Signal(object)
    """Ids of directions."""

    def __init__(
        self,
        session: Session,
        words: Vocabulary,
        parent: QWidget | None = None,
        *,
        pixmap_of: Callable[[Recipe], QPixmap | None] = lambda recipe: None,
    ) -> None:
        super().__init__(session, words, parent=parent)
        self.set_title(self.tr("Directions"))
        self.set_term("direction")
        self.rows: dict[str, DirectionRow] = {}
        """By id of the direction, in order."""
        self.available = session.model.capabilities.num_codes > 0
        if not self.available:
            self.set_available(False, self.tr("this model has none"))
            return
        self._build(pixmap_of)
        self.follow(session.directions.changed, self._on_directions_known)
        self.follow(session.pinned.changed, self._refresh)
        self.follow(session.marks.changed, self._on_marked)
        self._on_tab(IN_USE)
        self._on_directions_known()

    def _build(self, pixmap_of: Callable[[Recipe], QPixmap | None]) -> None:
        search = self.add_action("search", self.tr("Search directions"))
        search.clicked.connect(self._on_search_clicked)
        add = self.add_action("plus", self.tr("More directions"))
        add.clicked.connect(lambda: self._show_more(add.mapToGlobal(add.rect().bottomLeft())))
        self.tabs = SegmentedControl([])
        self.tabs.set_texts(
            [self.tr("In use"), self.tr("PCA"), self.tr("Closed form"), self.tr("Learned")],
            [
                self.tr("Directions with a slider"),
                self.tr("The main ways in which this model's pictures vary: principal components"),
                self.tr("What the first weights change most: SeFa"),
                self.tr("Learned from pictures you mark; also imported and random ones"),
            ],
        )
        self.tabs.chosen.connect(self._on_tab)
        self.add_inset(self.tabs, top=2, bottom=2)
        self.teach = TeachPanel(self.session, pixmap_of)
        self.add(self.teach)
        self.catalogue = DirectionCatalogue(self.session)
        self.catalogue.add_requested.connect(self.use)
        self.catalogue.remove_requested.connect(self._take_away)
        self.catalogue.share_requested.connect(self.share_wanted)
        self.catalogue.list.sight_changed.connect(self.rows_changed)
        self.add(self.catalogue)
        self.waiting = QLabel(self.tr("Looking for directions…"))
        self.waiting.setFont(font(TextRole.HINT))
        self.waiting.setProperty("tone", "3")
        self.waiting.setContentsMargins(Size.PADDING, 6, Size.PADDING, 6)
        self.add(self.waiting)

    def use(self, direction: str) -> None:
        """Give a direction a slider."""
        self.session.pinned.add(direction)

    def show_catalogue(self, tab: int = PCA) -> None:
        """All directions to choose from."""
        self.set_expanded(True)
        self._on_tab(tab)

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
        pixmaps = [QPixmap.fromImage(picture) for picture in pictures]
        row = self.rows.get(direction)
        if row is not None:
            row.set_pictures(pixmaps)
        self.catalogue.show_pictures({direction: pixmaps})

    def listed_in_sight(self) -> list[str]:
        """Directions of the catalogue whose filmstrips are in sight."""
        return self.catalogue.wanted() if self.available and self.is_expanded() else []

    def _on_directions_known(self) -> None:
        known = self.session.directions.all
        self.waiting.setVisible(known is None)
        if known is None:
            return
        if not self.session.pinned.ids and not self.recipe.directions:
            self.session.pinned.add(*[item.id for item in known][:SUGGESTED])
        self._refresh()

    def _on_marked(self) -> None:
        self.teach.forget_result()

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
        for direction, row in self.rows.items():
            if row.label() != known[direction].name:
                row.set_label(known[direction].name)
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
        row.remove_requested.connect(lambda: self._take_away(direction.id))
        row.layers_changing.connect(lambda first, last: self._on_layers(direction, first, last, done=False))
        row.layers_changed.connect(lambda first, last: self._on_layers(direction, first, last, done=True))
        row.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        row.customContextMenuRequested.connect(
            lambda at: self.catalogue.open_menu(direction.id, row.mapToGlobal(at))
        )
        self.bind(row, _path(direction.id))
        self.add(row)
        row.setVisible(self.tabs.current() == IN_USE)  # not before: it would be a window of its own
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

    def _show_more(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(self.tr("Choose from the main changes"), lambda: self._on_tab(PCA))
        menu.addAction(self.tr("Learn one from marked pictures"), lambda: self._on_tab(LEARNED))
        menu.addAction(self.tr("Import from a file…"), self.import_wanted.emit)
        menu.addAction(self.tr("Sixteen random directions"), self.random_wanted.emit)
        own = tuple(item.id for item in self.session.directions.own.directions)
        share = menu.addAction(self.tr("Share your directions as a file…"))
        share.triggered.connect(lambda: self.share_wanted.emit(own))
        share.setEnabled(bool(own))
        if self.catalogue.deleted is not None:
            name = self.catalogue.deleted[0].name
            menu.addAction(self.tr("Bring back “{0}”").format(name), self.catalogue.bring_back)
        menu.popup(at)

    def _on_tab(self, index: int) -> None:
        self.tabs.set_current(index)
        in_use = index == IN_USE
        for row in self.rows.values():
            row.setVisible(in_use)
        self.teach.setVisible(index == LEARNED)
        self.catalogue.setVisible(not in_use)
        known = self.session.directions.all
        if known is not None:
            self._fill_catalogue(known)
        self.rows_changed.emit()

    def _on_search_clicked(self) -> None:
        if not self.is_expanded():
            self.set_expanded(True)
        if self.tabs.current() == IN_USE:
            self._on_tab(PCA)
        self.catalogue.search.setFocus()

    def _fill_catalogue(self, known: DirectionSet) -> None:
        tab = self.tabs.current()
        if tab == IN_USE:
            return
        prefixes = _PREFIXES.get(tab)
        listed = [
            item
            for item in known
            if (item.id.startswith(prefixes) if prefixes else not item.id.startswith(_FOUND))
        ]
        self.catalogue.show_directions(listed, self.rows)

    def _show_note(self) -> None:
        known = self.session.directions.all
        if self.available and known is not None:
            self.set_note(self.tr("{0} of {1} in use").format(len(self.rows), len(known)))


def _path(direction: str) -> str:
    return f"directions[{direction}].weight"
