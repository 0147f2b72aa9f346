"""`python -m trainers PRESET --out RUN [--resume]`: train a preset in a folder."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: spinning threads starve the rest

from latentlab.errors import LatentLabError
from trainers.events import Event, Finished, Measured, Preparing, Progress, Sampled, Saved, Started
from trainers.loop import RunConfig, train
from trainers.presets import PRESETS

logger = logging.getLogger("trainers")


def main(arguments: list[str] | None = None) -> int:
    """Train, and return the exit code: 0 done or stopped by Ctrl+C, 1 failed."""
    parser = argparse.ArgumentParser(prog="python -m trainers", description="Train a preset in a folder.")
    parser.add_argument("preset", choices=sorted(PRESETS))
    parser.add_argument("--out", type=Path, required=True, metavar="RUN", help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint in RUN")
    parser.add_argument("--workers", type=int, default=1, help="processes that draw pictures")
    parser.add_argument("--threads", type=int, default=0, help="threads of torch; 0: its own choice")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    stop = _StopRequest()
    config = RunConfig(
        preset=PRESETS[options.preset],
        out=options.out,
        resume=options.resume,
        workers=options.workers,
        threads=options.threads,
    )
    try:
        for event in train(config, stop.is_set):
            logger.info("%s", describe(event))
    except LatentLabError as error:
        logger.error("%s", error)
        return 1
    return 0


class _StopRequest:
    """Set by Ctrl+C or by a polite kill; a second Ctrl+C ends the process at once."""

    def __init__(self) -> None:
        self._wanted = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def is_set(self) -> bool:
        return self._wanted

    def _on_signal(self, number: int, frame: object) -> None:
        self._wanted = True
        signal.signal(number, signal.SIG_DFL)


def describe(event: Event) -> str:
    """One line about an event."""
    match event:
        case Preparing():
            return event.text
        case Started():
            return (
                f"Step {event.step:,} of {event.steps:,}: {event.parameters:,} parameters, {event.pictures:,} "
                f"pictures, {event.held_out:,} held out, {len(event.skipped)} unreadable"
            )
        case Progress():
            return (
                f"{event.step:>7,}  {_numbers(event.losses)}  {event.images_per_second:.0f} images/s, "
                f"{event.seconds_left / 60:.0f} min left"
            )
        case Measured():
            return f"{event.step:>7,}  held out: {_numbers(event.measures)}"
        case Sampled() | Saved():
            return f"{event.step:>7,}  {event.path}"
        case Finished():
            return f"{event.step:>7,}  {'done' if event.completed else 'stopped'}"


def _numbers(values: object) -> str:
    assert isinstance(values, dict)
    return "  ".join(f"{name} {value:.5g}" for name, value in values.items())


if __name__ == "__main__":
    sys.exit(main())
