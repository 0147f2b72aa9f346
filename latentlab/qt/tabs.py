"""Tabs of the window: which pictures of the session are open, and what keys and clicks do to them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPixmap

from latentlab.latents.recipe import BlendSource, PhotoSource, Recipe, SeedSource
from latentlab.qt.actions import Actions
from latentlab.qt.session.pictures import Picture
from latentlab.qt.session.session import Session
from latentlab.qt.studio.studio import Studio
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.widgets.command_palette import Command
from latentlab.qt.widgets.picture_tabs import PictureTabs, Tab

_SOON_MS = 60


class Tabs(QObject):
    """Follows the open session. The bar is shown when there is more than one picture."""

    noticed = Signal(str)

    def __init__(self, studio: Studio, actions: Actions, bar: PictureTabs, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._bar = bar
        self._session: Session | None = None
        self.hidden = False
        """The panels are hidden, and the bar with them."""
        bar.hide()
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.show)
        bar.chosen.connect(lambda key: self._choose(self._picture(key)))
        bar.moved.connect(lambda before, now: self._on_moved(before, now))
        bar.closed.connect(lambda key: self._close(self._picture(key)))
        bar.renamed.connect(self._on_renamed)
        bar.added.connect(self._duplicate)
        for name, act in (
            ("new_tab", self._duplicate),
            ("close_tab", lambda: self._close(self._current())),
            ("reopen_tab", self._reopen),
            ("next_tab", lambda: self._step(1)),
            ("previous_tab", lambda: self._step(-1)),
            ("rename_tab", self._rename),
        ):
            actions[name].triggered.connect(act)

    def set_session(self, session: Session) -> None:
        """Another session: its tabs from now on."""
        self._session = session
        if self._studio.thumbnails is not None:
            self._studio.thumbnails.arrived.connect(self._show_soon)
        session.pictures.changed.connect(self.show)
        session.pictures.chosen.connect(self.show)
        session.history.changed.connect(self._show_soon)
        self.show()

    def _show_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def open(self, recipe: Recipe, label: str) -> None:
        """Show a recipe in a tab of its own."""
        if self._session is not None:
            self._session.pictures.add(recipe, label)

    def commands(self) -> list[Command]:
        """Going to a tab by name."""
        if self._session is None or len(self._session.pictures.open) < 2:
            return []
        return [
            Command(
                self._label(picture),
                partial(self._choose, picture),
                icon="image",
                group=self.tr("Tab"),
            )
            for picture in self._session.pictures.open
        ]

    def show(self) -> None:
        """Show the tabs as they are now."""
        session, thumbnails = self._session, self._studio.thumbnails
        if session is None:
            return
        pictures = session.pictures
        self._bar.setVisible(len(pictures.open) > 1 and not self.hidden)
        tabs = []
        for picture in pictures.open:
            recipe = pictures.history_of(picture).recipe
            image = thumbnails.get(recipe) if thumbnails is not None else None
            label = self._label(picture)
            steps = len(pictures.history_of(picture))
            tip = self.tr("{0}, {1} steps. Double click to rename").format(label, steps)
            tabs.append(Tab(picture.id, label, tip, QPixmap.fromImage(image) if image is not None else None))
        self._bar.set_tabs(tabs, pictures.current.id)

    def _label(self, picture: Picture) -> str:
        assert self._session is not None
        return picture.name or self._described(self._session.pictures.history_of(picture).recipe)

    def _described(self, recipe: Recipe) -> str:
        source = recipe.source
        if isinstance(source, SeedSource):
            return self.tr("Seed {0}").format(format_number(source.seed, 0))
        if isinstance(source, BlendSource):
            return self.tr("Blend of {0}").format(len(source.seeds))
        return self.tr("Photo") if isinstance(source, PhotoSource) else self.tr("Stored latent")

    def _picture(self, key: int) -> Picture | None:
        pictures = self._session.pictures.open if self._session is not None else ()
        return next((picture for picture in pictures if picture.id == key), None)

    def _current(self) -> Picture | None:
        return self._session.pictures.current if self._session is not None else None

    def _choose(self, picture: Picture | None) -> None:
        if self._session is not None and picture is not None:
            self._session.pictures.choose(picture)

    def _duplicate(self) -> None:
        if self._session is not None:
            step = self._session.history.current
            self._session.pictures.add(step.recipe, self.tr("From {0}").format(step.label))

    def _close(self, picture: Picture | None) -> None:
        if self._session is None or picture is None:
            return
        label = self._label(picture)
        if self._session.pictures.close(picture):
            self.noticed.emit(self.tr("{0} was closed: Ctrl+Shift+T brings it back").format(label))
        else:
            self.noticed.emit(self.tr("The last picture stays open"))

    def _reopen(self) -> None:
        if self._session is not None and not self._session.pictures.reopen():
            self.noticed.emit(self.tr("No picture was closed"))

    def _step(self, by: int) -> None:
        if self._session is not None:
            pictures = self._session.pictures.open
            place = pictures.index(self._session.pictures.current)
            self._choose(pictures[(place + by) % len(pictures)])

    def _rename(self) -> None:
        current = self._current()
        if current is not None:
            self._bar.setVisible(not self.hidden)  # the name is typed below its tab
            self._bar.rename(current.id)

    def _on_moved(self, before: int, now: int) -> None:
        if self._session is not None:
            self._session.pictures.move(before, now)

    def _on_renamed(self, key: int, name: str) -> None:
        picture = self._picture(key)
        if self._session is not None and picture is not None:
            described = self._described(self._session.pictures.history_of(picture).recipe)
            self._session.pictures.rename(picture, "" if name == described else name)
