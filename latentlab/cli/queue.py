"""Start the runs that wait in a folder, one after the other; it ends when none waits any more.

The window starts it when something is queued; it goes on when the window closes. A run of the folder that is being
trained, whoever started it, is waited for.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from latentlab.runs.launching import command, log_of
from latentlab.runs.queue import Order, Queue

_LOOK = 1.0
"""Seconds between looks at a run that is waited for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab queue`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("runs", metavar="RUNS", type=Path, help="the folder of runs whose queue it is")
    parser.add_argument("--list", action="store_true", help="say what waits, and start nothing")


def run(options: argparse.Namespace) -> int:
    """Work through the queue.

    Raises:
        RunError: another process does.
    """
    queue = Queue(options.runs)
    if options.list:
        for waiting in queue.waiting():
            print(f"{waiting.order.folder.name}  {' '.join(waiting.order.arguments)}")
        return 0
    with queue.running():
        work(queue, _train)
    return 0


def work(queue: Queue, train: Callable[[Order], int], sleep: Callable[[float], None] = time.sleep) -> None:
    """Start what waits, one after the other, when no run of the folder is being trained, until it is held.

    Args:
        queue: of orders.
        train: starts one, waits for its end, and returns the exit code.
        sleep: waits so many seconds.
    """
    while queue.waiting() and not queue.held:
        if queue.busy():
            sleep(_LOOK)
        elif (order := queue.take()) is not None:
            print(f"{order.folder.name}: {' '.join(order.arguments)}", flush=True)
            code = train(order)
            print(f"{order.folder.name}: ended with code {code}", flush=True)


def _train(order: Order) -> int:
    log = log_of(order.folder)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as words:
        return subprocess.run(
            [*command(), "train", *order.arguments],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
