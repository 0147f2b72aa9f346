"""Menus of the checkpoint theatre: an act's own, what to compare with, what else to play."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from latentlab.qt.file_dialogs import FileDialogs

if TYPE_CHECKING:
    from latentlab.qt.session.recents import Recent
    from latentlab.qt.studio.studio import Studio
    from latentlab.qt.workspaces.explore.theatre import Theatre

OWN = -1
"""The open model, as what an act is compared with."""
_RECENTS = 12


class TheatreMenus(QObject):
    """Opens each where it was asked for."""

    def __init__(self, theatre: Theatre, studio: Studio) -> None:
        super().__init__(theatre)
        self._theatre, self._studio = theatre, studio
        self._dialogs = FileDialogs(theatre.panel.window())
        theatre.panel.strip.menu_requested.connect(self._show_act_menu)
        theatre.panel.compared.clicked.connect(self._show_reference_menu)
        theatre.panel.add.clicked.connect(self._show_add_menu)

    def _show_reference_menu(self) -> None:
        menu = self._menu()
        for number in (OWN, *range(len(self._theatre.acts))):
            label = (
                self.tr("Open model") if number == OWN else self._theatre.label(self._theatre.acts[number])
            )
            action = menu.addAction(label, partial(self._theatre.compare_with, number))
            action.setCheckable(True)
            action.setChecked(number == self._theatre.reference)
        button = self._theatre.panel.compared
        menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _show_act_menu(self, number: int, at: QPoint) -> None:
        menu = self._menu()
        menu.addAction(self.tr("Compare with this one"), partial(self._theatre.compare_with, number))
        menu.addAction(self.tr("Open this model"), partial(self._open_model, self._theatre.acts[number].path))
        menu.addAction(self.tr("Take off the strip"), partial(self._theatre.remove, number)).setEnabled(
            len(self._theatre.acts) > 1
        )
        menu.popup(at)

    def _open_model(self, path: Path) -> None:
        self._studio.opening.offer(path)

    def _show_add_menu(self) -> None:
        self._studio.jobs.submit(_recents, self._offer_models)

    def _offer_models(self, recents: tuple[Recent, ...]) -> None:
        menu = self._menu()
        known = {act.path for act in self._theatre.acts}
        for recent in recents[:_RECENTS]:
            if Path(recent.path) not in known:
                menu.addAction(recent.name, partial(self._theatre.add, Path(recent.path)))
        menu.addSeparator()
        menu.addAction(
            self.tr("A model file…"),
            partial(self._dialogs.open_model, self.tr("Another act"), self._theatre.add),
        )
        menu.addAction(
            self.tr("The checkpoints of a run…"),
            partial(self._dialogs.choose_folder, self.tr("A run's folder"), self._theatre.open_run),
        )
        button = self._theatre.panel.add
        menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _menu(self) -> QMenu:
        menu = QMenu(self._theatre.panel)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu


def _recents() -> tuple[Recent, ...]:
    from latentlab.qt.session.recents import recents

    return recents()
