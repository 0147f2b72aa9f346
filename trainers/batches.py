"""Which items a step sees, and their noise: pure functions of the seed and the number of the step.

A resumed run goes on exactly where it stopped with no sampler and no random state to save, and several processes
that share a batch see together what one process would see.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch

from latentlab.errors import TrainingError
from trainers.batch import Batch
from trainers.config import LoopSettings
from trainers.data import Dataset
from trainers.team import Team


def noise(seed: int, step: int) -> torch.Generator:
    """The random numbers of one step, on the CPU."""
    state = np.random.SeedSequence((seed, step)).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(state[0] >> np.uint64(1)))


class Batches:
    """This process's part of every batch. The next one is read while a step computes."""

    def __init__(self, items: Dataset, loop: LoopSettings, device: str, team: Team) -> None:
        """Read from `items` in another thread until `close`.

        Raises:
            TrainingError: the processes of the team cannot share a batch evenly.
        """
        if loop.batch_size % team.size:
            raise TrainingError(
                f"A batch of {loop.batch_size} cannot be shared by {team.size} processes: choose a multiple of "
                f"{team.size} with --batch-size."
            )
        self._items = items
        self._loop = loop
        self._device = device
        self._team = team
        self._thread = ThreadPoolExecutor(1, "batches")
        self._next: tuple[int, Future[Batch]] | None = None

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)

    def of(self, step: int) -> Batch:
        """The part of step `step`, on the device."""
        waiting, self._next = self._next, None
        batch = waiting[1].result() if waiting and waiting[0] == step else self._read(step)
        self._next = step + 1, self._thread.submit(self._read, step + 1)
        return batch.to(self._device)

    def _read(self, step: int) -> Batch:
        return self._items.at_step(step, self._loop.batch_size, self._loop.seed, self._team)
