"""Many small pictures for galleries, in batches (`IdleWork`): those in sight first, the rest when nobody waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtGui import QImage

from latentlab.latents.recipe import Recipe
from latentlab.qt.threads.pictures import thumbnail
from latentlab.qt.widgets.picture_image import image_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentlab.formats.report import OpenedModel
    from latentlab.qt.threads.desk import Pause
    from latentlab.render.frame import Frame
    from latentlab.render.renderer import Renderer

Show = Callable[[Any], None]

SIDE = 128
"""Pixels: pictures of a gallery are kept no larger. Larger models show their previews there."""
_FIRST = 4
_CHUNK_MS = 140.0
"""How long a batch may take: what is asked for meanwhile waits for its end."""

Alike = Literal["look", "latent"]


@dataclass(frozen=True, slots=True)
class GalleryWork:
    """Pictures of recipes, in order: shows lists of (recipe, QImage), one for each batch."""

    recipes: tuple[Recipe, ...]
    purpose: str = "gallery"
    rank: int = -1
    """Below everything else where somebody looks at the gaps, 3 for what is out of sight."""

    @property
    def key(self) -> Hashable:
        return ("gallery", self.purpose)

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        for frames in in_batches(renderer, pause, self.recipes):
            show([(frame.recipe, small(frame)) for frame in frames])


@dataclass(frozen=True, slots=True, eq=False)
class SimilarityWork:
    """How far pictures are from one: shows lists of (place, distance), and (recipe, QImage) of what was drawn.

    By look, pictures are compared at 12 x 12 pixels: layout and colours. In the latent space, codes are compared.
    """

    model: OpenedModel
    target: Recipe
    recipes: tuple[Recipe, ...]
    alike: Alike = "look"
    rank: int = 3
    key: Hashable = "similarity"

    def run(self, renderer: Renderer, pause: Pause, show: Show) -> None:
        measure = self._by_look if self.alike == "look" else self._in_codes
        for distances, pictures in measure(renderer, pause):
            show((distances, pictures))

    def _by_look(self, renderer: Renderer, pause: Pause) -> Iterator[tuple[list[Any], list[Any]]]:
        from latentlab.render.likeness import look, unlike

        wanted: NDArray[np.float32] | None = None
        done = 0
        for frames in in_batches(renderer, pause, (self.target, *self.recipes)):
            looks = [look(frame.pixels) for frame in frames]
            if wanted is None:
                wanted, looks, frames = looks[0], looks[1:], frames[1:]
            found = unlike(wanted, looks)
            yield list(enumerate(found, done)), [(frame.recipe, small(frame)) for frame in frames]
            done += len(frames)

    def _in_codes(self, renderer: Renderer, pause: Pause) -> Iterator[tuple[list[Any], list[Any]]]:
        from latentlab.latents.directions import DirectionSet
        from latentlab.latents.learned import marked_codes
        from latentlab.render.likeness import unlike

        generator, known = self.model.generator, renderer.directions or DirectionSet()
        wanted = marked_codes([self.target], generator, known)[0]
        for first in range(0, len(self.recipes), _CODES_AT_ONCE):
            rows = marked_codes(self.recipes[first : first + _CODES_AT_ONCE], generator, known)
            yield list(enumerate(unlike(wanted, list(rows)), first)), []
            if pause.serve():
                return


_CODES_AT_ONCE = 256


def in_batches(renderer: Renderer, pause: Pause, recipes: Sequence[Recipe]) -> Iterator[list[Frame]]:
    """Pictures in order, as many together as keep a batch short; ends early when the work shall stop."""
    done, together = 0, min(_FIRST, renderer.at_once)
    while done < len(recipes):
        begun = time.perf_counter()
        chunk = recipes[done : done + together]
        frames = list(renderer.render_batch(chunk, cancelled=pause.is_due, least_side=SIDE))
        done += len(frames)
        if frames:
            each = (time.perf_counter() - begun) * 1000 / len(frames)
            together = max(1, min(renderer.at_once, round(_CHUNK_MS / max(each, 0.01))))
            yield frames
        if pause.serve():
            return


def small(frame: Frame) -> QImage:
    """A frame as a picture of a gallery."""
    return thumbnail(image_of(frame.pixels), SIDE)
