"""Wires threads, opening, stage and saving for one window. Knows no widget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.formats.bundled import path_of
from latentlab.latents.recipe import Recipe
from latentlab.qt.failure import Failure
from latentlab.qt.session import recents
from latentlab.qt.session.autosave import Autosave
from latentlab.qt.session.session import Session
from latentlab.qt.settings import Settings, SettingsStore
from latentlab.qt.studio.background import Background
from latentlab.qt.studio.batch import BatchExporter
from latentlab.qt.studio.direction_keeper import DirectionKeeper
from latentlab.qt.studio.exporting import Exporter
from latentlab.qt.studio.live import Live
from latentlab.qt.studio.opening import Opened, Opening, Wish
from latentlab.qt.studio.stage import Stage
from latentlab.qt.studio.thumbnails import Thumbnails
from latentlab.qt.threads.desk import ModelOrder
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.threads.live_thread import LiveModel
from latentlab.qt.threads.render_thread import RenderThread, Shown
from latentlab.runs.folder import RunFolder

if TYPE_CHECKING:
    from latentlab.latents.picture_record import PictureRecord
    from latentlab.qt.session.model_info import ModelInfo
    from latentlab.qt.session.record import SessionRecord


class Studio(QObject):
    """Everything behind the window."""

    session_opened = Signal(object)
    """Session: the workspaces show it from now on."""
    failed = Signal(object, object)
    """Failure, and what Retry does (a callable) or None."""
    noticed = Signal(str)
    """Something worth a quiet word."""
    warned = Signal(str)
    """Something is not as asked for: another device, less memory."""
    saved = Signal(float)
    """Seconds since 1970."""
    theatre_wanted = Signal(object)
    """Path of a run whose checkpoints shall be played in Explore."""
    photo_wanted = Signal()
    """A picture file shall be chosen."""

    def __init__(self, settings: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.jobs = JobThread(self)
        self.renders = RenderThread(self)
        self.opening = Opening(self.jobs, self)
        self.stage = Stage(self.renders, self)
        self.background = Background(self.renders, self)
        self.exporter = Exporter(self.stage, self.jobs, self)
        self.batch = BatchExporter(self.renders, self.jobs, self)
        self.live = Live(self)
        self.session: Session | None = None
        self.thumbnails: Thumbnails | None = None
        self._model: Any = None
        self._autosave: Autosave | None = None
        self._last: Shown | None = None
        self._record: tuple[PictureRecord, str] | None = None
        self.opening.switching.connect(self._finish_session)
        self.opening.opened.connect(self._on_opened)
        self.opening.failed.connect(self._on_opening_failed)
        self.opening.noticed.connect(self.noticed)
        self.opening.record_offered.connect(self.show_record)
        self.opening.recipe_offered.connect(self._on_recipe_offered)
        self.opening.directions_offered.connect(self._on_directions_offered)
        self.renders.open_failed.connect(self._on_renderer_failed)
        self.renders.noticed.connect(self.warned)
        self.stage.shown.connect(self._on_shown)
        self.exporter.exported.connect(
            lambda path: self.noticed.emit(self.tr("Exported {0}").format(path.name))
        )
        self.exporter.failed.connect(
            lambda failure, path: self.failed.emit(failure, lambda: self.exporter.export(path))
        )
        self.batch.finished.connect(self.noticed)
        self.batch.failed.connect(self.failed)
        self.stage.rendered_fully.connect(self._on_rendered_fully)
        self.stage.failed.connect(self._on_render_failed)
        self.live.ask_before_replacing(self._may_replace_weights)
        self.live.first_arrived.connect(self._on_live_model)
        self.live.replaced.connect(self._on_live_model)
        self.live.failed.connect(lambda failure: self.failed.emit(failure, None))
        self.stage.preview = settings.settings.preview
        settings.changed.connect(self._on_settings_changed)

    def start(self, path: str | None) -> None:
        """Open `path`, or what was open last, or the first bundled model."""
        if path is not None:
            self.opening.offer(Path(path).absolute())
            return
        self.jobs.submit(_where_to_begin, self._on_beginning_known)

    def save_session(self, path: Path) -> None:
        """Write the session as one file of its own."""
        if self._autosave is None:
            return
        self._autosave.save()
        folder, record = self._autosave.folder, self._autosave.record()
        self.jobs.submit(
            lambda: _save_as(folder, path, record),
            lambda _: self.noticed.emit(self.tr("Session saved as {0}").format(path.name)),
            lambda failure: self.failed.emit(failure, lambda: self.save_session(path)),
        )

    def stop(self) -> None:
        """Save, and end every thread."""
        self.live.stop()
        self.opening.stop()
        self._finish_session()
        self.renders.stop()
        self.jobs.stop()

    @property
    def open_model(self) -> Any:
        """The OpenedModel, for the render thread and for jobs that leave it as it is."""
        return self._model

    @property
    def last_shown(self) -> Shown | None:
        """The newest picture of the open session."""
        return self._last

    def _on_beginning_known(self, wish: Wish | None) -> None:
        if wish is None:
            return
        run = wish.path.parent.parent
        if wish.path == RunFolder(run).live_model:
            self.live.follow(run)  # a session that went on under other weights, and does so again
        else:
            self.opening.open_model(wish)

    @Slot(object)
    def _on_opened(self, opened: Opened) -> None:
        self._model = opened.model
        self._last = None
        self.session = opened.session
        if self.thumbnails is not None:
            self.thumbnails.finish()
        run = opened.wish.run
        self.thumbnails = Thumbnails("" if run else opened.info.fingerprint, self.jobs, self)
        self.thumbnails.load(_recipes_of(opened.session))
        own = opened.wish.session is None and opened.claim.restored is not None
        self._autosave = Autosave(opened.session, opened.claim, self.jobs, self, own=own)
        self._autosave.saved.connect(self.saved)
        self._autosave.failed.connect(self._on_saving_failed)
        opened.session.directions.changed.connect(self._on_directions_known)
        self._keeper = DirectionKeeper(opened.session, self.jobs, self)
        self._keeper.failed.connect(lambda failure: self.failed.emit(failure, None))
        self._record = (opened.wish.record, opened.wish.label) if opened.wish.record else None
        self.renders.use_directions(None)
        self._open_renderer()
        self.exporter.set_session(opened.session)
        self.batch.set_session(opened.session, opened.model)
        self.session_opened.emit(opened.session)
        self.stage.set_session(opened.session)
        self.background.set_session(opened.session, opened.model, lasting=run is None)
        self.live.opened(run)
        if not opened.info.capabilities.num_codes:
            self._show_record()
        if opened.recovered:
            self.noticed.emit(self.tr("Your work from before LatentLab ended unexpectedly is back."))

    def find_directions_anew(self) -> None:
        """Look for directions in the weights as they are now."""
        self.background.find_directions_anew(self._model)

    def _may_replace_weights(self) -> bool:
        """Whether nothing is under way that needs the weights it began with."""
        return (
            self.session is not None and self.batch.state is None and not self.background.needs_these_weights
        )

    @Slot(object)
    def _on_live_model(self, found: LiveModel) -> None:
        """The first model of a run is opened; a newer one takes the place of its weights."""
        session, info = self.session, found.info
        wish = Wish(Path(info.path), run=found.run)
        ours = session is not None and session.identity == wish.identity
        if session is None or not ours or not _same_build(session.model, info):
            self.opening.take(wish, info, found.model)
            return
        self._model = found.model
        session.replace_weights(info)
        self.opening.note_weights(info)
        self._open_renderer(succeeds=True)
        if self.thumbnails is not None:
            self.thumbnails.outdate()
        self.batch.set_session(session, found.model)
        self.background.replace_weights()
        self.stage.weights_changed()
        self.live.opened(found.run)

    def show_record(self, record: PictureRecord, label: str) -> None:
        """Show a picture that was made with the open model, as a new step, once its directions are known."""
        self._record = (record, label)
        self._show_record()

    def _show_record(self) -> None:
        session = self.session
        if session is None or self._record is None:
            return
        record, label = self._record
        if session.directions.all is None and record.directions:
            return  # shown when they are
        self._record = None
        recipe = session.directions.recipe_of(record) if record.directions else record.recipe
        session.editor.apply(label, recipe)

    def _on_directions_known(self) -> None:
        if self.session is None:
            return
        self.renders.use_directions(self.session.directions.all)
        self._show_record()
        self.stage.directions_known()

    def _open_renderer(self, *, succeeds: bool = False) -> None:
        chosen = self.settings.settings
        self.renders.open(ModelOrder(self._model, chosen.device, chosen.precision, succeeds))

    @Slot()
    def _finish_session(self) -> None:
        if self._autosave is None or self.session is None:
            return
        self._autosave.finish()
        self._autosave = None
        if self._last is not None and self._last.thumbnail is not None:
            picture, path = self._last.thumbnail, recents.picture_of(self.session.model.fingerprint)
            self.jobs.submit(lambda: _save_picture(picture, path))

    @Slot(object)
    def _on_shown(self, shown: Shown) -> None:
        self._last = shown

    @Slot(object)
    def _on_rendered_fully(self, recipe: Recipe) -> None:
        shown = self._last
        if self.thumbnails is not None and shown is not None and shown.thumbnail is not None:
            self.thumbnails.put(recipe, shown.thumbnail)

    @Slot(object, str)
    def _on_recipe_offered(self, recipe: Recipe, label: str) -> None:
        if self.session is None:
            self.noticed.emit(self.tr("This is a recipe without its model: open a model first."))
            return
        self.session.editor.apply(label, recipe)

    @Slot(object)
    def _on_directions_offered(self, path: Path) -> None:
        """Explore takes them in where a model is open."""
        if self.session is None:
            self.noticed.emit(self.tr("These are directions without their model: open a model first."))

    @Slot(object)
    def _on_render_failed(self, failure: Failure) -> None:
        self.failed.emit(failure, self.stage.ask_again)

    @Slot(object)
    def _on_renderer_failed(self, failure: Failure) -> None:
        def retry() -> None:
            self._open_renderer()
            self.stage.ask_again()

        self.failed.emit(failure, retry)

    @Slot(object, object)
    def _on_opening_failed(self, path: Path, failure: Failure) -> None:
        self.failed.emit(failure, lambda: self.opening.offer(path))

    @Slot(object)
    def _on_saving_failed(self, failure: Failure) -> None:
        self.failed.emit(failure, self._autosave.save if self._autosave is not None else None)

    def _on_settings_changed(self, before: Settings, after: Settings) -> None:
        self.stage.preview = after.preview
        computing = (before.device, before.precision) != (after.device, after.precision)
        if computing and self._model is not None:
            self._open_renderer()
            self.stage.ask_again()
            self.background.prepare_again()


def _same_build(one: ModelInfo, other: ModelInfo) -> bool:
    """Whether what the window shows of a model holds for the other too: not where the network has grown."""
    return one.capabilities == other.capabilities and one.blocks == other.blocks


def _where_to_begin() -> Wish | None:
    from latentlab.qt.session import store

    path = path_of(store.last_used()) or recents.first_model()
    return Wish(path) if path is not None else None


def _save_as(folder: Path, path: Path, record: SessionRecord) -> None:
    from latentlab.qt.session import store

    store.save_as(folder, path, record)


def _recipes_of(session: Session) -> list[Recipe]:
    """Whose pictures are shown first: what was kept, and what is open in tabs."""
    kept = [kept.recipe for kept in (*session.shelf.favourites, *session.shelf.snapshots.values())]
    return [*kept, *(session.pictures.history_of(picture).recipe for picture in session.pictures.open)]


def _save_picture(picture: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(str(path))
