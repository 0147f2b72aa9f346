"""What a person made of a model's directions: learned and imported ones, names, groups and stars. No torch.

Kept per model in the user's data, so that every session with the model has them; and as a small file to share.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from latentlab import places
from latentlab.atomic import write_atomically
from latentlab.errors import RecipeError
from latentlab.latents.directions import DIRECTIONS, MAX_CHARACTERS, Direction, DirectionSet
from latentlab.latents.json_values import Flag, Many, Record, Text, migrated, parse, refuse, text_of
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.picture_record import MODEL_REF

logger = logging.getLogger(__name__)

VERSION = 1
MARKER = "latentlab_directions"
"""First key of a shared file: tells it from recipes and sessions."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a person wrote beside a direction, whoever found it."""

    direction: str
    """Its id."""
    name: str = ""
    """In place of the name it was given; "" for none."""
    group: str = ""
    starred: bool = False


@dataclass(frozen=True, slots=True)
class OwnDirections:
    """Everything a person keeps of one model's directions. A frozen value: changes make another."""

    directions: tuple[Direction, ...] = ()
    notes: tuple[Note, ...] = ()

    def note(self, direction: str) -> Note:
        """The note on a direction; an empty one where nobody wrote any."""
        return next((note for note in self.notes if note.direction == direction), Note(direction))

    def with_note(self, note: Note) -> OwnDirections:
        """The same with another note on its direction."""
        others = tuple(item for item in self.notes if item.direction != note.direction)
        return replace(self, notes=others if note == Note(note.direction) else (*others, note))

    def with_directions(self, directions: Iterable[Direction]) -> OwnDirections:
        """The same with more; those with a known id take its place."""
        return replace(self, directions=tuple(DirectionSet(self.directions).with_directions(directions)))

    def without(self, direction: str) -> OwnDirections:
        """The same less one direction, and what was written beside it."""
        return OwnDirections(
            tuple(item for item in self.directions if item.id != direction),
            tuple(note for note in self.notes if note.direction != direction),
        )

    def groups(self) -> tuple[str, ...]:
        """Names of all groups, in alphabetical order."""
        return tuple(sorted({note.group for note in self.notes if note.group}, key=str.casefold))

    def applied(self, known: DirectionSet) -> DirectionSet:
        """Directions with those of its own added, under the names that were written beside them."""
        together = known.with_directions(self.directions)
        named = [
            replace(together[note.direction], name=note.name)
            for note in self.notes
            if note.name and note.direction in together
        ]
        return together.with_directions(named)


@dataclass(frozen=True, slots=True)
class SharedDirections:
    """A small file of directions for whoever has the same model."""

    model: ModelRef
    directions: tuple[Direction, ...]


_NOTE = Record(
    Note,
    {"direction": Text(), "name": Text(), "group": Text(), "starred": Flag()},
    required=("direction",),
)
_OWN = Record(OwnDirections, {"directions": DIRECTIONS, "notes": Many(_NOTE, 1 << 14)})
_SHARED = Record(
    SharedDirections, {"model": MODEL_REF, "directions": DIRECTIONS}, required=("model", "directions")
)


def load(fingerprint: str) -> OwnDirections:
    """What is kept for a model; nothing where nothing is.

    Raises:
        RecipeError: the file is damaged, or from a newer LatentLab.
        OSError: it cannot be read.
    """
    try:
        text = place(fingerprint).read_text("ascii")
    except FileNotFoundError:
        return OwnDirections()
    except UnicodeDecodeError as error:
        raise RecipeError("The file of your own directions is damaged: restore it from a backup.") from error
    document = parse(text, what="file of your own directions", max_characters=MAX_CHARACTERS)
    values = migrated(document, what="file of your own directions", migrations={}, version=VERSION)
    own: OwnDirections = _OWN.read(values, "directions")
    return own


def load_or_set_aside(fingerprint: str) -> OwnDirections:
    """As `load`; a file that cannot be used is put aside under another name, never overwritten."""
    try:
        return load(fingerprint)
    except (RecipeError, OSError):
        path = place(fingerprint)
        logger.exception("Your own directions in %s cannot be read; the file is set aside", path)
        with contextlib.suppress(OSError):
            os.replace(path, path.with_suffix(".json.damaged"))
        return OwnDirections()


def update(fingerprint: str, change: Callable[[OwnDirections], OwnDirections]) -> OwnDirections:
    """Change what is kept for a model, whatever other windows wrote meanwhile; gives what is kept now.

    Raises:
        RecipeError: the file is damaged, or a value is outside what can be stored.
        OSError: it cannot be read or written.
    """
    after = change(load_or_set_aside(fingerprint))
    values = {"version": VERSION, **_OWN.write(after, "directions")}
    text = text_of(values, what="file of your own directions", max_characters=MAX_CHARACTERS)
    write_atomically(place(fingerprint), text.encode("ascii"))
    return after


def place(fingerprint: str) -> Path:
    """Where a model's own directions are kept."""
    safe = re.fullmatch(r"[0-9A-Za-z_-]{1,128}", fingerprint)
    name = fingerprint if safe else hashlib.sha256(fingerprint.encode()).hexdigest()
    return places.data_dir() / "directions" / f"{name}.json"


def to_shared_text(shared: SharedDirections) -> str:
    """Directions as a file to share."""
    values = {MARKER: VERSION, **_SHARED.write(shared, "directions")}
    return text_of(values, what="file of directions", max_characters=MAX_CHARACTERS)


def from_shared_text(text: str) -> SharedDirections:
    """The inverse of `to_shared_text`; exact.

    Raises:
        RecipeError: the text is damaged, hostile, or from a newer LatentLab.
    """
    values = parse(text, what="file of directions", max_characters=MAX_CHARACTERS, max_brackets=1 << 16)
    version = values.pop(MARKER, None) if isinstance(values, dict) else None
    if type(version) is not int or version < 1:
        refuse("file of directions", version, f"of a version from 1 to {VERSION}")
    if version > VERSION:
        raise RecipeError("These directions were written by a newer LatentLab: update LatentLab to use them.")
    shared: SharedDirections = _SHARED.read(values, "directions")
    return shared
