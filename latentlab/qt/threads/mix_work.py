"""What the Mix workspace has computed in quiet moments (`IdleWork`). Lower ranks go first: what is in sight."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from latentlab.errors import LatentLabError
from latentlab.latents.crossing import Units, units_of
from latentlab.latents.recipe import Recipe
from latentlab.qt.threads.idle_work import small_picture
from latentlab.qt.threads.pictures import thumbnail
from latentlab.qt.widgets.picture_image import image_of
from latentlab.render.request import RenderRequest

if TYPE_CHECKING:
    from latentlab.formats.report import OpenedModel
    from latentlab.qt.threads.desk import Pause
    from latentlab.render.frame import Frame
    from latentlab.render.renderer import Renderer

logger = logging.getLogger(__name__)

Show = Callable[[Any], None]

CELL_SIDE = 256
"""Pixels: pictures of the crossing are kept no larger. Models that draw larger ones show their previews there."""
_FEWER_PAIRS_ABOVE = 128


@dataclass(frozen=True, slots=True)
class LatentsWork:
    """Latents of ingredients that must be computed: shows (recipe, Latent), or (recipe, why not)."""

    model: OpenedModel
    recipes: tuple[Recipe, ...]
    units: Units
    rank: ClassVar[int] = -3
    key: ClassVar[str] = "mix-latents"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        from latentlab.latents.baking import baked
        from latentlab.render.photos import PhotoShelf

        generator = self.model.generator
        can = generator.capabilities
        photos = PhotoShelf(can.photo_channels or can.image_channels, can.resolution)
        for recipe in self.recipes:
            try:
                show((recipe, baked(recipe, self.units, generator, renderer.directions, photos)))
            except LatentLabError as error:
                show((recipe, str(error)))
            if pause.serve():
                return


@dataclass(frozen=True, slots=True)
class CrossingWork:
    """Pictures of the crossing, in the order given: shows (recipe, QImage) one after the other."""

    recipes: tuple[Recipe, ...]
    resolution: int
    rank: ClassVar[int] = -1
    key: ClassVar[str] = "mix-cells"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        if self.resolution > CELL_SIDE:
            for recipe in self.recipes:
                picture = small_picture(renderer, pause, recipe, side=CELL_SIDE)
                if picture is None:
                    return
                show((recipe, picture))
            return
        for frame in drawn(renderer, pause, self.recipes):
            show((frame.recipe, thumbnail(image_of(frame.pixels), CELL_SIDE)))


@dataclass(frozen=True, slots=True)
class LargeWork:
    """One picture in full, for the large view: shows (recipe, QImage), previews first."""

    recipe: Recipe
    rank: ClassVar[int] = -2
    key: ClassVar[str] = "mix-large"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        request = RenderRequest(self.recipe, aside=True)
        while True:
            frame = None
            for frame in renderer.render(request, cancelled=pause.is_due, closing=pause.is_due):
                show((self.recipe, image_of(frame.pixels)))
            if pause.serve() or (frame is not None and not frame.is_preview):
                return


@dataclass(frozen=True, slots=True)
class SwappedWork:
    """The looked-at picture with one unit at a time swapped: shows (place, QImage)."""

    recipes: tuple[Recipe, ...]
    rank: ClassVar[int] = 3
    key: ClassVar[str] = "mix-swapped"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        for place, recipe in enumerate(self.recipes):
            picture = small_picture(renderer, pause, recipe)
            if picture is None:
                return
            show((place, picture))


@dataclass(frozen=True, slots=True, eq=False)
class PartsWork:
    """Parts of the code of a model that has one: shows them, numbers of each."""

    model: OpenedModel
    rank: ClassVar[int] = 1
    key: ClassVar[str] = "mix-parts"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        from latentlab.render import unit_effects

        parts = unit_effects.load_parts(self.model.fingerprint)
        if parts is None:
            z_dim = self.model.generator.capabilities.latent_dims
            parts = unit_effects.parts_of_code(lambda recipes: drawn(renderer, pause, recipes), z_dim)
            if parts is not None:
                unit_effects.save_parts(self.model.fingerprint, parts)
        if parts is not None:
            show(parts)


@dataclass(frozen=True, slots=True, eq=False)
class EffectsWork:
    """What each unit does: shows `Effects`, again and again as more pairs are measured."""

    model: OpenedModel
    parts: tuple[tuple[int, ...], ...]
    rank: ClassVar[int] = 6
    key: ClassVar[str] = "mix-effects"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        from latentlab.render import unit_effects

        generator, fingerprint = self.model.generator, self.model.fingerprint
        can = generator.capabilities
        units = units_of(can, [block.info for block in generator.blocks], self.parts)
        known = unit_effects.load_effects(fingerprint)
        if known is not None and len(known.shape) == units.count:
            show(known)
            return
        pairs = unit_effects.PAIRS if can.resolution <= _FEWER_PAIRS_ABOVE else unit_effects.PAIRS // 4
        effects = None
        for effects in unit_effects.measured(
            lambda recipes: drawn(renderer, pause, recipes), units, can.z_dim, pairs=pairs
        ):
            show(effects)
        if effects is not None and effects.pairs == pairs:
            unit_effects.save_effects(fingerprint, effects)


def drawn(renderer: Renderer, pause: Pause, recipes: Sequence[Recipe]) -> Iterator[Frame]:
    """Full pictures in order, letting others go first between them; fewer when the work shall stop."""
    done = 0
    while done < len(recipes):
        together = recipes[done : done + renderer.at_once]
        for frame in renderer.render_batch(together, cancelled=pause.is_due):
            done += 1
            yield frame
        if pause.serve():
            return
