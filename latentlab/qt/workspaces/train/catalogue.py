"""What can be trained, asked of the command line in a process of its own: this room never imports trainers."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from latentlab.errors import TrainingError
from latentlab.qt.failure import Failure
from latentlab.qt.threads.jobs import JobThread
from latentlab.runs.hyper_parameters import HyperParameter, hyper_parameters
from latentlab.runs.launching import command

_PATIENCE = 120
"""Seconds: importing torch may take long on a busy machine."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A training that can be repeated."""

    name: str
    system: str
    summary: str


@dataclass(frozen=True, slots=True, eq=False)
class Description:
    """A preset in full."""

    parameters: tuple[HyperParameter, ...]
    values: dict[str, Any]
    """Its configuration, as a run's config.json has it."""


class PresetCatalogue(QObject):
    """Presets and their hyper-parameters; each is asked for once."""

    listed = Signal()
    described = Signal(str)
    """Name of the preset."""
    failed = Signal(object)
    """Failure."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.presets: tuple[Preset, ...] = ()
        self.descriptions: dict[str, Description] = {}
        self._jobs = JobThread(self)
        self._asked: set[str] = set()

    def ask(self) -> None:
        """Find out which presets there are."""
        if "" not in self._asked:
            self._asked.add("")
            self._jobs.submit(_list, self._on_listed, partial(self._on_failed, ""))

    def describe(self, name: str) -> None:
        """Find out what a preset's hyper-parameters are."""
        if name in self.descriptions:
            self.described.emit(name)
        elif name not in self._asked:
            self._asked.add(name)
            self._jobs.submit(
                partial(_describe, name), partial(self._on_described, name), partial(self._on_failed, name)
            )

    def stop(self) -> None:
        """End the thread."""
        self._jobs.stop()

    def _on_listed(self, presets: tuple[Preset, ...]) -> None:
        self.presets = presets
        self.listed.emit()

    def _on_described(self, name: str, description: Description) -> None:
        self.descriptions[name] = description
        self.described.emit(name)

    def _on_failed(self, name: str, failure: Failure) -> None:
        self._asked.discard(name)
        self.failed.emit(failure)


def _list() -> tuple[Preset, ...]:
    rows = json.loads(_say("train", "--list", "--json"))
    return tuple(Preset(row["name"], row["system"], row["summary"]) for row in rows)


def _describe(name: str) -> Description:
    said = json.loads(_say("train", name, "--describe", "--json"))
    return Description(hyper_parameters(said["schema"]), said["values"])


def _say(*arguments: str) -> str:
    """What the command line prints.

    Raises:
        TrainingError: it failed; its own words are the text.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own command line
            [*command(), *arguments], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TrainingError(f"The trainer does not answer ({error}): try again.") from error
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["it ended without a word"]
        raise TrainingError(f"The trainer cannot be asked: {last[0].removeprefix('latentlab: ')}")
    return done.stdout
