"""Models as if they had been opened from a file, and engines that tests look into."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from latentlab.formats.report import Candidate, Card, FileReport, OpenedModel
from latentlab.latents.recipe import Recipe
from latentlab.models.generator import Generator
from latentlab.render.frame import Frame
from latentlab.render.renderer import Renderer
from latentlab.render.request import RenderRequest
from latentlab.render.torch_engine import TorchEngine


def opened(generator: Generator, fingerprint: str = "toy") -> OpenedModel:
    """`generator` as `open_model` hands it out."""
    generator.eval().requires_grad_(False)
    card = Card("Toy")
    return OpenedModel(
        generator=generator,
        card=card,
        report=FileReport("toy.safetensors", "LatentLab", card),
        fingerprint=fingerprint,
        candidate=Candidate("only", "", generator.family, generator.config),
    )


class CountingEngine(TorchEngine):
    """Torch, and a list of the blocks that ran."""

    def __init__(self, generator: Generator) -> None:
        super().__init__(generator)
        self.ran: list[int] = []

    def run(self, index: int, state: Any, codes: Tensor, noise: tuple[Tensor | None, ...]) -> Any:
        self.ran.append(index)
        return super().run(index, state, codes, noise)

    def take_ran(self) -> list[int]:
        """What ran since this was last asked."""
        ran, self.ran = self.ran, []
        return ran


def frames(renderer: Renderer, recipe: Recipe, **changes: Any) -> list[Frame]:
    """All frames of one request."""
    return list(renderer.render(RenderRequest(recipe, **changes)))


def picture(renderer: Renderer, recipe: Recipe) -> NDArray[np.uint8]:
    """The full picture."""
    last = frames(renderer, recipe)[-1]
    assert not last.is_preview
    assert last.recipe == recipe
    return last.pixels
