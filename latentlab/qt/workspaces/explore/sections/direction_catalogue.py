"""All directions of a model to choose from: searched, starred, grouped, each with what it does to this picture."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from latentlab.qt.session.session import Session
from latentlab.qt.theme.tokens import Size
from latentlab.qt.widgets.direction_list import DirectionList, ListedDirection
from latentlab.qt.widgets.name_popup import NamePopup
from latentlab.qt.widgets.search_field import SearchField

if TYPE_CHECKING:  # they import NumPy, which a window must not wait for
    from latentlab.latents.directions import Direction
    from latentlab.latents.own_directions import Note

_SEARCH_FROM = 6
"""A shorter list needs no search."""


class DirectionCatalogue(QWidget):
    """Lists what it is given; what a person writes beside a direction goes to the session."""

    add_requested = Signal(str)
    remove_requested = Signal(str)
    share_requested = Signal(object)
    """Ids of directions that shall be written to a file."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.deleted: tuple[Direction, Note] | None = None
        """What was deleted last: it can be brought back."""
        self.search = SearchField(self.tr("Search directions"))
        self.list = DirectionList()
        self._line = QWidget()
        line = QHBoxLayout(self._line)
        line.setContentsMargins(Size.PADDING, 4, Size.PADDING, 4)
        line.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._line)
        column.addWidget(self.list)
        self.search.textChanged.connect(self.list.set_filter)
        self.list.add_requested.connect(self.add_requested)
        self.list.remove_requested.connect(self.remove_requested)
        self.list.star_toggled.connect(self._toggle_star)
        self.list.rename_requested.connect(self._rename)
        self.list.menu_requested.connect(self.open_menu)

    def show_directions(self, directions: Sequence[Direction], in_use: Collection[str]) -> None:
        """Starred ones first, then by group, then as they come."""
        known = self._session.directions

        def place(direction: Direction) -> tuple[bool, str]:
            note = known.note(direction.id)
            return not note.starred, "" if note.starred else note.group.casefold()

        lines: list[ListedDirection] = []
        for (unstarred, _), group in groupby(sorted(directions, key=place), key=place):
            members = list(group)
            heading = known.note(members[0].id).group if unstarred else self.tr("Starred")
            if heading:
                lines.append(ListedDirection("", heading))
            elif lines:
                lines.append(ListedDirection("", self.tr("Others")))
            lines += [
                ListedDirection(
                    item.id,
                    item.name,
                    item.explained,
                    item.id in in_use,
                    known.note(item.id).starred,
                    item.about,
                )
                for item in members
            ]
        self._line.setVisible(len(directions) >= _SEARCH_FROM)
        self.list.set_directions(lines)
        self.list.setVisible(bool(lines))

    def show_pictures(self, pictures: Mapping[str, Sequence[QPixmap]]) -> None:
        """What directions do to the picture."""
        self.list.set_pictures(pictures)

    def wanted(self) -> list[str]:
        """Directions whose filmstrips are in sight."""
        return self.list.keys_in_sight() if self.list.isVisible() else []

    def open_menu(self, direction: str, at: QPoint) -> None:
        """Everything that can be done to a direction itself."""
        known = self._session.directions
        note = known.note(direction)
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(self.tr("Rename…"), lambda: self._rename(direction, at))
        menu.addAction(
            self.tr("Remove the star") if note.starred else self.tr("Star"),
            lambda: self._toggle_star(direction),
        )
        groups = menu.addMenu(self.tr("Group"))
        for group in ("", *known.own.groups()):
            action = groups.addAction(group or self.tr("None"))
            action.setCheckable(True)
            action.setChecked(group == note.group)
            action.triggered.connect(partial(self._set_group, direction, group))
        groups.addSeparator()
        groups.addAction(self.tr("New group…"), lambda: self._new_group(direction, at))
        menu.addAction(self.tr("Share as a file…"), lambda: self.share_requested.emit((direction,)))
        if known.is_own(direction):
            menu.addSeparator()
            menu.addAction(self.tr("Delete"), lambda: self._delete(direction))
        menu.popup(at)

    def _rename(self, direction: str, at: QPoint) -> None:
        known = self._session.directions
        if known.all is None or direction not in known.all:
            return
        popup = NamePopup(known.all[direction].name, self.tr("Name of the direction"), self)

        def named(name: str) -> None:
            known.change_own(lambda own: own.with_note(replace(own.note(direction), name=name[:60])))

        popup.named.connect(named)
        popup.open_at(at)

    def _new_group(self, direction: str, at: QPoint) -> None:
        popup = NamePopup("", self.tr("Name of the group"), self)
        popup.named.connect(lambda name: self._set_group(direction, name[:60]))
        popup.open_at(at)

    def _set_group(self, direction: str, group: str, _: bool = False) -> None:
        self._session.directions.change_own(
            lambda own: own.with_note(replace(own.note(direction), group=group))
        )

    def _toggle_star(self, direction: str) -> None:
        starred = not self._session.directions.note(direction).starred
        self._session.directions.change_own(
            lambda own: own.with_note(replace(own.note(direction), starred=starred))
        )

    def _delete(self, direction: str) -> None:
        known = self._session.directions
        gone = next(item for item in known.own.directions if item.id == direction)
        self.deleted = (gone, known.note(direction))
        self.remove_requested.emit(direction)
        known.change_own(lambda own: own.without(direction))

    def bring_back(self) -> None:
        """The direction that was deleted last, with what was written beside it."""
        if self.deleted is not None:
            gone, note = self.deleted
            self.deleted = None
            self._session.directions.change_own(lambda own: own.with_directions([gone]).with_note(note))
