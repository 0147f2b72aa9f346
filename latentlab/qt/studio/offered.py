"""What kind of thing a file is that was dropped, chosen or named: decided by its first bytes, not its name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from latentlab.errors import RecipeError
from latentlab.latents import recipe_json
from latentlab.latents.recipe import Recipe

if TYPE_CHECKING:
    from latentlab.latents.picture_record import PictureRecord
    from latentlab.qt.session.store import Restored

_HEAD = 4096
_PICTURES = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"RIFF",
    b"II*\x00",
    b"MM\x00*",
    b"BM",
    b"GIF8",
)


_CARRIERS = _PICTURES[:5]
"""Kinds of files that may carry a recipe: PNG, JPEG, WebP, TIFF."""


class Kind(Enum):
    MODEL = "model"
    SESSION = "session"
    RECORDED = "picture with its recipe"
    PHOTO = "picture"
    RECIPE = "recipe"
    DIRECTIONS = "directions"


@dataclass(frozen=True, slots=True)
class Offered:
    """A file and what it turned out to be."""

    path: Path
    kind: Kind
    record: PictureRecord | None = None
    session: Restored | None = None
    recipe: Recipe | None = None


def look_at(path: Path) -> Offered:
    """Find out what a file is. Called in the job thread.

    Raises:
        RecipeError: it is a session, picture or recipe, but damaged; or a folder.
        OSError: it cannot be read.
    """
    if path.is_dir():
        raise RecipeError(
            f"{path.name} is a folder: drop it on Train to learn from its pictures, or on Diagnose to measure a "
            "model against them."
        )
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise RecipeError(f"{path.name} is empty: copy or download it again.")
    if head.startswith(_PICTURES):
        return _picture(path, carries=head.startswith(_CARRIERS))
    if head.lstrip().startswith(b"{"):
        return _text(path, head)
    return Offered(path, Kind.MODEL)


def _picture(path: Path, *, carries: bool) -> Offered:
    if carries:
        from latentlab.latents import picture_record
        from latentlab.render.pictures import record_text

        text = record_text(path)
        if text is not None:
            return Offered(path, Kind.RECORDED, record=picture_record.from_text(text))
    return Offered(path, Kind.PHOTO)


def _text(path: Path, head: bytes) -> Offered:
    if b'"session"' in head:
        from latentlab.qt.session.store import open_file

        return Offered(path, Kind.SESSION, session=open_file(path))
    from latentlab.latents import own_directions

    if f'"{own_directions.MARKER}"'.encode() in head:
        return Offered(path, Kind.DIRECTIONS)
    if path.stat().st_size > recipe_json.MAX_CHARACTERS:
        return Offered(path, Kind.MODEL)
    recipe = recipe_json.from_text(path.read_text(encoding="utf-8", errors="replace"))
    return Offered(path, Kind.RECIPE, recipe=recipe)
