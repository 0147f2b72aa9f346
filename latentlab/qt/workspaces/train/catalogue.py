"""What can be trained, asked of the command line in a process of its own: this room never imports trainers."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from latentlab import places
from latentlab.atomic import write_atomically
from latentlab.qt.failure import Failure
from latentlab.qt.threads.command_process import CommandProcess
from latentlab.qt.threads.jobs import JobThread
from latentlab.runs.hyper_parameters import HyperParameter, hyper_parameters, value_at

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Preset:
    """A training that can be repeated."""

    name: str
    system: str
    summary: str
    parameters: tuple[HyperParameter, ...]
    values: dict[str, Any]
    """Its configuration, as a run's config.json has it."""

    @property
    def source(self) -> str:
        """Kind of its own data: "folder", "drawn", "points" ..."""
        return str(value_at(self.values, "data.source.kind"))

    @property
    def has_data(self) -> bool:
        """Whether it can be started without naming any pictures."""
        return self.source not in ("folder", "zip", "table", "arrays", "torchvision") and not (
            self.source == "two-folders" and not value_at(self.values, "data.source.path")
        )


class PresetCatalogue(QObject):
    """Presets and their hyper-parameters: as found last time at once, and asked for anew once a session."""

    listed = Signal()
    failed = Signal(object)
    """Failure."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.presets: tuple[Preset, ...] = ()
        self.forecasts: dict[str, float] = {}
        """Seconds that presets take on this machine, of those that were estimated."""
        self._jobs = JobThread(self)
        self._command = CommandProcess(self)
        self._command.answered.connect(self._on_answered)
        self._command.failed.connect(self._on_failed)
        self._asked = False
        self._text = ""

    def ask(self) -> None:
        """Find out which presets there are."""
        if self._asked:
            return
        self._asked = True
        self._jobs.submit(_remembered, self._on_remembered)
        self._command.ask("train", "--describe", "--json")

    def preset(self, name: str) -> Preset | None:
        """The preset of a name."""
        return next((preset for preset in self.presets if preset.name == name), None)

    def remember_forecast(self, name: str, seconds: float) -> None:
        """A preset as it is was found to take so long here."""
        self.forecasts = {**self.forecasts, name: seconds}
        self._jobs.submit(partial(_write, _forecasts_file(), json.dumps(self.forecasts)))
        self.listed.emit()

    def stop(self) -> None:
        """End the process and the thread."""
        self._command.stop()
        self._jobs.stop()

    def _on_remembered(self, found: tuple[str, tuple[Preset, ...], dict[str, float]]) -> None:
        text, presets, self.forecasts = found
        if not self.presets and presets:
            self._text, self.presets = text, presets
            self.listed.emit()

    def _on_answered(self, text: str) -> None:
        if text == self._text:
            return
        self._text = text
        self._jobs.submit(partial(_understood, text), self._on_understood, self.failed.emit)

    def _on_understood(self, presets: tuple[Preset, ...]) -> None:
        self.presets = presets
        self._jobs.submit(partial(_write, _file(), self._text))
        self.listed.emit()

    def _on_failed(self, failure: Failure) -> None:
        self._asked = False
        text = self.tr("The trainer cannot be asked what it can do: {0}").format(failure.text)
        self.failed.emit(Failure(text, failure.details))


def _understood(text: str) -> tuple[Preset, ...]:
    said = json.loads(text)
    parameters = {system: hyper_parameters(schema) for system, schema in said["schemas"].items()}
    return tuple(_preset(values, parameters[values["system"]]) for values in said["presets"])


def _preset(values: Mapping[str, Any], parameters: tuple[HyperParameter, ...]) -> Preset:
    return Preset(
        str(values["name"]), str(values["system"]), str(values["summary"]), parameters, dict(values)
    )


def _remembered() -> tuple[str, tuple[Preset, ...], dict[str, float]]:
    forecasts: dict[str, float] = {}
    try:
        found = json.loads(_forecasts_file().read_text("utf-8"))
        forecasts = {str(name): float(seconds) for name, seconds in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        pass
    try:
        text = _file().read_text("utf-8")
        return text, _understood(text), forecasts
    except (OSError, ValueError, KeyError, TypeError):
        return "", (), forecasts


def _write(path: Path, text: str) -> None:
    try:
        write_atomically(path, text.encode())
    except OSError as error:  # it is asked for again next time
        logger.warning("%s cannot be written: %s", path, error)


def _file() -> Path:
    return places.cache_dir() / "trainer" / "presets.json"


def _forecasts_file() -> Path:
    return places.cache_dir() / "trainer" / "forecasts.json"
