"""States kept between pictures, found again by what they were made from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Key = bytes


def chain_keys(start: bytes, parts: Sequence[bytes]) -> tuple[Key, ...]:
    """One key per block: equal exactly when that block and all before it were given the same.

    Args:
        start: what the state before the first block depends on.
        parts: per block, the bytes of its codes, noise and edits.
    """
    keys: list[Key] = []
    key = start
    for part in parts:
        key = hashlib.blake2b(key + part, digest_size=16).digest()
        keys.append(key)
    return tuple(keys)


def code_digests(codes: NDArray[Any]) -> tuple[bytes, ...]:
    """A digest per code of one picture's codes (num_codes, code_dim)."""
    return tuple(hashlib.blake2b(code.tobytes(), digest_size=16).digest() for code in codes)


@dataclass(slots=True)
class _Kept:
    value: Any
    size: int
    used: int


class StateCache:
    """Values by key within a budget of bytes. Eviction takes what was longest unused, the largest first.

    Large states of late blocks go before small ones of early blocks of the same picture. One value larger than
    half the budget is not kept.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._kept: dict[Key, _Kept] = {}
        self._size = 0
        self._round = 0

    @property
    def size_bytes(self) -> int:
        """Bytes kept now."""
        return self._size

    def __contains__(self, key: Key) -> bool:
        return key in self._kept

    def begin_picture(self) -> None:
        """Everything used from here on counts as used at the same time."""
        self._round += 1

    def get(self, key: Key) -> Any | None:
        """The value, now counted as used; None where it is not kept."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        kept.used = self._round
        return kept.value

    def put(self, key: Key, value: Any, size: int) -> None:
        """Keep a value of `size` bytes, evicting others as needed."""
        if 2 * size > self.budget_bytes:
            return
        self._drop(key)
        self._kept[key] = _Kept(value, size, self._round)
        self._size += size
        while self._size > self.budget_bytes:
            self._drop(min(self._kept, key=lambda k: (self._kept[k].used, -self._kept[k].size)))

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._size = 0

    def _drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._size -= kept.size


def size_of(value: Any) -> int:
    """Bytes held by tensors and arrays inside a state of any engine."""
    if isinstance(value, (tuple, list)):
        return sum(size_of(part) for part in value)
    if isinstance(value, dict):
        return sum(size_of(part) for part in value.values())
    for name in ("nbytes", "byte_size"):  # torch and NumPy; OpenVINO
        size = getattr(value, name, None)
        if isinstance(size, int):
            return size
    return 0
