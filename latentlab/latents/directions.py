"""Directions that a picture can be moved along, as plain values. Imports no torch.

`pca`, `sefa` and `random_directions` find them; here they are only named, kept and written down.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentlab.errors import RecipeError
from latentlab.latents.json_values import (
    Json,
    Many,
    Number,
    Optional,
    Record,
    Text,
    migrated,
    parse,
    refuse,
    text_of,
)

VERSION = 1
MAX_DIMS = 1 << 16
MAX_LAYERS = 256
MAX_CHARACTERS = 1 << 23


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """A unit vector in the space of codes, or one per layer. Two are equal when every field is, to the bit."""

    id: str
    """What `DirectionWeight.direction` says: "pca:0", "sefa:3", "random:7:0", "learned:<hash>", "file:<hash>"."""
    name: str
    """For people: "Main change 1"."""
    vector: NDArray[np.float32]
    """(code_dim,), or (num_codes, code_dim) where every layer has its own; read-only. Of the code's numbers
    beyond `Capabilities.latent_dims` none is moved."""
    sigma: float
    """Standard deviation of the model's own codes along it: one unit of `DirectionWeight.weight`."""
    explained: float | None = None
    """Share of the whole variance that lies along it, 0 ... 1; None where that means nothing."""
    about: str = ""
    """How it was found, in the researcher's words."""

    def __post_init__(self) -> None:
        vector = np.array(self.vector, dtype="<f4", copy=True)
        if vector.ndim not in (1, 2) or not np.isfinite(vector).all():
            raise RecipeError(f"Direction {self.id!r} is no row of finite numbers: compute it again.")
        vector.setflags(write=False)
        object.__setattr__(self, "vector", vector)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Direction) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def _values(self) -> tuple[object, ...]:
        numbers = (self.vector.shape, self.vector.tobytes())
        return (self.id, self.name, numbers, self.sigma, self.explained, self.about)


class DirectionSet:
    """Directions of one model, in order, found by id. Never changes: adding makes another set."""

    def __init__(self, directions: Iterable[Direction] = ()) -> None:
        """Gather directions.

        Raises:
            RecipeError: two have the same id.
        """
        self._by_id: dict[str, Direction] = {}
        for direction in directions:
            if direction.id in self._by_id:
                raise RecipeError(f"Direction {direction.id!r} appears twice: leave one out.")
            self._by_id[direction.id] = direction

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Direction]:
        return iter(self._by_id.values())

    def __contains__(self, direction_id: object) -> bool:
        return direction_id in self._by_id

    def __getitem__(self, direction_id: str) -> Direction:
        """One direction.

        Raises:
            RecipeError: it is not in this set.
        """
        if direction_id not in self._by_id:
            raise RecipeError(
                f"This model has no direction {direction_id!r} yet: wait until directions are computed, add the "
                "file it came from, or take it out of the recipe."
            )
        return self._by_id[direction_id]

    def get(self, direction_id: str) -> Direction | None:
        """One direction, or None."""
        return self._by_id.get(direction_id)

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids in order."""
        return tuple(self._by_id)

    def without(self, ids: Iterable[str]) -> DirectionSet:
        """This set less some; unknown ids are none of its."""
        gone = set(ids)
        return DirectionSet(direction for direction in self if direction.id not in gone)

    def with_directions(self, directions: Iterable[Direction]) -> DirectionSet:
        """This set and more; those with a known id take its place."""
        result = DirectionSet()
        result._by_id = {**self._by_id, **{direction.id: direction for direction in directions}}
        return result


def content_id(direction: Direction) -> str:
    """The id of a direction that is known by its vector alone: "file:<hash>"."""
    words = direction.vector.tobytes() + np.float64(direction.sigma).tobytes()
    return f"file:{hashlib.sha256(words).hexdigest()[:16]}"


class _Vector:
    """float32 numbers as base64 of their little-endian bytes; a list of as many as there are layers."""

    def write(self, value: NDArray[np.float32], where: str) -> Json:
        if value.size > MAX_DIMS:
            refuse(where, value.size, f"at most {MAX_DIMS} numbers")
        if value.ndim == 2:
            return [self.write(row, where) for row in value]
        return base64.b64encode(value.astype("<f4").tobytes()).decode("ascii")

    def read(self, value: Json, where: str) -> NDArray[np.float32]:
        if not isinstance(value, list):
            return self._row(value, where)
        if not value or len(value) > MAX_LAYERS:
            refuse(where, value, f"1 to {MAX_LAYERS} layers")
        rows = [self._row(item, where) for item in value]
        if any(len(row) != len(rows[0]) for row in rows) or len(rows) * len(rows[0]) > MAX_DIMS:
            refuse(where, value, f"layers alike, of at most {MAX_DIMS} numbers in all")
        return np.stack(rows)

    def _row(self, value: Json, where: str) -> NDArray[np.float32]:
        if not isinstance(value, str) or len(value) > 6 * MAX_DIMS:
            refuse(where, value, f"at most {MAX_DIMS} numbers in base64")
        try:
            data = base64.b64decode(value, validate=True)
        except ValueError:
            data = b"?"
        if len(data) % 4:
            refuse(where, value, "float32 numbers in base64")
        vector = np.frombuffer(data, "<f4")
        if not np.isfinite(vector).all():
            refuse(where, value, "finite numbers")
        return vector


DIRECTION = Record(
    Direction,
    {
        "id": Text(),
        "name": Text(),
        "vector": _Vector(),
        "sigma": Number(0.0),
        "explained": Optional(Number(0.0, 1.0)),
        "about": Text(1024),
    },
    required=("id", "name", "vector", "sigma"),
)
DIRECTIONS = Many(DIRECTION, 1 << 14)


def to_text(directions: DirectionSet) -> str:
    """A set as one line of ASCII.

    Raises:
        RecipeError: a value is outside what can be stored.
    """
    values = {"version": VERSION, "directions": DIRECTIONS.write(tuple(directions), "directions")}
    return text_of(values, what="file of directions", max_characters=MAX_CHARACTERS)


def from_text(text: str) -> DirectionSet:
    """The inverse of `to_text`; exact.

    Raises:
        RecipeError: the text is damaged, hostile, or from a newer LatentLab.
    """
    document = parse(text, what="file of directions", max_characters=MAX_CHARACTERS, max_brackets=1 << 15)
    values = migrated(document, what="file of directions", migrations={}, version=VERSION)
    if set(values) != {"directions"}:
        refuse("file of directions", sorted(values), "an object with a version and directions")
    return DirectionSet(DIRECTIONS.read(values["directions"], "directions"))
