"""Runs a toy as a process of a team: `python -m tests.trainers.toy_run RUN [resume] [stop_at=N] [steps=N]`."""

from __future__ import annotations

import sys
from pathlib import Path

from latentlab.errors import LatentLabError
from tests.trainers.toys.vae import TOYS
from trainers.data import prepare
from trainers.loop import train
from trainers.starting import Job
from trainers.team import assemble


def main(path: str, *words: str) -> int:
    """Train; returns the exit code."""
    numbers = dict(word.split("=") for word in words if "=" in word)
    stop_at = int(numbers.get("stop_at", 1 << 40))
    job = Job(TOYS[0].config(steps=int(numbers.get("steps", 8))), Path(path), resume="resume" in words)
    asked = iter(range(1 << 60))
    for _ in prepare(job.config.data):  # so that `stop_at` counts steps alone
        pass
    with assemble("cpu") as team:
        try:
            for _ in train(job, lambda: next(asked) >= stop_at, team):
                pass
        except LatentLabError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
