"""Arrays of a result in memory: what is painted shall not wait for the disk."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.result import Result

_MOST = 1 << 28
"""Bytes of pictures that are kept in memory."""


def whole(result: Result, name: str) -> NDArray[Any] | None:
    """A copy of an array; None where it was not measured."""
    found = result.array(name)
    return None if found is None else np.array(found)


def pictures(result: Result, name: str) -> NDArray[np.uint8] | None:
    """An array of pictures, in memory unless there are very many."""
    found = result.array(name)
    return np.array(found) if found is not None and found.nbytes <= _MOST else found


def bin_names(result: Result) -> tuple[str, ...]:
    """What pictures of each bin have in common; "" where it is not known."""
    names = whole(result, "bin_name")
    return () if names is None else tuple(str(name) for name in names)
