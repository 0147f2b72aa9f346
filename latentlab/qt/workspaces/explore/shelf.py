"""The shelf below the picture: history, favourites, snapshots."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import Kept, Session
from latentlab.qt.studio.thumbnails import Thumbnails
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.history_layout import HistoryNode
from latentlab.qt.widgets.history_tree import HistoryTreeView
from latentlab.qt.widgets.rule import Rule
from latentlab.qt.widgets.shelf import QuickShelf, ShelfPicture, ShelfTabs
from latentlab.qt.widgets.thumbnail_grid import Thumbnail, ThumbnailGrid

_REFRESH_MS = 40
_QUICK = 5


class Shelf(QWidget):
    """Shows one session's history and what was kept; clicking goes there."""

    pictures_wanted = Signal()
    """Recipes without a picture have come into sight (`recipes_without_picture`)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._thumbnails: Thumbnails | None = None
        self._pixmaps: dict[Recipe, QPixmap] = {}
        self.tabs = ShelfTabs([self.tr("History"), self.tr("Favourites"), self.tr("Snapshots")])
        self.branches = self.tabs.add_action("branch", self.tr("Show branches"))
        self.branches.setCheckable(True)
        self.branches.setChecked(True)
        self.branches.toggled.connect(self._show_branches)
        self.tree = HistoryTreeView()
        self.quick = QuickShelf()
        self.favourites = ThumbnailGrid()
        self.snapshots = ThumbnailGrid()
        self._low = False
        self._lay_out()
        self._refresh_soon = QTimer(self)
        self._refresh_soon.setSingleShot(True)
        self._refresh_soon.setInterval(_REFRESH_MS)
        self._refresh_soon.timeout.connect(self.refresh)
        self.tabs.chosen.connect(self._pages.setCurrentIndex)
        self.tree.activated.connect(self._on_step)
        self.tree.star_toggled.connect(self._on_star)
        self.quick.favourite_activated.connect(self._on_favourite)
        self.quick.snapshot_activated.connect(self._on_snapshot)
        self.favourites.chosen.connect(self._on_favourite)
        self.snapshots.chosen.connect(self._on_snapshot)

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
        self._pixmaps = {}
        session.history.changed.connect(self._on_changed)
        session.history.replaced.connect(self._on_changed)
        session.editor.settled.connect(self._on_changed)
        session.shelf.changed.connect(self._on_changed)
        thumbnails.arrived.connect(self._on_thumbnail)
        self.tree.set_nodes([], None)
        self.refresh()

    def recipes_without_picture(self) -> list[Recipe]:
        """What is in sight and has no picture yet."""
        if self._session is None:
            return []
        history, shelf = self._session.history, self._session.shelf
        visible = [history.step(key).recipe for key in self.tree.visible_keys() if isinstance(key, int)]
        kept = [kept.recipe for kept in (*shelf.favourites, *shelf.snapshots.values())]
        return [recipe for recipe in dict.fromkeys((*visible, *kept)) if self._pixmap(recipe) is None]

    def refresh(self) -> None:
        """Show the session as it is now."""
        if self._session is None:
            return
        history, shelf = self._session.history, self._session.shelf
        starred = {kept.recipe for kept in shelf.favourites}
        self.tree.set_nodes(
            [
                HistoryNode(
                    step.id,
                    step.parent,
                    step.label,
                    self._pixmap(step.recipe),
                    step.recipe in starred,
                )
                for step in history
            ],
            history.current.id,
        )
        self._show_kept(list(shelf.favourites), shelf.snapshots)
        self.tabs.set_note(self._note())
        self.pictures_wanted.emit()

    def _show_kept(self, favourites: list[Kept], snapshots: dict[int, Kept]) -> None:
        newest = list(enumerate(favourites))[::-1]
        self.tabs.set_count(1, len(favourites) or None)
        self.tabs.set_count(2, len(snapshots) or None)
        self.quick.set_favourites(
            [ShelfPicture(index, kept.label, self._pixmap(kept.recipe)) for index, kept in newest[:_QUICK]]
        )
        self.quick.set_snapshots(
            [ShelfPicture(slot, kept.label, self._pixmap(kept.recipe)) for slot, kept in snapshots.items()]
        )
        self.quick.setVisible(bool(favourites or snapshots))
        self.favourites.set_items(
            [Thumbnail(index, kept.label, self._pixmap(kept.recipe), True) for index, kept in newest]
        )
        self.snapshots.set_items(
            [
                Thumbnail(slot, f"{slot}  {kept.label}", self._pixmap(kept.recipe))
                for slot, kept in snapshots.items()
            ]
        )

    def _note(self) -> str:
        assert self._session is not None
        history = self._session.history
        tips = sum(1 for step in history if not history.children(step.id))
        steps = self.tr("1 step") if len(history) == 1 else self.tr("{0} steps").format(len(history))
        return steps if tips < 2 else self.tr("{0}, {1} branches").format(steps, tips)

    def _pixmap(self, recipe: Recipe) -> QPixmap | None:
        pixmap = self._pixmaps.get(recipe)
        if pixmap is None and self._thumbnails is not None:
            picture = self._thumbnails.get(recipe)
            if picture is not None:
                pixmap = self._pixmaps[recipe] = QPixmap.fromImage(picture)
        return pixmap

    def _on_changed(self) -> None:
        moving = self._session is not None and self._session.editor.moving
        if not moving and not self._refresh_soon.isActive():  # what moves is shown when it has settled
            self._refresh_soon.start()

    def _on_thumbnail(self, recipe: Recipe) -> None:
        self._pixmaps.pop(recipe, None)
        self._on_changed()

    def _show_branches(self) -> None:
        self.tree.set_branches_shown(self.branches.isChecked() and not self._low)

    def _on_step(self, key: object) -> None:
        if self._session is not None and isinstance(key, int):
            self._session.history.go_to(key)

    def _on_star(self, key: object) -> None:
        if self._session is not None and isinstance(key, int):
            step = self._session.history.step(key)
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
