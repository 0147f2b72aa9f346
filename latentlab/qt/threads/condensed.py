"""What a long log says, as columns in a file of our own: read a hundred times as quickly as the log.

The file tells how much of the log it stands for, and is only believed while that part of the log is as it was.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from latentlab import places
from latentlab.atomic import replacing
from latentlab.qt.threads.report_lines import Table, joined
from latentlab.qt.threads.run_reading import Gathering
from latentlab.runs.events import from_values, to_line

logger = logging.getLogger(__name__)

_VERSION = 1
_EDGE = 1 << 12
"""Bytes at both ends of the part of a log by which it is known again."""
_MOST = 1 << 30
"""Bytes that all of these files may take; the oldest make room."""


@dataclass(frozen=True, slots=True, eq=False)
class Condensed:
    """A log, or the beginning of one."""

    end: int
    """Bytes of the log that it stands for."""
    gathered: list[Gathering]
    is_kept: bool = False
    """It was read from a file that is kept."""


def place_of(log: Path) -> Path:
    """Where what stands for a log is kept."""
    name = hashlib.sha256(os.fsencode(log.resolve())).hexdigest()[:32]
    return places.cache_dir() / "runs" / f"{name}.columns"


def load(log: Path) -> Condensed | None:
    """What is kept of a log; None where there is nothing, or the log is another by now.

    Raises:
        OSError: the log cannot be read.
    """
    try:
        found = read(place_of(log))
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        logger.warning("%s is damaged and is made again: %s", place_of(log), error)
        return None
    condensed, mark = found
    with log.open("rb") as file:
        whole = file.seek(0, 2) >= condensed.end
        return condensed if whole and _mark(file, condensed.end) == mark else None


def keep(log: Path, condensed: Condensed) -> None:
    """Keep what stands for a log.

    Raises:
        OSError: the log is gone, or there is no room.
    """
    with log.open("rb") as file:
        mark = _mark(file, condensed.end)
    target = place_of(log)
    with replacing(target) as file:
        write(file, condensed, mark)
    kept = sorted(target.parent.glob("*.columns"), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in kept:
        total += path.stat().st_size
        if total > _MOST and path != target:
            path.unlink(missing_ok=True)


def write(file: BinaryIO, condensed: Condensed, mark: str = "") -> None:
    """Write columns.

    Raises:
        OSError: there is no room.
    """
    import numpy as np

    tables = [joined(gathering.tables) for gathering in condensed.gathered]
    head = {
        "version": _VERSION,
        "end": condensed.end,
        "mark": mark,
        "gathered": [
            {
                "after": gathering.after,
                "newest": _line(gathering.newest),
                "lines": [to_line(entry).decode() for entry in gathering.entries],
                "goes_on": gathering.goes_on,
                "tables": [table.names for table in of_it],
            }
            for gathering, of_it in zip(condensed.gathered, tables, strict=True)
        ],
    }
    np.save(file, np.frombuffer(json.dumps(head).encode(), np.uint8))
    for table in (table for of_it in tables for table in of_it):
        np.save(file, np.ascontiguousarray(table.values.T))


def read(path: Path) -> tuple[Condensed, str]:
    """A file of columns, and its mark.

    Raises:
        OSError: it cannot be read.
        EOFError, ValueError: it is damaged, or of another version.
    """
    import numpy as np

    with path.open("rb") as file:
        head = json.loads(np.load(file, allow_pickle=False).tobytes())
        if head["version"] != _VERSION:
            raise ValueError("of another version")
        gathered = []
        for given in head["gathered"]:
            tables = [Table(tuple(names), np.load(file, allow_pickle=False).T) for names in given["tables"]]
            if any(
                table.values.ndim != 2 or table.values.shape[1] != 3 + len(table.names) for table in tables
            ):
                raise ValueError("columns do not fit their names")
            gathered.append(_gathering(given, tables))
    return Condensed(int(head["end"]), gathered, is_kept=True), str(head["mark"])


def names_in(gathered: Sequence[Gathering]) -> list[str]:
    """All losses that are mentioned."""
    return list(dict.fromkeys(name for one in gathered for table in one.tables for name in table.names))


def _gathering(given: dict[str, Any], tables: list[Table]) -> Gathering:
    entries = [from_values(json.loads(line)) for line in given["lines"]]
    newest = given["newest"]
    return Gathering(
        after=given["after"],
        tables=tables,
        newest=newest.encode() if newest is not None else None,
        entries=[entry for entry in entries if entry is not None],
        goes_on=bool(given["goes_on"]),
    )


def _line(newest: Any) -> str | None:
    if newest is None:
        return None
    return (newest if isinstance(newest, bytes) else to_line(newest)).decode()


def _mark(file: BinaryIO, end: int) -> str:
    """What the beginning of a log is known by: its first and last bytes."""
    file.seek(0)
    first = file.read(min(_EDGE, end))
    file.seek(max(0, end - _EDGE))
    return hashlib.sha256(first + file.read(min(_EDGE, end))).hexdigest()
