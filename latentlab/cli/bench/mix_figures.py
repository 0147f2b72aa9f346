"""An 8 x 8 crossing grid as the Mix workspace has it drawn, beside its bare batched forward passes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

import torch

from latentlab.cli.bench import rendering
from latentlab.cli.bench.figures import Figure
from latentlab.cli.bench.networks import full_stylegan2
from latentlab.latents.crossing import Cell, Crossing, Ingredient, cells, ingredients, latent_known, units_of
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.models.generator import Generator
from latentlab.models.seeds import normal_from_seed
from latentlab.render.renderer import Renderer

_SIDE = 8
_ROUNDS = 6


def measure() -> Iterator[Figure]:
    """The time from the crossing's values to its last picture, on the engine that batches run on."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from latentlab.qt.threads.desk import Pause
    from latentlab.qt.threads.mix_work import CrossingWork

    generator = full_stylegan2(64, channel_base=16384)
    renderer = Renderer(rendering.opened(generator, "bench-mix-64"), device="cpu")
    pause = Pause(lambda: False, lambda: False)
    grid: list[float] = []
    bare: list[float] = []
    for turn in range(_ROUNDS + 1):

        def whole(turn: int = turn) -> None:
            shown: list[object] = []
            recipes = tuple(cell.recipe for cell in _cells(generator, 100 * turn))
            CrossingWork(recipes, 64).run(renderer, pause, shown.append)
            assert len(shown) == _SIDE**2

        def passes(turn: int = turn) -> None:
            _bare(generator, renderer.at_once, 100 * turn + 50)

        whole_ms, bare_ms = _milliseconds(whole), _milliseconds(passes)
        if turn:  # the first one warms up
            grid.append(whole_ms)
            bare.append(bare_ms)
    renderer.close()
    ratio = median(one / other for one, other in zip(grid, bare, strict=True))
    beside = f"{median(grid):.0f} ms / {median(bare):.0f} ms, StyleGAN2 64 px, {renderer.at_once} at once"
    yield Figure("8 x 8 crossing grid / bare batched forward passes", ratio, "x", "at most", 1.1, beside)


def _cells(generator: Generator, first: int) -> list[Cell]:
    """A crossing of fresh seeds."""

    def row(start: int) -> tuple[Ingredient, ...]:
        return tuple(Ingredient(Recipe(SeedSource(start + n)), str(n)) for n in range(_SIDE))

    units = units_of(generator.capabilities, [block.info for block in generator.blocks])
    crossing = Crossing(row(first), row(first + _SIDE), (4, 8))
    latents = {item.recipe: latent_known(item.recipe, units) for item in ingredients(crossing)}
    known = {recipe: latent for recipe, latent in latents.items() if latent is not None}
    return list(cells(crossing, units, known))


@torch.inference_mode()
def _bare(generator: Generator, batch: int, first: int) -> None:
    """Map 16 latents, mix their codes, and draw 64 pictures in batches."""
    z = torch.cat([normal_from_seed(first + n, 1, generator.capabilities.z_dim) for n in range(2 * _SIDE)])
    codes = generator.map(z)
    side, top = codes[:_SIDE].repeat_interleave(_SIDE, 0), codes[_SIDE:].repeat(_SIDE, 1, 1)
    mixed = torch.cat([side[:, :8], top[:, 8:]], 1)
    noise = generator.noise_maps()
    for start in range(0, len(mixed), batch):
        generator.synthesize(mixed[start : start + batch], noise)


def _milliseconds(work: Callable[[], None]) -> float:
    begun = perf_counter()
    work()
    return (perf_counter() - begun) * 1000
