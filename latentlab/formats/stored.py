"""Tensors as they lie in a file: type, shape and place, with every claim checked. No numbers are read here."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from latentlab.errors import CheckpointError, UnsafeFileError

ITEM_SIZES = {
    "float64": 8,
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "float8_e4m3fn": 1,
    "float8_e5m2": 1,
    "int64": 8,
    "int32": 4,
    "int16": 2,
    "int8": 1,
    "uint64": 8,
    "uint32": 4,
    "uint16": 2,
    "uint8": 1,
    "bool": 1,
    "complex64": 8,
    "complex128": 16,
}
"""Bytes per number, by torch's name of the type."""

MAX_DIMENSIONS = 32


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One tensor of a file."""

    dtype: str
    """Key of `ITEM_SIZES`."""
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    """In numbers, per dimension."""
    start: int
    """Where its first number lies in the file, in bytes."""

    @property
    def numel(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of its numbers."""
        return self.numel * ITEM_SIZES[self.dtype]

    @property
    def is_contiguous(self) -> bool:
        """Its numbers lie one after the other, in order."""
        expected = 1
        for size, stride in zip(reversed(self.shape), reversed(self.strides), strict=True):
            if size != 1 and stride != expected:
                return False
            expected *= size
        return True

    @property
    def extent(self) -> int:
        """Numbers from its first to its last, inclusive, in the file."""
        if not self.numel:
            return 0
        return 1 + sum((size - 1) * stride for size, stride in zip(self.shape, self.strides, strict=True))


@dataclass(frozen=True, slots=True)
class Storage:
    """A run of numbers in a file that tensors are views of."""

    dtype: str
    start: int
    """In bytes, from the start of the file."""
    numel: int

    def tensor(self, offset: Any, shape: Any, strides: Any, dtype: str | None = None) -> StoredTensor:
        """The view that a file describes. Torch itself does not check these claims.

        Raises:
            CheckpointError: it is not made of whole numbers.
            UnsafeFileError: it reaches outside the storage, or repeats it.
        """
        if not (_are_sizes(shape) and _are_sizes(strides) and type(offset) is int):
            raise CheckpointError("A tensor in the file has an impossible shape: the file is damaged.")
        numel = self.numel
        if dtype is not None and dtype != self.dtype:
            numel = numel * ITEM_SIZES[self.dtype] // ITEM_SIZES[dtype]
        else:
            dtype = self.dtype
        tensor = StoredTensor(dtype, tuple(shape), tuple(strides), self.start + offset * ITEM_SIZES[dtype])
        if len(shape) != len(strides) or len(shape) > MAX_DIMENSIONS:
            raise CheckpointError("A tensor in the file has an impossible shape: the file is damaged.")
        if offset < 0 or tensor.numel > numel or offset + tensor.extent > numel:
            raise UnsafeFileError(
                f"A tensor of shape {list(shape)} claims more numbers than the {numel:,} that the file "
                "stores for it: the file is damaged or made to do harm. Get it from its source again."
            )
        return tensor


def contiguous_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Strides of a tensor whose numbers lie in order."""
    strides = []
    stride = 1
    for size in reversed(shape):
        strides.append(stride)
        stride *= size
    return tuple(reversed(strides))


@dataclass(slots=True)
class Network:
    """One network of a file: its tensors, and what its modules said about themselves."""

    tensors: dict[str, StoredTensor]
    """By the name in its state dict."""
    modules: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Plain attributes by the path of the module; empty for a state dict."""

    @property
    def parameters(self) -> int:
        """Numbers in all its tensors."""
        return sum(tensor.numel for tensor in self.tensors.values())


def _are_sizes(values: Any) -> bool:
    # Below 2**63 each, so that products stay cheap to compute.
    return isinstance(values, (tuple, list)) and all(type(v) is int and 0 <= v < 1 << 63 for v in values)
