"""What the log keeps of a look at the networks: how scores are spread, and what each dimension of a code says."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from latentlab.runs import Coded, Scored
from trainers.watching.watcher import Sight

_BINS = 48
_TAIL = 0.002
"""Share of the scores at each end that share the outermost bin: one far score must not squeeze all others."""


def figures(sight: Sight) -> Iterator[Scored | Coded]:
    """The events that tell what is seen in figures; none where the system has neither scores nor a code."""
    finite = {name: scores[scores.isfinite()] for name, scores in sight.scores.items()}
    if any(len(scores) for scores in finite.values()):
        low, high = _span(torch.cat(list(finite.values())))
        counts = {name: _counts(scores, low, high) for name, scores in finite.items()}
        yield Scored(sight.step, low, high, counts)
    if sight.kl is not None:
        yield Coded(sight.step, tuple(round(value, 6) for value in sight.kl.tolist()))


def _span(scores: Tensor) -> tuple[float, float]:
    ends = torch.quantile(scores.double(), torch.tensor([_TAIL, 1 - _TAIL], dtype=torch.float64)).tolist()
    room = max(1e-6, 0.02 * (ends[1] - ends[0]))
    return ends[0] - room, ends[1] + room


def _counts(scores: Tensor, low: float, high: float) -> tuple[int, ...]:
    inside = scores.double().clamp(low, high)
    return tuple(int(count) for count in torch.histc(inside, _BINS, low, high).tolist())
