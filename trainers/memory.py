"""How much memory training takes, and how much there is."""

from __future__ import annotations

import functools
import math

import psutil  # type: ignore[import-untyped]
import torch


def in_use(device: str) -> float:
    """Bytes that this process takes: of the accelerator where it computes there, else of the machine."""
    if device.startswith("cuda"):
        return float(torch.cuda.memory_reserved(device))
    return float(_process().memory_info().rss)


def total(device: str) -> float:
    """Bytes there are; NaN where it cannot be known."""
    if device.startswith("cuda"):
        return float(torch.cuda.get_device_properties(device).total_memory)
    try:
        return float(psutil.virtual_memory().total)
    except OSError:
        return math.nan


@functools.cache
def _process() -> psutil.Process:
    return psutil.Process()
