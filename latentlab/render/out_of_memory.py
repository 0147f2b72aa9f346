"""Telling a lack of memory from other errors, and giving memory back."""

from __future__ import annotations

import gc

import torch

from latentlab.render.memory import return_freed_memory

_WORDS = ("out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` means that memory ran out. Torch says so in several ways, by device and allocator."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in _WORDS)


def free_memory() -> None:
    """Collect what nobody refers to any more, and hand the device's unused blocks back to it."""
    gc.collect()
    return_freed_memory()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
