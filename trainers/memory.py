"""How much memory training takes, and how much there is."""

from __future__ import annotations

import functools
import math
import sys

import psutil  # type: ignore[import-untyped]
import torch


def in_use(device: str) -> float:
    """Bytes that this process takes: of the accelerator where it computes there, else of the machine."""
    if device.startswith("cuda"):
        return float(torch.cuda.memory_reserved(device))
    return float(_process().memory_info().rss)


def most(device: str) -> float:
    """Bytes that this process took at most so far."""
    if device.startswith("cuda"):
        return float(torch.cuda.max_memory_reserved(device))
    info = _process().memory_info()
    return float(max(info.rss, getattr(info, "peak_wset", 0), _highest()))


def total(device: str) -> float:
    """Bytes there are; NaN where it cannot be known."""
    if device.startswith("cuda"):
        return float(torch.cuda.get_device_properties(device).total_memory)
    try:
        return float(psutil.virtual_memory().total)
    except OSError:
        return math.nan


def _highest() -> float:
    """As the system kept count; 0 where it did not."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


@functools.cache
def _process() -> psutil.Process:
    return psutil.Process()
