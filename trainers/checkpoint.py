"""Checkpoints of a run: written whole or not at all, read without running anything they hold.

A checkpoint is one file of tensors and plain values, `step-00012000.pt`, that `torch.load(weights_only=True)`
reads. It becomes visible under its name only when all of it is on disk, so a run killed at any moment keeps the
one before.
"""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any

import torch

from latentlab.errors import TrainingError
from latentlab.formats.native import write_whole

_NAME = re.compile(r"step-(\d{8})\.pt")


def save(folder: Path, step: int, state: dict[str, Any], keep: int) -> Path:
    """Write the state after `step` steps and remove all but the newest `keep` checkpoints.

    Raises:
        CheckpointError: the disk is full or cannot be written; what was there before still is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{step:08d}.pt"
    write_whole(path, lambda file: torch.save({"step": step, "state": state}, file))
    for _, old in _found(folder)[:-keep]:
        old.unlink(missing_ok=True)
    return path


def load_newest(folder: Path) -> tuple[int, dict[str, Any]] | None:
    """Steps done and state of the newest checkpoint; None when there is none.

    Raises:
        TrainingError: it cannot be read.
    """
    found = _found(folder)
    if not found:
        return None
    step, path = found[-1]
    try:
        content = torch.load(path, weights_only=True, map_location="cpu")
        return int(content["step"]), dict(content["state"])
    except (
        OSError,
        RuntimeError,
        EOFError,
        KeyError,
        TypeError,
        ValueError,
        pickle.UnpicklingError,
    ) as error:
        raise TrainingError(
            f"The checkpoint of step {step} is damaged: delete {path.name} to go on from the one before."
        ) from error


def _found(folder: Path) -> list[tuple[int, Path]]:
    if not folder.is_dir():
        return []
    matches = ((_NAME.fullmatch(path.name), path) for path in folder.iterdir())
    return sorted((int(match[1]), path) for match, path in matches if match)
