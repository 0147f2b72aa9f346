"""Which blocks' pictures are shown before, or instead of, the final one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from latentlab.models.capabilities import BlockInfo

FULL_AT_ONCE_MS = 60.0
"""A full picture that takes no longer than this needs no preview."""
_REFINEMENT = 5.0
"""Each further preview of a slow picture may take this many times longer than the one before."""
_LEAST_MS = 1.0
"""Where preparing took all of a budget, refinement begins here."""
_SMALLEST = 8
"""Pixels; a smaller preview says nothing."""
_CLIMB = 0.85
"""A larger preview than the last one must fit into this share of the budget, so that sizes do not flicker."""

Predict = Callable[[int], float | None]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a plan depends on."""

    blocks: Sequence[BlockInfo]
    can_show: Sequence[bool]
    """Whether there is a picture of each block's state."""
    earliest: int
    """The first block whose picture shows the change."""
    target: int
    """The block whose picture is wanted in the end."""
    predict: Predict
    """Milliseconds until the picture of a block is there; None where nothing is known yet."""


def plan(situation: Situation, budget_ms: float, *, dragging: bool, last_preview: int | None) -> list[int]:
    """The blocks to show one after the other.

    While dragging that is one: the deepest that fits into the budget. Otherwise the target comes last, after as
    many previews as the wait is worth.
    """
    target = situation.target
    full = situation.predict(target)
    candidates = _candidates(situation)
    if full is not None and full <= (budget_ms if dragging else FULL_AT_ONCE_MS):
        return [target]
    if not candidates:
        return [target]
    if full is None:
        first = next((i for i in candidates if situation.blocks[i].resolution >= 16), candidates[0])
        return [first] if dragging else [first, target]
    first = _deepest_within(situation, candidates, budget_ms, last_preview)
    if dragging:
        return [first]
    steps = [first]
    budget = max(budget_ms, _LEAST_MS) * _REFINEMENT
    while budget < full / 2:
        step = _deepest_within(situation, candidates, budget, None)
        if step > steps[-1]:
            steps.append(step)
        budget *= _REFINEMENT
    return [*steps, target]


def _candidates(situation: Situation) -> list[int]:
    smallest = min(_SMALLEST, situation.blocks[situation.target].resolution)
    return [
        index
        for index in range(situation.earliest, situation.target)
        if situation.can_show[index] and situation.blocks[index].resolution >= smallest
    ]


def _deepest_within(situation: Situation, candidates: list[int], budget: float, last: int | None) -> int:
    """The deepest candidate that fits, or the shallowest when none does."""
    chosen = candidates[0]
    for index in candidates:
        time = situation.predict(index)
        limit = budget * _CLIMB if last is not None and index > last else budget
        if time is not None and time <= limit:
            chosen = index
    return chosen
