"""What can be done to any picture, wherever it is shown small: star, mark, breed from, keep as a snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from latentlab.latents.recipe import Recipe
from latentlab.qt.session.marks import Side
from latentlab.qt.session.session import SNAPSHOT_SLOTS, Session
from latentlab.qt.widgets.picture_badges import Badges
from latentlab.qt.widgets.picture_wall import Wish

Named = tuple[Recipe, str]
"""A picture and what it is called."""


class PictureDeeds(QObject):
    """Acts on the open session. Several pictures at once where that makes sense."""

    opened = Signal(object, str)
    """Recipe and label: it has become the current picture."""
    parents_chosen = Signal()
    """Parents were chosen where breeding is not in sight."""
    compare_wanted = Signal(object, str)
    tab_wanted = Signal(object, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._widget = parent
        self._session: Session | None = None

    def set_session(self, session: Session) -> None:
        self._session = session

    def badges(self, recipe: Recipe) -> Badges:
        """What is known of a picture."""
        session = self._session
        if session is None:
            return Badges()
        return Badges(
            starred=session.shelf.is_favourite(recipe),
            mark=session.marks.side_of(recipe) or "",
            parent=session.brood.is_parent(recipe),
        )

    def do(self, wish: Wish, pictures: Sequence[Named]) -> None:
        """What a key or click asks for."""
        if self._session is None or not pictures:
            return
        recipes = [recipe for recipe, _ in pictures]
        if wish is Wish.OPEN:
            self.open(*pictures[-1])
        elif wish is Wish.STAR:
            self.star(pictures)
        elif wish is Wish.PARENT:
            self._session.brood.toggle_parents(recipes)
        else:
            self.mark(recipes, "A" if wish is Wish.MARK_A else "B")

    def open(self, recipe: Recipe, label: str) -> None:
        """Make it the current picture: a step of the history."""
        if self._session is not None:
            self._session.editor.apply(label, recipe)
            self.opened.emit(recipe, label)

    def star(self, pictures: Sequence[Named]) -> None:
        """Make all of them favourites; if they are already, none."""
        if self._session is None:
            return
        shelf = self._session.shelf
        away = all(shelf.is_favourite(recipe) for recipe, _ in pictures)
        for recipe, label in pictures:
            if shelf.is_favourite(recipe) == away:
                shelf.toggle_favourite(recipe, label)

    def mark(self, recipes: Sequence[Recipe], side: Side) -> None:
        """Mark for learning a direction; if all are marked so already, take the marks away."""
        if self._session is not None:
            self._session.marks.mark(recipes, side)

    def menu(self, pictures: Sequence[Named], at: QPoint) -> None:
        """Everything that can be done, where the pictures are."""
        session = self._session
        if session is None or not pictures:
            return
        menu = QMenu(self._widget)
        menu.aboutToHide.connect(menu.deleteLater)
        recipe, label = pictures[-1]
        if len(pictures) == 1:
            self._add(menu, self.tr("Open"), "Return", partial(self.open, recipe, label))
        self.add_marks(menu, pictures)
        star = self.tr("Add to favourites")
        if all(session.shelf.is_favourite(item) for item, _ in pictures):
            star = self.tr("Remove from favourites")
        self._add(menu, star, "F", partial(self.star, pictures))
        if len(pictures) == 1:
            menu.addAction(self.tr("Compare with this"), lambda: self.compare_wanted.emit(recipe, label))
            menu.addAction(self.tr("Open in a new tab"), lambda: self.tab_wanted.emit(recipe, label))
            slots = menu.addMenu(self.tr("Store as snapshot"))
            for slot in SNAPSHOT_SLOTS:
                slots.addAction(str(slot), partial(session.shelf.store_snapshot, slot, recipe, label))
        menu.popup(at)

    def add_marks(self, menu: QMenu, pictures: Sequence[Named]) -> None:
        """Marks and parents, for this menu and for those of the shelf."""
        session = self._session
        if session is None:
            return
        recipes = [recipe for recipe, _ in pictures]
        sides: tuple[Side, Side] = ("A", "B")
        for side in sides:
            marked = all(session.marks.side_of(recipe) == side for recipe in recipes)
            text = self.tr("Take mark {0} away") if marked else self.tr("Mark {0}, to learn a direction")
            self._add(menu, text.format(side), side, partial(self.mark, recipes, side))
        chosen = all(session.brood.is_parent(recipe) for recipe in recipes)
        text = self.tr("No parent any more") if chosen else self.tr("Use as parent")
        self._add(menu, text, "P", partial(self._toggle_parents, recipes))

    def _toggle_parents(self, recipes: Sequence[Recipe]) -> None:
        if self._session is not None:
            self._session.brood.toggle_parents(recipes)

    def _add(self, menu: QMenu, text: str, key: str, act: object) -> None:
        action = QAction(text, menu)
        action.setShortcut(key)
        action.triggered.connect(lambda: act())  # type: ignore[operator]
        menu.addAction(action)
