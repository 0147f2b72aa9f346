"""What rules share: memory that travels with checkpoints, averages, and alarms that do not flood."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from latentlab.runs import Settled, Warned
from latentlab.runs.events import Severity
from trainers.config import RunConfig
from trainers.watching.remedies import change_for
from trainers.watching.thresholds import THRESHOLDS, Thresholds
from trainers.watching.watcher import Sight


class Rule:
    """Notices one kind of trouble. A subclass overrides `step`, `sampled` or both."""

    kind: ClassVar[str]
    """Of its warnings."""

    def __init__(self, config: RunConfig, thresholds: Thresholds = THRESHOLDS) -> None:
        """Watch a run of this configuration."""
        self.config = config
        self.limits = thresholds
        self._memory: dict[str, Any] = {}

    def step(self, step: int, losses: Mapping[str, float]) -> Iterable[Warned]:
        """See `trainers.watching.watcher.Watcher`."""
        return ()

    def sampled(self, sight: Sight) -> Iterable[Warned]:
        """See `trainers.watching.watcher.Watcher`."""
        return ()

    def state_dict(self) -> dict[str, Any]:
        """All that is remembered, as plain values."""
        return copy.deepcopy(self._memory)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Put back what `state_dict` returned."""
        self._memory = copy.deepcopy(state)

    def is_early(self, step: int) -> bool:
        """Whether a run has just begun: nobody expects good samples yet."""
        return step < self.limits.quiet_share * self.config.loop.steps

    def average(self, name: str, value: float, steps: int) -> float:
        """The moving average of a value over about so many steps, from the first value on."""
        kept = self._memory.setdefault("averages", {})
        mean, count = kept.get(name, (0.0, 0))
        count += 1
        mean += (value - mean) / min(count, steps)
        kept[name] = (mean, count)
        return float(mean)

    def last_average(self, name: str, default: float) -> float:
        """The moving average as it is."""
        return float(self._memory.get("averages", {}).get(name, (default, 0))[0])

    def begins(self, name: str, found: bool, patience: int) -> bool:
        """Whether a trouble that was looked for `patience` times in a row begins to be worth a warning.

        It says so once. It can say so again when the trouble was away for `calm` times as many looks.
        """
        alarms = self._memory.setdefault("alarms", {})
        seen, away, sounding = alarms.get(name, (0, 0, False))
        if found:
            seen, away = seen + 1, 0
        else:
            seen, away = 0, away + 1
        begins, sounded = not sounding and seen >= patience, sounding
        sounding = (sounding or begins) and away < patience * self.limits.calm
        alarms[name] = (seen, away, sounding)
        if sounded and not sounding and not any(alarm[2] for alarm in alarms.values()):
            self._memory["settled"] = True
        return begins

    def settled(self, step: int) -> Iterable[Settled]:
        """Says once that what this rule warned of is seen no more."""
        if self._memory.pop("settled", False):
            yield Settled(step, self.kind)

    def has_stalled(self, name: str, value: float) -> bool:
        """Whether a figure (0 ... 1) that should rise has hardly risen since the last look. True at the first."""
        before = self._memory.setdefault("before", {})
        stalled = value < before.get(name, value) + self.limits.recovery
        before[name] = value
        return bool(stalled)

    def warning(
        self,
        step: int,
        text: str,
        evidence: Mapping[str, float],
        remedy: str,
        severity: Severity = "warning",
    ) -> Warned:
        """A warning of this rule's kind, with the settings to change."""
        change = change_for(self.kind, self.config)
        return Warned(step, self.kind, severity, text, dict(evidence), remedy, change)
