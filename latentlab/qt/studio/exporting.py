"""Writes the picture of the current recipe as a file that remembers how it was made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from latentlab import __version__
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.failure import Failure
from latentlab.qt.session.session import Session
from latentlab.qt.studio.stage import Stage
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.threads.render_thread import Shown
from latentlab.render.picture_form import PictureForm, kind_of


class Exporter(QObject):
    """Exports at once when the full picture is there, otherwise as soon as it is."""

    exported = Signal(object)
    """Path."""
    failed = Signal(object, object)
    """Failure, Path."""

    def __init__(self, stage: Stage, jobs: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._session: Session | None = None
        self._last: Shown | None = None
        self._waiting: tuple[Recipe, Path] | None = None
        self.form = PictureForm()
        """Size, border and the like of what is exported; the file's name says its kind."""
        stage.shown.connect(self._on_shown)

    def set_session(self, session: Session) -> None:
        """Another model was opened: what was not exported by now will not be."""
        self._session = session
        self._last = None
        self._waiting = None

    def export(self, path: Path) -> None:
        """Write the current recipe's full picture."""
        assert self._session is not None
        recipe = self._session.history.recipe
        self._waiting = (recipe, path)
        if self._last is not None and self._last.frame.recipe == recipe:
            self._write(self._last)

    def suggested_name(self) -> str:
        """A name for the file: the model's and the seed's."""
        assert self._session is not None
        name = "".join(c if c.isalnum() or c in "-_" else "-" for c in self._session.model.card.name)
        source = self._session.history.recipe.source
        if isinstance(source, SeedSource):
            name = f"{name}-{source.seed}"
        return f"{name}{self.form.suffix}"

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        if shown.frame.is_preview:
            return
        self._last = shown
        if self._waiting is not None and self._waiting[0] == shown.frame.recipe:
            self._write(shown)

    def _write(self, shown: Shown) -> None:
        assert self._session is not None
        assert self._waiting is not None
        path, self._waiting = self._waiting[1], None
        form = replace(self.form, kind=kind_of(path.name) or self.form.kind)
        ref, known, pixels = self._session.model.ref, self._session.directions.all, shown.frame.pixels

        def write() -> Path:
            from latentlab.latents.picture_record import record_of
            from latentlab.render.pictures import save_picture

            record = record_of(
                ref,
                shown.frame.recipe,
                known,
                size=(pixels.shape[1], pixels.shape[0]),
                program=f"LatentLab {__version__}",
            )
            save_picture(path, pixels, record, form)
            return path

        def failed(failure: Failure) -> None:
            self.failed.emit(failure, path)

        self._jobs.submit(write, self.exported.emit, failed)
