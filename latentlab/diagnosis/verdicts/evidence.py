"""What rules look at, and how they put names into words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.result import Figure

Change = Mapping[str, bool | int | float | str]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that rules look at."""

    figures: Mapping[str, Figure]
    arrays: Mapping[str, NDArray[Any]]
    steps: tuple[int, ...] = ()
    class_names: tuple[str, ...] = ()
    changes: Callable[[str], Change] = lambda kind: {}
    """Settings that help against a kind of trouble; of a run."""

    def low(self, key: str) -> float:
        """The least that a figure may be; NaN where it was not taken, so that no comparison holds."""
        found = self.figures.get(key)
        return math.nan if found is None else found.value if math.isnan(found.low) else found.low

    def high(self, key: str) -> float:
        """The most that a figure may be."""
        found = self.figures.get(key)
        return math.nan if found is None else found.value if math.isnan(found.high) else found.high

    def value(self, key: str) -> float:
        found = self.figures.get(key)
        return math.nan if found is None else found.value

    def meaning(self, key: str) -> str:
        """What a figure says; nothing where it was not taken."""
        found = self.figures.get(key)
        return "" if found is None else found.meaning

    def data(self, key: str) -> float:
        """The same of the data."""
        found = self.figures.get(key)
        return math.nan if found is None else found.data

    def remedy(self, of_a_game: str, of_a_code: str) -> str:
        """The first for models that learned from a discriminator, the second for a VAE that had none."""
        vae = "used_units" in self.figures and "scores_generated" not in self.arrays
        return of_a_code if vae else of_a_game


def precision_beside(evidence: Evidence) -> float:
    """The most that precision may be, of that of held-out data; NaN where it was not taken."""
    data = evidence.data("precision")
    return evidence.high("precision") / (0.9 if math.isnan(data) else max(data, 1e-9))


def rows(evidence: Evidence, name: str) -> list[int]:
    found = evidence.arrays.get(name)
    return [] if found is None else [int(row) for row in np.flatnonzero(found)]


def listed(names: Sequence[str], most: int = 4) -> str:
    rest = len(names) - most
    between = "; " if any("," in name for name in names) else ", "
    return between.join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
