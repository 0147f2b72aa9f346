"""Plain values to JSON and back, when the JSON may come from anywhere.

Each kind checks type, range and size both ways: what is written can be read again, and what is read is fit to
be used. Equal values are written as the same text. Every failure is a `RecipeError` that names the place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn, Protocol

from latentlab.errors import RecipeError

Json = Any
"""None, bool, int, float, str, or lists and dicts of them."""

Migration = Callable[[dict[str, Json]], dict[str, Json]]
"""A document's values of one version to those of the next."""

_SHOWN = 60


class Kind(Protocol):
    """How one sort of value is written and read."""

    def write(self, value: Any, where: str) -> Json:
        """`value` as JSON; RecipeError when it is not one that `read` would take."""

    def read(self, value: Json, where: str) -> Any:
        """The inverse of `write`; RecipeError when the JSON is not what it should be."""


def parse(text: str, *, what: str, max_characters: int, max_brackets: int | None = None) -> Json:
    """Parse JSON text. No NaN or infinity, no key twice, no more of anything than is reasonable.

    Args:
        what: what the text is, for the error: "recipe", "session".
        max_brackets: how many lists and objects there may be; they take twenty times their text in memory.

    Raises:
        RecipeError: the text is too long, too nested, or not JSON.
    """
    if len(text) > max_characters:
        _too_long(text, what, max_characters)
    if max_brackets is not None and text.count("[") + text.count("{") > max_brackets:
        raise RecipeError(f"This {what} has too many parts: it was not made by LatentLab; use another copy.")
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError as error:
        raise RecipeError(
            f"This {what} is nested too deeply: it was not made by LatentLab; use another copy."
        ) from error
    except ValueError as error:  # also integers of absurd length
        raise RecipeError(f"This {what} is not valid JSON ({error}): use an undamaged copy.") from error


def migrated(
    document: Json, *, what: str, migrations: Mapping[int, Migration], version: int
) -> dict[str, Json]:
    """A document's values in the form of `version`, without the key "version" itself.

    No version at all counts as 0.
    """
    if not isinstance(document, dict):
        refuse(what, document, "an object")
    values = dict(document)
    found = values.pop("version", 0)
    if type(found) is not int or found < 0:
        refuse(f"{what}.version", found, f"a whole number from 0 to {version}")
    if found > version:
        raise RecipeError(
            f"This {what} was written by a newer LatentLab (version {found}, this one reads up to {version}): "
            "update LatentLab to open it."
        )
    for step in range(found, version):
        if step not in migrations:
            raise RecipeError(f"This {what} has no version that LatentLab knows: use an undamaged copy.")
        values = migrations[step](values)
    return values


def text_of(value: Json, *, what: str = "text", max_characters: int | None = None) -> str:
    """Compact ASCII text: no spaces, shortest digits that give the same number, keys in the order given.

    Raises:
        RecipeError: `parse` would not read so much.
    """
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    if max_characters is not None and len(text) > max_characters:
        _too_long(text, what, max_characters)
    return text


def patched(items: Sequence[Any], changes: Mapping[str, Any], where: str) -> list[Any]:
    """`items` with some replaced, and some added at the end, as `Many.write_changes` notes them."""
    result = list(items)
    for place, item in changes.items():
        number = int(place) if place.isascii() and place.isdecimal() and len(place) < 9 else -1
        if not 0 <= number <= len(result):
            refuse(where, place, f"a place from 0 to {len(result)}")
        result[number : number + 1] = [item]
    return result


def refuse(where: str, value: object, wanted: str) -> NoReturn:
    """Raise a RecipeError about `value`."""
    if isinstance(value, (dict, list, tuple)):  # may be nested as deep as the stack: not to be written out
        shown = f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)} values"
    else:
        shown = repr(value[:_SHOWN] if isinstance(value, str) else value)[:_SHOWN]
    raise RecipeError(f"{where} should be {wanted}, but is {shown}: correct it, or use an undamaged copy.")


@dataclass(frozen=True, slots=True)
class Integer:
    low: int = 0
    high: int = 2**32 - 1

    def write(self, value: Any, where: str) -> Json:
        if not isinstance(value, (int, float)) or not self.low <= value <= self.high or value != int(value):
            refuse(where, value, self._wanted())
        return int(value)

    def read(self, value: Json, where: str) -> int:
        if type(value) is not int or not self.low <= value <= self.high:
            refuse(where, value, self._wanted())
        return value

    def _wanted(self) -> str:
        return f"a whole number from {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class Number:
    low: float = -1e6
    high: float = 1e6

    def write(self, value: Any, where: str) -> Json:
        if not isinstance(value, (int, float)) or not self._allows(value):
            refuse(where, value, self._wanted())
        return float(value) + 0.0  # -0.0 equals 0.0, so it must be the same text

    def read(self, value: Json, where: str) -> float:
        if type(value) not in (int, float) or not self._allows(value):
            refuse(where, value, self._wanted())
        return float(value)

    def _allows(self, value: float) -> bool:
        return self.low <= value <= self.high  # False for NaN

    def _wanted(self) -> str:
        return f"a number from {self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Text:
    max_length: int = 256
    any_character: bool = False
    """Also halves of surrogate pairs, which stand for undecodable bytes in the names of files."""

    def write(self, value: Any, where: str) -> Json:
        return self.read(value, where)

    def read(self, value: Json, where: str) -> str:
        if not isinstance(value, str) or len(value) > self.max_length:
            refuse(where, value, f"text of at most {self.max_length} characters")
        if not self.any_character and any("\ud800" <= character <= "\udfff" for character in value):
            refuse(where, value, "text of valid characters")
        return value


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[str, ...]

    def write(self, value: Any, where: str) -> Json:
        return self.read(value, where)

    def read(self, value: Json, where: str) -> str:
        if not isinstance(value, str) or value not in self.options:
            refuse(where, value, "one of " + ", ".join(self.options))
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def write(self, value: Any, where: str) -> Json:
        return self.read(value, where)

    def read(self, value: Json, where: str) -> bool:
        if not isinstance(value, bool):
            refuse(where, value, "true or false")
        return value


@dataclass(frozen=True, slots=True)
class Optional:
    kind: Kind

    def write(self, value: Any, where: str) -> Json:
        return None if value is None else self.kind.write(value, where)

    def read(self, value: Json, where: str) -> Any:
        return None if value is None else self.kind.read(value, where)


@dataclass(frozen=True, slots=True)
class Many:
    """A tuple of one kind."""

    kind: Kind
    max_items: int = 4096

    def write(self, value: Any, where: str) -> Json:
        self._check(value, where)
        return [self.kind.write(item, where) for item in value]

    def read(self, value: Json, where: str) -> tuple[Any, ...]:
        self._check(value, where)
        return tuple(self.kind.read(item, where) for item in value)

    def write_changes(self, value: Any, before: tuple[Any, ...], where: str) -> Json:
        """Like `write`, but when little differs from `before` only that: an object of place to item."""
        self._check(value, where)
        changed = [
            place
            for place, item in enumerate(value)
            if place >= len(before) or (item is not before[place] and item != before[place])
        ]
        if len(value) < len(before) or 2 * len(changed) >= len(value):
            return self.write(value, where)
        return {str(place): self.kind.write(value[place], where) for place in changed}

    def read_changes(self, value: Json, before: tuple[Any, ...], where: str) -> tuple[Any, ...]:
        """The inverse of `write_changes`."""
        if not isinstance(value, dict):
            return self.read(value, where)
        changed = {place: self.kind.read(item, where) for place, item in value.items()}
        items = tuple(patched(before, changed, where))
        self._check(items, where)
        return items

    def _check(self, value: Any, where: str) -> None:
        if not isinstance(value, (list, tuple)) or len(value) > self.max_items:
            refuse(where, value, f"a list of at most {self.max_items} values")


@dataclass(frozen=True, slots=True)
class Row:
    """A tuple of fixed length, each place of its own kind."""

    kinds: tuple[Kind, ...]

    def write(self, value: Any, where: str) -> Json:
        self._check(value, where)
        return [kind.write(item, where) for kind, item in zip(self.kinds, value, strict=True)]

    def read(self, value: Json, where: str) -> tuple[Any, ...]:
        self._check(value, where)
        return tuple(kind.read(item, where) for kind, item in zip(self.kinds, value, strict=True))

    def _check(self, value: Any, where: str) -> None:
        if not isinstance(value, (list, tuple)) or len(value) != len(self.kinds):
            refuse(where, value, f"a list of {len(self.kinds)} values")


@dataclass(frozen=True, slots=True)
class Record:
    """A dataclass as an object. Absent fields take the dataclass's defaults; unknown ones are refused."""

    type: type[Any]
    fields: Mapping[str, Kind]
    required: tuple[str, ...] = ()
    """Fields of the dataclass that have no default."""

    def write(self, value: Any, where: str) -> Json:
        return {
            name: kind.write(getattr(value, name), f"{where}.{name}") for name, kind in self.fields.items()
        }

    def read(self, value: Json, where: str) -> Any:
        if not isinstance(value, dict):
            refuse(where, value, "an object")
        for name in self.required:
            if name not in value:
                raise RecipeError(f"{where}.{name} is missing: use an undamaged copy.")
        return self.type(**{name: self.read_field(name, item, where) for name, item in value.items()})

    def read_field(self, name: str, value: Json, where: str) -> Any:
        """One field's value."""
        return self._kind(name, value, where).read(value, f"{where}.{name}")

    def write_changes(self, value: Any, before: Any, where: str) -> dict[str, Json]:
        """Only the fields that differ from those of `before`, which is of the same type."""
        changes = {}
        for name, kind in self.fields.items():
            old, new = getattr(before, name), getattr(value, name)
            if new != old:
                place = f"{where}.{name}"
                changes[name] = (
                    kind.write_changes(new, old, place) if isinstance(kind, Many) else kind.write(new, place)
                )
        return changes

    def read_changes(self, value: Mapping[str, Json], before: Any, where: str) -> Any:
        """The inverse of `write_changes`: `before` with the fields that changed."""
        changes = {}
        for name, item in value.items():
            kind = self._kind(name, item, where)
            changes[name] = (
                kind.read_changes(item, getattr(before, name), f"{where}.{name}")
                if isinstance(kind, Many)
                else kind.read(item, f"{where}.{name}")
            )
        return replace(before, **changes)

    def _kind(self, name: str, value: Json, where: str) -> Kind:
        if name not in self.fields:
            refuse(f"{where}.{name[:_SHOWN]}", value, "absent: LatentLab knows no such name")
        return self.fields[name]


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several dataclasses, told apart by the key "kind"."""

    kinds: Mapping[str, Record]

    def write(self, value: Any, where: str) -> Json:
        for name, record in self.kinds.items():
            if type(value) is record.type:
                return {"kind": name, **record.write(value, where)}
        refuse(where, value, "one of " + ", ".join(self.kinds))

    def read(self, value: Json, where: str) -> Any:
        name = value.get("kind") if isinstance(value, dict) else None
        if not isinstance(name, str) or name not in self.kinds:
            refuse(f"{where}.kind", name, "one of " + ", ".join(self.kinds))
        return self.kinds[name].read({key: item for key, item in value.items() if key != "kind"}, where)


def _too_long(text: str, what: str, max_characters: int) -> NoReturn:
    raise RecipeError(
        f"This {what} has {len(text):,} characters, more than the {max_characters:,} that LatentLab keeps: it is "
        "damaged, was not made by LatentLab, or holds too many stored latents."
    )


def _object(pairs: Sequence[tuple[str, Json]]) -> dict[str, Json]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a name appears twice in one object")
    return values


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that JSON knows")
