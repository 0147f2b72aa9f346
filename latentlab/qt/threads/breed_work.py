"""Children of pictures, made in the render thread, which knows the latents of their parents (`IdleWork`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from latentlab.latents.breeding import Generation, Genome, Rules, breed, genome_of, held, needs_baking
from latentlab.latents.crossing import Units
from latentlab.latents.recipe import Recipe

if TYPE_CHECKING:
    from latentlab.formats.report import OpenedModel
    from latentlab.latents.directions import DirectionSet
    from latentlab.qt.threads.desk import Pause
    from latentlab.render.photos import PhotoShelf
    from latentlab.render.renderer import Renderer

Show = Callable[[Any], None]


@dataclass(frozen=True, slots=True, eq=False)
class BreedWork:
    """Shows a Generation."""

    model: OpenedModel
    parents: tuple[Recipe, ...]
    units: Units
    rules: Rules
    seed: int
    rank: ClassVar[int] = -1
    key: ClassVar[str] = "breed"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        from latentlab.render.photos import PhotoShelf

        can = self.model.generator.capabilities
        photos = PhotoShelf(can.photo_channels or can.image_channels, can.resolution)
        genomes = [self._genome(parent, renderer.directions, photos) for parent in self.parents]
        children = breed(self.parents, genomes, self.units, self.rules, seed=self.seed)
        if self.rules.directions and renderer.directions is not None:
            children = self._held(children, renderer.directions, photos)
        show(Generation(self.parents, children, self.rules))

    def _genome(self, parent: Recipe, known: DirectionSet | None, photos: PhotoShelf) -> Genome:
        from latentlab.latents.baking import baked

        if not needs_baking(parent, self.units):
            return genome_of(parent, self.units)
        plain = replace(parent, directions=(), truncation_psi=1.0)  # children inherit these as they are
        return genome_of(parent, self.units, baked(plain, self.units, self.model.generator, known, photos))

    def _held(
        self, children: tuple[Recipe, ...], known: DirectionSet, photos: PhotoShelf
    ) -> tuple[Recipe, ...]:
        """Children moved back to where the first parent is along the directions that are kept."""
        from latentlab.latents.learned import along, marked_codes

        result = []
        for child in children:
            for direction in self.rules.directions:
                if direction in known:
                    codes = marked_codes([self.parents[0], child], self.model.generator, known, photos)
                    first, own = along(codes, known[direction])
                    child = held(child, direction, first - own)
            result.append(child)
        return tuple(result)
