"""Exporting many pictures from the window: in quiet moments, with progress, pause and continuation."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal, Slot

from latentlab.latents.recipe import Recipe
from latentlab.qt.failure import Failure
from latentlab.qt.session.session import Session
from latentlab.qt.threads.desk import IdleWork
from latentlab.qt.threads.export_work import ExportWork, LatentFileWork, SheetWork
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.threads.render_thread import RenderThread
from latentlab.render.picture_form import PictureForm

if TYPE_CHECKING:
    from latentlab.render.batch_export import ExportFolder
    from latentlab.render.contact_sheet import SheetForm

As = Literal["pictures", "sheet", "latents"]


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What shall be exported, and how."""

    named: tuple[tuple[str, Recipe], ...]
    """Recipes with the names of their files, or captions."""
    target: Path
    """A folder for pictures, a file for a sheet or latents."""
    form: PictureForm
    as_: As = "pictures"
    sheet: SheetForm | None = None


@dataclass(frozen=True, slots=True)
class ExportState:
    """How far an export is."""

    done: int
    total: int
    paused: bool = False
    seconds_left: float | None = None
    """None until there is something to go by."""


class BatchExporter(QObject):
    """One export at a time."""

    changed = Signal()
    """`state` is another one."""
    finished = Signal(str)
    """In words, what is there now."""
    failed = Signal(object, object)
    """Failure, and what Retry does."""

    def __init__(self, renders: RenderThread, jobs: JobThread, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._renders = renders
        self._jobs = jobs
        self._session: Session | None = None
        self._model: Any = None
        self._folder: ExportFolder | None = None
        self._state: ExportState | None = None
        self._began = 0.0
        self._done_before = 0
        renders.idle_result.connect(self._on_result)
        renders.idle_finished.connect(self._on_finished)
        renders.idle_failed.connect(self._on_failed)

    def set_session(self, session: Session, model: Any) -> None:
        """Another model was opened: what is unfinished waits in its folder."""
        self._leave(self.tr("The export stopped at {0} of {1}: open its model again and continue it in {2}."))
        self._session, self._model = session, model
        self._show(None)

    @property
    def state(self) -> ExportState | None:
        """None while nothing is exported."""
        return self._state

    def export(self, order: ExportOrder) -> None:
        """Begin; what was being exported before ends, and waits in its folder."""
        assert self._session is not None
        session, model = self._session, self._model
        if self._state is not None:
            self._leave(self.tr("The other export stopped at {0} of {1}: continue it in {2}."))
            self._end_work()
            self._show(None)
        if order.as_ == "sheet":
            assert order.sheet is not None
            self._show(ExportState(0, len(order.named)))
            self._renders.when_idle(SheetWork(order.named, order.target, order.form, order.sheet))
        elif order.as_ == "latents":
            self._show(ExportState(0, len(order.named)))
            self._renders.when_idle(LatentFileWork(model, order.named, order.target))
        else:
            ref, known = session.model.ref, session.directions.all

            def begin() -> ExportFolder:
                from latentlab.render.batch_export import ExportFolder, plan_of

                return ExportFolder.begin(order.target, plan_of(ref, order.named, order.form, known))

            self._jobs.submit(begin, self._start, self._failing(lambda: self.export(order)))

    def resume_folder(self, folder: Path) -> None:
        """Go on with what a kill, a full disk or another model interrupted."""
        assert self._session is not None
        session = self._session

        def read() -> ExportFolder:
            from latentlab.errors import ExportError
            from latentlab.render.batch_export import ExportFolder

            found = ExportFolder.resume(folder)
            if found.plan.model.fingerprint != session.model.fingerprint:
                raise ExportError(
                    f"This export was begun with the model {found.plan.model.name}: open it first, then continue."
                )
            return found

        self._jobs.submit(read, self._start, self._failing(lambda: self.resume_folder(folder)))

    @property
    def can_pause(self) -> bool:
        """Pictures in a folder can wait half done; a sheet and latents are one file."""
        return self._folder is not None

    def pause(self) -> None:
        """Stop after the picture that is being drawn; `go_on` continues."""
        if self._folder is not None and self._state is not None:
            self._show(replace(self._state, paused=True, seconds_left=None))
            self._renders.when_idle(ExportWork(None))

    def go_on(self) -> None:
        """Continue after a pause."""
        if self._folder is not None and self._state is not None and self._state.paused:
            self._start(self._folder)

    def cancel(self) -> None:
        """Stop for good; what is complete stays."""
        folder, state = self._folder, self._state
        self._folder = None
        self._end_work()
        self._show(None)
        if folder is not None and state is not None:
            self._jobs.submit(folder.give_up)
            self.finished.emit(
                self.tr("Export cancelled: {0} of {1} pictures are there").format(state.done, state.total)
            )
        elif state is not None:
            self.finished.emit(self.tr("Export cancelled: nothing was written"))

    def _leave(self, words: str) -> None:
        """Say how far the export into a folder came, where there is one."""
        if self._folder is not None and self._state is not None:
            self.finished.emit(words.format(self._state.done, self._state.total, self._folder.folder))
        self._folder = None

    def _end_work(self) -> None:
        nothing: tuple[IdleWork, ...] = (
            ExportWork(None),
            SheetWork((), Path(), PictureForm(), None),
            LatentFileWork(None, (), Path()),
        )
        for work in nothing:
            self._renders.when_idle(work)

    def _start(self, folder: ExportFolder) -> None:
        self._folder = folder
        self._began, self._done_before = time.monotonic(), folder.done
        self._show(ExportState(folder.done, folder.total))
        self._renders.when_idle(ExportWork(folder))

    def _failing(self, retry: Callable[[], None]) -> Callable[[Failure], None]:
        return lambda failure: self.failed.emit(failure, retry)

    def _show(self, state: ExportState | None) -> None:
        self._state = state
        self.changed.emit()

    @Slot(object, object)
    def _on_result(self, key: object, result: Any) -> None:
        if key == ExportWork.key and self._folder is not None and self._state is not None:
            elapsed, done = time.monotonic() - self._began, result - self._done_before
            left = elapsed / done * (self._folder.total - result) if done and elapsed > 1 else None
            paused = self._state.paused
            self._show(ExportState(result, self._folder.total, paused, None if paused else left))
        elif (
            key in (SheetWork.key, LatentFileWork.key) and isinstance(result, int) and self._state is not None
        ):
            self._show(replace(self._state, done=result))
        elif key in (SheetWork.key, LatentFileWork.key) and isinstance(result, Path):
            self._show(None)
            self.finished.emit(self.tr("Exported {0}").format(result.name))

    @Slot(object)
    def _on_finished(self, key: object) -> None:
        folder = self._folder
        if key == ExportWork.key and folder is not None and not folder.remaining():
            self._folder = None
            self._show(None)
            self.finished.emit(
                self.tr("Exported {0} pictures to {1}").format(folder.total, folder.folder.name)
            )

    @Slot(object, object)
    def _on_failed(self, key: object, failure: Failure) -> None:
        if key not in (ExportWork.key, SheetWork.key, LatentFileWork.key):
            return
        if key == ExportWork.key and self._state is not None:
            self._show(replace(self._state, paused=True, seconds_left=None))
            self.failed.emit(failure, self.go_on)
        else:
            self._show(None)
            self.failed.emit(failure, None)
