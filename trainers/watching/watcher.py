"""What a watcher is, and what it gets to see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from torch import Tensor

from latentlab.runs import Settled, Warned
from trainers.batch import Batch


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What there is to see whenever a sheet of samples is made. Pictures are on the CPU."""

    step: int
    drawn: Tensor
    """(N, C, H, W) in about [-1, 1], or (N, 2): samples of the same latents every time."""
    z: Tensor
    """(N, z_dim), their latents."""
    condition: Batch
    """The items whose labels, captions or pictures were the condition of `drawn`."""
    train: Batch
    """Some training items, the same every time."""
    held_out: Batch
    """Some items that training never sees, the same every time."""
    measures: Mapping[str, float]
    """What the system measured."""
    scores: Mapping[str, Tensor] = field(default_factory=dict)
    """The discriminator's logits, (N,) each, for "train", "held_out" and "drawn"; empty without one."""
    kl: Tensor | None = None
    """KL of each dimension of the code, (z_dim,) nats; None without a code that is inferred."""


class Watcher(Protocol):
    """Notices one kind of trouble. Runs in the first process alone."""

    def step(self, step: int, losses: Mapping[str, float]) -> Iterable[Warned]:
        """Look at the losses after `step` steps; called after every one, so it must be cheap."""

    def sampled(self, sight: Sight) -> Iterable[Warned]:
        """Look at samples and scores."""

    def settled(self, step: int) -> Iterable[Settled]:
        """Say, once, that what was warned of is seen no more."""

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run must know, as plain values."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Put back what `state_dict` returned."""


class Watchers:
    """All watchers of a run. Their states travel with checkpoints."""

    def __init__(self, watchers: Sequence[Watcher], states: Mapping[str, Any]) -> None:
        """Go on from `states`, as `state_dict` returned them."""
        self._watchers = watchers
        for watcher in watchers:
            if (state := states.get(type(watcher).__name__)) is not None:
                watcher.load_state_dict(state)

    def step(self, step: int, losses: Mapping[str, float]) -> Iterator[Warned | Settled]:
        """What all of them say to the losses of a step."""
        for watcher in self._watchers:
            yield from watcher.step(step, losses)
            yield from watcher.settled(step)

    def sampled(self, sight: Sight) -> Iterator[Warned | Settled]:
        """What all of them say to samples."""
        for watcher in self._watchers:
            yield from watcher.sampled(sight)
            yield from watcher.settled(sight.step)

    def state_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {type(watcher).__name__: watcher.state_dict() for watcher in self._watchers}
