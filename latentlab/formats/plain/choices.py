"""What shapes leave open, as independent choices, and their likeliest combinations."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """One way to answer an open question."""

    key: str
    """Short and stable: part of the candidate's key. Empty where nothing was open."""
    words: str
    """Part of the candidate's description; empty where nothing was open."""
    answers: Mapping[str, Any]
    """What it settles, by name."""
    cost: float = 0.0
    """How unusual the answer is in published code; 0 is the usual one."""


def likeliest(
    questions: Sequence[Sequence[Option]], *, most: int, dearest: float = 3.5
) -> list[tuple[float, tuple[Option, ...]]]:
    """Combinations of one option per question, by rising cost.

    Args:
        questions: the options of each open question.
        most: number of combinations handed back at most.
        dearest: combinations that cost more than this above the cheapest are left out.
    """
    ordered = [sorted(options, key=lambda option: option.cost) for options in questions]
    if not all(ordered):
        return []

    def cost_of(indices: tuple[int, ...]) -> float:
        return sum(options[index].cost for options, index in zip(ordered, indices, strict=True))

    first = (0,) * len(ordered)
    queue = [(cost_of(first), first)]
    seen = {first}
    found: list[tuple[float, tuple[Option, ...]]] = []
    while queue and len(found) < most:
        cost, indices = heapq.heappop(queue)
        if cost > cost_of(first) + dearest:
            break
        found.append((cost, tuple(options[i] for options, i in zip(ordered, indices, strict=True))))
        for place in range(len(indices)):
            step = (*indices[:place], indices[place] + 1, *indices[place + 1 :])
            if step[place] < len(ordered[place]) and step not in seen:
                seen.add(step)
                heapq.heappush(queue, (cost_of(step), step))
    return found


def merged(options: Sequence[Option]) -> dict[str, Any]:
    """Everything that a combination settles."""
    return {name: value for option in options for name, value in option.answers.items()}
