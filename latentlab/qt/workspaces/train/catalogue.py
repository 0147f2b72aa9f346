"""What can be trained, as a file that ships with LatentLab tells: this room never imports trainers."""

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
    """Presets and their hyper-parameters. Where the file is missing the trainer is asked: it takes seconds."""

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

    def ask(self) -> None:
        """Find out which presets there are."""
        if self._asked:
            return
        self._asked = True
        self._jobs.submit(_shipped, self._on_understood, lambda _: self._ask_trainer())
        self._jobs.submit(_remembered, self._on_remembered)

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

    def _ask_trainer(self) -> None:
        self._command.ask("train", "--describe", "--json")

    def _on_remembered(self, forecasts: dict[str, float]) -> None:
        self.forecasts = forecasts
        if forecasts:
            self.listed.emit()

    def _on_answered(self, text: str) -> None:
        self._jobs.submit(partial(_understood, text), self._on_understood, self.failed.emit)

    def _on_understood(self, presets: tuple[Preset, ...]) -> None:
        self.presets = presets
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


def _shipped() -> tuple[Preset, ...]:
    return _understood((places.resource_dir() / "presets" / "presets.json").read_text("utf-8"))


def _remembered() -> dict[str, float]:
    try:
        found = json.loads(_forecasts_file().read_text("utf-8"))
        return {str(name): float(seconds) for name, seconds in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _write(path: Path, text: str) -> None:
    try:
        write_atomically(path, text.encode())
    except OSError as error:  # it is asked for again next time
        logger.warning("%s cannot be written: %s", path, error)


def _forecasts_file() -> Path:
    return places.cache_dir() / "trainer" / "forecasts.json"
