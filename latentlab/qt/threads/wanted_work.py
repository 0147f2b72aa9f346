"""What the render thread computes because somebody asked for just this (`IdleWork`): it goes before the rest."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from latentlab.latents.recipe import Recipe
from latentlab.render.request import RenderRequest

if TYPE_CHECKING:
    from latentlab.qt.threads.desk import Pause
    from latentlab.render.renderer import Renderer

Show = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class FullPictureWork:
    """The full picture of any recipe, for the clipboard or another program: shows the Frame."""

    recipe: Recipe
    purpose: str
    """Who wants it; work for one purpose does not replace that for another."""
    rank: ClassVar[int] = 0

    @property
    def key(self) -> Hashable:
        return ("full picture", self.purpose)

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        request = RenderRequest(self.recipe, aside=True)
        while True:
            frames = list(renderer.render(request, cancelled=pause.is_due, closing=pause.is_due))
            if frames and not frames[-1].is_preview:
                show(frames[-1])
                return
            if pause.serve():
                return


@dataclass(frozen=True, slots=True)
class FeaturesWork:
    """What a block hands on for a recipe: shows its FeatureMaps."""

    recipe: Recipe
    block: str
    rank: ClassVar[int] = 1
    key: ClassVar[str] = "features"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        while True:
            maps = renderer.features(self.recipe, self.block, pause.is_due)
            if maps is not None:
                show(maps)
                return
            if pause.serve():
                return


@dataclass(frozen=True, slots=True)
class UsualWork:
    """How a block's channels usually are: shows (name of the block, Usual)."""

    block: str
    rank: ClassVar[int] = 2
    key: ClassVar[str] = "usual features"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        usual = renderer.usual_features(self.block, pause.serve)
        if usual is not None:
            show((self.block, usual))
