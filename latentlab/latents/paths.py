"""Reading and changing one value of a recipe by its path. Imports no torch.

    truncation_psi      nearby.amount           source.seed         noise.strength
    components[12].value                        classes[2].weight   noise.layers[3]
    directions[pca:3].weight (.first, .last)    mix[4..7].seed      mix[4..7].weight
    blend[1].seed       blend[1].weight         edits[b64:scale].amount (b64:scale#2 for the second alike)
    noise.seeds[3]

Sliders, keyframes, locks and remote control (OSC) all use these. None stands for "not set": a component that the
source draws, a cutoff after the last layer, the seed of a source that is no seed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from latentlab.errors import RecipeError
from latentlab.latents.json_values import Integer, Kind, Many, Number, Optional, Record
from latentlab.latents.recipe import (
    ActivationEdit,
    BlendSource,
    ClassWeight,
    Component,
    DirectionWeight,
    LayerSource,
    Recipe,
    SeedSource,
)
from latentlab.latents.recipe_json import LAYER, RECIPE, SEED, check_sources

Value = float | int | str | None


def get(recipe: Recipe, path: str) -> Value:
    """The value at a path; what counts as its default where the recipe has no such entry.

    Raises:
        RecipeError: there is no such path.
    """
    return _place(path).get(recipe)


def has(recipe: Recipe, path: str) -> bool:
    """Whether the recipe holds the entry in brackets; always so for a path without brackets.

    Raises:
        RecipeError: there is no such path.
    """
    return _place(path).is_in(recipe)


def with_value(recipe: Recipe, path: str, value: Value) -> Recipe:
    """The recipe with another value at a path. An entry is added where there is none; None takes it out.

    Raises:
        RecipeError: there is no such path, or the value is of the wrong type or out of all range.
    """
    place = _place(path)
    if value == place.get(recipe):
        return recipe
    result = place.put(recipe, value, path)
    check_sources(result)
    return result


class _Place(Protocol):
    """Where a path leads."""

    def get(self, recipe: Recipe) -> Value: ...
    def is_in(self, recipe: Recipe) -> bool: ...
    def put(self, recipe: Recipe, value: Value, path: str) -> Recipe: ...


@dataclass(frozen=True, slots=True)
class _Attribute:
    """A field of the recipe, or of a record in it."""

    outer: str
    inner: str
    kind: Kind

    def get(self, recipe: Recipe) -> Value:
        value: Any = getattr(recipe, self.outer)
        result: Value = getattr(value, self.inner) if self.inner else value
        return result

    def is_in(self, recipe: Recipe) -> bool:
        return True

    def put(self, recipe: Recipe, value: Value, path: str) -> Recipe:
        written = self.kind.write(value, path)
        if self.inner:
            written = replace(getattr(recipe, self.outer), **{self.inner: written})
        return replace(recipe, **{self.outer: written})


class _SourceSeed:
    """The seed of the picture's own source. Setting it makes the source a seed."""

    def get(self, recipe: Recipe) -> Value:
        return recipe.source.seed if isinstance(recipe.source, SeedSource) else None

    def is_in(self, recipe: Recipe) -> bool:
        return True

    def put(self, recipe: Recipe, value: Value, path: str) -> Recipe:
        return replace(recipe, source=SeedSource(SEED.write(value, path)))


@dataclass(frozen=True, slots=True)
class _Field:
    """One value of an entry in a list."""

    get: Callable[[Any], Value]
    put: Callable[[Any, Any], Any]
    """The entry with another value."""
    kind: Kind
    absent: Value
    """What it counts as where the list has no such entry."""


@dataclass(frozen=True, slots=True)
class _List:
    """A tuple of entries in a recipe, found by key."""

    entries: Callable[[Recipe], tuple[Any, ...]]
    with_entries: Callable[[Recipe, tuple[Any, ...]], Recipe]
    key: Callable[[int, Sequence[Any]], str]
    """Key of the entry at a place among all."""
    make: Callable[[str], Any]
    """A new entry for a key; ValueError or RecipeError where it cannot be one."""
    fields: Mapping[str, _Field]
    """By name; entries of one value have it under ""."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One value of one entry in a list."""

    list: _List
    key: str
    field: _Field

    def get(self, recipe: Recipe) -> Value:
        entries, place = self._find(recipe)
        return self.field.absent if place is None else self.field.get(entries[place])

    def is_in(self, recipe: Recipe) -> bool:
        return self._find(recipe)[1] is not None

    def put(self, recipe: Recipe, value: Value, path: str) -> Recipe:
        entries, place = self._find(recipe)
        kept = entries if place is None else entries[:place] + entries[place + 1 :]
        if value is None and not isinstance(self.field.kind, Optional):
            return self.list.with_entries(recipe, kept)
        entry = self._new(entries, path) if place is None else entries[place]
        place = len(entries) if place is None else place
        entry = self.field.put(entry, self.field.kind.write(value, path))
        return self.list.with_entries(recipe, (*entries[:place], entry, *entries[place + 1 :]))

    def _new(self, entries: tuple[Any, ...], path: str) -> Any:
        """A new entry for the end of the list."""
        place = len(entries)
        try:
            entry = self.list.make(self.key)
        except ValueError:
            entry = None
        if entry is None or self.list.key(place, (*entries, entry)) != self.key:
            raise RecipeError(f"A recipe has no value {path!r:.200}: correct what is in brackets.")
        return entry

    def _find(self, recipe: Recipe) -> tuple[tuple[Any, ...], int | None]:
        entries = self.list.entries(recipe)
        for place in range(len(entries)):
            if self.list.key(place, entries) == self.key:
                return entries, place
        return entries, None


def _field(name: str, kind: Kind, absent: Value) -> _Field:
    """A dataclass field of the entry."""
    return _Field(
        lambda entry: getattr(entry, name),
        lambda entry, value: replace(entry, **{name: value}),
        kind,
        absent,
    )


def _attribute_list(
    name: str, key: Callable[[Any], str], make: Callable[[str], Any], fields: Mapping[str, _Field]
) -> _List:
    """A tuple that is a field of the recipe itself."""

    def with_entries(recipe: Recipe, entries: Any) -> Recipe:
        return replace(recipe, **{name: entries})

    return _List(
        lambda recipe: getattr(recipe, name),
        with_entries,
        lambda place, entries: key(entries[place]),
        make,
        fields,
    )


def _new_mix(key: str) -> LayerSource:
    first, last = key.split("..")
    return LayerSource(LAYER.write(int(first), "mix"), LAYER.write(int(last), "mix"), SeedSource())


def edit_key(edits: Sequence[ActivationEdit], place: int) -> str:
    """What stands in the brackets for one activation edit: "b64:scale", "b64:scale#2" for the second alike."""
    edit = edits[place]
    alike = sum((e.block, e.operation) == (edit.block, edit.operation) for e in edits[:place])
    return f"{edit.block}:{edit.operation}" + (f"#{alike + 1}" if alike else "")


def _new_edit(key: str) -> ActivationEdit:
    block, operation = key.partition("#")[0].rsplit(":", 1)
    operations: tuple[Any, ...] = ("scale", "ablate", "noise", "rotate", "shift_x", "shift_y", "blur")
    return ActivationEdit(block, operations[operations.index(operation)])


def _blend(recipe: Recipe) -> tuple[tuple[int, float], ...]:
    """Seeds and weights of the picture's own source; a seed is a blend of one."""
    source = recipe.source
    if isinstance(source, SeedSource):
        return ((source.seed, 1.0),)
    return tuple(zip(source.seeds, source.weights, strict=True)) if isinstance(source, BlendSource) else ()


def _with_blend(recipe: Recipe, entries: tuple[tuple[int, float], ...]) -> Recipe:
    space = recipe.source.space if isinstance(recipe.source, BlendSource) else "z"
    seeds, weights = tuple(seed for seed, _ in entries), tuple(weight for _, weight in entries)
    return replace(recipe, source=BlendSource(seeds, weights, space))


_NUMBER = Number()
_INDEX = Integer(0, 1 << 20)

_LISTS: dict[str, _List] = {
    "components": _attribute_list(
        "components",
        lambda entry: str(entry.index),
        lambda key: Component(_INDEX.write(int(key), "components"), 0.0),
        {"value": _field("value", _NUMBER, None)},
    ),
    "classes": _List(
        lambda recipe: recipe.classes or (ClassWeight(0),),
        lambda recipe, entries: replace(recipe, classes=entries),
        lambda place, entries: str(entries[place].index),
        lambda key: ClassWeight(_INDEX.write(int(key), "classes")),
        {"weight": _field("weight", Number(0.0), 0.0)},
    ),
    "directions": _attribute_list(
        "directions",
        lambda entry: entry.direction,
        DirectionWeight,
        {
            "weight": _field("weight", _NUMBER, 0.0),
            "first": _field("first", LAYER, 0),
            "last": _field("last", Optional(LAYER), None),
        },
    ),
    "mix": _attribute_list(
        "mix",
        lambda entry: f"{entry.first}..{entry.last}",
        _new_mix,
        {
            "seed": _Field(
                lambda entry: entry.source.seed if isinstance(entry.source, SeedSource) else None,
                lambda entry, seed: replace(entry, source=SeedSource(seed)),
                SEED,
                None,
            ),
            "weight": _field("weight", _NUMBER, 0.0),
        },
    ),
    "edits": _List(
        lambda recipe: recipe.edits,
        lambda recipe, entries: replace(recipe, edits=entries),
        lambda place, entries: edit_key(entries, place),
        _new_edit,
        {"amount": _field("amount", _NUMBER, None)},
    ),
    "blend": _List(
        _blend,
        _with_blend,
        lambda place, _: str(place),
        lambda _: (0, 0.0),
        {
            "seed": _Field(lambda entry: entry[0], lambda entry, seed: (seed, entry[1]), SEED, None),
            "weight": _Field(lambda entry: entry[1], lambda entry, weight: (entry[0], weight), _NUMBER, 0.0),
        },
    ),
    "noise.layers": _List(
        lambda recipe: recipe.noise.layers,
        lambda recipe, entries: replace(recipe, noise=replace(recipe.noise, layers=entries)),
        lambda place, entries: str(entries[place][0]),
        lambda key: (LAYER.write(int(key), "noise.layers"), 1.0),
        {"": _Field(lambda entry: entry[1], lambda entry, factor: (entry[0], factor), _NUMBER, 1.0)},
    ),
    "noise.seeds": _List(
        lambda recipe: recipe.noise.seeds,
        lambda recipe, entries: replace(recipe, noise=replace(recipe.noise, seeds=entries)),
        lambda place, entries: str(entries[place][0]),
        lambda key: (LAYER.write(int(key), "noise.seeds"), 0),
        {"": _Field(lambda entry: entry[1], lambda entry, seed: (entry[0], seed), SEED, None)},
    ),
}


def _attributes() -> Iterator[tuple[str, _Attribute]]:
    for outer, kind in RECIPE.fields.items():
        if isinstance(kind, Record):
            for inner, inner_kind in kind.fields.items():
                if not isinstance(inner_kind, Many):
                    yield f"{outer}.{inner}", _Attribute(outer, inner, inner_kind)
        elif outer != "source" and not isinstance(kind, Many):
            yield outer, _Attribute(outer, "", kind)


_PLACES: dict[str, _Place] = {**dict(_attributes()), "source.seed": _SourceSeed()}

_KEYED = re.compile(r"([a-z.]+)\[([^\]]{1,256})\](?:\.([a-z]+))?")


def _place(path: str) -> _Place:
    if path in _PLACES:
        return _PLACES[path]
    match = _KEYED.fullmatch(path)
    if match is not None and match[1] in _LISTS:
        entries = _LISTS[match[1]]
        field = entries.fields.get(match[3] or "")
        if field is not None:
            return _Entry(entries, match[2], field)
    raise RecipeError(f"A recipe has no value {path!r:.200}: use a path that LatentLab lists.")
