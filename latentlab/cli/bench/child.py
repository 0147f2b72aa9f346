"""Measurements that need a process of their own."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from latentlab.render.memory import process_memory


def peak_memory(prepare: Callable[[], Any], work: Callable[[Any], object]) -> int:
    """Bytes that `work` takes at its peak above what the process held after `prepare`, in a process of its own.

    Args:
        prepare: at the top level of a module, as is `work`.
        work: gets what `prepare` returned.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(theirs, prepare, work))
    process.start()
    theirs.close()
    try:
        return int(ours.recv())
    finally:
        process.join()


def _measure(out: Connection, prepare: Callable[[], Any], work: Callable[[Any], object]) -> None:
    prepared = prepare()
    before = process_memory()
    peak = before
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, process_memory())
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work(prepared)
    finally:
        done.set()
        watcher.join()
    out.send(peak - before)
