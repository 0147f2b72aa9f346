"""What the render thread computes in quiet moments (`IdleWork`). Lower ranks go first."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtGui import QImage

from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.threads.pictures import THUMBNAIL_SIDE, thumbnail
from latentlab.qt.widgets.picture_image import image_of
from latentlab.render.request import RenderRequest

if TYPE_CHECKING:
    from latentlab.formats.report import OpenedModel
    from latentlab.latents.directions import DirectionSet
    from latentlab.latents.own_directions import OwnDirections
    from latentlab.qt.threads.desk import Pause
    from latentlab.render.renderer import Renderer

Show = Callable[[Any], None]

_CELL_MS = 400.0
"""How long one small picture may take: more pixels than this buys are not seen in it."""


@dataclass(frozen=True, slots=True)
class LayersWork:
    """The picture of each block's state: shows (name, picture) one after the other."""

    recipe: Recipe
    blocks: tuple[str, ...]
    rank: ClassVar[int] = 2
    key: ClassVar[str] = "layers"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        for name in self.blocks:
            request = RenderRequest(replace(self.recipe, stop_after=name))
            while True:
                frames = list(renderer.render(request, cancelled=pause.is_due, closing=pause.is_due))
                if frames and not frames[-1].is_preview:
                    break
                if pause.serve():
                    return
            show((name, thumbnail(image_of(frames[-1].pixels))))
            if pause.serve():
                return


@dataclass(frozen=True, slots=True)
class ThumbnailsWork:
    """Small pictures of recipes that have none: shows (recipe, picture) one after the other."""

    recipes: tuple[Recipe, ...]
    purpose: str = "shelf"
    """Who wants them; work for one purpose does not replace that for another."""
    rank: ClassVar[int] = 3

    @property
    def key(self) -> Hashable:
        return ("thumbnails", self.purpose)

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        for recipe in self.recipes:
            picture = small_picture(renderer, pause, recipe)
            if picture is None:
                return
            show((recipe, picture))


@dataclass(frozen=True, slots=True)
class DrawnWork:
    """The numbers of z that a recipe's seed draws, before any is set by hand: shows them as a tuple."""

    recipe: Recipe
    z_dim: int
    rank: ClassVar[int] = 1
    key: ClassVar[str] = "drawn"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        from latentlab.latents.interpolation import slerp
        from latentlab.models.seeds import normal_from_seed

        if not isinstance(self.recipe.source, SeedSource):
            show(())
            return
        z = normal_from_seed(self.recipe.source.seed, 1, self.z_dim)
        nearby = self.recipe.nearby
        if nearby.amount:
            z = slerp(z, normal_from_seed(nearby.seed, 1, self.z_dim), nearby.amount)
        show(tuple(z[0].tolist()))


@dataclass(frozen=True, slots=True, eq=False)
class FoundDirections:
    """What the search found, and what a person keeps of this model's directions."""

    found: DirectionSet
    own: OwnDirections


@dataclass(frozen=True, slots=True, eq=False)
class DirectionsWork:
    """Finds the model's directions, or reads them from the cache: shows (share, text), then FoundDirections."""

    model: OpenedModel
    """The one that is rendered with."""
    identity: str
    """What its directions are kept under."""
    anew: bool = False
    """Forget what was found before."""
    rank: ClassVar[int] = 0
    key: ClassVar[str] = "directions"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        from latentlab.latents import own_directions
        from latentlab.latents.direction_search import find_all, forget

        if self.anew:
            forget(self.identity)
        directions = find_all(
            self.model.generator,
            self.identity,
            progress=lambda share, text: show((share, text)),
            cancelled=pause.serve,
        )
        if directions is not None:
            show(FoundDirections(directions, own_directions.load_or_set_aside(self.identity)))


@dataclass(frozen=True, slots=True)
class ProbesWork:
    """Fits the probes that show blocks without a picture of their own: shows (share, text), then True."""

    anew: bool = False
    """Those that are there are of earlier weights."""
    rank: ClassVar[int] = 4
    key: ClassVar[str] = "probes"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        if renderer.prepare_probes(lambda share, text: show((share, text)), pause.serve, anew=self.anew):
            show(True)


@dataclass(frozen=True, slots=True)
class FastWork:
    """Prepares the faster mode: shows (share, text), then the engine's name or "" where there is none."""

    rank: ClassVar[int] = 5
    key: ClassVar[str] = "fast"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        name = renderer.prepare_fast(lambda share, text: show((share, text)), pause.serve)
        show(name or "")


def small_picture(
    renderer: Renderer, pause: Pause, recipe: Recipe, side: int = THUMBNAIL_SIDE
) -> QImage | None:
    """A picture good enough for a thumbnail of at most `side` pixels; None when the work shall stop."""
    request = RenderRequest(recipe, dragging=True, budget_ms=_CELL_MS)
    while True:
        for frame in renderer.render(request, cancelled=pause.is_due, closing=pause.is_due):
            return None if pause.serve() else thumbnail(image_of(frame.pixels), side)
        if pause.serve():
            return None
