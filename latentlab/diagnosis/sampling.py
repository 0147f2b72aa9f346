"""Samples of any generator, each with the seed, class and caption that draw it again in Explore."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.diagnosis.data import Data
from latentlab.diagnosis.features.extractor import Pictures, as_rgb, resized
from latentlab.diagnosis.progress import Watch, unwatched
from latentlab.diagnosis.store import Store, digest
from latentlab.errors import Cancelled, DiagnosisError
from latentlab.latents.interpolation import slerp
from latentlab.models.generator import Generator, ReadsCaptions
from latentlab.models.points import Points
from latentlab.models.seeds import normal_from_seed

_BATCH = 32
MOST_SIDE = 256
"""Larger pictures are measured at this size."""


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What is to be drawn: one row per sample."""

    seeds: NDArray[np.int64]
    """(M,): of z, as `SeedSource` has it."""
    classes: NDArray[np.int64] | None = None
    captions: tuple[str, ...] = ()
    sources: NDArray[np.int64] | None = None
    """(M,) rows of the pictures that a translator starts from."""
    psi: float = 1.0

    def __len__(self) -> int:
        return len(self.seeds)

    def part(self, rows: slice | NDArray[np.int64]) -> Wanted:
        """Some rows."""
        return replace(
            self,
            seeds=self.seeds[rows],
            classes=None if self.classes is None else self.classes[rows],
            captions=tuple(np.asarray(self.captions)[rows].tolist()) if self.captions else (),
            sources=None if self.sources is None else self.sources[rows],
        )


def wanted(generator: Generator, data: Data, count: int, *, first_seed: int = 0, psi: float = 1.0) -> Wanted:
    """Samples whose conditions are spread as the data's: a class-conditional model is not blamed for what it was
    never asked for.

    Args:
        generator: what draws.
        data: what it is measured against.
        count: how many.
        first_seed: sample i has seed `first_seed` + i.
        psi: truncation.
    """
    can = generator.capabilities
    random = np.random.default_rng(first_seed)
    seeds = np.arange(first_seed, first_seed + count, dtype=np.int64)
    if can.is_translator:
        if data.origin is None:
            raise DiagnosisError("A translator starts from pictures: name two folders A,B as the data.")
        return Wanted(seeds, sources=np.arange(min(count, len(data.origin)), dtype=np.int64)).part(
            slice(0, min(count, len(data.origin)))
        )
    classes, captions = None, ()
    if can.num_classes:
        order = _same_classes(can.class_names, data.class_names, can.num_classes)
        if data.labels is not None and order is not None:
            classes = order[data.labels[random.integers(len(data.labels), size=count)]]
        else:
            classes = random.integers(can.num_classes, size=count)
    if can.has_captions:
        known: Sequence[str] = data.captions or can.caption_examples or ("",)
        captions = tuple(known[row] for row in random.integers(len(known), size=count))
    return Wanted(seeds, classes, captions, psi=psi)


def draw(
    generator: Generator,
    asked: Wanted,
    data: Data | None = None,
    *,
    store: Store | None = None,
    key: str = "",
    watch: Watch = unwatched,
    batch: int = _BATCH,
) -> NDArray[np.uint8] | NDArray[np.float32]:
    """Draw samples: uint8 (M, H, W, C), or float32 (M, 2) of a model of points.

    Args:
        generator: what draws, on any device.
        asked: what is to be drawn.
        data: where a translator finds its `sources`.
        store: keeps what was drawn.
        key: names the generator there: equal for equal weights.
        watch: told the share done; may cancel.
        batch: samples at a time.

    Raises:
        Cancelled: `watch` said so.
    """
    name = ""
    if store is not None and key:
        name = digest("samples", key, asked.seeds, asked.classes, "|".join(asked.captions), asked.psi)
        name = digest(name, "binary") if data is not None and data.binary else name
        name = (
            digest(name, asked.sources, None if data is None else data.origin)
            if asked.sources is not None
            else name
        )
        if (found := store.load(name)) is not None:
            return found
    parts = []
    for begin in range(0, len(asked), batch):
        if watch(begin / len(asked)):
            raise Cancelled
        rows = asked.part(slice(begin, begin + batch))
        drawn = _drawn(generator, rows, data)
        parts.append(drawn.float().cpu().numpy() if drawn.ndim == 2 else to_pictures(drawn))
    whole: NDArray[np.uint8] = np.concatenate(parts)
    if data is not None and data.binary:
        whole = in_black_and_white(whole)
    if name and store is not None:
        store.keep(name, whole)
    return whole


def latents(generator: Generator, seeds: Sequence[int] | NDArray[np.int64]) -> Tensor:
    """z of seeds, (N, z_dim), as Explore draws them."""
    width = generator.capabilities.z_dim
    device = generator.code_mean.device
    return torch.cat([normal_from_seed(int(seed), 1, width) for seed in seeds]).to(device)


@torch.no_grad()
def condition_of(generator: Generator, asked: Wanted) -> Tensor | None:
    """What `Generator.map` takes beside z, (N, ...); None for a model without classes and captions."""
    can = generator.capabilities
    if can.has_captions:
        return cast(ReadsCaptions, generator).read(asked.captions or [""] * len(asked))
    if not can.num_classes:
        return None
    rows = (
        torch.zeros(len(asked), dtype=torch.int64)
        if asked.classes is None
        else torch.from_numpy(asked.classes)
    )
    return torch.nn.functional.one_hot(rows, can.num_classes).to(generator.code_mean)


@torch.no_grad()
def draw_z(generator: Generator, z: Tensor, condition: Tensor | None = None, psi: float = 1.0) -> Tensor:
    """Pictures (N, C, H, W) in about [-1, 1] of given latents, or points (N, 2)."""
    if isinstance(generator, Points):
        return generator.points(z)
    drawn: Tensor = generator(z, condition, psi=psi)
    return drawn


def drawing(generator: Generator, condition: Tensor | None = None) -> Callable[[Tensor], Tensor]:
    """A function of z alone, (N, z_dim), under one condition (1, ...)."""

    def function(z: Tensor) -> Tensor:
        rows = None if condition is None else condition.expand(len(z), *condition.shape[1:])
        return draw_z(generator, z, rows)

    return function


@torch.no_grad()
def translate(generator: Generator, pictures: Pictures) -> Tensor:
    """What a translator makes of pictures (N, H, W, C): (N, C', H', W') in about [-1, 1]."""
    can = generator.capabilities
    device = next(generator.parameters()).device
    channels = can.photo_channels or can.image_channels
    images = as_images(pictures, channels, can.resolution).to(device)
    return generator.synthesize(images.new_zeros(len(images), 0, 0), image=images)


def as_images(pictures: Pictures, channels: int, side: int) -> Tensor:
    """uint8 (N, H, W, C) as a network takes them: (N, channels, side, side) in [-1, 1]."""
    images = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)
    images = as_rgb(images) if channels == 3 else images.mean(1, keepdim=True)
    return resized(images, side)


def to_pictures(images: Tensor) -> NDArray[np.uint8]:
    """(N, C, H, W) in about [-1, 1] to uint8 (N, H, W, C), of at most `MOST_SIDE`."""
    if images.shape[-1] > MOST_SIDE:
        images = resized(images.detach().float(), MOST_SIDE)
    found: NDArray[np.uint8] = (
        images.detach()
        .float()
        .clamp(-1, 1)
        .add(1)
        .mul(127.5)
        .round()
        .byte()
        .permute(0, 2, 3, 1)
        .cpu()
        .numpy()
    )
    return found


def in_black_and_white(pictures: Pictures) -> NDArray[np.uint8]:
    """Every number 0 or 255, whichever is nearer."""
    found: NDArray[np.uint8] = np.where(pictures > 127, 255, 0).astype(np.uint8)
    return found


def walk(generator: Generator, seeds: Sequence[int], points: int) -> Iterator[tuple[float, Tensor]]:
    """z along great circles from seed to seed: its place, 0 ... len(seeds) - 1, and z (z_dim,)."""
    corners = latents(generator, seeds)
    for place in np.linspace(0, len(seeds) - 1, points):
        begin = min(int(place), len(seeds) - 2)
        yield float(place), slerp(corners[begin], corners[begin + 1], float(place) - begin)


def _drawn(generator: Generator, rows: Wanted, data: Data | None) -> Tensor:
    if rows.sources is not None:
        assert data is not None
        assert data.origin is not None
        return translate(generator, np.asarray(data.origin[rows.sources]))
    return draw_z(generator, latents(generator, rows.seeds), condition_of(generator, rows), rows.psi)


def _same_classes(own: tuple[str, ...], others: tuple[str, ...], count: int) -> NDArray[np.int64] | None:
    """The model's class of each of the data's; None where they do not belong together."""
    if own and others and set(others) <= set(own):
        return np.array([own.index(name) for name in others], np.int64)
    return np.arange(count) if len(others) == count else None
