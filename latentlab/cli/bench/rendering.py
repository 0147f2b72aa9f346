"""Figures of the renderer: full frames against the bare network, previews while dragging, memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import torch

from latentlab.formats.report import Candidate, Card, FileReport, OpenedModel
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.models.generator import Generator
from latentlab.render.engine import Engine, NoiseMaps
from latentlab.render.factories import Precision
from latentlab.render.looks import Look
from latentlab.render.memory import process_memory
from latentlab.render.probe_fitting import samples
from latentlab.render.renderer import Renderer, never
from latentlab.render.request import RenderRequest


@dataclass(frozen=True, slots=True)
class FullFrame:
    """A full picture through the renderer beside the bare forward pass on the same engine."""

    engine: str
    resolution: int
    bare_ms: float
    renderer_ms: float
    ratio: float
    """Median over rounds of renderer / bare, both timed one right after the other."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a dragging hand sees."""

    engine: str
    budget_ms: float
    median_ms: float
    longest_ms: float
    side: int
    """Pixels of the preview."""
    is_full: bool


@dataclass(frozen=True, slots=True)
class RenderMemory:
    """Bytes."""

    cached: int
    """States and pictures kept between frames, after some dragging."""
    process: int
    """What the whole process holds then."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """How a faster engine came about."""

    engine: str
    """"" where plain torch stayed."""
    seconds: float
    looks: tuple[tuple[str, Look], ...]
    """Every engine that was compared with plain torch, and what was found."""


def opened(generator: Generator, fingerprint: str) -> OpenedModel:
    """A network that was built here, as if it had been opened from a file."""
    card = Card("benchmark", generator.capabilities.family)
    report = FileReport("", "built here", card, generator.capabilities.resolution)
    candidate = Candidate("benchmark", "", generator.family, generator.config)
    return OpenedModel(generator, card, report, fingerprint, candidate)


def full_frame(
    renderer: Renderer, generator: Generator, *, rounds: int = 7, seconds: float = 1.0
) -> FullFrame:
    """Time new pictures, at least `rounds` of them and for `seconds`; nothing of them is in the caches.

    The renderer's time is from the request to the last frame, previews on the way included, on the engine that
    the renderer uses at present. The bare pass maps, truncates, runs the blocks and makes the picture.
    """
    noise = generator.noise_maps()
    bare: list[float] = []
    whole: list[float] = []
    until = perf_counter() + seconds
    while len(whole) < rounds + 2 or perf_counter() < until:
        seed = len(whole)
        whole.append(_milliseconds(partial(last_frame, renderer, Recipe(SeedSource(100_000 + seed)))))
        bare.append(_milliseconds(partial(_bare, generator, renderer.engine, noise, 500_000 + seed)))
    del whole[:2], bare[:2]  # they warm up
    ratios = [one / other for one, other in zip(whole, bare, strict=True)]
    return FullFrame(
        renderer.engine.name,
        generator.capabilities.resolution,
        median(bare),
        median(whole),
        median(ratios),
    )


def preview(renderer: Renderer, *, budget_ms: float, rounds: int = 15) -> Preview:
    """Drag the truncation, which changes every code, after the full picture was on the screen."""
    recipe = Recipe(SeedSource(round(1000 * budget_ms)), truncation_psi=0.9)  # not in the caches
    for seed in range(3):
        last_frame(renderer, Recipe(SeedSource(seed)))
    last_frame(renderer, recipe)
    times: list[float] = []
    for step in range(rounds + 5):
        moved = replace(recipe, truncation_psi=0.9 - 0.01 * (step + 1))
        frame = next(renderer.render(RenderRequest(moved, dragging=True, budget_ms=budget_ms)))
        if step >= 5:  # its size has settled
            times.append(frame.milliseconds)
    return Preview(
        renderer.engine.name,
        budget_ms,
        median(times),
        max(times),
        frame.pixels.shape[0],
        not frame.is_preview,
    )


def memory(renderer: Renderer) -> RenderMemory:
    """Memory after scrubbing through seeds."""
    for seed in range(10):
        last_frame(renderer, Recipe(SeedSource(seed)))
    return RenderMemory(renderer.cached_bytes, process_memory())


def prepare(renderer: Renderer, precision: Precision) -> Prepared:
    """Let the renderer prepare its faster engine, as it does in the background."""
    renderer.precision = precision
    begun = perf_counter()
    name = renderer.prepare_fast(lambda share, what: None, never)
    seconds = perf_counter() - begun
    last_frame(renderer, Recipe())  # takes the engine over
    return Prepared(name or "", seconds, renderer.looks)


@torch.inference_mode()
def _bare(generator: Generator, engine: Engine, noise: NoiseMaps, seed: int) -> torch.Tensor:
    codes, image = samples(generator, range(seed, seed + 1))
    codes = generator.truncate(codes, 1.0)
    last = len(generator.blocks) - 1
    states = engine.run_through(0, last, engine.start(image), codes, noise, never)
    picture = engine.picture(last, states[last])
    assert picture is not None
    return picture.float().cpu()


def last_frame(renderer: Renderer, recipe: Recipe) -> Any:
    """The full picture of a recipe."""
    frames: Sequence[Any] = list(renderer.render(RenderRequest(recipe)))
    return frames[-1]


def _milliseconds(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return (perf_counter() - begun) * 1000
