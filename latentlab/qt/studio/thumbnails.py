"""Small pictures of recipes: taken from what was rendered, kept in the cache, found again."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from latentlab.latents import recipe_json
from latentlab.latents.recipe import Recipe
from latentlab.places import cache_dir
from latentlab.qt.threads.jobs import JobThread

logger = logging.getLogger(__name__)

_IN_MEMORY = 400
"""A picture takes 50 kB: these and the steps of a long history stay below 50 MB together."""
_ON_DISK = 12_000
_QUALITY = 92


class Thumbnails(QObject):
    """Those of one model. Files are read and written in the job thread."""

    arrived = Signal(object)
    """Recipe that now has a picture."""

    def __init__(self, fingerprint: str, jobs: JobThread, parent: QObject | None = None) -> None:
        """Keep those of the model with this fingerprint; with "" nothing is kept beyond the session."""
        super().__init__(parent)
        self._folder = cache_dir() / "thumbnails" / fingerprint[:24] if fingerprint else None
        self._outdated: set[Recipe] = set()
        self._jobs = jobs
        self._pictures: dict[Recipe, QImage] = {}
        self._pruned = False

    def get(self, recipe: Recipe) -> QImage | None:
        """The picture, if there is one in memory."""
        return self._pictures.get(recipe)

    def lacks(self, recipe: Recipe) -> bool:
        """Whether there is none in memory, or only one that older weights drew."""
        return recipe not in self._pictures or recipe in self._outdated

    def outdate(self) -> None:
        """The model draws with other weights: every picture is to be drawn again, and shown until it is."""
        self._outdated = set(self._pictures)

    def put(self, recipe: Recipe, picture: QImage) -> None:
        """Take a picture that was just rendered."""
        folder = self._folder
        if folder is not None and self._pictures.get(recipe) is None:
            self._jobs.submit(lambda: _write(folder, recipe, picture))
        self._remember(recipe, picture)

    def load(self, recipes: Iterable[Recipe], then: Callable[[], None] = lambda: None) -> None:
        """Look for pictures of these in the cache. `arrived` tells of each that was found; `then` comes last."""
        wanted = [recipe for recipe in dict.fromkeys(recipes) if recipe not in self._pictures][-_IN_MEMORY:]

        def read(found: list[tuple[Recipe, QImage]]) -> None:
            self._on_read(found)
            then()

        folder = self._folder
        if wanted and folder is not None:
            prune, self._pruned = not self._pruned, True
            self._jobs.submit(lambda: _read(folder, wanted, prune=prune), read)
        else:
            then()

    def finish(self) -> None:
        """Another model takes its place: end once everything was written."""
        self._jobs.submit(lambda: None, lambda _: self.deleteLater())

    def _on_read(self, found: list[tuple[Recipe, QImage]]) -> None:
        for recipe, picture in found:
            if recipe not in self._pictures:
                self._remember(recipe, picture)

    def _remember(self, recipe: Recipe, picture: QImage) -> None:
        self._pictures.pop(recipe, None)
        self._outdated.discard(recipe)
        self._pictures[recipe] = picture
        while len(self._pictures) > _IN_MEMORY:
            del self._pictures[next(iter(self._pictures))]
        self.arrived.emit(recipe)


def _path(folder: Path, recipe: Recipe) -> Path:
    digest = hashlib.sha256(recipe_json.to_text(recipe).encode()).hexdigest()
    return folder / f"{digest[:32]}.jpg"


def _write(folder: Path, recipe: Recipe, picture: QImage) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if not picture.save(str(_path(folder, recipe)), "JPG", _QUALITY):  # type: ignore[call-overload]
        logger.warning("A thumbnail could not be written to %s", folder)


def _read(folder: Path, recipes: list[Recipe], *, prune: bool) -> list[tuple[Recipe, QImage]]:
    if prune:
        _prune(folder)
    found = []
    for recipe in recipes:
        picture = QImage(str(_path(folder, recipe)))
        if not picture.isNull():
            found.append((recipe, picture.convertToFormat(QImage.Format.Format_RGB32)))
    return found


def _prune(folder: Path) -> None:
    """Remove the oldest files when there are far too many."""
    if not folder.is_dir():
        return
    files = list(folder.glob("*.jpg"))
    if len(files) > _ON_DISK:
        for path in sorted(files, key=lambda path: path.stat().st_mtime)[: len(files) - _ON_DISK]:
            path.unlink(missing_ok=True)
