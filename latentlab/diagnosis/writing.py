"""Writes a result, stage by stage."""

from __future__ import annotations

import dataclasses
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.atomic import replacing, write_atomically
from latentlab.diagnosis.contents import ARRAYS
from latentlab.diagnosis.result import Against, Figure, Progress, State, Subject, Verdict, plain
from latentlab.errors import Cancelled

_VERSION = 1


class ResultWriter:
    """Writes a result, stage by stage."""

    def __init__(self, folder: Path, subject: Subject, against: Against, seen_by: str = "") -> None:
        """Begin a result; an older one in the same folder gives way.

        Raises:
            OSError: the folder cannot be written to.
        """
        self.folder = folder
        self.subject = subject
        self.against = against
        self.seen_by = seen_by
        self.figures: dict[str, Figure] = {}
        self.verdicts: tuple[Verdict, ...] = ()
        self.steps: tuple[int, ...] = ()
        self.class_names: tuple[str, ...] = ()
        self.columns: tuple[str, ...] = ()
        self.psi = 1.0
        self.notes: list[str] = []
        self.arrays: dict[str, NDArray[Any]] = {}
        """What was written, as it was given."""
        self._stages: list[str] = []
        self._created = time.time()
        self._began = time.monotonic()
        self._last = 0.0
        (folder / "arrays").mkdir(parents=True, exist_ok=True)
        for name in ("cancel", "result.json", "report.html", "report.txt"):
            (folder / name).unlink(missing_ok=True)
        for path in (folder / "arrays").glob("*.npy"):
            path.unlink()
        self.tell("running", "Starting", 0.0)

    def put(self, name: str, values: NDArray[Any]) -> None:
        """Write an array of `ARRAYS`; `save` makes it known."""
        if name not in ARRAYS:
            raise KeyError(name)
        with replacing(self.folder / "arrays" / f"{name}.npy") as file:
            np.save(file, np.ascontiguousarray(values), allow_pickle=False)
        self.arrays[name] = values

    def add(self, figure: Figure) -> None:
        """Add a figure, or replace the one of its key."""
        self.figures[figure.key] = figure

    def save(self, stage: str = "") -> None:
        """Make everything known that was put so far; `stage` is finished."""
        if stage:
            self._stages.append(stage)
        values = {
            "version": _VERSION,
            "subject": dataclasses.asdict(self.subject),
            "against": dataclasses.asdict(self.against),
            "seen_by": self.seen_by,
            "figures": [plain(figure) for figure in self.figures.values()],
            "verdicts": [plain(verdict) for verdict in self.verdicts],
            "arrays": sorted(self.arrays),
            "steps": self.steps,
            "class_names": self.class_names,
            "columns": self.columns,
            "psi": self.psi,
            "created": self._created,
            "seconds": time.monotonic() - self._began,
            "stages": self._stages,
            "notes": self.notes,
        }
        content = json.dumps(values, ensure_ascii=False, allow_nan=False, indent=1)
        write_atomically(self.folder / "result.json", content.encode())

    def tell(self, state: State, stage: str, share: float, error: str = "") -> None:
        """Say how far it is. While it runs, at most ten times a second reach the disk."""
        now = time.monotonic()
        if state == "running" and now - self._last < 0.1:
            return
        self._last = now
        seconds = now - self._began
        left = seconds * (1 - share) / share if share > 0.02 else None
        progress = Progress(state, stage, share, seconds, left, error, os.getpid())
        content = json.dumps(dataclasses.asdict(progress), ensure_ascii=False, allow_nan=False)
        write_atomically(self.folder / "progress.json", content.encode())

    def cancelled(self) -> bool:
        """Whether somebody wants it stopped."""
        return (self.folder / "cancel").exists()

    def check(self) -> None:
        """Stop here if somebody wants it.

        Raises:
            Cancelled: so it is.
        """
        if self.cancelled():
            raise Cancelled
