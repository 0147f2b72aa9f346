"""Draws one recipe with many models: checkpoints of a run, or any others. Memory for both is bounded."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtGui import QImage

from latentlab.errors import Cancelled
from latentlab.latents.recipe import Recipe
from latentlab.qt.failure import explain
from latentlab.qt.widgets.picture_image import image_of
from latentlab.render.request import RenderRequest

if TYPE_CHECKING:
    from latentlab.latents.directions import DirectionSet
    from latentlab.render.renderer import Renderer

logger = logging.getLogger(__name__)

MOST_MODEL_BYTES = 384 << 20
"""Weights that are kept ready, beside those of the model that is drawn with."""
MOST_PICTURE_BYTES = 128 << 20
_STATES = 8 << 20
"""Memory of one model for states between pictures: each is asked for few."""


@dataclass(frozen=True, slots=True)
class Act:
    """One model of the theatre."""

    path: Path
    name: str
    step: int = -1
    """Of its run; -1 for a model of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What shall be seen: the chosen act first, then every other one."""

    acts: tuple[Act, ...]
    recipe: Recipe
    first: tuple[int, ...]
    """Acts that are looked at, most urgent first."""
    directions: DirectionSet | None
    device: str
    chosen_alone: bool = False
    """A hand is on a control: the others would be outdated before they are drawn."""


class TheatreThread(QThread):
    """Plays the newest scene; what was drawn for it before is not drawn again."""

    drawn = Signal(object, object, object)
    """Act, Recipe, QImage."""
    failed = Signal(object, str)
    """Act, and why it draws nothing."""
    done = Signal(object)
    """Scene of which every act has been drawn or has failed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("theatre")
        self._changed = Condition()
        self._scene: Scene | None = None
        self._stopped = False

    def play(self, scene: Scene) -> None:
        """Draw this; what waits is dropped."""
        with self._changed:
            self._scene = scene
            self._changed.notify()
        if not self.isRunning():
            self.start(QThread.Priority.LowPriority)

    def rest(self) -> None:
        """Draw nothing any more."""
        with self._changed:
            self._scene = None

    def stop(self) -> None:
        """End the thread."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        company = _Company(lambda: self._stopped)
        while (scene := self._take()) is not None:
            self._draw(scene, company)
        company.close()

    def _take(self) -> Scene | None:
        with self._changed:
            while self._scene is None and not self._stopped:
                self._changed.wait()
            scene, self._scene = self._scene, None
            return None if self._stopped else scene

    def _newer(self) -> bool:
        return self._scene is not None or self._stopped

    def _draw(self, scene: Scene, company: _Company) -> None:
        first = [number for number in scene.first if number < len(scene.acts)]
        middle = first[0] if first else 0
        rest = sorted(set(range(len(scene.acts))) - set(first), key=lambda number: abs(number - middle))
        for number in first[:1] if scene.chosen_alone else (*first, *rest):
            if self._newer():
                return
            act = scene.acts[number]
            try:
                picture = company.picture(act, scene)
            except Cancelled:
                return
            except Exception as error:  # a model of another kind may fail in any way
                logger.exception("%s does not draw this", act.path)
                self.failed.emit(act, explain(error).text)
            else:
                self.drawn.emit(act, scene.recipe, picture)
        if not scene.chosen_alone:
            self.done.emit(scene)


class _Company:
    """Models that are ready to draw, and pictures that they drew; those used longest ago make room."""

    def __init__(self, stopped: Callable[[], bool]) -> None:
        self._stopped = stopped
        self._renderers: OrderedDict[tuple[Path, str], tuple[Renderer, int]] = OrderedDict()
        self._pictures: OrderedDict[tuple[Path, Recipe], QImage] = OrderedDict()
        self._picture_bytes = 0

    def picture(self, act: Act, scene: Scene) -> QImage:
        """What the act's model makes of the recipe.

        Raises:
            LatentLabError: its file cannot be read, or it knows no such recipe.
        """
        key = (act.path, scene.recipe)
        if key in self._pictures:
            self._pictures.move_to_end(key)
            return self._pictures[key]
        renderer = self._renderer(act, scene.device)
        renderer.directions = scene.directions
        *_, frame = renderer.render(RenderRequest(scene.recipe, aside=True))
        picture = image_of(frame.pixels)
        self._pictures[key] = picture
        self._picture_bytes += picture.sizeInBytes()
        while self._picture_bytes > MOST_PICTURE_BYTES and len(self._pictures) > 1:
            _, gone = self._pictures.popitem(last=False)
            self._picture_bytes -= gone.sizeInBytes()
        return picture

    def close(self) -> None:
        for renderer, _ in self._renderers.values():
            renderer.close()
        self._renderers.clear()

    def _renderer(self, act: Act, device: str) -> Renderer:
        key = (act.path, device)
        if key in self._renderers:
            self._renderers.move_to_end(key)
            return self._renderers[key][0]
        from latentlab.formats import open_model
        from latentlab.render.renderer import Renderer

        model = open_model(act.path, cancelled=self._stopped)
        size = sum(weight.numel() * weight.element_size() for weight in model.generator.parameters())
        renderer = Renderer(model, device=device, precision="float32", cache_bytes=_STATES)
        self._renderers[key] = (renderer, size)
        while (
            sum(size for _, size in self._renderers.values()) > MOST_MODEL_BYTES and len(self._renderers) > 1
        ):
            _, (oldest, _) = self._renderers.popitem(last=False)
            oldest.close()
        return renderer
