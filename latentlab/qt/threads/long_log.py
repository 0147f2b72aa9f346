"""Opening a run with a long log: from what is kept of it, or by several processes at once."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from latentlab import places
from latentlab.qt.threads import condensed
from latentlab.qt.threads.condensed import Condensed
from latentlab.runs.launching import command

logger = logging.getLogger(__name__)

VERY_LONG = 64 << 20
"""Bytes from which on processes are worth their start."""
_MOST_PROCESSES = 4
_LONGEST_LINE = 1 << 20
_LOOK = 0.01
"""Seconds between looks at the processes."""


def open_long(log: Path, wait: Callable[[float], bool]) -> Condensed | None:
    """The beginning of a long log, most of it; None where it has to be read from its beginning.

    Args:
        log: of the run.
        wait: waits so many seconds; True when nobody wants to know any more.

    Raises:
        OSError: the log cannot be read.
    """
    found = condensed.load(log)
    size = log.stat().st_size
    if found is not None and size - found.end < VERY_LONG:
        return found
    return _read_in_parts(log, size, wait) if size >= VERY_LONG else None


def keep(log: Path, found: Condensed) -> None:
    """Keep a log's columns for the next time, where that can be done."""
    try:
        condensed.keep(log, found)
    except OSError as error:
        logger.info("Columns of %s are not kept: %s", log, error)


def _read_in_parts(log: Path, size: int, wait: Callable[[float], bool]) -> Condensed | None:
    ends = _ends(log, size, min(_MOST_PROCESSES, os.cpu_count() or 1))
    with contextlib.ExitStack() as stack:
        try:
            places.cache_dir().mkdir(parents=True, exist_ok=True)
            folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(dir=places.cache_dir(), prefix="log-"))
            )
            work = []
            for begin, end in pairwise(ends):
                out = folder / f"{begin}.columns"
                work.append((out, _start(log, out, begin, end)))
                stack.callback(_end, work[-1][1])
            while any(process.poll() is None for _, process in work):
                if wait(_LOOK):
                    return None
            if any(process.returncode for _, process in work):
                logger.warning("%s is read by one thread: a process for it ended early", log)
                return None
            return Condensed(ends[-1], [one for out, _ in work for one in condensed.read(out)[0].gathered])
        except (OSError, EOFError, ValueError) as error:  # no room, no process
            logger.warning("%s is read by one thread: %s", log, error)
            return None


def _ends(log: Path, size: int, parts: int) -> list[int]:
    """Bytes at which lines begin, one before each part and one behind the last."""
    found = [0]
    with log.open("rb") as file:
        for part in range(1, parts):
            file.seek(size * part // parts)
            found.append(file.tell() + file.read(_LONGEST_LINE).find(b"\n") + 1)
        file.seek(max(0, size - _LONGEST_LINE))
        begin = file.tell()
        found.append(begin + file.read(size - begin).rfind(b"\n") + 1)
    return sorted(set(found))


def _start(log: Path, out: Path, begin: int, end: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own command line
        [*command(), "condense", str(log), str(out), "--begin", str(begin), "--end", str(end)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
