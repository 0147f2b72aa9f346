"""How a run begins: anew, from its newest checkpoint, or as a branch of another run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from latentlab.errors import TrainingError
from latentlab.runs import CheckpointInfo, RunFolder, RunWriter, Warned
from trainers.config import FREE_ON_RESUME, RunConfig, read_config, schema
from trainers.training import Training


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work on a run."""

    config: RunConfig
    out: Path
    """The run's folder."""
    resume: bool = False
    """Go on in a folder that holds a run."""
    branch: CheckpointInfo | None = None
    """Begin a new run with the weights of another one's checkpoint, at its step."""
    workers: int = 0
    """Low-priority processes that make the data ready; 0: this one does."""


def open_run(job: Job) -> RunWriter:
    """Make the run's folder, or go on in it.

    Raises:
        RunError: the folder cannot be used so.
        TrainingError: it holds a run of another configuration.
    """
    if not job.resume:
        return RunWriter.create(job.out, job.config.plain(), schema(job.config.system))
    folder = RunFolder(job.out)
    if folder.exists():
        check_same(read_config(folder.read_config()), job.config, job.out)
    return RunWriter.reopen(job.out)


def check_same(found: RunConfig, wanted: RunConfig, out: Path) -> None:
    """Raise TrainingError where resuming would change what is learned."""
    before, now = found.plain(), wanted.plain()
    for values in (before, now):
        for free in ("about", "summary", "name", "parent"):
            del values[free]
        values["loop"] = {name: value for name, value in values["loop"].items() if name not in FREE_ON_RESUME}
    different = [
        name for name in _flat(before) | _flat(now) if _flat(before).get(name) != _flat(now).get(name)
    ]
    if different:
        raise TrainingError(
            f"{out} holds a run of another configuration ({', '.join(sorted(different)[:3])} differ): resume it "
            "as it was started, or branch from one of its checkpoints with --branch to change something."
        )


def _flat(values: object, prefix: str = "") -> dict[str, object]:
    if not isinstance(values, dict):
        return {prefix: values}
    flat: dict[str, object] = {}
    for name, value in values.items():
        flat |= _flat(value, f"{prefix}.{name}" if prefix else name)
    return flat


def restore(job: Job, training: Training) -> Iterator[Warned]:
    """Put the checkpoint that a run goes on from into `training`; a damaged one is told and passed over.

    Raises:
        TrainingError: there are checkpoints, but none can be read.
    """
    if job.branch is not None:
        training.load(job.branch)
        return
    if not job.resume:
        return
    found = RunFolder(job.out).list_checkpoints()
    for index, checkpoint in enumerate(reversed(found)):
        try:
            training.load(checkpoint)
            return
        except TrainingError as error:
            if index + 1 == len(found):
                raise
            yield Warned(
                step=checkpoint.step,
                kind="damaged_checkpoint",
                severity="serious",
                text=str(error),
                remedy="The run goes on from the checkpoint before; look after the disk.",
            )


def find_checkpoint(place: str) -> CheckpointInfo:
    """The checkpoint that RUN@STEP names; RUN alone means its newest.

    Raises:
        TrainingError: there is none; the text lists those there are.
    """
    match = re.fullmatch(r"(.+)@(\d+)", place)
    path, step = (Path(match[1]), int(match[2])) if match else (Path(place), None)
    folder = RunFolder(path)
    if not folder.exists():
        raise TrainingError(f"{path} holds no run: name a run's folder, and a step after an @ sign.")
    found = folder.list_checkpoints()
    for checkpoint in reversed(found):
        if step is None or checkpoint.step == step:
            return checkpoint
    steps = ", ".join(f"{checkpoint.step}" for checkpoint in found) or "none yet"
    raise TrainingError(f"{path} holds no checkpoint of step {step}. Its checkpoints: {steps}.")
