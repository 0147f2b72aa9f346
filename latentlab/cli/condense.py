"""Write what a part of a run's log says as columns, for a window that opens a long run."""

from __future__ import annotations

import argparse
from pathlib import Path

_AT_ONCE = 1 << 18


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab condense`."""
    parser.add_argument("log", metavar="LOG", type=Path, help="events.jsonl of a run")
    parser.add_argument("out", metavar="OUT", type=Path, help="the file of columns to write")
    parser.add_argument("--begin", type=int, default=0, help="byte at which a line begins")
    parser.add_argument("--end", type=int, required=True, help="byte at which a line ends")


def run(options: argparse.Namespace) -> int:
    """Read, and write.

    Raises:
        OSError: the log cannot be read, or there is no room.
    """
    from latentlab.qt.threads.condensed import Condensed, write
    from latentlab.qt.threads.run_reading import LogReader

    reader, left = LogReader(), b""
    with options.log.open("rb") as file:
        file.seek(options.begin)
        while (place := file.tell()) < options.end:
            content = left + file.read(min(_AT_ONCE, options.end - place))
            whole = content.rfind(b"\n") + 1
            reader.add(content[:whole])
            left = content[whole:]
    with options.out.open("wb") as file:
        write(file, Condensed(options.end, reader.gathered()))
    return 0
