"""Dialogs over the window: card of the model, models to choose from, settings, keys."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from latentlab.qt.actions import Actions
from latentlab.qt.dialogs.card_dialog import CardDialog
from latentlab.qt.dialogs.model_browser import ModelBrowser
from latentlab.qt.dialogs.settings_dialog import SettingsDialog
from latentlab.qt.dialogs.shortcuts_dialog import shortcuts_dialog
from latentlab.qt.model_menu import ModelMenu
from latentlab.qt.session import model_shelf
from latentlab.qt.settings import SettingsStore
from latentlab.qt.studio.opening import Wish
from latentlab.qt.studio.studio import Studio


class WindowDialogs(QObject):
    """Opens each when it is asked for."""

    noticed = Signal(str)

    def __init__(
        self, studio: Studio, actions: Actions, models: ModelMenu, settings: SettingsStore, window: QWidget
    ) -> None:
        super().__init__(window)
        self._studio, self._actions, self._models = studio, actions, models
        self._settings, self._window = settings, window
        self.browser: ModelBrowser | None = None
        """Once it was opened."""

    def show_card(self) -> None:
        """What the open model is."""
        session, shown = self._studio.session, self._studio.last_shown
        if session is not None:
            picture = QPixmap.fromImage(shown.image) if shown is not None else None
            self._open(CardDialog(session.model, picture, self._window))

    def show_settings(self) -> None:
        """Settings of the program."""
        self._open(SettingsDialog(self._settings, self._window))

    def show_shortcuts(self) -> None:
        """All keys."""
        self._open(shortcuts_dialog(self._actions, self._window))

    def browse_models(self) -> None:
        """Choose among the models there are."""
        if self.browser is None:
            self.browser = ModelBrowser(self._studio.jobs, self._window)
            self.browser.model_chosen.connect(lambda path: self._studio.opening.open_model(Wish(path)))
            self.browser.shelf_changed.connect(lambda: self._models.refresh())
        self.browser.open_browser()

    def toggle_favourite_model(self) -> None:
        """Keep the open model among the favourites, or no longer."""
        session = self._studio.session
        if session is None:
            return
        path, name = Path(session.model.path), session.model.card.name

        def kept(shelf: model_shelf.ModelShelf) -> None:
            starred = str(path) in shelf.favourites
            said = self.tr("{0} is a favourite model") if starred else self.tr("{0} is no favourite any more")
            self.noticed.emit(said.format(name))
            self._models.refresh()

        self._studio.jobs.submit(lambda: model_shelf.toggle_favourite(path), kept)

    def stop(self) -> None:
        """End what they do in the background."""
        if self.browser is not None:
            self.browser.reader.stop()

    def _open(self, dialog: QWidget) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.show()
