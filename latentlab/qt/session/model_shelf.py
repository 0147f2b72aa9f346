"""Folders where a person keeps models, and models that were starred. Called in the job thread."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from latentlab.atomic import write_atomically
from latentlab.places import data_dir

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelShelf:
    """Paths as text, in the order in which they were added."""

    folders: tuple[str, ...] = ()
    favourites: tuple[str, ...] = ()


def read() -> ModelShelf:
    """What was kept; nothing where the file is missing or damaged."""
    try:
        values = json.loads(_path().read_text(encoding="utf-8"))
        lists = {name: tuple(str(item) for item in values[name]) for name in ("folders", "favourites")}
    except FileNotFoundError:
        return ModelShelf()
    except (OSError, ValueError, KeyError, TypeError):
        logger.warning("The list of model folders cannot be read: starting an empty one")
        return ModelShelf()
    return ModelShelf(**lists)


def add_folder(folder: Path) -> ModelShelf:
    """Keep a folder, once."""
    shelf = read()
    return _written(replace(shelf, folders=tuple(dict.fromkeys((*shelf.folders, str(folder))))))


def remove_folder(folder: Path) -> ModelShelf:
    """Forget a folder; what is in it stays."""
    shelf = read()
    return _written(replace(shelf, folders=tuple(item for item in shelf.folders if item != str(folder))))


def toggle_favourite(path: Path) -> ModelShelf:
    """Star a model, or take its star."""
    shelf = read()
    others = tuple(item for item in shelf.favourites if item != str(path))
    starred = others if len(others) < len(shelf.favourites) else (*others, str(path))
    return _written(replace(shelf, favourites=starred))


def _written(shelf: ModelShelf) -> ModelShelf:
    write_atomically(_path(), json.dumps(asdict(shelf), indent=1).encode())
    return shelf


def _path() -> Path:
    return data_dir() / "models.json"
