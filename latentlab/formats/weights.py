"""From tensors in a file to tensors in memory: one copy, straight from the file, and only of what is asked for."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from latentlab.errors import Cancelled, CheckpointError, UnsafeFileError
from latentlab.formats.reading import Networks
from latentlab.formats.source import Source
from latentlab.formats.stored import Network, StoredTensor

Progress = Callable[[float, str], None]
"""Called with the part done, 0 ... 1, and what is being done."""

_ROW = 4096  # numbers
_MANY = 1 << 15  # numbers that torch shares among threads
_MAX_GROWTH = 5
"""Bytes in memory per byte of the file: float8 grows fourfold, and a few tensors may share their numbers."""


def on_meta(networks: Mapping[str, Network]) -> Networks:
    """Shapes and types of every network, as tensors without numbers."""
    return {
        name: {
            key: torch.empty(tensor.shape, dtype=getattr(torch, tensor.dtype), device="meta")
            for key, tensor in network.tensors.items()
        }
        for name, network in networks.items()
    }


def read_tensor(source: Source, stored: StoredTensor) -> Tensor:
    """Read one tensor; floating types become float32. Contiguous, on the CPU.

    Raises:
        CheckpointError: the file is shorter than when it was opened, or there is not enough memory.
    """
    dtype = getattr(torch, stored.dtype)
    try:
        flat = torch.empty(stored.extent, dtype=dtype)
    except RuntimeError as error:  # torch's way to say that there is no memory
        raise CheckpointError(
            f"{source.name} needs {stored.nbytes / 2**20:,.0f} MiB for one tensor and there is not so much free "
            "memory: close other programs, or open it on a larger machine."
        ) from error
    if flat.numel():
        plain = flat if dtype is torch.float32 else flat.view(torch.uint8)  # NumPy does not know all types
        source.read_into(stored.start, plain.numpy().data)
    if stored.is_contiguous:
        tensor = flat.view(stored.shape)
    else:
        tensor = flat.as_strided(stored.shape, stored.strides).contiguous()
    return tensor.to(torch.float32) if dtype.is_floating_point else tensor


class StoredTensors(Mapping[str, Tensor]):
    """A network's tensors, each read from the file whenever it is asked for. Keeps none of them.

    Helper threads may ask too; progress is told by the thread that made this alone.
    """

    def __init__(
        self,
        source: Source,
        network: Network,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        """Wrap a network of an open file.

        Raises:
            UnsafeFileError: its tensors claim the same bytes many times over.
        """
        in_memory = sum(max(tensor.nbytes, 4 * tensor.numel) for tensor in network.tensors.values())
        if in_memory > _MAX_GROWTH * source.size:
            raise UnsafeFileError(
                f"{source.name} describes {in_memory / 2**20:,.0f} MiB of weights in a file of "
                f"{source.size / 2**20:,.1f} MiB: it is damaged or made to exhaust this machine. Get it from its "
                "source again."
            )
        self._source = source
        self._tensors = network.tensors
        self._progress = progress
        self._cancelled = cancelled
        self._done = 0
        self._owner = threading.get_ident()
        self._total = max(1, sum(tensor.nbytes for tensor in network.tensors.values()))

    def __getitem__(self, name: str) -> Tensor:
        if self._cancelled is not None and self._cancelled():
            raise Cancelled("Opening was cancelled.")
        stored = self._tensors[name]
        tensor = read_tensor(self._source, stored)
        self._done += stored.nbytes
        if self._progress is not None and threading.get_ident() == self._owner:
            self._progress(min(1.0, self._done / self._total), "Reading weights")
        return tensor

    def __iter__(self) -> Iterator[str]:
        return iter(self._tensors)

    def __len__(self) -> int:
        return len(self._tensors)

    def __contains__(self, name: object) -> bool:
        return name in self._tensors  # without reading it, as Mapping would

    def numel(self, name: str) -> int:
        """How many numbers a tensor has, without reading it."""
        return self._tensors[name].numel


class Renamed(Mapping[str, Tensor]):
    """Tensors of a file under our names, each read when it is asked for."""

    def __init__(self, tensors: Mapping[str, Tensor], names: Mapping[str, str]) -> None:
        """`names` are ours and, for each, what it is among `tensors`."""
        self._tensors = tensors
        self._names = names

    def __getitem__(self, name: str) -> Tensor:
        return self._tensors[self._names[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def numel(self, name: str) -> int:
        """How many numbers a tensor has, without reading it."""
        return numel_of(self._tensors, self._names[name])


def numel_of(tensors: Mapping[str, Tensor], name: str) -> int:
    """How many numbers a tensor has; one that is in a file is not read for it."""
    if isinstance(tensors, (StoredTensors, Renamed)):
        return tensors.numel(name)
    return tensors[name].numel()


def is_finite(tensor: Tensor) -> bool:
    """Whether every number is finite."""
    # The sum is not finite if any number is not; it can also overflow, so only then every number is looked at.
    if tensor.numel() < _MANY:
        total = tensor.sum().item()
    else:
        # NumPy's sum lets other threads run and waits for none; it is fastest across rows.
        numbers = tensor.numpy().reshape(-1)
        whole = numbers.size // _ROW * _ROW
        with np.errstate(all="ignore"):
            total = numbers[:whole].reshape(-1, _ROW).sum(axis=0).sum() + numbers[whole:].sum()
    return math.isfinite(total) or bool(torch.isfinite(tensor).all())
