"""Recipes as versioned JSON: in sessions, pictures, the clipboard and on the command line. Imports no torch.

The text is canonical: equal recipes give the same text, and every field is written, so that a later default
changes no old picture. A document without a version is the short form that people write by hand, in the words
of the StyleGAN scripts: `{"seed": 7, "trunc": 0.7, "class": 2}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from latentlab.errors import RecipeError
from latentlab.latents.json_values import (
    Choice,
    Flag,
    Integer,
    Json,
    Kind,
    Many,
    Migration,
    Number,
    OneOf,
    Optional,
    Record,
    Row,
    Text,
    migrated,
    parse,
    patched,
    text_of,
)
from latentlab.latents.recipe import (
    ActivationEdit,
    BlendSource,
    ClassWeight,
    Component,
    DirectionWeight,
    LayerSource,
    Nearby,
    Noise,
    PhotoSource,
    Recipe,
    SeedSource,
    Transform,
    VectorSource,
)

VERSION = 2
"""Raised whenever a field changes its meaning, comes or goes; with it a function joins `MIGRATIONS`."""

MAX_CHARACTERS = 1 << 22
"""Room for twenty stored latents of 18 layers; no more than a tenth of a second to parse."""
MAX_BRACKETS = 1 << 17
"""Lists and objects in a recipe's text: twice as many as there may be components."""

SEED = Integer()
_INDEX = Integer(0, 1 << 20)
LAYER = Integer(0, 4095)

SOURCE = OneOf(
    {
        "seed": Record(SeedSource, {"seed": SEED}),
        "blend": Record(
            BlendSource,
            {
                "seeds": Many(SEED, 1024),
                "weights": Many(Number(), 1024),
                "space": Choice(("z", "w")),
            },
            required=("seeds", "weights"),
        ),
        "vector": Record(
            VectorSource,
            {"space": Choice(("z", "w", "w+")), "values": Many(Number(), 1 << 16)},
            required=("space", "values"),
        ),
        "photo": Record(
            PhotoSource,
            {"path": Text(4096, any_character=True), "sha256": Text(64)},
            required=("path", "sha256"),
        ),
    }
)

RECIPE = Record(
    Recipe,
    {
        "source": SOURCE,
        "nearby": Record(Nearby, {"seed": SEED, "amount": Number()}),
        "components": Many(
            Record(Component, {"index": _INDEX, "value": Number()}, required=("index", "value")), 1 << 16
        ),
        "classes": Many(
            Record(ClassWeight, {"index": _INDEX, "weight": Number()}, required=("index",)), 1 << 16
        ),
        "caption": Text(4096),
        "second_caption": Text(4096),
        "caption_blend": Number(),
        "truncation_psi": Number(),
        "truncation_cutoff": Optional(LAYER),
        "mix": Many(
            Record(
                LayerSource,
                {"first": LAYER, "last": LAYER, "source": SOURCE, "weight": Number()},
                required=("first", "last", "source"),
            )
        ),
        "directions": Many(
            Record(
                DirectionWeight,
                {"direction": Text(), "weight": Number(), "first": LAYER, "last": Optional(LAYER)},
                required=("direction",),
            )
        ),
        "noise": Record(
            Noise,
            {
                "mode": Choice(("const", "random", "none")),
                "seed": SEED,
                "strength": Number(),
                "layers": Many(Row((LAYER, Number()))),
                "seeds": Many(Row((LAYER, SEED))),
            },
        ),
        "transform": Record(Transform, {"rotation": Number(), "x": Number(), "y": Number()}),
        "edits": Many(
            Record(
                ActivationEdit,
                {
                    "block": Text(),
                    "operation": Choice(("scale", "ablate", "noise", "rotate", "shift_x", "shift_y", "blur")),
                    "amount": Number(),
                    "channels": Many(_INDEX, 1 << 16),
                    "seed": SEED,
                    "muted": Flag(),
                },
                required=("block", "operation"),
            )
        ),
        "stop_after": Text(),
    },
)


def to_text(recipe: Recipe) -> str:
    """The recipe as one line of ASCII.

    Raises:
        RecipeError: a value is outside what can be stored, such as NaN or a negative seed.
    """
    return text_of(to_json(recipe), what="recipe", max_characters=MAX_CHARACTERS)


def from_text(text: str) -> Recipe:
    """The inverse of `to_text`; reads every earlier version and the short form.

    Raises:
        RecipeError: the text is damaged, hostile, or from a newer LatentLab.
    """
    return from_json(parse(text, what="recipe", max_characters=MAX_CHARACTERS, max_brackets=MAX_BRACKETS))


def to_json(recipe: Recipe) -> dict[str, Json]:
    """The recipe as JSON values, for embedding in a larger document."""
    written: dict[str, Json] = RECIPE.write(recipe, "recipe")
    return {"version": VERSION, **written}


def from_json(document: Json) -> Recipe:
    """The inverse of `to_json`."""
    values = migrated(document, what="recipe", migrations=MIGRATIONS, version=VERSION)
    recipe: Recipe = RECIPE.read(values, "recipe")
    check_sources(recipe)
    return recipe


def changes_to_json(recipe: Recipe, before: Recipe) -> dict[str, Json]:
    """Only what differs from `before`, in this version's form."""
    return RECIPE.write_changes(recipe, before, "recipe")


def with_changes(before: Recipe, changes: Mapping[str, Json]) -> Recipe:
    """The inverse of `changes_to_json`."""
    recipe: Recipe = RECIPE.read_changes(changes, before, "recipe")
    check_sources(recipe)
    return recipe


def document_with_changes(document: Mapping[str, Json], changes: Mapping[str, Json]) -> dict[str, Json]:
    """The same for a recipe that is still a document of an earlier version."""
    result = dict(document)
    for name, change in changes.items():
        before = result.get(name)
        if isinstance(before, list) and isinstance(change, dict):
            change = patched(before, change, f"recipe.{name}")
        result[name] = change
    return result


def check_sources(recipe: Recipe) -> None:
    """Check what no single value shows: that each blend has a weight for every seed, and layers run forward."""
    for source in (recipe.source, *(layers.source for layers in recipe.mix)):
        if isinstance(source, BlendSource) and not 0 < len(source.seeds) == len(source.weights):
            raise RecipeError(
                f"A blend has {len(source.seeds)} seeds but {len(source.weights)} weights: give one for each."
            )
    for layers in recipe.mix:
        if layers.last < layers.first:
            raise RecipeError(
                f"A mix runs from layer {layers.first} to {layers.last}: put the lower layer first."
            )


_SHORT_NAMES: dict[str, tuple[Kind, Callable[[Json], dict[str, Json]]]] = {
    "seed": (SEED, lambda seed: {"source": {"kind": "seed", "seed": seed}}),
    "trunc": (Number(), lambda psi: {"truncation_psi": psi}),
    "class": (_INDEX, lambda index: {"classes": [{"index": index}]}),
}


def _from_short_form(values: dict[str, Json]) -> dict[str, Json]:
    """Version 0, written by hand: seed, trunc and class stand beside the fields of version 1."""
    result: dict[str, Json] = {}
    for name, value in values.items():
        if name in _SHORT_NAMES:
            kind, expand = _SHORT_NAMES[name]
            expanded = expand(kind.read(value, name))
        else:
            expanded = {name: value}
        for field, item in expanded.items():
            if field in result:
                raise RecipeError(f"The recipe gives {field} twice, once as {name}: keep one of them.")
            result[field] = item
    return result


def _as_before(values: dict[str, Json]) -> dict[str, Json]:
    """Version 1 had no second caption, muted edits or seeds of single noise maps: their defaults say the same."""
    return values


MIGRATIONS: dict[int, Migration] = {0: _from_short_form, 1: _as_before}
"""From each version to the next."""
