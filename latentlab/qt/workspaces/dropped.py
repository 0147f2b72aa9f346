"""What was dropped on a workspace about runs and data: found out without waiting for its disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

from latentlab.qt.threads.jobs import JobThread
from latentlab.runs import RunFolder

_DATA = (".zip", ".csv", ".tsv", ".jsonl", ".npz", ".npy", ".gz")
Act = Callable[[Path], Any]


def sort_out(jobs: JobThread, path: Path, *, run: Act, data: Act, other: Act) -> None:
    """Call one of three with the path, once it is known what lies there.

    Args:
        jobs: the thread that looks.
        path: a file or folder.
        run: of a run's folder.
        data: of pictures to learn from: a folder, an archive, a table or an array.
        other: of anything else.
    """
    acts = {"run": run, "data": data, "other": other}
    jobs.submit(partial(_kind_of, path), lambda kind: acts[kind](path))


def _kind_of(path: Path) -> Literal["run", "data", "other"]:
    if RunFolder(path).exists():
        return "run"
    return "data" if path.is_dir() or path.suffix.lower() in _DATA else "other"
