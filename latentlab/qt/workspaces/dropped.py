"""What lies at a path that was dropped on a workspace about runs and data. Not for the window's thread."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from latentlab.runs import RunFolder

_DATA = (".zip", ".csv", ".tsv", ".jsonl", ".npz", ".npy", ".gz")


class Dropped(Enum):
    """What it is."""

    RUN = "run"
    DATA = "data"
    OTHER = "other"


def kind_of(path: Path) -> Dropped:
    """A run's folder; pictures to learn from, as a folder, an archive, a table or an array; or anything else."""
    if RunFolder(path).exists():
        return Dropped.RUN
    return Dropped.DATA if path.is_dir() or path.suffix.lower() in _DATA else Dropped.OTHER
