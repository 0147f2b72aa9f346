"""The side of a run that watches: reads what was appended since the last look, and never waits for the writer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from latentlab.runs.events import Entry, from_values
from latentlab.runs.folder import RunFolder

_CHUNK = 1 << 22
"""Bytes that one look reads, if nobody says otherwise: about 15,000 events, a small part of a second."""


class RunFollower:
    """Follows the event log of a run, live or long after. A torn last line waits until it is whole."""

    def __init__(self, path: Path, position: int = 0, most: int = _CHUNK) -> None:
        """Follow the run in a folder; it need not have begun.

        Args:
            path: of the run.
            position: byte of the log to begin at, as `position` of an earlier follower told; 0 is the beginning.
            most: bytes that one look reads at most.
        """
        self._most = most
        self.folder = RunFolder(path)
        self.position = position
        self.caught_up = False
        """Whether the last look reached the end of the log."""
        self.damaged = 0
        """Lines that could not be understood and were passed over."""

    def poll(self) -> list[Entry]:
        """What was written since the last look, at most a few megabytes of it: look again until `caught_up`.

        Raises:
            OSError: the folder cannot be read.
        """
        content = self.poll_lines()
        entries = [from_values(values) for values in decoded(content)]
        found = [entry for entry in entries if entry is not None]
        self.damaged += content.count(b"\n") - len(found)
        return found

    def poll_lines(self) -> bytes:
        """The same as whole lines as they were written, for viewers that take columns of numbers out of many.

        Raises:
            OSError: the folder cannot be read.
        """
        try:
            # Opened anew: that is when network file systems show what was appended.
            with self.folder.events.open("rb") as file:
                file.seek(self.position)
                content = file.read(self._most)
        except FileNotFoundError:
            self.caught_up = True
            return b""
        whole = content.rfind(b"\n") + 1
        if not whole and len(content) == self._most:
            whole = len(content)  # no line is this long: pass over it
        self.caught_up = len(content) < self._most
        self.position += whole
        return content[:whole]

    def read(self) -> Iterator[Entry]:
        """Everything up to the end of the log."""
        while True:
            yield from self.poll()
            if self.caught_up:
                return

    def follow(self, stopped: Callable[[], bool], every: float = 0.1) -> Iterator[Entry]:
        """Every event as it comes, until `stopped` says so.

        Args:
            stopped: asked at every look.
            every: seconds between looks.
        """
        while not stopped():
            yield from self.poll()
            if self.caught_up:
                time.sleep(every)


def decoded(content: bytes) -> list[dict[str, Any]]:
    """The objects of many lines: all at once where they are sound, one by one where one is not."""
    lines = content.splitlines()
    try:
        found = json.loads(b"[" + b",".join(lines) + b"]")
    except ValueError:
        found = [_decoded(line) for line in lines]
    return [values for values in found if isinstance(values, dict)]


def _decoded(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None
