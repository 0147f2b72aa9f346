"""What a comparison of runs shows of one of them, read from its configuration and the end of its log."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latentlab.errors import RunError
from latentlab.runs.events import Failed, Finished, Measured, Progress, from_values
from latentlab.runs.folder import RunFolder
from latentlab.runs.hyper_parameters import HyperParameter, hyper_parameters, value_at
from latentlab.runs.info import RunInfo
from latentlab.runs.notes import Notes, read_notes
from latentlab.runs.trash import disk_use

_END = 1 << 18
"""Bytes of the log that are looked at for the last figures."""


@dataclass(frozen=True, slots=True, eq=False)
class RunSummary:
    """One run beside others."""

    info: RunInfo
    config: Mapping[str, Any]
    parameters: tuple[HyperParameter, ...]
    """Empty for a run without a schema."""
    measures: Mapping[str, float]
    """The last ones, on held-out items."""
    losses: Mapping[str, float]
    """Of the last report."""
    seconds: float
    """Of training; NaN while nothing is known."""
    bytes: int
    models_bytes: int
    """Of them, models that checkpoints which made room left behind."""
    notes: Notes
    failure: str
    """Why it ended, if it failed."""

    @classmethod
    def read(cls, path: Path) -> RunSummary:
        """Look at the run in a folder.

        Raises:
            RunError: there is none, or its configuration is damaged.
        """
        folder = RunFolder(path)
        try:
            parameters = hyper_parameters(folder.read_schema())
        except RunError:
            parameters = ()
        measures: Mapping[str, float] = {}
        losses: Mapping[str, float] = {}
        seconds, failure = math.nan, ""
        for event in _last_events(folder.events):
            match event:
                case Measured():
                    measures = event.measures
                case Progress():
                    losses, seconds, failure = event.losses, event.seconds, ""
                case Finished():
                    seconds = event.seconds
                case Failed():
                    failure = event.text
        return cls(
            info=RunInfo.read(path),
            config=folder.read_config(),
            parameters=parameters,
            measures=measures,
            losses=losses,
            seconds=seconds,
            bytes=disk_use(path),
            models_bytes=disk_use(folder.models),
            notes=read_notes(path),
            failure=failure,
        )


def differing(summaries: Sequence[RunSummary]) -> list[HyperParameter]:
    """Hyper-parameters that are not the same in all runs, in the order of their schemas."""
    known: dict[str, HyperParameter] = {}
    for summary in summaries:
        known |= {one.path: one for one in summary.parameters if one.path not in known}

    def values(path: str) -> set[str]:
        return {json.dumps(value_at(summary.config, path), sort_keys=True) for summary in summaries}

    return [one for path, one in known.items() if len(values(path)) > 1]


def _last_events(log: Path) -> list[Any]:
    """Events at the end of a log, oldest first."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _END))
            lines = file.read().splitlines()[1 if size > _END else 0 :]
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            entry = from_values(json.loads(line))
        except (ValueError, AttributeError):
            continue
        if entry is not None:
            found.append(entry.event)
    return found
