"""A session as JSON: the model it belongs to and what was kept, with or without the whole history."""

from __future__ import annotations

from dataclasses import dataclass, replace

from latentlab.errors import RecipeError
from latentlab.latents import recipe_json
from latentlab.latents.directions import DIRECTIONS, Direction
from latentlab.latents.json_values import (
    Integer,
    Many,
    Number,
    Record,
    Text,
    parse,
    refuse,
    text_of,
)
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.picture_record import MODEL_REF, RecipeKind
from latentlab.qt.session.session import Kept, Session

VERSION = 1
MAX_CHARACTERS = 1 << 28
_TITLE = "session"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a numbered slot holds."""

    slot: int
    kept: Kept


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """Everything of a session but the pictures."""

    model: ModelRef
    candidate: str = ""
    """Which reading of the model's file was open."""
    favourites: tuple[Kept, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    directions: tuple[Direction, ...] = ()
    """Those that were brought in from elsewhere and cannot be computed again."""
    pinned: tuple[str, ...] = ()
    """Directions that have a slider."""
    locks: tuple[str, ...] = ()
    time: float = 0.0
    """When it was saved, seconds since 1970."""
    history: tuple[str, ...] = ()
    """Lines of `latents.history_json`. Empty in autosave, which keeps them in a file that only grows."""


_TIME = Number(0.0, 1e12)
_KEPT = Record(
    Kept, {"recipe": RecipeKind(), "label": Text(1024), "time": _TIME}, required=("recipe", "label", "time")
)
_SESSION = Record(
    SessionRecord,
    {
        "model": MODEL_REF,
        "candidate": Text(4096),
        "favourites": Many(_KEPT, 1 << 16),
        "snapshots": Many(
            Record(Snapshot, {"slot": Integer(1, 9), "kept": _KEPT}, required=("slot", "kept")), 9
        ),
        "directions": DIRECTIONS,
        "pinned": Many(Text(), 1 << 14),
        "locks": Many(Text(1024), 1 << 16),
        "time": _TIME,
        "history": Many(Text(recipe_json.MAX_CHARACTERS), 1 << 20),
    },
    required=("model",),
)


def record_of(session: Session, time: float) -> SessionRecord:
    """What of a session is saved at `time`, without its history."""
    return SessionRecord(
        model=session.model.ref,
        candidate=session.model.candidate.key,
        favourites=session.shelf.favourites,
        snapshots=tuple(Snapshot(slot, kept) for slot, kept in session.shelf.snapshots.items()),
        directions=tuple(session.directions.brought),
        pinned=session.pinned.ids,
        locks=tuple(sorted(session.locks.paths)),
        time=time,
    )


def to_text(record: SessionRecord) -> str:
    """The record as JSON."""
    return text_of({_TITLE: VERSION, **_SESSION.write(record, _TITLE)})


def from_text(text: str) -> SessionRecord:
    """The inverse of `to_text`.

    Raises:
        RecipeError: the text is no session, damaged, hostile, or from a newer LatentLab.
    """
    values = parse(text, what=_TITLE, max_characters=MAX_CHARACTERS)
    version = values.pop(_TITLE, None) if isinstance(values, dict) else None
    if type(version) is not int or version < 1:
        refuse(_TITLE, version, f"a whole number from 1 to {VERSION}")
    if version > VERSION:
        raise RecipeError("This session was written by a newer LatentLab: update LatentLab to open it.")
    record: SessionRecord = _SESSION.read(values, _TITLE)
    return record


def with_history(record: SessionRecord, lines: tuple[str, ...]) -> SessionRecord:
    """The record as a file of its own."""
    return replace(record, history=lines)
