"""Everything that the section of directions asks for from outside: pictures, files, lessons."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QWidget

from latentlab.latents import paths
from latentlab.latents.lesson import Lesson
from latentlab.latents.recipe import Recipe
from latentlab.qt.failure import Failure
from latentlab.qt.file_dialogs import FileDialogs
from latentlab.qt.session.session import Session, new_seed
from latentlab.qt.threads.direction_work import (
    ImportWork,
    LearnWork,
    OverlapWork,
    RandomDirectionsWork,
    StripsWork,
)
from latentlab.qt.threads.gallery_work import GalleryWork

from .sections.directions_section import LEARNED, STRIP_VALUES, DirectionsSection

if TYPE_CHECKING:
    from latentlab.latents.directions import DirectionSet
    from latentlab.latents.learned import Learned
    from latentlab.qt.studio.studio import Studio
    from latentlab.qt.threads.desk import IdleWork

_MARKS = "marks"
_OVERLAPS = 10
"""Other directions that a learned one is compared with, at most."""


class DirectionDesk(QObject):
    """Serves one section, until `detach`."""

    asked = Signal(object)
    """Key of idle work that was asked for."""

    def __init__(self, studio: Studio, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self._session = session
        self._section: DirectionsSection | None = None
        self._dialogs = FileDialogs(parent.window())
        self._shown: dict[str, Recipe] = {}
        """For each direction the picture that its strip is about."""
        studio.renders.idle_result.connect(self._on_result)
        studio.renders.idle_failed.connect(self._on_failed)
        studio.opening.directions_offered.connect(self._import)
        session.marks.changed.connect(self._ask_for_marks)

    def serve(self, section: DirectionsSection) -> None:
        """The section of the session, made anew when other words are spoken."""
        self._section = section
        self._shown.clear()
        if not section.available:
            return
        section.rows_changed.connect(self.ask_for_strips)
        section.teach.learn_wanted.connect(self._learn)
        section.import_wanted.connect(lambda: self._dialogs.open_directions(self._import))
        section.random_wanted.connect(
            lambda: self._ask(RandomDirectionsWork(self._studio.open_model, new_seed()))
        )
        section.share_wanted.connect(self._share)
        self._ask_for_marks()

    def show_other_weights(self) -> None:
        """Every strip is to be drawn again when there is time."""
        self._shown.clear()

    def detach(self) -> None:
        """Another session was opened."""
        self._studio.renders.idle_result.disconnect(self._on_result)
        self._studio.renders.idle_failed.disconnect(self._on_failed)
        self._studio.opening.directions_offered.disconnect(self._import)
        self._session.marks.changed.disconnect(self._ask_for_marks)
        self.deleteLater()

    # Pictures.

    def ask_for_strips(self) -> None:
        """Filmstrips of the directions in use whose picture has changed, then of those that are looked through."""
        section, session = self._section, self._session
        recipe = session.history.recipe
        if section is None or not section.available or session.editor.moving or not session.can_draw(recipe):
            return
        if not section.isVisible():
            return
        in_use = [item for item in section.rows if self._shown.get(item) != _without(recipe, item)]
        listed = [
            item for item in section.listed_in_sight() if self._shown.get(item) != _without(recipe, item)
        ]
        if in_use:
            self._ask(StripsWork(recipe, tuple(in_use), STRIP_VALUES, "in use", 1))
        listed = [item for item in listed if item not in in_use]
        if listed:
            self._ask(StripsWork(recipe, tuple(listed), STRIP_VALUES, "listed", 2))

    def pixmap_of(self, recipe: Recipe) -> QPixmap | None:
        """A small picture of a marked recipe, if there is one."""
        pictures = self._studio.thumbnails
        image = pictures.get(recipe) if pictures is not None else None
        return QPixmap.fromImage(image) if image is not None else None

    def _ask_for_marks(self) -> None:
        pictures, marks = self._studio.thumbnails, self._session.marks
        if pictures is None:
            return
        missing = [item for item in (*marks.more, *marks.less) if pictures.get(item) is None]
        missing = [item for item in missing if self._session.can_draw(item)]
        if missing:
            self._ask(GalleryWork(tuple(missing), _MARKS, 1))

    # Lessons and files.

    def _learn(self, name: str, keep: tuple[str, ...]) -> None:
        marks = self._session.marks
        lesson = Lesson(name, marks.more, marks.less, keep)
        self._ask(LearnWork(self._studio.open_model, lesson))

    def _import(self, path: Path) -> None:
        self._ask(ImportWork(self._studio.open_model, path))

    def _share(self, ids: tuple[str, ...]) -> None:
        known = self._session.directions.all
        if known is None:
            return
        chosen = tuple(known[item] for item in ids if item in known)
        model = self._session.model.ref
        name = chosen[0].name if len(chosen) == 1 else self.tr("{0} directions").format(model.name)

        def write(path: Path) -> None:
            from latentlab.atomic import write_atomically
            from latentlab.latents.own_directions import SharedDirections, to_shared_text

            write_atomically(path, to_shared_text(SharedDirections(model, chosen)).encode())

        def submit(path: Path) -> None:
            text = self.tr("{0} written").format(path.name)
            self._studio.jobs.submit(
                lambda: write(path),
                lambda _: self._studio.noticed.emit(text),
                lambda failure: self._studio.failed.emit(failure, None),
            )

        self._dialogs.save_directions(f"{name}.directions", submit)

    def _ask(self, work: IdleWork) -> None:
        self.asked.emit(work.key)
        self._studio.renders.when_idle(work)

    # Results.

    @Slot(object, object)
    def _on_result(self, key: Hashable, result: Any) -> None:
        section = self._section
        if section is None or not section.available:
            return
        takers: dict[Hashable, Callable[[Any], None]] = {
            LearnWork.key: self._take_learned,
            OverlapWork.key: section.teach.show_overlap,
            ImportWork.key: self._take_imported,
            RandomDirectionsWork.key: self._take_random,
            ("gallery", _MARKS): self._take_marks,
            ("strips", "in use"): self._take_strip,
            ("strips", "listed"): self._take_strip,
        }
        if key in takers:
            takers[key](result)

    def _take_strip(self, result: tuple[Recipe, str, list[QImage]]) -> None:
        recipe, direction, pictures = result
        if self._section is not None:
            self._shown[direction] = _without(recipe, direction)
            self._section.show_strip(direction, pictures)

    def _take_marks(self, pictures: list[tuple[Recipe, QImage]]) -> None:
        for recipe, picture in pictures:
            if self._studio.thumbnails is not None:
                self._studio.thumbnails.put(recipe, picture)
        if self._section is not None:
            self._section.teach.show_marks()

    def _take_learned(self, result: Learned | tuple[float, str]) -> None:
        assert self._section is not None
        if isinstance(result, tuple):
            self._section.teach.show_progress(result[1])
            return
        direction = result.direction
        self._session.directions.change_own(lambda own: own.with_directions([direction]))
        self._session.pinned.add(direction.id)
        self._section.teach.show_learned(result)
        known = self._session.directions.all
        others = [item for item in self._session.pinned.ids if item != direction.id]
        others += [item.id for item in self._session.directions.own.directions if item.id != direction.id]
        if known is not None:
            others += [item.id for item in known][:_OVERLAPS]
        chosen = [item for item in dict.fromkeys(others) if item != direction.id][:_OVERLAPS]
        self._ask(OverlapWork(direction.id, tuple(chosen), self._session.history.recipe))

    def _take_imported(self, found: DirectionSet) -> None:
        self._session.directions.change_own(lambda own: own.with_directions(found))
        assert self._section is not None
        self._section.show_catalogue(LEARNED)
        self._studio.noticed.emit(
            self.tr("1 direction imported")
            if len(found) == 1
            else self.tr("{0} directions imported").format(len(found))
        )

    def _take_random(self, found: DirectionSet) -> None:
        def change(own: Any) -> Any:
            own = own.with_directions(found)
            for direction in found:
                own = own.with_note(replace(own.note(direction.id), group=self.tr("Random")))
            return own

        self._session.directions.change_own(change)
        assert self._section is not None
        self._section.show_catalogue(LEARNED)

    @Slot(object, object)
    def _on_failed(self, key: Hashable, failure: Failure) -> None:
        section = self._section
        if section is None or not section.available:
            return
        if key == LearnWork.key:
            section.teach.show_failure(failure.text)
        elif key in (ImportWork.key, RandomDirectionsWork.key):
            self._studio.failed.emit(failure, None)


def _without(recipe: Recipe, direction: str) -> Recipe:
    """What a direction's strip depends on: everything but its own weight."""
    return paths.with_value(recipe, f"directions[{direction}].weight", 0.0)
