"""Processes that train one model together. One process alone is a team of one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn import functional as differentiable

from latentlab.errors import TrainingError

_PATIENCE = timedelta(hours=4)
"""How long a process waits for another one that is alive: the first one may have data to make ready."""


class Team:
    """What a process needs of the others: gradients and means over a team are those of the whole batch."""

    def __init__(self, rank: int = 0, size: int = 1, local_rank: int = 0) -> None:
        """Describe a process of a team; `torch.distributed` is ready where `size` is above 1.

        Args:
            rank: number of the process among all.
            size: how many there are.
            local_rank: number of the process among those of its machine.
        """
        self.rank = rank
        self.size = size
        self.local_rank = local_rank

    def part(self, whole: Tensor) -> Tensor:
        """The rows of (N, ...) that are this process's, (N / size, ...): consecutive ones."""
        if len(whole) % self.size:
            raise ValueError(f"{len(whole)} rows cannot be shared by {self.size} processes")
        own = len(whole) // self.size
        return whole[self.rank * own : (self.rank + 1) * own]

    def average_gradients(self, network: nn.Module) -> None:
        """Replace every gradient by the mean over the team. Call it before clipping and before the optimiser."""
        if self.size == 1:
            return
        gradients = [weight.grad for weight in network.parameters() if weight.grad is not None]
        if not gradients:
            return
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        dist.all_reduce(flat)
        flat /= self.size
        parts = torch.split(flat, [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def mean(self, value: Tensor) -> Tensor:
        """The mean of a tensor over the team; gradients flow back to every process."""
        if self.size == 1:
            return value
        result: Tensor = differentiable.all_reduce(value) / self.size  # type: ignore[no-untyped-call]
        return result

    def means(self, values: dict[str, float]) -> dict[str, float]:
        """The mean of every number over the team. All processes name the same ones."""
        if self.size == 1:
            return values
        numbers = torch.tensor(list(values.values()), dtype=torch.float64)
        dist.all_reduce(numbers)
        return dict(zip(values, (numbers / self.size).tolist(), strict=True))

    def gathered(self, part: Tensor) -> Tensor:
        """The parts (N, ...) of all processes one after the other, without gradients."""
        if self.size == 1:
            return part
        parts = [torch.empty_like(part) for _ in range(self.size)]
        dist.all_gather(parts, part.contiguous())
        return torch.cat(parts)

    def any(self, wanted: bool) -> bool:
        """Whether any process says yes; the same answer everywhere."""
        return self.largest(int(wanted)) > 0

    def barrier(self) -> None:
        """Wait for all processes."""
        if self.size > 1:
            dist.barrier()

    def synchronise(self, tensors: Iterable[Tensor]) -> None:
        """Give every process the first one's values."""
        if self.size > 1:
            for tensor in tensors:
                dist.broadcast(tensor, 0)

    def largest(self, value: int) -> int:
        """The largest of the numbers of all processes; the same answer everywhere."""
        if self.size == 1:
            return value
        number = torch.tensor(value)
        dist.all_reduce(number, dist.ReduceOp.MAX)
        return int(number)


ALONE = Team()


@contextlib.contextmanager
def assemble(device: str) -> Iterator[Team]:
    """The team that `torchrun` made of this process and others; a team of one without `torchrun`.

    Args:
        device: of the configuration; with "cpu" all talk is by gloo.

    Raises:
        TrainingError: the others cannot be reached.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    cuda = device != "cpu" and torch.cuda.is_available()
    local_rank = int(os.environ.get("LOCAL_RANK", "0"))
    if cuda:
        torch.cuda.set_device(local_rank % torch.cuda.device_count())
    try:
        dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo", timeout=_PATIENCE)
    except (RuntimeError, ValueError) as error:
        raise TrainingError(f"The processes of the team cannot reach each other: {error}") from error
    try:
        yield Team(dist.get_rank(), dist.get_world_size(), local_rank)
    finally:
        dist.destroy_process_group()
