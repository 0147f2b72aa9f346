"""What can be done to a picture on the shelf, by a right click."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from latentlab.latents.recipe import Recipe
from latentlab.qt.session.session import SNAPSHOT_SLOTS, Session
from latentlab.qt.widgets.name_popup import NamePopup


class ShelfMenus(QObject):
    """Menus of steps, favourites and snapshots of one session."""

    compare_wanted = Signal(object, str)
    """Recipe, and what it is called."""
    tab_wanted = Signal(object, str)
    noticed = Signal(str)

    def __init__(self, shelf: QWidget) -> None:
        super().__init__(shelf)
        self._shelf = shelf
        self._session: Session | None = None
        self.more: Callable[[QMenu, Sequence[tuple[Recipe, str]]], None] = lambda menu, pictures: None
        """Adds what else can be done to pictures: marks, parents."""

    def set_session(self, session: Session) -> None:
        self._session = session

    def of_step(self, step_id: int, branch_start: int, position: QPoint) -> None:
        """A step of the history; `branch_start` is the step that begins its branch."""
        session = self._session
        if session is None:
            return
        step = session.history.step(step_id)
        menu = self._menu()
        menu.addAction(self.tr("Go here"), lambda: session.history.go_to(step_id))
        starred = session.shelf.is_favourite(step.recipe)
        menu.addAction(
            self.tr("Remove from favourites") if starred else self.tr("Add to favourites"),
            lambda: session.shelf.toggle_favourite(step.recipe, step.label),
        )
        self._add_store(menu, session, step.recipe, step.label)
        self._add_usual(menu, step.recipe, step.label)
        if branch_start != next(iter(session.history)).id:
            menu.addSeparator()
            name = session.pictures.current.branches.get(branch_start, "")
            menu.addAction(
                self.tr("Name this branch…"),
                lambda: self._ask(
                    name,
                    self.tr("Name of the branch"),
                    position,
                    lambda new: session.pictures.name_branch(branch_start, new),
                ),
            )
        menu.popup(position)

    def of_favourite(self, place: int, position: QPoint) -> None:
        """A favourite, by its place."""
        session = self._session
        if session is None:
            return
        kept = session.shelf.favourites[place]
        menu = self._menu()
        self._add_usual(menu, kept.recipe, kept.label)
        self._add_store(menu, session, kept.recipe, kept.label)
        menu.addSeparator()
        menu.addAction(
            self.tr("Rename…"),
            lambda: self._ask(
                kept.label,
                self.tr("Name of the favourite"),
                position,
                lambda new: session.shelf.rename_favourite(kept.recipe, new) if new else None,
            ),
        )
        menu.addAction(
            self.tr("Remove from favourites"),
            lambda: session.shelf.toggle_favourite(kept.recipe, kept.label),
        )
        menu.popup(position)

    def of_snapshot(self, slot: int, position: QPoint) -> None:
        """A snapshot, by its number."""
        session = self._session
        if session is None:
            return
        kept = session.shelf.snapshots[slot]
        menu = self._menu()
        recall = menu.addAction(
            self.tr("Recall"),
            lambda: session.editor.apply(self.tr("Snapshot {0}").format(slot), kept.recipe),
        )
        recall.setShortcut(str(slot))
        step = session.history.current
        menu.addAction(
            self.tr("Store the current picture here"),
            lambda: session.shelf.store_snapshot(slot, step.recipe, step.label),
        )
        self._add_usual(menu, kept.recipe, self.tr("Snapshot {0}").format(slot))
        menu.addSeparator()
        menu.addAction(
            self.tr("Rename…"),
            lambda: self._ask(
                kept.label,
                self.tr("Name of the snapshot"),
                position,
                lambda new: session.shelf.rename_snapshot(slot, new) if new else None,
            ),
        )
        menu.addAction(self.tr("Remove"), lambda: session.shelf.remove_snapshot(slot))
        menu.popup(position)

    def _menu(self) -> QMenu:
        menu = QMenu(self._shelf)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _add_usual(self, menu: QMenu, recipe: Recipe, label: str) -> None:
        menu.addAction(self.tr("Compare with this"), lambda: self.compare_wanted.emit(recipe, label))
        menu.addAction(self.tr("Open in a new tab"), lambda: self.tab_wanted.emit(recipe, label))
        menu.addSeparator()
        self.more(menu, [(recipe, label)])

    def _add_store(self, menu: QMenu, session: Session, recipe: Recipe, label: str) -> None:
        slots = menu.addMenu(self.tr("Store as snapshot"))
        taken = session.shelf.snapshots
        for slot in SNAPSHOT_SLOTS:
            text = (
                self.tr("{0}, in place of {1}").format(slot, taken[slot].label)
                if slot in taken
                else str(slot)
            )
            slots.addAction(text, partial(session.shelf.store_snapshot, slot, recipe, label))

    def _ask(self, name: str, hint: str, position: QPoint, named: Callable[[str], object]) -> None:
        popup = NamePopup(name, hint, self._shelf)
        popup.named.connect(named)
        popup.open_at(position)
