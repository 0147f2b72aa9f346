"""Several recipes as one job, for galleries and export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import torch

from latentlab.latents.recipe import Recipe
from latentlab.models.capabilities import BlockInfo, NoiseMode
from latentlab.render.job import Job, JobMaker

_MOST_AT_ONCE = 16
_CPU_BYTES = 256 << 20
_GPU_SHARE = 0.25


def batch_size(infos: Sequence[BlockInfo], device: str) -> int:
    """How many pictures to draw at once: as many as keep the features within a modest share of memory."""
    largest = 4 * max(max(1, info.resolution) ** 2 * info.channels for info in infos)
    room = float(_CPU_BYTES)
    if device.startswith("cuda"):
        room = _GPU_SHARE * torch.cuda.mem_get_info(torch.device(device))[0]
    return max(1, min(_MOST_AT_ONCE, int(room // (4 * largest))))  # input, output and what lies between


def batches(jobs: JobMaker, recipes: Sequence[Recipe], size: int) -> Iterator[tuple[Sequence[Recipe], Job]]:
    """Cut recipes, in order, into runs that blocks can take together; with each run its job.

    The recipes of one run differ in their codes, photos and noise seeds alone.
    """
    for _, run in groupby(recipes, key=_shared):
        alike = tuple(run)
        for start in range(0, len(alike), size):
            chosen = alike[start : start + size]
            yield chosen, jobs.batch(chosen)


def _shared(recipe: Recipe) -> Recipe:
    """What all recipes of a run have in common."""
    seed = 0 if recipe.noise.mode == NoiseMode.RANDOM else recipe.noise.seed
    return Recipe(
        noise=replace(recipe.noise, seed=seed),
        transform=recipe.transform,
        edits=recipe.edits,
        stop_after=recipe.stop_after,
    )
