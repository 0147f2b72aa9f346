"""What a run tells whoever follows it: frozen values, in the order in which things happen, one line of JSON each.

`step` counts finished steps of optimisation. After a resume or a roll back, `Started` and `RolledBack` name the
step that the run goes on from: what was said about later steps before is superseded (`latentlab.runs.curves`).
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["info", "warning", "serious"]


@dataclass(frozen=True, slots=True)
class Preparing:
    """The data are being made ready."""

    share: float
    """Done, 0 ... 1."""
    text: str


@dataclass(frozen=True, slots=True)
class Started:
    """Training begins, or goes on after a stop. Events about later steps that came before are superseded."""

    step: int
    """Steps already done: above 0 in a resumed run."""
    steps: int
    """Of the whole run."""
    parameters: int
    """Of all networks in training."""
    items: int
    """Training items."""
    held_out: int = 0
    batch_size: int = 0
    """Of all processes together."""
    device: str = "cpu"
    processes: int = 1
    memory_total: float = math.nan
    """Bytes of the machine's memory, or of the accelerator's."""
    skipped: tuple[str, ...] = ()
    """Files that could not be read, the first few, each with its reason."""
    skipped_count: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """Means over the steps since the last one."""

    step: int
    losses: Mapping[str, float]
    images_per_second: float
    """By the clock: sampling, checkpoints and waiting for data included."""
    seconds: float
    """Of training so far, over all resumes; pauses and preparing excluded."""
    seconds_left: float
    """To the last step, sampling and checkpoints included; NaN while nothing is known yet."""
    seconds_left_error: float = math.nan
    """Half the width within which the estimate moved lately; NaN while nothing is known yet."""
    memory: float = math.nan
    """Bytes that training takes: of the accelerator, or of the first process."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The averaged network, on held-out items."""

    step: int
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scored:
    """How the discriminator's scores (logits) are spread, over bins of equal width."""

    step: int
    low: float
    """Where the first bin begins."""
    high: float
    """Where the last one ends."""
    counts: Mapping[str, tuple[int, ...]]
    """Items per bin, of "train", "held_out" and "drawn"."""


@dataclass(frozen=True, slots=True)
class Coded:
    """What each dimension of the code says about held-out items."""

    step: int
    kl: tuple[float, ...]
    """KL to the prior in nats, mean over items: near 0 where a dimension is not in use."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A sheet of samples of the same latents every time."""

    step: int
    path: str
    """Below the run's folder, with forward slashes."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint from which the run can go on, and whose model can be opened, is on disk."""

    step: int
    path: str
    """Its folder, below the run's."""
    milestone: bool = False
    """It is kept when recent ones make room."""


@dataclass(frozen=True, slots=True)
class Warned:
    """Something about the training deserves a look."""

    step: int
    kind: str
    """"mode_collapse", "discriminator_too_strong": what the warning is, for filters and help."""
    severity: Severity
    text: str
    """What was seen, in a sentence."""
    evidence: Mapping[str, float] = field(default_factory=dict)
    """The figures that say so, by name."""
    remedy: str = ""
    change: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    """The remedy as settings by path, "settings.r1_gamma", with the values to branch with; empty where it is not
    a matter of settings."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a warning of this kind was about is seen no more."""

    step: int
    kind: str


@dataclass(frozen=True, slots=True)
class RolledBack:
    """The run went back to a checkpoint by itself. Events about steps after `to_step` are superseded."""

    step: int
    """Where it failed."""
    to_step: int
    reason: str
    change: str = ""
    """What is different now: "learning rates x 0.5"."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The run ended in order; the last event of a process."""

    step: int
    completed: bool
    """False when the run was asked to stop."""
    seconds: float = 0.0
    """Of training, over all resumes."""
    overhead: float = 0.0
    """Share of this process's time that did not go into steps of optimisation: data, events, samples,
    checkpoints."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The run ended with an error; the last event of a process."""

    step: int
    text: str
    """Cause and remedy."""


Event = (
    Preparing
    | Started
    | Progress
    | Measured
    | Scored
    | Coded
    | Sampled
    | Saved
    | Warned
    | Settled
    | RolledBack
    | Finished
    | Failed
)

KINDS: dict[str, type[Event]] = {
    "preparing": Preparing,
    "started": Started,
    "progress": Progress,
    "measured": Measured,
    "scored": Scored,
    "coded": Coded,
    "sampled": Sampled,
    "saved": Saved,
    "warning": Warned,
    "settled": Settled,
    "rolled_back": RolledBack,
    "finished": Finished,
    "failed": Failed,
}
_NAMES = {kind: name for name, kind in KINDS.items()}
_NUMBERS = (
    "images_per_second",
    "seconds",
    "seconds_left",
    "seconds_left_error",
    "memory",
    "memory_total",
    "low",
    "high",
)
_FIELDS = {name: tuple(found.name for found in dataclasses.fields(kind)) for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as the log has it."""

    number: int
    """Position in the log, from 0, without gaps."""
    time: float
    """Seconds since 1970, by the clock of the machine that trains."""
    event: Event


def to_line(entry: Entry) -> bytes:
    """The entry as one line of JSON with its line end. NaN and infinity become null."""
    event = entry.event
    name = _NAMES[type(event)]
    values = {"n": entry.number, "t": round(entry.time, 3), "event": name}
    values |= {field: _plain(getattr(event, field)) for field in _FIELDS[name]}
    return json.dumps(values, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def from_values(values: Mapping[str, Any]) -> Entry | None:
    """The entry of a decoded line; None for a kind or a form that this version does not know."""
    kind = values.get("event")
    if not isinstance(kind, str) or kind not in KINDS:
        return None
    try:
        if kind == "progress":  # most of a log
            return Entry(int(values["n"]), float(values["t"]), _progress(values))
        given = {name: values[name] for name in _FIELDS[kind] if name in values}
        return Entry(int(values["n"]), float(values["t"]), _event(kind, given))
    except (KeyError, TypeError, ValueError):
        return None


def _progress(values: Mapping[str, Any]) -> Event:
    losses = values["losses"]
    try:
        left, error = values["seconds_left"], values["seconds_left_error"]
        step, speed, seconds = values["step"], values["images_per_second"], values["seconds"]
        sum(losses.values(), step + speed + seconds + left + error)  # refuses anything but numbers
        memory = _number(values.get("memory"))
        return Progress(step, losses, speed, seconds, left, error, memory)
    except (KeyError, TypeError):
        return _event("progress", {name: values[name] for name in _FIELDS["progress"] if name in values})


def _event(kind: str, given: dict[str, Any]) -> Event:
    for name in ("losses", "measures", "evidence"):
        if name in given:
            given[name] = {key: _number(value) for key, value in given[name].items()}
    for name in _NUMBERS:
        if name in given:
            given[name] = _number(given[name])
    if "skipped" in given:
        given["skipped"] = tuple(given["skipped"])
    if "counts" in given:
        given["counts"] = {name: tuple(map(int, found)) for name, found in given["counts"].items()}
    if "kl" in given:
        given["kl"] = tuple(map(_number, given["kl"]))
    return KINDS[kind](**given)


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value
