"""Another picture for a place at the side, at the top, or for a single layer: from the menu, or from a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from latentlab.latents.crossing import Ingredient, Take
from latentlab.latents.recipe import PhotoSource, Recipe
from latentlab.qt.file_dialogs import FileDialogs
from latentlab.qt.studio.offered import Kind, Offered, look_at
from latentlab.qt.theme.icons import icon
from latentlab.qt.widgets.crossing_places import SourcePlace
from latentlab.qt.workspaces.mix.arrangement import Arrangement
from latentlab.qt.workspaces.mix.source_menu import SourceMenu

if TYPE_CHECKING:
    from latentlab.latents.picture_record import PictureRecord
    from latentlab.qt.studio.studio import Studio

Use = Callable[[Ingredient], None]


class SourceChooser(QObject):
    """Asks where a picture shall come from, and puts it where it belongs."""

    def __init__(self, studio: Studio, arrangement: Arrangement, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self._arrangement = arrangement
        self._menu = SourceMenu(parent)
        self._window = parent
        self._dialogs: FileDialogs | None = None

    def open(self, at: QPoint, place: SourcePlace | None) -> None:
        """Offer other pictures for a place; None is a new place at the side."""

        def use(ingredient: Ingredient) -> None:
            self.put(ingredient, place)

        self._open(at, use, [] if place is None else self._actions(place))

    def open_for_unit(self, unit: int, at: QPoint) -> None:
        """Offer pictures that one layer alone takes from."""
        weight = self._arrangement.crossing.take(unit).weight or 1.0

        def take(ingredient: Ingredient | None) -> None:
            self._arrangement.edit(self._arrangement.crossing.with_take(unit, Take(weight, ingredient)))

        back = QAction(self.tr("From the top again"), self)
        back.triggered.connect(lambda: take(None))
        self._open(at, take, [back])

    def put(self, ingredient: Ingredient, place: SourcePlace | None) -> None:
        """Use a picture at a place; None adds one at the side."""
        if place is None:
            self._arrangement.add_source(ingredient, at_top=False)
        else:
            now = self._arrangement.crossing
            self._arrangement.edit(now.with_source(place.at_top, place.number, ingredient))

    def take_file(self, path: Path, place: SourcePlace | None) -> None:
        """Use a picture file at a place."""
        self._take_file(path, lambda ingredient: self.put(ingredient, place))

    def _open(self, at: QPoint, use: Use, more: list[QAction]) -> None:
        session = self._arrangement.session
        if session is not None and self._arrangement.ready:
            self._menu.open(at, session, self._studio.thumbnails, use, lambda: self._ask_for_file(use), more)

    def _actions(self, place: SourcePlace) -> list[QAction]:
        now = self._arrangement.crossing
        row = now.top if place.at_top else now.side
        source = row[place.number]
        turned = now.with_source(place.at_top, place.number, replace(source, locked=not source.locked))
        lock = QAction(
            icon("unlock" if source.locked else "lock"),
            self.tr("Unlock") if source.locked else self.tr("Lock: new sources leave it"),
            self,
        )
        lock.triggered.connect(lambda: self._arrangement.edit(turned))
        across = QAction(self.tr("Also at the side") if place.at_top else self.tr("Also at the top"), self)
        across.triggered.connect(lambda: self._arrangement.add_source(source, at_top=not place.at_top))
        out = QAction(icon("trash"), self.tr("Take out"), self)
        out.setEnabled(len(row) > 1)
        out.triggered.connect(lambda: self._arrangement.remove_source(place.number, at_top=place.at_top))
        return [lock, across, out]

    def _ask_for_file(self, use: Use) -> None:
        if self._dialogs is None:
            self._dialogs = FileDialogs(self._window.window())
        self._dialogs.open_photo(lambda path: self._take_file(path, use))

    def _take_file(self, path: Path, use: Use) -> None:
        """A picture with its recipe, a recipe, or a photo where the model encodes photos."""
        self._studio.jobs.submit(
            lambda: look_at(path),
            lambda offered: self._take_offered(offered, use),
            lambda failure: self._studio.failed.emit(failure, None),
        )

    def _take_offered(self, offered: Offered, use: Use) -> None:
        session = self._arrangement.session
        if session is None or not self._arrangement.ready:
            return
        name = offered.path.stem
        if offered.kind is Kind.RECORDED and offered.record is not None:
            self._take_record(offered.record, name, use)
        elif offered.kind is Kind.RECIPE and offered.recipe is not None:
            use(Ingredient(offered.recipe, name))
        elif offered.kind is Kind.PHOTO and session.model.capabilities.has_encoder:
            self._studio.jobs.submit(
                lambda: _photo(offered.path),
                lambda photo: use(Ingredient(Recipe(photo), name)),
                lambda failure: self._studio.failed.emit(failure, None),
            )
        elif offered.kind is Kind.PHOTO:
            text = self.tr("{0} carries no recipe, and this model cannot turn photos into latents.")
            self._studio.noticed.emit(text.format(offered.path.name))
        else:
            self._studio.opening.offer(offered.path)

    def _take_record(self, record: PictureRecord, name: str, use: Use) -> None:
        session = self._arrangement.session
        assert session is not None
        if record.model.fingerprint != session.model.fingerprint:
            text = self.tr("{0} was made with {1}: open that model to mix with it.")
            self._studio.noticed.emit(text.format(name, record.model.name))
        elif record.directions and session.directions.all is None:
            self._studio.noticed.emit(
                self.tr("The model's directions are still being found: try again soon.")
            )
        else:
            recipe = session.directions.recipe_of(record) if record.directions else record.recipe
            use(Ingredient(recipe, name))


def _photo(path: Path) -> PhotoSource:
    from latentlab.render.photos import photo_source

    return photo_source(path)
