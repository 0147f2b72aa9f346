"""The work behind mixing two models: opening the other one, trying weights, saving. No widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from latentlab.qt.widgets.picture_image import image_of

if TYPE_CHECKING:
    from latentlab.formats.report import OpenedModel
    from latentlab.models.generator import Generator

SEEDS = 5
_LARGE = 256
"""Models that draw larger pictures are tried with fewer."""


@dataclass(frozen=True, slots=True, eq=False)
class Other:
    """The other model, and whether it fits."""

    model: Any
    """OpenedModel."""
    name: str
    sentence: str
    possible: bool
    related: bool
    groups: tuple[str, ...]
    pictures: tuple[tuple[QImage, ...], tuple[QImage, ...]]
    """Of this model and of the other, the same seeds; empty where they do not fit."""


def open_other(ours: OpenedModel, path: Path) -> Other:
    """Open the model at `path` and compare it."""
    from latentlab.formats import open_model
    from latentlab.models.blending import compatibility, groups

    model = open_model(str(path))
    found = compatibility(ours.generator, model.generator)
    pictures: tuple[tuple[QImage, ...], tuple[QImage, ...]] = ((), ())
    if found.is_possible:
        pictures = (drawn(ours.generator), drawn(model.generator))
    return Other(
        model,
        model.card.name,
        found.sentence(),
        found.is_possible,
        found.is_related,
        groups(ours.generator) if found.is_possible else (),
        pictures,
    )


def tried(ours: OpenedModel, other: Other, weights: Mapping[str, float]) -> tuple[QImage, ...]:
    """Pictures of a mixture."""
    from latentlab.models.blending import blended

    return drawn(blended(ours.generator, other.model.generator, weights))


def saved(ours: OpenedModel, other: Other, weights: Mapping[str, float], out: Path, name: str) -> Path:
    """Write a mixture as a model of its own."""
    from latentlab.formats.blend import blend

    blend(ours, other.model, weights, out, name=name)
    return out


def drawn(generator: Generator) -> tuple[QImage, ...]:
    """The same few seeds of any model."""
    import torch

    from latentlab.models.seeds import normal_from_seed
    from latentlab.render.pixels import to_pixels

    can = generator.capabilities
    count = SEEDS if can.resolution <= _LARGE else 3
    device = generator.code_mean.device
    condition = None
    if can.num_classes:
        condition = torch.zeros(1, can.num_classes, device=device)
        condition[0, 0] = 1.0
    images = []
    with torch.inference_mode():
        for seed in range(count):
            picture = generator(normal_from_seed(seed, 1, can.z_dim).to(device), condition, psi=0.8)
            images.append(image_of(to_pixels(picture)[0]))
    return tuple(images)
