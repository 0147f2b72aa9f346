"""What viewers ask of a run, as files in its folder: it needs no port, no server, and works over a shared disk."""

from __future__ import annotations

import contextlib
import json
import math
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from latentlab.atomic import write_atomically


class Request(StrEnum):
    """One thing that can be asked. `PAUSE` lasts until it is taken back; the others are done once."""

    PAUSE = "pause"
    STEP = "step"
    """One step of optimisation in spite of a pause."""
    STOP = "stop"
    SNAPSHOT = "snapshot"
    ROLL_BACK = "roll-back"
    """Go on from an earlier checkpoint; `ask_roll_back` says from which."""


class Interest(StrEnum):
    """What a viewer looks at between checkpoints. It lasts for as long as the viewer goes on saying so."""

    MODEL = "look-at-model"
    """The averaged generator, in `live/model.safetensors`."""
    PLANE = "look-at-plane"
    """What happens in the plane, of runs that learn points, in `live/plane.npz`."""


REPEAT = 5.0
"""Seconds after which a viewer says again what it looks at."""
PATIENCE = 20.0
"""Seconds without such a word after which nobody looks any more."""
SLOWEST = 10.0
"""Seconds that a step may be held back at most."""
_PACE = "pace"


@dataclass(frozen=True, slots=True)
class RollBack:
    """From where a run shall go on."""

    step: int
    """Of a checkpoint that is on disk."""
    rate: float = 1.0
    """What all learning rates are multiplied with from there on, above 0; 1 does again what was done before."""


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

    def ask_roll_back(self, wish: RollBack) -> None:
        """Ask the run to go on from an earlier checkpoint. One that a team trains does not.

        Raises:
            OSError: the run's folder cannot be written to.
        """
        self._folder.mkdir(exist_ok=True)
        content = json.dumps({"step": wish.step, "rate": wish.rate}).encode()
        write_atomically(self._folder / Request.ROLL_BACK, content)

    def roll_back_wanted(self) -> RollBack | None:
        """From where the run shall go on; None where nobody said so in a way that can be understood."""
        try:
            values = json.loads((self._folder / Request.ROLL_BACK).read_bytes())
            wish = RollBack(int(values["step"]), float(values["rate"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return wish if 0 < wish.rate < math.inf else None

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

    def look_at(self, interest: Interest) -> None:
        """Say that somebody looks at this now.

        Raises:
            OSError: the run's folder cannot be written to.
        """
        self._folder.mkdir(exist_ok=True)
        (self._folder / interest).touch()

    def looks(self) -> dict[Interest, int]:
        """When each was last said, in nanoseconds of whatever clock stamped the files."""
        found = {}
        for interest in Interest:
            with contextlib.suppress(OSError):
                found[interest] = (self._folder / interest).stat().st_mtime_ns
        return found

    def set_pace(self, seconds: float) -> None:
        """Slow motion: every step takes `seconds` longer while somebody looks at something; 0 is full speed.

        Raises:
            OSError: the run's folder cannot be written to.
        """
        self._folder.mkdir(exist_ok=True)
        path = self._folder / _PACE
        if seconds > 0:
            write_atomically(path, f"{seconds:g}".encode())
        else:
            path.unlink(missing_ok=True)

    def pace(self) -> float:
        """Seconds that every step is to be held back, 0 ... `SLOWEST`."""
        try:
            seconds = float((self._folder / _PACE).read_bytes())
        except (OSError, ValueError):
            return 0.0
        return min(max(seconds, 0.0), SLOWEST) if math.isfinite(seconds) else 0.0

    def clear(self) -> None:
        """Forget everything that was asked of an earlier process."""
        for name in (*Request, *Interest, _PACE):
            with contextlib.suppress(FileNotFoundError):
                (self._folder / name).unlink()
