"""What a training run tells whoever follows it: frozen values, in the order in which things happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Preparing:
    """Pictures are being made ready."""

    share: float
    """Done, 0 ... 1."""
    text: str


@dataclass(frozen=True, slots=True)
class Started:
    """Training begins, or goes on after a stop."""

    step: int
    """Steps already done: above 0 in a resumed run."""
    steps: int
    parameters: int
    pictures: int
    held_out: int
    skipped: tuple[str, ...] = ()
    """Picture files that could not be read."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Means over the steps since the last one."""

    step: int
    """Steps done."""
    losses: Mapping[str, float]
    images_per_second: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The averaged network, on held-out pictures."""

    step: int
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sampled:
    """A sheet of samples of the same codes every time, with held-out pictures and their reconstructions."""

    step: int
    path: Path


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint from which the run can go on is on disk."""

    step: int
    path: Path


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event."""

    step: int
    completed: bool
    """False when the run was asked to stop."""


Event = Preparing | Started | Progress | Measured | Sampled | Saved | Finished
