"""Runs that wait for their turn: one small file each, in a folder that any window and one runner share.

Taking, moving and removing an order is one rename or one unlink, so nobody needs a lock to change the queue; of
two that take the same order, one comes too late and sees that it is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from latentlab.atomic import write_atomically
from latentlab.errors import RunError
from latentlab.runs.folder import RunFolder
from latentlab.runs.status import RunState, Status, own_status, read_status, status_of, write_status

_NAME = ".queue"
_ORDER = re.compile(r"(\d{8})-(\w+)\.json")
_LOCK = "runner.lock"
_HOLD = "hold"
_BEGUN = ".begun"
"""Ending of the file that tells of a process which was started for a run."""
_APART = 1000
"""Between the ranks of two orders, so that there is room for a third one."""


@dataclass(frozen=True, slots=True)
class Order:
    """A run that shall be started."""

    arguments: tuple[str, ...]
    """Of `latentlab train`, the folder included."""
    folder: Path
    """Of the run."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order in the queue."""

    key: str
    """Names it wherever it stands."""
    order: Order


class Queue:
    """The queue of a folder of runs."""

    def __init__(self, runs: Path) -> None:
        """Look at the queue beside the runs of a folder, which need not exist."""
        self.runs = runs
        self._folder = runs / _NAME

    def waiting(self) -> list[Waiting]:
        """Orders in the order of their turns. Damaged ones are left out."""
        found = []
        for _, key, path in self._places():
            try:
                values = json.loads(path.read_bytes())
                order = Order(tuple(map(str, values["arguments"])), Path(values["folder"]))
            except (OSError, ValueError, KeyError, TypeError):
                continue
            found.append(Waiting(key, order))
        return found

    def add(self, order: Order) -> Waiting:
        """Put an order at the end.

        Raises:
            OSError: the folder cannot be written to.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        places = self._places()
        rank = places[-1][0] + _APART if places else _APART
        key = os.urandom(6).hex()
        values = {"arguments": list(order.arguments), "folder": str(order.folder)}
        write_atomically(self._path(rank, key), json.dumps(values).encode())
        return Waiting(key, order)

    def move(self, key: str, place: int) -> None:
        """Let an order have its turn at `place`, from 0. One that is gone stays gone.

        Raises:
            OSError: the folder cannot be written to.
        """
        places = self._places()
        own = [found for found in places if found[1] == key]
        if not own:
            return
        rest = [found for found in places if found[1] != key]
        place = min(max(place, 0), len(rest))
        for number, (_, other, path) in enumerate([*rest[:place], own[0], *rest[place:]], 1):
            wanted = self._path(number * _APART, other)
            if wanted != path:
                with contextlib.suppress(FileNotFoundError):  # its turn has come meanwhile
                    os.replace(path, wanted)

    def remove(self, key: str) -> None:
        """Take an order out; nothing happens where it is gone.

        Raises:
            OSError: the folder cannot be written to.
        """
        for _, other, path in self._places():
            if other == key:
                path.unlink(missing_ok=True)

    def take(self) -> Order | None:
        """Take the first order out, to start it; None where nothing waits."""
        for waiting in self.waiting():
            for _, key, path in self._places():
                if key == waiting.key:
                    try:
                        path.unlink()
                    except OSError:
                        break  # somebody else was quicker, or it moved: look at the next one
                    return waiting.order
        return None

    @property
    def held(self) -> bool:
        """Whether nothing is started until somebody says so."""
        return (self._folder / _HOLD).exists()

    def hold(self, held: bool) -> None:
        """Start nothing from now on, or start again. What is being trained is not touched.

        Raises:
            OSError: the folder cannot be written to.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        if held:
            (self._folder / _HOLD).touch()
        else:
            (self._folder / _HOLD).unlink(missing_ok=True)

    def expect(self, run: Path, pid: int) -> None:
        """A process was started for this run: it counts as trained before it can say so itself.

        Raises:
            OSError: the folder cannot be written to.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        write_status(self._folder / f"{run.name}{_BEGUN}", status_of(pid, RunState.PREPARING))

    def busy(self) -> list[Path]:
        """Runs of the folder that a process trains now, or was started for: their end is waited for."""
        try:
            folders = [path for path in self.runs.iterdir() if not path.name.startswith(".")]
        except OSError:
            return []
        states = ((path, RunFolder(path).read_status()) for path in folders)
        trained = {path for path, status in states if status is not None and status.is_live}
        return sorted(trained | self._begun())

    def runner(self) -> Status | None:
        """The process that starts what waits; None where there is none."""
        status = read_status(self._folder / _LOCK)
        return status if status is not None and status.is_live else None

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """For as long as the block lasts, this process is the one that starts what waits.

        Raises:
            RunError: another one is.
            OSError: the folder cannot be written to.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = self._folder / _LOCK
        if (other := self.runner()) is not None:
            raise RunError(f"The queue of {self.runs} is run by process {other.pid} on {other.host} already.")
        lock.unlink(missing_ok=True)  # of one that was killed
        try:
            lock.touch(exist_ok=False)
        except FileExistsError:
            raise RunError(f"The queue of {self.runs} is run by another process already.") from None
        write_status(lock, own_status(RunState.RUNNING, 0, 0))
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)

    def _begun(self) -> set[Path]:
        """Runs whose process is at work; what tells of one that ended is removed."""
        found = set()
        for path in self._folder.glob(f"*{_BEGUN}"):
            status = read_status(path)
            if status is not None and status.is_live:
                found.add(self.runs / path.name.removesuffix(_BEGUN))
            else:
                path.unlink(missing_ok=True)
        return found

    def _path(self, rank: int, key: str) -> Path:
        return self._folder / f"{rank:08d}-{key}.json"

    def _places(self) -> Sequence[tuple[int, str, Path]]:
        """Rank, key and file of every order, sorted."""
        try:
            names = os.listdir(self._folder)
        except OSError:
            return []
        matches = ((match, self._folder / name) for name in names if (match := _ORDER.fullmatch(name)))
        return sorted((int(match[1]), match[2], path) for match, path in matches)
