"""Opening and saving as a person sees them: dialogs, progress, and a question where a model is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from latentlab.formats.report import Candidate
from latentlab.qt.file_dialogs import FileDialogs
from latentlab.qt.reading_chooser import PicturedReading, ReadingChooser
from latentlab.qt.studio.opening import Wish
from latentlab.qt.studio.studio import Studio
from latentlab.qt.widgets.progress_overlay import ProgressOverlay


class OpeningView(QObject):
    """Lies over the workspaces while something is opened."""

    def __init__(self, studio: Studio, area: QWidget) -> None:
        super().__init__(area)
        self._studio = studio
        self._dialogs = FileDialogs(area.window())
        self.progress = ProgressOverlay(area)
        opening = studio.opening
        opening.started.connect(self._on_started)
        opening.progressed.connect(self._on_progressed)
        opening.ended.connect(self.progress.finish)
        opening.model_missing.connect(self._on_model_missing)
        opening.readings_offered.connect(self._on_readings_offered)
        self.chooser = ReadingChooser(area)
        self.chooser.chosen.connect(self._on_reading_chosen)
        studio.session_opened.connect(self.chooser.hide)
        self.progress.cancelled.connect(opening.cancel)

    def compare_readings(self) -> None:
        """Show all ways to read the open file."""
        session = self._studio.session
        if session is not None:
            self._studio.opening.compare_readings(Path(session.model.path))

    def open_anything(self) -> None:
        """Ask for a file and open it."""
        self._dialogs.open_anything(self._studio.opening.offer)

    def choose_photo(self) -> None:
        """Ask for a picture to start from."""
        self._dialogs.open_photo(self._studio.opening.offer_photo)

    def save_session(self) -> None:
        """Ask where to, and write the session."""
        session = self._studio.session
        if session is not None:
            self._dialogs.save_session(f"{session.model.card.name}.latentlab", self._studio.save_session)

    @Slot(str)
    def _on_started(self, name: str) -> None:
        self.progress.start(self.tr("Opening {0}").format(name))

    @Slot(float, str)
    def _on_progressed(self, share: float, text: str) -> None:
        self.progress.set_progress(share or None, text)

    @Slot(object)
    def _on_readings_offered(self, readings: list[tuple[Candidate, QImage]]) -> None:
        session = self._studio.session
        if session is not None:
            pictured = [PicturedReading(candidate, sheet) for candidate, sheet in readings]
            self.chooser.offer(pictured, session.model.candidate.key)

    @Slot(str)
    def _on_reading_chosen(self, key: str) -> None:
        session = self._studio.session
        if session is not None:
            self._studio.opening.open_model(Wish(Path(session.model.path), candidate=key))

    @Slot(object)
    def _on_model_missing(self, wish: Wish) -> None:
        assert wish.wanted is not None

        def found(path: Path) -> None:
            self._studio.opening.open_model(replace(wish, path=path))

        self._dialogs.open_model(self.tr("Where is the model “{0}”?").format(wish.wanted.name), found)
