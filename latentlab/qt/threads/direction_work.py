"""What the render thread finds out about directions (`IdleWork`): pictures of them, new ones, what they touch."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from latentlab.errors import RecipeError
from latentlab.latents import paths
from latentlab.latents.recipe import Recipe
from latentlab.qt.threads.gallery_work import in_batches, small

if TYPE_CHECKING:
    from latentlab.formats.report import OpenedModel
    from latentlab.latents.directions import Direction, DirectionSet
    from latentlab.latents.lesson import Lesson
    from latentlab.qt.threads.desk import Pause
    from latentlab.render.frame import Frame
    from latentlab.render.renderer import Renderer

Show = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class StripsWork:
    """What directions do to a picture: shows (recipe, direction, pictures) one after the other."""

    recipe: Recipe
    directions: tuple[str, ...]
    values: tuple[float, ...]
    """Weights of each direction, left to right."""
    purpose: str
    """Who wants them; work for one purpose does not replace that for another."""
    rank: int = 1

    @property
    def key(self) -> Hashable:
        return ("strips", self.purpose)

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        known = renderer.directions
        directions = [item for item in self.directions if known is not None and item in known]
        recipes = [
            paths.with_value(self.recipe, f"directions[{direction}].weight", value)
            for direction in directions
            for value in self.values
        ]
        pictures = []
        for frames in in_batches(renderer, pause, recipes):
            pictures += [small(frame) for frame in frames]
            while directions and len(pictures) >= len(self.values):
                show((self.recipe, directions.pop(0), pictures[: len(self.values)]))
                del pictures[: len(self.values)]


@dataclass(frozen=True, slots=True, eq=False)
class LearnWork:
    """Learns a direction from marked pictures: shows (share, text), then Learned."""

    model: OpenedModel
    lesson: Lesson
    rank: ClassVar[int] = -1
    key: ClassVar[str] = "learn"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        from latentlab.latents.learned import learn
        from latentlab.render.photos import PhotoShelf

        can = self.model.generator.capabilities
        if renderer.directions is None:
            raise RecipeError("The model's directions are still being looked for: try again in a moment.")
        learned = learn(
            self.lesson,
            self.model.generator,
            renderer.directions,
            photo=PhotoShelf(can.photo_channels or can.image_channels, can.resolution),
            progress=lambda share, text: show((share, text)),
            cancelled=pause.serve,
        )
        if learned is not None:
            show(learned)


@dataclass(frozen=True, slots=True)
class OverlapWork:
    """What a direction changes beside what it should: shows Overlap one after the other."""

    direction: str
    others: tuple[str, ...]
    base: Recipe
    rank: ClassVar[int] = 2
    key: ClassVar[str] = "overlap"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        from latentlab.render.overlap import overlaps

        known = renderer.directions
        if known is None or self.direction not in known:
            return

        def draw(recipes: Sequence[Recipe]) -> Iterator[Frame]:
            for frames in in_batches(renderer, pause, recipes):
                yield from frames

        others = [item for item in self.others if item in known]
        for overlap in overlaps(draw, self.direction, others, known, self.base):
            show(overlap)


@dataclass(frozen=True, slots=True, eq=False)
class ImportWork:
    """Reads directions of a file that another program, or another LatentLab, wrote: shows a DirectionSet."""

    model: OpenedModel
    path: Path
    rank: ClassVar[int] = 0
    key: ClassVar[str] = "import directions"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        from latentlab.formats.arrays import read_arrays
        from latentlab.latents.imported import imported

        with self.path.open("rb") as file:
            head = file.read(256)
        if head.lstrip().startswith(b"{"):
            show(self._shared())
        else:
            show(imported(read_arrays(self.path), self.model.generator, self.path.name))

    def _shared(self) -> DirectionSet:
        from latentlab.latents.directions import MAX_CHARACTERS, DirectionSet
        from latentlab.latents.own_directions import from_shared_text

        if self.path.stat().st_size > MAX_CHARACTERS:
            raise RecipeError(f"{self.path.name} is too large for a file of directions: choose another.")
        shared = from_shared_text(self.path.read_text(encoding="utf-8", errors="replace"))
        for direction in shared.directions:
            self._check(direction, shared.model.name)
        return DirectionSet(shared.directions)

    def _check(self, direction: Direction, model: str) -> None:
        can = self.model.generator.capabilities
        if direction.vector.shape not in ((can.code_dim,), (can.num_codes, can.code_dim)):
            raise RecipeError(
                f"{self.path.name} has directions for “{model}”, whose codes are of another size: open that model."
            )


@dataclass(frozen=True, slots=True, eq=False)
class RandomDirectionsWork:
    """Random directions at right angles to each other: shows a DirectionSet."""

    model: OpenedModel
    seed: int
    rank: ClassVar[int] = 0
    key: ClassVar[str] = "random directions"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        from latentlab.latents.direction_search import find_directions

        found = find_directions(
            self.model.generator, "random", self.model.fingerprint, seed=self.seed, cancelled=pause.serve
        )
        if found is not None:
            show(found)
