"""The command line of the trainers: `latentlab train` and `python -m trainers` share it."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: spinning threads starve the rest

from latentlab.errors import LatentLabError, TrainingError
from latentlab.runs import RunFolder
from trainers import describing, overrides, starting
from trainers.config import RunConfig, read_config
from trainers.data.recognition import recognised
from trainers.estimating import forecast
from trainers.loop import train
from trainers.presets import PRESETS
from trainers.starting import Job
from trainers.team import assemble


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of training."""
    parser.add_argument("preset", nargs="?", metavar="PRESET", help="what to train; --list shows them")
    parser.add_argument("--data", metavar="PATH", help="pictures to train on, in place of the preset's")
    parser.add_argument("--out", type=Path, metavar="RUN", help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint in RUN")
    parser.add_argument(
        "--branch", metavar="RUN@STEP", help="begin a new run with the checkpoint of another one"
    )
    parser.add_argument(
        "--like", type=Path, metavar="RUN", help="begin a new run with the settings of another one"
    )
    parser.add_argument("--steps", type=int, metavar="N", help="steps of the whole run")
    parser.add_argument(
        "--batch-size", type=int, metavar="N", help="items per step, of all processes together"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="changes",
        help="change a hyper-parameter",
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes that make data ready")
    parser.add_argument("--list", action="store_true", help="list the presets")
    parser.add_argument(
        "--describe", action="store_true", help="list the hyper-parameters of PRESET, or of all"
    )
    parser.add_argument(
        "--estimate", action="store_true", help="time a few steps: what the run would take on this machine"
    )
    parser.add_argument(
        "--json", action="store_true", help="with --list, --describe or --estimate: print JSON"
    )


def run(options: argparse.Namespace) -> int:
    """Train as the options say.

    Returns:
        0 when the run is done or was stopped, 1 when it failed.

    Raises:
        LatentLabError: the options make no sense.
    """
    if options.list:
        print(describing.listing(PRESETS, as_json=options.json))
        return 0
    if options.describe and options.preset is None and not (options.resume or options.branch or options.like):
        print(describing.catalogue(PRESETS, as_json=options.json))
        return 0
    if options.estimate:
        return _estimate(options)
    if options.describe:
        print(describing.description(_config(options), as_json=options.json))
        return 0
    if options.out is None:
        raise TrainingError("Say where the run shall be: --out RUN.")
    job = Job(
        config=_config(options),
        out=options.out,
        resume=options.resume,
        branch=starting.find_checkpoint(options.branch) if options.branch else None,
        workers=options.workers,
    )
    stop = StopRequest()
    with assemble(job.config.loop.device) as team:
        for event in train(job, stop.is_set, team):
            if team.rank == 0 and (line := describing.line(event)):
                _say(f"{time.strftime('%H:%M:%S')}  {line}")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `python -m trainers`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m trainers", description="Train a generative model.")
    add_arguments(parser)
    try:
        return run(parser.parse_args(arguments))
    except LatentLabError as error:
        print(f"trainers: {error}", file=sys.stderr)
        return 1


def _estimate(options: argparse.Namespace) -> int:
    for found in forecast(_config(options), options.workers):
        if isinstance(found, str):
            print(found, file=sys.stderr, flush=True)
        else:
            print(describing.forecast(found, as_json=options.json))
    return 0


def _config(options: argparse.Namespace) -> RunConfig:
    """What is to be trained: a preset's, a resumed or a branched run's, with the changes of the options."""
    config = _base(options)
    if options.data is not None:
        config = config.model_copy(
            update={"data": config.data.model_copy(update={"source": recognised(options.data)})}
        )
    changes = list(options.changes)
    if options.steps is not None:
        changes.append(f"loop.steps={options.steps}")
    if options.batch_size is not None:
        changes.append(f"loop.batch_size={options.batch_size}")
    return overrides.apply(config, changes)


def _base(options: argparse.Namespace) -> RunConfig:
    if options.preset is not None:
        if options.preset not in PRESETS:
            raise TrainingError(
                f"There is no preset {options.preset!r}: choose among {', '.join(sorted(PRESETS))}."
            )
        return PRESETS[options.preset]
    if options.resume and options.out is not None:
        return read_config(RunFolder(options.out).read_config())
    if options.like is not None:
        return read_config(RunFolder(options.like).read_config()).model_copy(update={"parent": ""})
    if options.branch is not None:
        found = starting.find_checkpoint(options.branch)
        config = read_config(RunFolder(found.path.parents[1]).read_config())
        return config.model_copy(update={"parent": f"{found.path.parents[1]}@{found.step}"})
    raise TrainingError(
        "Say what to train: PRESET (--list shows them), --like RUN, --resume --out RUN, or --branch RUN@STEP."
    )


def _say(text: str) -> None:
    """Print a line. A terminal that has gone does not end the training."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


class StopRequest:
    """Set by Ctrl+C, a polite kill or a closed terminal; the same signal again ends the process at once."""

    def __init__(self) -> None:
        self._wanted = False
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as nohup sets it
                signal.signal(number, self._on_signal)

    def is_set(self) -> bool:
        """Whether the run should stop, with a checkpoint."""
        return self._wanted

    def _on_signal(self, number: int, frame: object) -> None:
        self._wanted = True
        signal.signal(number, signal.SIG_DFL)
