"""What a picture remembers: its model, its recipe and the directions in it. Imports no torch.

Written into PNG files and read back. Directions travel with it, because the same search on another machine can
find them turned or in another order: the picture must come back exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from latentlab.latents import recipe_json
from latentlab.latents.directions import DIRECTIONS, Direction, DirectionSet, content_id
from latentlab.latents.json_values import Integer, Json, Record, Row, Text, migrated, parse, text_of
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.recipe import Recipe

VERSION = 1
MAX_CHARACTERS = 6 << 20


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """All that is needed, beside the model's file, to draw a picture again."""

    model: ModelRef
    recipe: Recipe
    directions: tuple[Direction, ...] = ()
    """Those that the recipe moves along."""
    size: tuple[int, int] = (0, 0)
    """Width and height of the picture in pixels; 0 where unknown."""
    program: str = ""
    """What drew it: "LatentLab 0.1.0"."""

    def restored(self, known: DirectionSet) -> tuple[Recipe, DirectionSet]:
        """The recipe, and `known` with the directions it needs added.

        Where the model's own direction of the same id differs (found on another machine), the picture's own is
        added as "file:<hash>" and the recipe names that.
        """
        renamed: dict[str, str] = {}
        added: list[Direction] = []
        for direction in self.directions:
            own = known.get(direction.id)
            if own is None:
                added.append(direction)
            elif own.vector.tobytes() != direction.vector.tobytes() or own.sigma != direction.sigma:
                renamed[direction.id] = content_id(direction)
                added.append(replace(direction, id=content_id(direction)))
        weights = tuple(
            replace(weight, direction=renamed.get(weight.direction, weight.direction))
            for weight in self.recipe.directions
        )
        return replace(self.recipe, directions=weights), known.with_directions(added)


class RecipeKind:
    """A recipe with its version, inside a larger document (`json_values.Kind`)."""

    def write(self, value: Recipe, where: str) -> Json:
        return recipe_json.to_json(value)

    def read(self, value: Json, where: str) -> Recipe:
        return recipe_json.from_json(value)


MODEL_REF = Record(
    ModelRef,
    {"fingerprint": Text(), "name": Text(1024), "path": Text(4096, any_character=True)},
    required=("fingerprint", "name"),
)
_SIDE = Integer(0, 1 << 20)
_RECORD = Record(
    PictureRecord,
    {
        "model": MODEL_REF,
        "recipe": RecipeKind(),
        "directions": DIRECTIONS,
        "size": Row((_SIDE, _SIDE)),
        "program": Text(),
    },
    required=("model", "recipe"),
)


def record_of(
    model: ModelRef,
    recipe: Recipe,
    directions: DirectionSet | None,
    *,
    size: tuple[int, int] = (0, 0),
    program: str = "",
) -> PictureRecord:
    """Gather a picture's record; of `directions` only those that the recipe moves along.

    Raises:
        RecipeError: the recipe moves along a direction that is not among them.
    """
    moved = dict.fromkeys(item.direction for item in recipe.directions if item.weight)
    chosen = tuple((directions or DirectionSet())[direction_id] for direction_id in moved)
    return PictureRecord(model, recipe, chosen, size, program)


def to_text(record: PictureRecord) -> str:
    """The record as one line of ASCII.

    Raises:
        RecipeError: a value is outside what can be stored.
    """
    values = {"version": VERSION, **_RECORD.write(record, "picture")}
    return text_of(values, what="picture's record", max_characters=MAX_CHARACTERS)


def from_text(text: str) -> PictureRecord:
    """The inverse of `to_text`; exact.

    Raises:
        RecipeError: the text is damaged, hostile, or from a newer LatentLab.
    """
    document = parse(
        text,
        what="picture's record",
        max_characters=MAX_CHARACTERS,
        max_brackets=2 * recipe_json.MAX_BRACKETS,
    )
    values = migrated(document, what="picture's record", migrations={}, version=VERSION)
    record: PictureRecord = _RECORD.read(values, "picture")
    return record
