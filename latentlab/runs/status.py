"""Who trains a run, how far it is, and whether it still lives."""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from latentlab.atomic import write_atomically
from latentlab.errors import RunError

BEAT = 2.0
"""Seconds between heartbeats."""
SILENCE = 60.0
"""Seconds without a heartbeat after which a run on another machine counts as dead. Generous: shared file systems
show changes late, and clocks differ."""


class RunState(StrEnum):
    """What a run does."""

    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    """Its last step is done."""
    STOPPED = "stopped"
    """It was asked to stop and can be resumed."""
    FAILED = "failed"
    """It ended with an error, which its last event tells."""
    CRASHED = "crashed"
    """Its process is gone without a word: killed, or the power failed. It can be resumed."""


SILENT = 10.0
"""Seconds without a heartbeat after which viewers say so: a process that lives beats every `BEAT`."""
_LIVE = (RunState.PREPARING, RunState.RUNNING, RunState.PAUSED)


@dataclass(frozen=True, slots=True)
class Status:
    """The content of `status.json`."""

    state: RunState
    step: int
    steps: int
    time: float
    """Of the last heartbeat: seconds since 1970 on the machine that trains."""
    host: str
    pid: int
    process_started: float
    """Seconds since 1970; with the pid, names one process for ever."""
    seconds_left: float | None = None

    def state_now(self, now: float | None = None) -> RunState:
        """What the run does, or CRASHED where its process is gone.

        On the machine that trains the process itself is looked for; elsewhere heartbeats decide.
        """
        if self.state not in _LIVE:
            return self.state
        if self.is_here:
            return self.state if _process_lives(self.pid, self.process_started) else RunState.CRASHED
        silent = (time.time() if now is None else now) - self.time
        return self.state if silent < SILENCE else RunState.CRASHED

    @property
    def is_here(self) -> bool:
        """Whether it is a process of this machine."""
        return self.host == socket.gethostname()

    @property
    def is_live(self) -> bool:
        """Whether a process trains this run now."""
        return self.state_now() in _LIVE


@dataclass(frozen=True, slots=True)
class Silence:
    """A process that is there and shows no sign of life."""

    seconds: float
    """Since its last heartbeat."""
    host: str
    pid: int
    is_here: bool
    """It is a process of this machine."""
    suspended: bool = False
    """The system holds it: SIGSTOP, Ctrl+Z, a debugger."""
    on_disk: bool = False
    """It waits for a disk that does not answer."""


def silence(status: Status, seconds: float) -> Silence | None:
    """What is wrong with a run whose status did not change for a while; None where nothing is.

    Args:
        status: as it was read last.
        seconds: since its heartbeat changed, by the viewer's own clock: those of machines differ.
    """
    import psutil  # type: ignore[import-untyped]

    if status.state not in _LIVE:
        return None
    found = _process_state(status) if status.is_here else ""
    suspended = found in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)
    if seconds < SILENT and not suspended:
        return None
    on_disk = found == psutil.STATUS_DISK_SLEEP
    return Silence(seconds, status.host, status.pid, status.is_here, suspended, on_disk)


def wake(status: Status) -> None:
    """Let a suspended process of this machine go on.

    Raises:
        RunError: it is gone, or belongs to somebody else.
    """
    import psutil

    try:
        if status.is_here and _process_lives(status.pid, status.process_started):
            psutil.Process(status.pid).resume()
            return
    except psutil.Error as error:
        raise RunError(f"Process {status.pid} cannot be woken ({error}): ask whoever started it.") from error
    raise RunError(f"Process {status.pid} on {status.host} is not there any more: resume the run.")


def own_status(state: RunState, step: int, steps: int, seconds_left: float | None = None) -> Status:
    """The status of a run that this process trains."""
    return status_of(os.getpid(), state, step, steps, seconds_left)


def status_of(
    pid: int, state: RunState, step: int = 0, steps: int = 0, seconds_left: float | None = None
) -> Status:
    """The status of a run that a process of this machine trains."""
    return Status(
        state=state,
        step=step,
        steps=steps,
        time=time.time(),
        host=socket.gethostname(),
        pid=pid,
        process_started=_process_started(pid) or 0.0,
        seconds_left=seconds_left,
    )


def write_status(path: Path, status: Status) -> None:
    """Replace `status.json`.

    Raises:
        OSError: the disk is full or the folder is gone.
    """
    write_atomically(path, json.dumps(dataclasses.asdict(status)).encode())


def read_status(path: Path) -> Status | None:
    """The status, or None where there is none that can be understood."""
    try:
        values = json.loads(path.read_bytes())
        known = {field.name for field in dataclasses.fields(Status)}
        found = {name: value for name, value in values.items() if name in known}
        return Status(**{**found, "state": RunState(found["state"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _process_lives(pid: int, started: float) -> bool:
    found = _process_started(pid)
    return found is not None and abs(found - started) < 2.0


def _process_started(pid: int) -> float | None:
    """Seconds since 1970 at which a process began; None where there is no such process, or only its remains."""
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return float(process.create_time())
    except psutil.Error:
        return None


def _process_state(status: Status) -> str:
    """What the system says that the process does, in psutil's words; "" where it says nothing."""
    import psutil

    try:
        return str(psutil.Process(status.pid).status())
    except psutil.Error:
        return ""
