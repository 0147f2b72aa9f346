"""Seeds give the numbers that the field's scripts draw with them, from any thread and in any order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from latentlab.models.seeds import normal_from_seed

_LARGEST = 2**32 - 1


def _drawn(seed: int, count: int) -> list[float]:
    """By a generator of its own."""
    numbers: list[float] = np.random.RandomState(seed).randn(1, count).astype(np.float32).tolist()
    return numbers


@pytest.mark.parametrize("seed", [0, 1, 85, _LARGEST])
def test_numbers_are_those_of_the_scripts(seed: int) -> None:
    normal_from_seed(3, 1)  # an odd count leaves a number over, which must not come next
    assert normal_from_seed(seed, 1, 512).tolist() == _drawn(seed, 512)
    assert normal_from_seed(seed, 1, 7).tolist() == _drawn(seed, 7)


def test_threads_do_not_disturb_each_other() -> None:
    seeds = list(range(64)) * 4
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda seed: normal_from_seed(seed, 1, 65).tolist(), seeds))
    assert found == [_drawn(seed, 65) for seed in seeds]


@pytest.mark.parametrize("seed", [-1, _LARGEST + 1])
def test_other_numbers_are_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="Seed must be between"):
        normal_from_seed(seed, 1)
