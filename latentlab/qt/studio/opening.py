"""From a file to an open session: what the file is, its model, the session kept for that model."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.latents.model_ref import ModelRef
from latentlab.latents.recipe import PhotoSource
from latentlab.qt.failure import Failure
from latentlab.qt.session import recents
from latentlab.qt.session.brood import Brood
from latentlab.qt.session.known_directions import KnownDirections
from latentlab.qt.session.marks import Marks
from latentlab.qt.session.mixing import Mixing
from latentlab.qt.session.model_info import ModelInfo
from latentlab.qt.session.pictures import Picture
from latentlab.qt.session.session import Locks, Pinned, Plane, Session, Shelf
from latentlab.qt.studio.offered import Kind, Offered, look_at
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.threads.load_thread import LoadRequest, LoadThread

if TYPE_CHECKING:  # the window must not wait for what these import
    from latentlab.latents.picture_record import PictureRecord
    from latentlab.qt.session.store import Claim, Restored


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """What shall be there once the model is open."""

    path: Path
    """Of the model."""
    candidate: str | None = None
    session: Restored | None = None
    """A session file to show; None goes on where this model was left."""
    record: PictureRecord | None = None
    """A picture to show, as a new step."""
    label: str = ""
    wanted: ModelRef | None = None
    """The model that the recipe was made with, to notice another version of it."""
    run: Path | None = None
    """The run that is training this model: its session goes on under other weights."""

    @property
    def identity(self) -> str:
        """What the session is kept under where that is not the model itself; empty where it is."""
        if self.run is None:
            return ""
        return f"run-{hashlib.sha256(str(self.run.absolute()).encode()).hexdigest()[:20]}"


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A model that was opened, with its session."""

    wish: Wish
    info: ModelInfo
    model: Any
    """The OpenedModel, for the render thread."""
    claim: Claim
    session: Session
    recovered: bool
    """The session was left behind by a crash."""


class Opening(QObject):
    """Opens one thing at a time; opening another gives the first up."""

    started = Signal(str)
    """Name of the file."""
    progressed = Signal(float, str)
    ended = Signal()
    """Opened, failed or given up."""
    switching = Signal()
    """A model was read and takes the place of the open one: its session must be given back now."""
    opened = Signal(object)
    """Opened."""
    failed = Signal(object, object)
    """Path, Failure."""
    noticed = Signal(str)
    readings_offered = Signal(object)
    """[(Candidate, QImage), ...] of the open file, which can be read in all these ways."""
    model_missing = Signal(object)
    """Wish whose model is nowhere to be found: the person must say where it is."""
    photo_offered = Signal(object)
    """PhotoSource: a picture without a recipe."""
    recipe_offered = Signal(object, str)
    """Recipe for the open model, and what it was."""
    directions_offered = Signal(object)
    """Path of a file of directions, for the open model."""
    record_offered = Signal(object, str)
    """PictureRecord made with the open model, and the name of its file."""

    def __init__(self, jobs: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._loader = LoadThread(self)
        self._wish: Wish | None = None
        self._readings: Any = None
        self._open_model = ""
        self._loader.progressed.connect(self.progressed)
        self._loader.opened.connect(self._on_opened)
        self._loader.compared.connect(self._on_compared)
        self._loader.failed.connect(self._on_failed)
        self._loader.cancelled.connect(self._on_cancelled)

    def offer(self, path: Path) -> None:
        """Open whatever this file is."""
        self._jobs.submit(
            lambda: look_at(path), self._on_looked_at, lambda failure: self.failed.emit(path, failure)
        )

    def open_model(self, wish: Wish) -> None:
        """Open a model file."""
        self._wish = wish
        self._readings = None
        self.started.emit(wish.path.name)
        self._loader.submit(LoadRequest(str(wish.path), wish.candidate))

    def note_weights(self, info: ModelInfo) -> None:
        """These weights are open now."""
        self._open_model = info.fingerprint

    def compare_readings(self, path: Path) -> None:
        """Look at all ways to read the open file."""
        self._wish = Wish(path)
        self.started.emit(path.name)
        self._loader.submit(LoadRequest(str(path), compare=True))

    def cancel(self) -> None:
        """Give up what is being opened; what was open stays."""
        self._wish = None
        self._loader.cancel()
        self.ended.emit()

    def stop(self) -> None:
        """End the thread."""
        self._loader.stop()

    def _on_looked_at(self, offered: Offered) -> None:
        if offered.kind is Kind.MODEL:
            self.open_model(Wish(offered.path))
        elif offered.kind is Kind.SESSION and offered.session is not None:
            record = offered.session.record
            self._open_for(
                record.model, Wish(offered.path, record.candidate or None, session=offered.session)
            )
        elif offered.kind is Kind.RECORDED and offered.record is not None:
            self._show_record(offered)
        elif offered.kind is Kind.RECIPE and offered.recipe is not None:
            self.recipe_offered.emit(offered.recipe, offered.path.name)
        elif offered.kind is Kind.DIRECTIONS:
            self.directions_offered.emit(offered.path)
        else:
            self.offer_photo(offered.path)

    def _show_record(self, offered: Offered) -> None:
        record = offered.record
        assert record is not None
        if record.model.fingerprint == self._open_model:
            self.record_offered.emit(record, offered.path.name)
            return
        self._open_for(record.model, Wish(offered.path, record=record, label=offered.path.name))

    def _open_for(self, ref: ModelRef, wish: Wish) -> None:
        """Open the model that `ref` names, wherever it is now."""
        wish = replace(wish, wanted=ref)
        self._jobs.submit(
            lambda: recents.find(ref),
            lambda path: self.open_model(replace(wish, path=path)) if path else self.model_missing.emit(wish),
        )

    def offer_photo(self, path: Path) -> None:
        """Take a picture file for its pixels, whatever else it holds."""

        def read() -> PhotoSource:
            from latentlab.render.photos import photo_source

            return photo_source(path)

        self._jobs.submit(read, self.photo_offered.emit, lambda failure: self.failed.emit(path, failure))

    @Slot(object, object, object)
    def _on_opened(self, request: LoadRequest, info: ModelInfo, model: Any) -> None:
        wish = self._wish
        if wish is None or str(wish.path) != request.path:
            return
        self.take(wish, info, model)

    def take(self, wish: Wish, info: ModelInfo, model: Any) -> None:
        """Make the session of a model that was read already."""
        self._wish = wish
        self.switching.emit()
        self._jobs.submit(
            lambda: _claim(wish.identity or info.fingerprint),
            lambda claim: self._on_claimed(wish, info, model, claim),
            lambda failure: self._fail(wish.path, failure),
        )

    def _on_claimed(self, wish: Wish, info: ModelInfo, model: Any, claim: Claim) -> None:
        if wish is not self._wish:
            self._jobs.submit(claim.release)
            return
        self._wish = None
        self.note_weights(info)
        if wish.wanted is not None and wish.wanted.fingerprint != info.fingerprint:
            self.noticed.emit(
                self.tr(
                    "{0} is another version of the model that this was made with: it may look different."
                ).format(info.card.name)
            )
        session = _session(wish, info, claim)
        recovered = claim.crashed and claim.restored is not None and wish.session is None
        self.opened.emit(Opened(wish, info, model, claim, session, recovered))
        if wish.run is None:
            self._jobs.submit(lambda: _note(info))
        self.ended.emit()
        if self._readings is not None:
            self.readings_offered.emit(self._readings)
            self._readings = None

    @Slot(object, object)
    def _on_compared(self, request: LoadRequest, readings: Any) -> None:
        if request.compare:
            self._wish = None
            self.ended.emit()
        if self._wish is None:
            self.readings_offered.emit(readings)
        else:
            self._readings = readings  # offered once the session of this model is there

    @Slot(object, object)
    def _on_failed(self, request: LoadRequest, failure: Failure) -> None:
        if self._wish is not None and str(self._wish.path) == request.path:
            self._fail(self._wish.path, failure)

    def _fail(self, path: Path, failure: Failure) -> None:
        self._wish = None
        self.failed.emit(path, failure)
        self.ended.emit()

    @Slot(object)
    def _on_cancelled(self, request: LoadRequest) -> None:
        if self._wish is not None and str(self._wish.path) == request.path:
            self._wish = None
            self.ended.emit()


def _claim(fingerprint: str) -> Claim:
    from latentlab.qt.session import store

    return store.claim(fingerprint)


def _session(wish: Wish, info: ModelInfo, claim: Claim) -> Session:
    restored = wish.session or claim.restored
    if restored is None:
        return Session(info, identity=wish.identity)
    record = restored.record
    session = Session(
        info,
        shelf=Shelf(record.favourites, {snapshot.slot: snapshot.kept for snapshot in record.snapshots}),
        locks=Locks(record.locks),
        directions=KnownDirections(record.directions),
        pinned=Pinned(record.pinned),
        plane=Plane(record.plane),
        mixing=Mixing(record.crossing),
        marks=Marks(record.marked_more, record.marked_less),
        brood=Brood(record.parents, record.generations, record.rules),
        identity=wish.identity,
    )
    _restore_pictures(session, restored)
    return session


def _restore_pictures(session: Session, restored: Restored) -> None:
    """Every tab with its history; the one in front goes into the session's own."""
    session.history.adopt(restored.tree)
    pictures: dict[int, Picture] = {}
    for tab in restored.record.all_tabs():
        if tab.id in restored.histories:
            pictures[tab.id] = Picture(tab.id, tab.name, dict(tab.branches))
            if tab.id != restored.shown:
                pictures[tab.id].parked.adopt(restored.histories[tab.id].tree)
    closed = {tab.id for tab in restored.record.closed} - {restored.shown}
    session.pictures.restore(
        pictures[restored.shown],
        [picture for number, picture in pictures.items() if number not in closed],
        [picture for number, picture in pictures.items() if number in closed],
    )


def _note(info: ModelInfo) -> None:
    recents.note(
        recents.Recent(
            info.path,
            info.card.name,
            info.fingerprint,
            info.capabilities.family,
            info.capabilities.resolution,
        )
    )
