"""Where everything lies in a run's directory, and its checkpoints as folders."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latentlab.atomic import write_atomically
from latentlab.errors import RunError
from latentlab.runs.control import Control
from latentlab.runs.status import Status, read_status

_CHECKPOINT = re.compile(r"step-(\d{8,})")
_MODEL = re.compile(r"step-(\d{8,})\.safetensors")
OWN_NAMES = frozenset(
    {
        "config.json",
        "schema.json",
        "events.jsonl",
        "status.json",
        "control",
        "samples",
        "checkpoints",
        "models",
        "live",
        "tensorboard",
        "notes.json",
    }
)


@dataclass(frozen=True, slots=True)
class CheckpointInfo:
    """A checkpoint that is complete on disk."""

    step: int
    path: Path
    milestone: bool = False
    """It is kept when recent ones make room."""
    time: float = 0.0
    """Seconds since 1970 at which it was written."""

    @property
    def model(self) -> Path:
        """The averaged generator, with its card: a file that Explore opens."""
        return self.path / "model.safetensors"

    @property
    def networks(self) -> Path:
        """All networks in training, the discriminator included."""
        return self.path / "networks.safetensors"

    @property
    def state(self) -> Path:
        """What else a resumed run needs; read with `torch.load(weights_only=True)`."""
        return self.path / "state.pt"


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model that the run has drawn with: of a checkpoint, or what is left of an earlier one."""

    step: int
    path: Path


class RunFolder:
    """The directory of one run."""

    def __init__(self, path: Path) -> None:
        """Describe `path`, which need not exist yet."""
        self.path = path
        self.config = path / "config.json"
        self.schema = path / "schema.json"
        self.events = path / "events.jsonl"
        self.status = path / "status.json"
        self.samples = path / "samples"
        self.checkpoints = path / "checkpoints"
        self.models = path / "models"
        self.live_model = path / "live" / "model.safetensors"
        """The averaged generator of a few seconds ago, while somebody looks at it."""
        self.live_plane = path / "live" / "plane.npz"
        """What happens in the plane, of runs that learn points."""
        self.tensorboard = path / "tensorboard"
        self.control = Control(path / "control")

    def exists(self) -> bool:
        """Whether there is a run here."""
        return self.config.is_file()

    def read_config(self) -> dict[str, Any]:
        """The configuration as plain JSON values.

        Raises:
            RunError: there is no run here, or its configuration is damaged.
        """
        return self._read_json(self.config)

    def read_schema(self) -> dict[str, Any]:
        """The JSON schema of the configuration: all that a form needs.

        Raises:
            RunError: there is none, or it is damaged.
        """
        return self._read_json(self.schema)

    def read_status(self) -> Status | None:
        """Who trains, how far it is; None before the first start."""
        return read_status(self.status)

    def inside(self, path: str) -> Path:
        """The file that an event names.

        Raises:
            RunError: it would lie outside of the run.
        """
        found = (self.path / path).resolve()
        if not found.is_relative_to(self.path.resolve()):
            raise RunError(f"An event of {self.path} names a file outside of the run: {path!r}.")
        return found

    def sheets(self) -> list[Path]:
        """Sheets of samples, oldest first."""
        return sorted(self.samples.glob("step-*.png")) if self.samples.is_dir() else []

    def checkpoint_folder(self, step: int) -> Path:
        """Where the checkpoint of a step lies."""
        return self.checkpoints / f"step-{step:08d}"

    def list_checkpoints(self) -> list[CheckpointInfo]:
        """Every complete checkpoint, oldest first."""
        try:
            names = os.listdir(self.checkpoints)
        except FileNotFoundError:
            return []
        matches = [
            (match, self.checkpoints / name) for name in names if (match := _CHECKPOINT.fullmatch(name))
        ]
        return sorted((_info(int(match[1]), path) for match, path in matches), key=lambda found: found.step)

    def list_models(self) -> list[KeptModel]:
        """The models of all checkpoints and what is left of earlier ones, oldest first."""
        try:
            names = os.listdir(self.models)
        except FileNotFoundError:
            names = []
        found = {int(match[1]): self.models / name for name in names if (match := _MODEL.fullmatch(name))} | {
            info.step: info.model for info in self.list_checkpoints()
        }
        return [KeptModel(step, path) for step, path in sorted(found.items())]

    def _read_json(self, path: Path) -> dict[str, Any]:
        try:
            values = json.loads(path.read_bytes())
        except FileNotFoundError:
            raise RunError(
                f"{self.path} holds no run ({path.name} is missing): name a run's folder."
            ) from None
        except (OSError, ValueError) as error:
            raise RunError(f"{path} cannot be read ({error}): restore it, or start a new run.") from error
        if not isinstance(values, dict):
            raise RunError(f"{path} is damaged: restore it, or start a new run.")
        return values


def _info(step: int, path: Path) -> CheckpointInfo:
    try:
        values = json.loads((path / "info.json").read_bytes())
        return CheckpointInfo(step, path, bool(values["milestone"]), float(values["time"]))
    except (OSError, ValueError, KeyError, TypeError):
        return CheckpointInfo(step, path)


def write_info(folder: Path, milestone: bool, time: float) -> None:
    """Write what `CheckpointInfo` says beside the step."""
    write_atomically(folder / "info.json", json.dumps({"milestone": milestone, "time": time}).encode())


def sync_folder(path: Path) -> None:
    """Put the names in a folder on the disk, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(path: Path) -> None:
    """Put every file of a folder on the disk."""
    for file in path.iterdir():
        with file.open("rb+") as opened:
            os.fsync(opened.fileno())
    sync_folder(path)


def move_into_place(finished: Path, target: Path) -> None:
    """Make a folder appear under its name by one rename; one that was there gives way."""
    if target.exists():
        outdated = target.with_name(f".{target.name}.outdated")
        shutil.rmtree(outdated, ignore_errors=True)
        os.replace(target, outdated)
        os.replace(finished, target)
        shutil.rmtree(outdated, ignore_errors=True)
    else:
        os.replace(finished, target)
    sync_folder(target.parent)
