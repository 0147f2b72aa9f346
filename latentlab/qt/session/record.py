"""A session as JSON: the model it belongs to and what was kept, with or without the whole history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from latentlab.errors import RecipeError
from latentlab.latents import recipe_json
from latentlab.latents.breeding import MOST_PARENTS, TRAITS, Generation, Rules
from latentlab.latents.crossing import Crossing
from latentlab.latents.crossing_json import CROSSING
from latentlab.latents.directions import DIRECTIONS, Direction
from latentlab.latents.json_values import (
    Choice,
    Integer,
    Many,
    Number,
    Optional,
    Record,
    Row,
    Text,
    parse,
    refuse,
    text_of,
)
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.picture_record import MODEL_REF, RecipeKind
from latentlab.latents.recipe import Recipe
from latentlab.qt.session.brood import MOST_GENERATIONS
from latentlab.qt.session.pictures import Picture
from latentlab.qt.session.session import Kept, PlaneChoice, Session

VERSION = 2
MAX_CHARACTERS = 1 << 28
_TITLE = "session"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a numbered slot holds."""

    slot: int
    kept: Kept


@dataclass(frozen=True, slots=True)
class PictureTab:
    """One picture that is open in a tab, or was closed lately."""

    id: int
    name: str = ""
    branches: tuple[tuple[int, str], ...] = ()
    """(step, name) of branches that a person named."""
    history: tuple[str, ...] = ()
    """Lines of `latents.history_json`. Empty in autosave, which keeps them in files that only grow."""


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
    tabs: tuple[PictureTab, ...] = ()
    """Open pictures in order. Empty in version 1, which had one: its lines are in `history`."""
    closed: tuple[PictureTab, ...] = ()
    shown: int = 0
    """Id of the tab in front."""
    plane: PlaneChoice = field(default_factory=PlaneChoice)
    crossing: Crossing | None = None
    """What the Mix workspace shows."""
    marked_more: tuple[Recipe, ...] = ()
    """Pictures marked A, newest last."""
    marked_less: tuple[Recipe, ...] = ()
    """B."""
    parents: tuple[Recipe, ...] = ()
    """Chosen for breeding."""
    generations: tuple[Generation, ...] = ()
    rules: Rules = field(default_factory=Rules)
    history: tuple[str, ...] = ()
    """Of version 1."""

    def all_tabs(self) -> tuple[PictureTab, ...]:
        """Open and closed; in version 1 the only one."""
        return (*self.tabs, *self.closed) or (PictureTab(0, history=self.history),)


_TIME = Number(0.0, 1e12)
_KEPT = Record(
    Kept, {"recipe": RecipeKind(), "label": Text(1024), "time": _TIME}, required=("recipe", "label", "time")
)
_LINES = Many(Text(recipe_json.MAX_CHARACTERS), 1 << 20)
_STEP = Integer(0, 2**53)
_NAME = Text(256, any_character=True)
_TABS = Many(
    Record(
        PictureTab,
        {"id": _STEP, "name": _NAME, "branches": Many(Row((_STEP, _NAME))), "history": _LINES},
        required=("id",),
    ),
    1 << 10,
)
_PLANE = Record(
    PlaneChoice,
    {
        "kind": Choice(("directions", "seeds")),
        "right": Text(),
        "up": Text(),
        "seeds": Many(recipe_json.SEED, 4),
    },
)
_RECIPES = Many(RecipeKind(), 1 << 14)
_RULES = Record(
    Rules,
    {
        "change": Number(0.0, 1.0),
        "units": Many(Integer(0, 1 << 10)),
        "traits": Many(Choice(TRAITS), len(TRAITS)),
        "directions": Many(Text()),
    },
)
_GENERATION = Record(
    Generation,
    {"parents": Many(RecipeKind(), MOST_PARENTS), "children": Many(RecipeKind(), 1 << 10), "rules": _RULES},
    required=("parents", "children"),
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
        "tabs": _TABS,
        "closed": _TABS,
        "shown": _STEP,
        "plane": _PLANE,
        "crossing": Optional(CROSSING),
        "marked_more": _RECIPES,
        "marked_less": _RECIPES,
        "parents": Many(RecipeKind(), MOST_PARENTS),
        "generations": Many(_GENERATION, MOST_GENERATIONS),
        "rules": _RULES,
        "history": _LINES,
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
        tabs=tuple(_tab_of(picture) for picture in session.pictures.open),
        closed=tuple(_tab_of(picture) for picture in session.pictures.closed),
        shown=session.pictures.current.id,
        plane=session.plane.choice,
        crossing=session.mixing.crossing,
        marked_more=session.marks.more,
        marked_less=session.marks.less,
        parents=session.brood.parents,
        generations=session.brood.generations,
        rules=session.brood.rules,
    )


def _tab_of(picture: Picture) -> PictureTab:
    return PictureTab(picture.id, picture.name, tuple(sorted(picture.branches.items())))


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


def with_histories(record: SessionRecord, lines: Mapping[int, tuple[str, ...]]) -> SessionRecord:
    """The record as a file of its own, with the lines of each tab; closed ones are left behind."""
    tabs = record.tabs or record.all_tabs()
    return replace(
        record, tabs=tuple(replace(tab, history=lines[tab.id]) for tab in tabs), closed=(), history=()
    )
