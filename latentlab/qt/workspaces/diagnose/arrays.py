"""Arrays of a result in memory: what is painted shall not wait for the disk."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.result import Result


def whole(result: Result, name: str) -> NDArray[Any] | None:
    """A copy of an array; None where it was not measured."""
    found = result.array(name)
    return None if found is None else np.array(found)
