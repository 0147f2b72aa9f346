"""Large tensors used again once nobody holds them: fresh memory costs a page fault every four kilobytes."""

from __future__ import annotations

import threading
import weakref
from collections import defaultdict

import torch
from torch import Tensor

_Kind = tuple[tuple[int, ...], torch.dtype]


class TensorPool:
    """Hands out uninitialised tensors and takes their memory back when the tensor object is gone.

    A view of a tensor from here does not keep its memory: copy what must outlive it.
    """

    def __init__(self, spare: int = 2) -> None:
        """Args: spare: how many unused tensors of each shape and type are kept."""
        self._spare = spare
        self._free: defaultdict[_Kind, list[Tensor]] = defaultdict(list)
        self._lock = threading.Lock()

    def take(self, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
        """A tensor of any content."""
        kind = (shape, dtype)
        with self._lock:
            free = self._free[kind]
            memory = free.pop() if free else None
        if memory is None:
            memory = torch.empty(shape, dtype=dtype)
        handed_out = memory.view(shape)
        weakref.finalize(handed_out, self._give_back, kind, memory).atexit = False
        return handed_out

    def clear(self) -> None:
        """Let go of all unused memory."""
        with self._lock:
            self._free.clear()

    def _give_back(self, kind: _Kind, memory: Tensor) -> None:
        with self._lock:
            if len(self._free[kind]) < self._spare:
                self._free[kind].append(memory)
