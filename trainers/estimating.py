"""What a run would take here, from a few steps that are timed: nobody should have to find out overnight."""

from __future__ import annotations

import math
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trainers import data, device, memory
from trainers.config import RunConfig
from trainers.team import ALONE
from trainers.training import Training

_PLACES = (0.1, 0.5, 0.9)
"""Shares of the run at which steps are timed: a network may grow, penalties may come and go."""
_LEAST_STEPS = 2
_MOST_STEPS = 16
"""Timed at each place; a penalty may be computed in every 16th step alone."""
_SECONDS = 2.5
"""For the steps of one place."""
_ITEMS = 256
"""Training items that are made ready for it."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run takes on this machine, as busy as it is now."""

    device: str
    parameters: int
    """Of all networks in training."""
    step_seconds: float
    images_per_second: float
    seconds: float
    """Of the whole run, samples and checkpoints included; making the data ready excluded."""
    seconds_error: float
    """Half the width within which it may fall."""
    memory: float
    """Bytes at most."""
    memory_total: float
    """Bytes there are; NaN where it cannot be known."""
    checkpoint_bytes: int
    """On the disk, each."""
    checkpoints: int
    """That are on the disk at the end."""


def forecast(config: RunConfig, workers: int = 0) -> Iterator[str | Forecast]:
    """What is being done, in words; the forecast comes last.

    Raises:
        LatentLabError: the run could not start.
    """
    loop = config.loop
    few = max(_ITEMS, 2 * loop.batch_size)
    settings = config.data.model_copy(
        update={"most": min(config.data.most, few) if config.data.most else few, "held_out": 0.25}
    )
    for _, text in data.prepare(settings, workers):
        yield text
    items = data.open_data(settings)
    where = device.choose(loop.device, 0)
    with Training(config, items, where, ALONE) as training:
        times: list[float] = []
        for share in _PLACES:
            yield f"Timing steps at {share:.0%} of the run"
            times.append(_step_time(training, int(share * loop.steps)))
        yield "Timing a sheet of samples and a checkpoint"
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            training.write_sheet(training.look(), Path(folder) / "sheet.png")
            sampled = time.perf_counter()
            checkpoint = Path(folder) / "checkpoint"
            checkpoint.mkdir()
            training.save(checkpoint)
            saved = time.perf_counter()
            size = sum(file.stat().st_size for file in checkpoint.iterdir())
        pace = statistics.fmean(times)
        around = (sampled - began) * math.ceil(loop.steps / loop.sample_every)
        around += (saved - sampled) * math.ceil(loop.steps / loop.checkpoint_every)
        kept = min(loop.keep, math.ceil(loop.steps / loop.checkpoint_every))
        kept += loop.steps // loop.milestone_every if loop.milestone_every else 0
        yield Forecast(
            device=where,
            parameters=training.parameters,
            step_seconds=pace,
            images_per_second=loop.batch_size / pace,
            seconds=pace * loop.steps + around,
            seconds_error=max(0.1 * pace, statistics.stdev(times) / math.sqrt(len(times))) * loop.steps,
            memory=memory.most(where),
            memory_total=memory.total(where),
            checkpoint_bytes=size,
            checkpoints=kept,
        )


def _step_time(training: Training, step: int) -> float:
    """Seconds of a step about there; the first one, which allocates, does not count."""
    training.step = max(0, min(step, training.config.loop.steps - 1))
    training.advance()
    times: list[float] = []
    while len(times) < _LEAST_STEPS or (len(times) < _MOST_STEPS and sum(times) < _SECONDS):
        began = time.perf_counter()
        training.advance()
        times.append(time.perf_counter() - began)
    return statistics.fmean(times)
