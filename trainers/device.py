"""Where a run computes."""

from __future__ import annotations

import torch

from latentlab.errors import TrainingError


def choose(wanted: str, local_rank: int = 0) -> str:
    """The device for "auto", "cpu", "cuda" or "cuda:1".

    Args:
        wanted: from the configuration.
        local_rank: number of this process on its machine: "auto" and "cuda" give each one a GPU of its own.

    Raises:
        TrainingError: there is no such device.
    """
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if wanted == "cpu" or (wanted == "auto" and not count):
        return "cpu"
    name, _, number = wanted.partition(":")
    if name not in ("auto", "cuda") or (number and not number.isdigit()):
        raise TrainingError(f"There is no device {wanted!r}: choose auto, cpu, cuda, or cuda: and a number.")
    index = int(number) if number else local_rank % max(1, count)
    if index >= count:
        raise TrainingError(
            f"This machine has {count} CUDA devices, and {wanted!r} is not among them: use cpu."
        )
    return f"cuda:{index}"
