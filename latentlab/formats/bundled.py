"""The models that ship with LatentLab, and where a model that a recipe names can be found. Imports no torch."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from latentlab.formats.report import Card
from latentlab.places import resource_dir

_PREFIX = "bundled:"
_FIRST = "landscapes"
"""The model that a new user sees."""


def bundled_models() -> tuple[Path, ...]:
    """Files of the bundled models by name, after the one that a new user sees."""
    files = (resource_dir() / "models").glob("*.safetensors")
    return tuple(sorted(files, key=lambda path: (path.stem != _FIRST, path.stem)))


def is_bundled(path: Path) -> bool:
    """Whether a path is one of theirs, as it is written: nothing waits for the disk that it lies on."""
    models = resource_dir() / "models"
    return path.absolute().parent in (models, models.resolve())


def brings_data(path: Path) -> bool:
    """Whether a path is one of theirs, and what the model learned from is drawn anew wherever LatentLab runs."""
    return is_bundled(path) and _preset_of(path) in _self_contained()


@cache
def _preset_of(path: Path) -> str:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            card = json.loads(file.metadata()["card"])
            return Card(card["name"], recipe=card["recipe"]).preset
    except (OSError, SafetensorError, ValueError, KeyError, TypeError):
        return ""


@cache
def _self_contained() -> frozenset[str]:
    """Names of the presets that need no pictures from anybody."""
    described = json.loads((resource_dir() / "presets" / "presets.json").read_text("utf-8"))["presets"]
    return frozenset(one["name"] for one in described if one["data"]["source"].get("path") != "")


def hint_of(path: Path) -> str:
    """How a recipe's record refers to the place of a model: absolute, or "bundled:<name>"."""
    path = path.resolve()
    return _PREFIX + path.stem if is_bundled(path) else str(path)


def path_of(hint: str) -> Path | None:
    """The file that `hint_of` gave the name of; None when it is not there any more."""
    if hint.startswith(_PREFIX):
        named = [path for path in bundled_models() if path.stem == hint.removeprefix(_PREFIX)]
        return named[0] if named else None
    path = Path(hint)
    return path if hint and path.is_file() else None
