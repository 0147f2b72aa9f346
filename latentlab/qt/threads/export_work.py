"""Exports as work for quiet moments (`IdleWork`): a hand on a control always goes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from latentlab.latents.recipe import Recipe
from latentlab.qt.threads.mix_work import drawn
from latentlab.render.picture_form import PictureForm

if TYPE_CHECKING:
    from latentlab.formats.report import OpenedModel
    from latentlab.qt.threads.desk import Pause
    from latentlab.render.batch_export import ExportFolder
    from latentlab.render.contact_sheet import SheetForm
    from latentlab.render.renderer import Renderer

Show = Callable[[Any], None]
Named = tuple[tuple[str, Recipe], ...]
_LATENTS_AT_ONCE = 256


@dataclass(frozen=True, slots=True, eq=False)
class ExportWork:
    """Pictures into a folder: shows how many are complete."""

    folder: ExportFolder | None
    """None ends the one that runs."""
    rank: ClassVar[int] = 5
    key: ClassVar[str] = "export"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        folder = self.folder
        while folder is not None and folder.remaining():
            for _ in folder.export(renderer, pause.is_due, most=renderer.at_once):
                show(folder.done)
            if pause.serve():
                return


@dataclass(frozen=True, slots=True, eq=False)
class SheetWork:
    """All pictures on one sheet: shows how many are drawn, then the file."""

    named: Named
    path: Path
    form: PictureForm
    sheet: SheetForm | None
    """None ends the one that runs."""
    rank: ClassVar[int] = 5
    key: ClassVar[str] = "export-sheet"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        if self.sheet is None:
            return
        from latentlab.render.contact_sheet import contact_sheet
        from latentlab.render.pictures import write_image

        pictures = []
        for frame in drawn(renderer, pause, [recipe for _, recipe in self.named]):
            pictures.append(frame.pixels)
            show(len(pictures))
        if len(pictures) == len(self.named):
            image = contact_sheet(pictures, [name for name, _ in self.named], self.sheet, self.form)
            write_image(self.path, image, None, self.form)
            show(self.path)


@dataclass(frozen=True, slots=True, eq=False)
class LatentFileWork:
    """Latents as arrays: shows how many there are, then the file."""

    model: OpenedModel | None
    """None ends the one that runs."""
    named: Named
    path: Path
    rank: ClassVar[int] = 5
    key: ClassVar[str] = "export-latents"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        if self.model is None:
            return
        import numpy as np

        from latentlab.render.latent_files import latents_of, save_latents
        from latentlab.render.photos import PhotoShelf

        generator = self.model.generator
        can = generator.capabilities
        photos = PhotoShelf(can.photo_channels or can.image_channels, can.resolution)
        recipes = [recipe for _, recipe in self.named]
        parts = []
        for start in range(0, len(recipes), _LATENTS_AT_ONCE):
            together = recipes[start : start + _LATENTS_AT_ONCE]
            parts.append(latents_of(together, generator, renderer.directions, photos))
            show(start + len(together))
            if pause.serve():
                return
        arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        save_latents(self.path, arrays, [name for name, _ in self.named], recipes, self.model.fingerprint)
        show(self.path)
