"""The side of a run that trains: one writer per run at a time."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from latentlab.atomic import write_atomically
from latentlab.errors import RunError
from latentlab.runs.control import PATIENCE, Interest, Request
from latentlab.runs.events import Entry, Event, to_line
from latentlab.runs.folder import (
    OWN_NAMES,
    CheckpointInfo,
    RunFolder,
    move_into_place,
    sync_folder,
    sync_tree,
    write_info,
)
from latentlab.runs.status import BEAT, RunState, Status, own_status, write_status
from latentlab.runs.tensorboard import TensorBoardLog

logger = logging.getLogger(__name__)

_ASK_EVERY = 0.1
"""Seconds between looks at what viewers ask for: a look costs milliseconds on a slow shared disk."""


class RunWriter:
    """Writes events, checkpoints and a heartbeat. Everything it writes appears whole or not at all.

    Every method may raise OSError: the disk is full or the folder is gone. What was there before still is.
    """

    def __init__(self, folder: RunFolder) -> None:
        """Take over a run that `create` or `reopen` made sure of."""
        self.folder = folder
        self._next = _mend(folder.events)
        self._log = folder.events.open("ab")
        self._tensorboard = TensorBoardLog(folder.tensorboard)
        self._heart = _Heart(folder.status)
        self._asked: frozenset[Request] = frozenset()
        self._asked_at = 0.0
        self._pace = 0.0
        self._looks: dict[Interest, int] = {}
        self._heard: dict[Interest, float] = {}
        folder.control.clear()
        for left in _leftovers(folder.checkpoints):
            shutil.rmtree(left, ignore_errors=True)

    @classmethod
    def create(cls, path: Path, config: Mapping[str, Any], schema: Mapping[str, Any]) -> RunWriter:
        """Begin a run in a folder that is empty or does not exist.

        Args:
            path: of the run.
            config: what is trained, as plain JSON values.
            schema: JSON schema of `config`.

        Raises:
            RunError: the folder holds something already.
        """
        folder = RunFolder(path)
        if folder.exists():
            raise RunError(f"{path} already holds a run: resume it, or choose another folder.")
        if path.is_file():
            raise RunError(f"{path} is a file: name a folder for the run.")
        foreign = (
            sorted(found.name for found in path.iterdir() if found.name not in OWN_NAMES)
            if path.exists()
            else []
        )
        if foreign:
            raise RunError(
                f"{path} holds other files ({foreign[0]}): name an empty or a new folder for the run."
            )
        folder.samples.mkdir(parents=True, exist_ok=True)
        write_atomically(folder.schema, json.dumps(schema, indent=1).encode())
        write_atomically(folder.config, json.dumps(config, indent=2, ensure_ascii=False).encode())
        return cls(folder)

    @classmethod
    def reopen(cls, path: Path) -> RunWriter:
        """Go on in the folder of a run that has ended.

        Raises:
            RunError: there is no run, or a process is training it.
        """
        folder = RunFolder(path)
        if not folder.exists():
            raise RunError(f"{path} holds no run to resume: start it first.")
        status = folder.read_status()
        if status is not None and status.is_live and status.pid != os.getpid():
            raise RunError(
                f"{path} is being trained by process {status.pid} on {status.host}: stop it first, or wait."
            )
        return cls(folder)

    def write(self, event: Event) -> None:
        """Append an event; viewers can read it when this returns."""
        entry = Entry(self._next, time.time(), event)
        self._log.write(to_line(entry))
        self._log.flush()
        self._next += 1
        self._tensorboard.add(entry, self.folder)

    @contextlib.contextmanager
    def checkpoint(self, step: int, *, milestone: bool = False) -> Iterator[Path]:
        """A folder to put a checkpoint's files in; it appears under its name once the block ends without error."""
        self.folder.checkpoints.mkdir(exist_ok=True)
        target = self.folder.checkpoint_folder(step)
        unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            unfinished.mkdir()
            yield unfinished
            write_info(unfinished, milestone, time.time())
            sync_tree(unfinished)
            move_into_place(unfinished, target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def prune(self, keep: int, models: int = 0) -> None:
        """Remove all checkpoints but the newest `keep` and the milestones.

        Args:
            keep: at least 1.
            models: how many of the removed ones leave their model behind, spread over the run as evenly as can be.
        """
        recent = [found for found in self.folder.list_checkpoints() if not found.milestone]
        for outdated in recent[: max(0, len(recent) - keep)]:
            if models and outdated.model.is_file():
                self.folder.models.mkdir(exist_ok=True)
                os.replace(outdated.model, self._left_behind(outdated.step))
            remove_checkpoint(outdated)
        left = [found.step for found in self.folder.list_models() if found.path.parent == self.folder.models]
        for step in thinned_out(left, models):
            self._left_behind(step).unlink(missing_ok=True)

    def _left_behind(self, step: int) -> Path:
        return self.folder.models / f"step-{step:08d}.safetensors"

    def forget_after(self, step: int) -> None:
        """Remove checkpoints of steps after the one that the run goes on from: another future follows."""
        for found in self.folder.list_checkpoints():
            if found.step > step:
                remove_checkpoint(found)
        for model in self.folder.list_models():
            if model.step > step:
                model.path.unlink(missing_ok=True)
        shutil.rmtree(self.folder.live_model.parent, ignore_errors=True)

    def show(self, state: RunState, step: int, steps: int, seconds_left: float | None = None) -> None:
        """Tell viewers what the run does: at once where the state changes, else with the next heartbeat."""
        self._heart.show(own_status(state, step, steps, seconds_left))

    def asked(self) -> frozenset[Request]:
        """What viewers ask for; looked up at most ten times a second."""
        now = time.monotonic()
        if now - self._asked_at >= _ASK_EVERY:
            self._asked = self.folder.control.asked()
            self._asked_at = now
            self._pace = self.folder.control.pace()
            self._note_looks(now)
        return self._asked

    @property
    def pace(self) -> float:
        """Seconds that viewers want every step held back; as `asked` found it last."""
        return self._pace

    def looked_at(self, interest: Interest) -> bool:
        """Whether somebody looks at something, as `asked` found it last.

        Only a stamp that changes counts, and by our own clock: those of other machines differ.
        """
        return time.monotonic() - self._heard.get(interest, -PATIENCE) < PATIENCE

    def _note_looks(self, now: float) -> None:
        looks = self.folder.control.looks()
        self._heard |= {name: now for name, stamp in looks.items() if self._looks.get(name) != stamp}
        self._looks = looks

    def done(self, request: Request) -> None:
        """A request was fulfilled."""
        self.folder.control.take_back(request)
        self._asked -= {request}

    def close(self) -> None:
        """End the heartbeat and close the files. The last state that was shown stays."""
        self._heart.stop()
        with contextlib.suppress(OSError):
            self._tensorboard.close()
        self._log.close()


class _Heart(threading.Thread):
    """Rewrites the status every `BEAT` seconds, so that viewers elsewhere know that the process lives."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self._path = path
        self._changed = threading.Condition()
        self._status: Status | None = None
        self._stopped = False

    def show(self, status: Status) -> None:
        with self._changed:
            sudden = self._status is None or self._status.state != status.state
            self._status = status
            if sudden:
                write_status(self._path, status)
        if not self.is_alive() and not self._stopped:
            self.start()

    def run(self) -> None:
        with self._changed:
            while not self._changed.wait_for(lambda: self._stopped, timeout=BEAT):
                self._beat()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
            self._beat()
        if self.is_alive():
            self.join()

    def _beat(self) -> None:
        if self._status is None:
            return
        try:
            write_status(self._path, dataclasses.replace(self._status, time=time.time()))
        except OSError as error:  # the loop meets the same disk with the next event, and says so
            logger.warning("The heartbeat cannot be written: %s", error)


def remove_checkpoint(found: CheckpointInfo) -> None:
    """Remove a checkpoint so that no viewer ever sees half of it."""
    gone = found.path.with_name(f".{found.path.name}.outdated")
    shutil.rmtree(gone, ignore_errors=True)
    os.replace(found.path, gone)
    sync_folder(gone.parent)
    shutil.rmtree(gone, ignore_errors=True)


def thinned_out(steps: list[int], keep: int) -> list[int]:
    """Which steps to let go so that `keep` are left, as evenly spread as they can be, the first among them."""
    left, gone = sorted(steps), []
    while len(left) > keep:
        gaps = [after - before for before, after in itertools.pairwise((*left, 2 * left[-1]))]
        # Without the one in the middle, what is on both sides lies nearest.
        closest = min(range(1, len(left)), key=lambda i: gaps[i - 1] + gaps[i], default=0)
        gone.append(left.pop(closest if keep else 0))
    return gone


def _leftovers(checkpoints: Path) -> list[Path]:
    if not checkpoints.is_dir():
        return []
    return [path for path in checkpoints.iterdir() if path.name.startswith(".step-")]


def _mend(events: Path) -> int:
    """Cut a torn last line off, and return the number of the next event."""
    if not events.exists():
        events.touch()
        return 0
    with events.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        tail = b""
        position = size
        while position > 0 and tail.count(b"\n") < 2:
            position = max(0, position - (1 << 16))
            file.seek(position)
            tail = file.read(size - position)
        whole = tail.rfind(b"\n") + 1
        if whole < len(tail):
            file.truncate(size - len(tail) + whole)
        lines = tail[:whole].splitlines()
    for line in reversed(lines):
        try:
            return int(json.loads(line)["n"]) + 1
        except (ValueError, KeyError, TypeError):
            continue
    return 0
