"""Several recipes as one job, for galleries and export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import torch
from torch import Tensor

from latentlab.latents.recipe import Recipe
from latentlab.models.capabilities import BlockInfo, NoiseMode
from latentlab.render.engine import NoiseMaps
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
            yield chosen, _together([jobs.job(recipe) for recipe in chosen])


def _shared(recipe: Recipe) -> Recipe:
    """What all recipes of a run have in common."""
    seed = 0 if recipe.noise.mode == NoiseMode.RANDOM else recipe.noise.seed
    return Recipe(
        noise=replace(recipe.noise, seed=seed),
        transform=recipe.transform,
        edits=recipe.edits,
        stop_after=recipe.stop_after,
    )


def _together(jobs: list[Job]) -> Job:
    first = jobs[0]
    if len(jobs) == 1:
        return replace(first, keep=False)
    images = [job.image for job in jobs if job.image is not None]
    return replace(
        first,
        codes=torch.cat([job.codes for job in jobs]),
        noise=_noise_together(jobs),
        image=torch.cat(images) if images else None,
        keep=False,
    )


def _noise_together(jobs: list[Job]) -> NoiseMaps:
    if all(job.noise is jobs[0].noise for job in jobs):
        return jobs[0].noise
    return tuple(
        tuple(_stacked(maps) for maps in zip(*(job.noise[index] for job in jobs), strict=True))
        for index in range(len(jobs[0].noise))
    )


def _stacked(maps: tuple[Tensor | None, ...]) -> Tensor | None:
    present = [map_ for map_ in maps if map_ is not None]
    return torch.cat(present) if present else None
