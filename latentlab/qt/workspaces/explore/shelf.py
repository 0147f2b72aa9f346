"""The shelf below the picture: history, favourites, snapshots."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from latentlab.latents.recipe import Recipe
from latentlab.latents.tree import Step
from latentlab.qt.session.session import Kept, Session
from latentlab.qt.studio.thumbnails import Thumbnails
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.history_layout import HistoryNode
from latentlab.qt.widgets.history_tree import HistoryTreeView
from latentlab.qt.widgets.rule import Rule
from latentlab.qt.widgets.shelf import QuickShelf, ShelfPicture, ShelfTabs
from latentlab.qt.widgets.thumbnail_grid import Thumbnail, ThumbnailGrid

from .shelf_menus import ShelfMenus

_REFRESH_MS = 40
_LOOK_MS = 90
_QUICK = 5
_PICTURED = 200
"""Steps that keep their picture when they are out of sight: more would cost memory in a long history."""


class Shelf(QWidget):
    """Shows one session's history and what was kept; clicking goes there.

    Only what changed since the last look is taken from the history, and only steps in sight get a picture: a
    history of ten thousand steps is as quick as one of ten.
    """

    pictures_wanted = Signal()
    """Recipes without a picture have come into sight (`recipes_without_picture`)."""
    dragged = Signal(object)
    """Recipe whose picture a hand pulls out of the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._thumbnails: Thumbnails | None = None
        self._weights_changed = False
        self._mark: int | None = None
        """Of the history, when it was last looked at."""
        self._pictured: dict[int, None] = {}
        """Steps with a picture, the one seen longest ago first."""
        self._looked_for: set[Recipe] = set()
        """Recipes whose pictures were looked for on the disk."""
        self.tabs = ShelfTabs([self.tr("History"), self.tr("Favourites"), self.tr("Snapshots")])
        self.branches = self.tabs.add_action("branch", self.tr("Show branches"))
        self.branches.setCheckable(True)
        self.branches.setChecked(True)
        self.branches.toggled.connect(self._show_branches)
        self.tree = HistoryTreeView()
        self.quick = QuickShelf()
        self.favourites = ThumbnailGrid()
        self.snapshots = ThumbnailGrid()
        self.menus = ShelfMenus(self)
        self._low = False
        self._lay_out()
        self._refresh_soon = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._refresh_soon.timeout.connect(self.refresh)
        self._scrolled_soon = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._scrolled_soon.timeout.connect(self._show_pictures)
        self._look_later = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._look_later.timeout.connect(self._look_for_missing)
        self._connect()

    def _lay_out(self) -> None:
        history = QWidget()
        line = QHBoxLayout(history)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.tree, 1)
        line.addWidget(self.quick)
        self._pages = QStackedWidget()
        for page in (history, self.favourites, self.snapshots):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Rule(Qt.Orientation.Horizontal, edge=True))
        layout.addWidget(self.tabs)
        layout.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.tabs.chosen.connect(self._pages.setCurrentIndex)
        self.tree.activated.connect(self._on_step)
        self.tree.star_toggled.connect(self._on_star)
        self.tree.scrolled.connect(self._on_scrolled)
        self.tree.menu_requested.connect(
            lambda key, at: self.menus.of_step(key, self.tree.branch_of(key), at)  # type: ignore[arg-type]
        )
        self.tree.dragged.connect(lambda key: self.dragged.emit(self._step(key).recipe))
        self.quick.favourite_activated.connect(self._on_favourite)
        self.quick.snapshot_activated.connect(self._on_snapshot)
        self.quick.menu_requested.connect(self._on_quick_menu)
        self.quick.dragged.connect(self._on_kept_dragged)
        self.favourites.chosen.connect(self._on_favourite)
        self.favourites.menu_requested.connect(self.menus.of_favourite)
        self.favourites.dragged.connect(lambda key: self._on_kept_dragged(key, True))
        self.snapshots.chosen.connect(self._on_snapshot)
        self.snapshots.menu_requested.connect(self.menus.of_snapshot)
        self.snapshots.dragged.connect(lambda key: self._on_kept_dragged(key, False))

    def set_low(self, low: bool) -> None:
        """Where height is short there is one line, without branches."""
        self._low = low
        self.setFixedHeight(Size.FILMSTRIP_LOW if low else Size.FILMSTRIP)
        self.branches.setVisible(not low)
        self._show_branches()

    def set_session(self, session: Session, thumbnails: Thumbnails) -> None:
        """Show another session."""
        self._session = session
        self._thumbnails = thumbnails
        self._weights_changed = False
        self._mark = None
        self._looked_for.clear()
        self.menus.set_session(session)
        session.history.changed.connect(self._on_changed)
        session.history.replaced.connect(self._on_replaced)
        session.editor.settled.connect(self._on_changed)
        session.shelf.changed.connect(self._on_kept_changed)
        session.pictures.changed.connect(self._show_branch_names)
        thumbnails.arrived.connect(self._on_thumbnail)
        self.tree.set_nodes([], None, ())
        self._show_kept()
        self.refresh()

    def recipes_without_picture(self) -> list[Recipe]:
        """What is in sight, or was kept, and has no picture yet."""
        if self._session is None or self._thumbnails is None:
            return []
        shelf, lacks = self._session.shelf, self._thumbnails.lacks
        visible = [self._step(key).recipe for key in self.tree.visible_keys()]
        kept = [kept.recipe for kept in (*shelf.favourites, *shelf.snapshots.values())]
        return [recipe for recipe in dict.fromkeys((*visible, *kept)) if lacks(recipe)]

    def refresh(self) -> None:
        """Show the history as it is now."""
        if self._session is None:
            return
        history = self._session.history
        moves = None if self._mark is None else history.moves_since(self._mark)
        self._mark = history.mark
        if moves is None:
            self._pictured.clear()
            self.tree.set_nodes([_node(step) for step in history], history.current.id, ())
            self._show_branch_names()
        else:
            for move in moves:
                if move.edited:
                    self.tree.put_node(_node(history.step(move.step_id)))
                    self._pictured.pop(move.step_id, None)
            self.tree.set_current(history.current.id)
        self.tabs.set_note(self._note())
        self._show_pictures()

    def _show_pictures(self) -> None:
        """Give the steps in sight their pictures and stars, and take those of others where there are many."""
        if self._session is None or self._thumbnails is None:
            return
        starred = {kept.recipe for kept in self._session.shelf.favourites}
        for key in self.tree.visible_keys():
            recipe = self._step(key).recipe
            assert isinstance(key, int)
            self.tree.set_starred(key, recipe in starred)
            known = key in self._pictured
            picture = None if known else self._thumbnails.get(recipe)
            if known or picture is not None:
                self._pictured.pop(key, None)
                self._pictured[key] = None
            if picture is not None:
                self.tree.set_pixmap(key, QPixmap.fromImage(picture))
        while len(self._pictured) > _PICTURED:
            oldest = next(iter(self._pictured))
            del self._pictured[oldest]
            self.tree.drop_pixmap(oldest)
        self._look_later.start()  # anew: what rushes by is not looked for

    def _look_for_missing(self) -> None:
        """On the disk first; what is not there either is to be drawn."""
        missing = self.recipes_without_picture()
        unseen = [recipe for recipe in missing if recipe not in self._looked_for]
        if unseen and self._thumbnails is not None:
            self._looked_for.update(unseen)
            self._thumbnails.load(unseen, self.pictures_wanted.emit)
        elif missing:
            self.pictures_wanted.emit()

    def _show_kept(self) -> None:
        if self._session is None:
            return
        favourites, snapshots = self._session.shelf.favourites, self._session.shelf.snapshots
        newest = list(enumerate(favourites))[::-1]
        self.tabs.set_count(1, len(favourites) or None)
        self.tabs.set_count(2, len(snapshots) or None)
        self.quick.set_favourites(
            [ShelfPicture(index, kept.label, self._pixmap(kept)) for index, kept in newest[:_QUICK]]
        )
        self.quick.set_snapshots(
            [ShelfPicture(slot, kept.label, self._pixmap(kept)) for slot, kept in snapshots.items()]
        )
        self.quick.setVisible(bool(favourites or snapshots))
        self.favourites.set_items(
            [Thumbnail(index, kept.label, self._pixmap(kept), True) for index, kept in newest]
        )
        self.snapshots.set_items(
            [Thumbnail(slot, f"{slot}  {kept.label}", self._pixmap(kept)) for slot, kept in snapshots.items()]
        )

    def _note(self) -> str:
        assert self._session is not None
        history = self._session.history
        steps = self.tr("1 step") if len(history) == 1 else self.tr("{0} steps").format(len(history))
        return steps if history.tips < 2 else self.tr("{0}, {1} branches").format(steps, history.tips)

    def _pixmap(self, kept: Kept) -> QPixmap | None:
        picture = self._thumbnails.get(kept.recipe) if self._thumbnails is not None else None
        return QPixmap.fromImage(picture) if picture is not None else None

    def _step(self, key: object) -> Step:
        assert self._session is not None
        assert isinstance(key, int)
        return self._session.history.step(key)

    def _on_changed(self) -> None:
        moving = self._session is not None and self._session.editor.moving
        if not moving and not self._refresh_soon.isActive():  # what moves is shown when it has settled
            self._refresh_soon.start()

    def _on_replaced(self) -> None:
        """At once: a picture that arrives now is looked up among the steps there are now."""
        self._mark = None
        self.refresh()

    def _on_scrolled(self) -> None:
        if not self._refresh_soon.isActive() and not self._scrolled_soon.isActive():
            self._scrolled_soon.start()

    def _on_kept_changed(self) -> None:
        self._show_kept()
        self._on_changed()

    def _on_thumbnail(self, recipe: Recipe) -> None:
        shelf = self._session.shelf if self._session is not None else None
        kept = (*shelf.favourites, *shelf.snapshots.values()) if shelf is not None else ()
        if any(item.recipe == recipe for item in kept):
            self._show_kept()
        if self._thumbnails is not None and self._weights_changed:
            self._pictured.clear()  # a step in sight may have an older picture
        self._on_changed()

    def show_other_weights(self) -> None:
        """Pictures are those of other weights until they are drawn again."""
        self._weights_changed = True
        self._look_later.start()

    def _show_branches(self) -> None:
        self.tree.set_branches_shown(self.branches.isChecked() and not self._low)
        self._show_branch_names()

    def _show_branch_names(self) -> None:
        if self._session is not None:
            self.tree.set_branch_names(self._session.pictures.current.branches)

    def _on_step(self, key: object) -> None:
        if self._session is not None:
            self._session.history.go_to(self._step(key).id)

    def _on_star(self, key: object) -> None:
        if self._session is not None:
            step = self._step(key)
            self._session.shelf.toggle_favourite(step.recipe, step.label)

    def _on_favourite(self, key: object) -> None:
        if self._session is not None and isinstance(key, int):
            kept = self._session.shelf.favourites[key]
            self._session.editor.apply(self.tr("Favourite: {0}").format(kept.label), kept.recipe)

    def _on_snapshot(self, key: object) -> None:
        if self._session is not None and isinstance(key, int):
            self._session.editor.apply(
                self.tr("Snapshot {0}").format(key), self._session.shelf.snapshots[key].recipe
            )

    def _on_quick_menu(self, key: object, starred: bool, position: QPoint) -> None:
        if isinstance(key, int):
            (self.menus.of_favourite if starred else self.menus.of_snapshot)(key, position)

    def _on_kept_dragged(self, key: object, starred: bool) -> None:
        if self._session is not None and isinstance(key, int):
            shelf = self._session.shelf
            self.dragged.emit((shelf.favourites[key] if starred else shelf.snapshots[key]).recipe)


def _node(step: Step) -> HistoryNode:
    return HistoryNode(step.id, step.parent, step.label)
