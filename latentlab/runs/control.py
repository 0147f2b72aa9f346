"""What viewers ask of a run, as files in its folder: it needs no port, no server, and works over a shared disk."""

from __future__ import annotations

import contextlib
import os
from enum import StrEnum
from pathlib import Path


class Request(StrEnum):
    """One thing that can be asked. `PAUSE` lasts until it is taken back; the others are done once."""

    PAUSE = "pause"
    STOP = "stop"
    SNAPSHOT = "snapshot"


class Control:
    """Both sides of the `control` folder of a run."""

    def __init__(self, folder: Path) -> None:
        """Look at `folder`, which need not exist yet."""
        self._folder = folder

    def ask(self, request: Request) -> None:
        """Ask the run for something. It answers within a step or, when paused, at once.

        Raises:
            OSError: the run's folder cannot be written to.
        """
        self._folder.mkdir(exist_ok=True)
        (self._folder / request).touch()

    def take_back(self, request: Request) -> None:
        """Ask no longer; ends a pause."""
        with contextlib.suppress(FileNotFoundError):
            (self._folder / request).unlink()

    def asked(self) -> frozenset[Request]:
        """What is asked at the moment."""
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return frozenset()
        return frozenset(request for request in Request if request in names)

    def clear(self) -> None:
        """Forget everything that was asked of an earlier process."""
        for request in Request:
            self.take_back(request)
