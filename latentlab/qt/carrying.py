"""Pictures on their way to other programs: dragged out of the window, or by the clipboard."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QPoint, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDrag, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from latentlab import __version__
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.places import cache_dir
from latentlab.qt.failure import Failure
from latentlab.qt.session.model_info import ModelInfo
from latentlab.qt.session.session import Session
from latentlab.qt.studio.studio import Studio
from latentlab.qt.threads.wanted_work import FullPictureWork
from latentlab.qt.widgets.picture_image import image_of

if TYPE_CHECKING:
    from latentlab.latents.directions import DirectionSet
    from latentlab.render.frame import Frame

_DRAG, _COPY = "drag", "copy"
_KEPT_S = 24 * 3600.0
_UNDER_THE_HAND = 96


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """A picture in the forms that other programs take."""

    path: Path
    """A PNG with its recipe, which stays for a day."""
    png: bytes
    image: QImage

    def mime(self) -> QMimeData:
        """As a file, as a PNG with its recipe, and as plain pixels."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self.path))])
        data.setData("image/png", self.png)
        data.setImageData(self.image)
        return data


class Carrying(QObject):
    """Has the full picture rendered, packs it in the job thread, and hands it over."""

    noticed = Signal(str)
    failed = Signal(object)
    """Failure."""
    drag_ready = Signal(object)
    """Packed: what a hand pulls out of the window now."""

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window
        self._wanted: dict[str, Recipe] = {}
        studio.renders.idle_result.connect(self._on_result)
        studio.renders.idle_failed.connect(self._on_failed)
        self.drag_ready.connect(self._drag)

    def copy_picture(self, recipe: Recipe) -> None:
        """Put the full picture on the clipboard."""
        self._fetch(_COPY, recipe)

    def pull_out(self, recipe: Recipe) -> None:
        """A hand pulls a picture out of the window: it hangs on the mouse as soon as it is there."""
        self._fetch(_DRAG, recipe)

    def copy_python(self, session: Session) -> None:
        """Put a program on the clipboard that draws the current picture."""
        from latentlab.render.python_program import program

        info = session.model
        code = program(
            session.history.recipe,
            model_name=info.card.name,
            model_path=info.ref.path,
            candidate=info.candidate.key if len(info.report.candidates) > 1 else None,
            known=session.directions.all,
        )
        QApplication.clipboard().setText(code)
        self.noticed.emit(self.tr("Copied as Python: run it where LatentLab is installed"))

    def _fetch(self, purpose: str, recipe: Recipe) -> None:
        session, last = self._studio.session, self._studio.last_shown
        if session is None or not session.can_draw(recipe):
            self.noticed.emit(self.tr("This picture cannot be drawn now"))
            return
        self._wanted[purpose] = recipe
        if last is not None and not last.frame.is_preview and last.frame.recipe == recipe:
            self._pack(purpose, session, last.frame)
        else:
            self._studio.renders.when_idle(FullPictureWork(recipe, purpose))

    @Slot(object, object)
    def _on_result(self, key: object, result: object) -> None:
        session = self._studio.session
        for purpose, recipe in self._wanted.items():
            if session is not None and key == FullPictureWork(recipe, purpose).key:
                self._pack(purpose, session, result)  # type: ignore[arg-type]  # a Frame

    def _pack(self, purpose: str, session: Session, frame: Frame) -> None:
        if self._wanted.get(purpose) != frame.recipe:
            return
        info, known = session.model, session.directions.all
        handed: Callable[[Packed], None] = self.drag_ready.emit if purpose == _DRAG else self._copy
        self._studio.jobs.submit(lambda: packed(frame, info, known), handed, self.failed.emit)

    @Slot(object, object)
    def _on_failed(self, key: object, failure: Failure) -> None:
        if isinstance(key, tuple) and key[0] == "full picture":
            self.failed.emit(failure)

    def _copy(self, ready: Packed) -> None:
        QApplication.clipboard().setMimeData(ready.mime())
        self.noticed.emit(self.tr("Picture copied, with its recipe inside"))

    @Slot(object)
    def _drag(self, ready: Packed) -> None:
        if not QApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            return  # let go in the meantime
        drag = QDrag(self._window)
        drag.setMimeData(ready.mime())
        small = ready.image.scaled(
            _UNDER_THE_HAND,
            _UNDER_THE_HAND,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        drag.setPixmap(QPixmap.fromImage(small))
        drag.setHotSpot(QPoint(small.width() // 2, small.height() // 2))
        drag.exec(Qt.DropAction.CopyAction)


def packed(frame: Frame, info: ModelInfo, known: DirectionSet | None) -> Packed:
    """Write a picture with its recipe where other programs may fetch it from. Called in the job thread."""
    from latentlab.latents.picture_record import record_of
    from latentlab.render.pictures import save_png

    height, width = frame.pixels.shape[:2]
    record = record_of(
        info.ref, frame.recipe, known, size=(width, height), program=f"LatentLab {__version__}"
    )
    folder = cache_dir() / "carried"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        if time.time() - old.stat().st_mtime > _KEPT_S:
            old.unlink(missing_ok=True)
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in info.card.name)
    source = frame.recipe.source
    stem = f"{name}-{source.seed}" if isinstance(source, SeedSource) else name
    path = folder / f"{stem}-{abs(hash(frame.recipe)) % 10**6:06}.png"
    save_png(path, frame.pixels, record)
    return Packed(path, path.read_bytes(), image_of(frame.pixels))
