"""Models that were open before, newest first, and how a recipe's model is found again."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from latentlab.atomic import write_atomically
from latentlab.formats.bundled import bundled_models, path_of
from latentlab.latents.model_ref import ModelRef
from latentlab.places import cache_dir, data_dir

logger = logging.getLogger(__name__)

MOST = 16


@dataclass(frozen=True, slots=True)
class Recent:
    """A model file that was open."""

    path: str
    name: str
    fingerprint: str
    family: str = ""
    resolution: int = 0

    @property
    def picture(self) -> Path:
        """A small picture that it drew; may be missing."""
        return picture_of(self.fingerprint)


def picture_of(fingerprint: str) -> Path:
    """Where the small picture of a model lies."""
    return cache_dir() / "models" / f"{fingerprint[:24]}.png"


def recents() -> tuple[Recent, ...]:
    """What was open before and is still there, newest first."""
    try:
        entries = json.loads(_path().read_text(encoding="utf-8"))
        found = tuple(Recent(**entry) for entry in entries)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError):
        logger.warning("The list of recent models cannot be read: starting an empty one")
        return ()
    return tuple(recent for recent in found if Path(recent.path).is_file())


def note(recent: Recent) -> None:
    """Put a model at the head of the list."""
    others = [old for old in recents() if old.path != recent.path]
    write_atomically(
        _path(), json.dumps([asdict(item) for item in [recent, *others][:MOST]], indent=1).encode()
    )


def find(ref: ModelRef) -> Path | None:
    """The file of the model that a recipe names: where it was, or wherever it was opened last."""
    hinted = path_of(ref.path)
    known = [Path(recent.path) for recent in recents() if recent.fingerprint == ref.fingerprint]
    return hinted if hinted in known or not known else known[0]


def first_model() -> Path | None:
    """What a new user sees."""
    bundled = bundled_models()
    return bundled[0] if bundled else None


def _path() -> Path:
    return data_dir() / "recent.json"
