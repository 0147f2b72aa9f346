"""A crossing as JSON, for sessions. Imports no torch."""

from __future__ import annotations

from latentlab.errors import RecipeError
from latentlab.latents import recipe_json
from latentlab.latents.crossing import MOST_SOURCES, Crossing, Ingredient, Take
from latentlab.latents.json_values import Choice, Integer, Json, Many, Number, Optional, Record, Row, Text
from latentlab.latents.picture_record import RecipeKind


class _Flag:
    """True or false."""

    def write(self, value: bool, where: str) -> Json:
        return bool(value)

    def read(self, value: Json, where: str) -> bool:
        if not isinstance(value, bool):
            raise RecipeError(f"{where} is neither true nor false: use an undamaged copy.")
        return value


_INGREDIENT = Record(
    Ingredient,
    {"recipe": RecipeKind(), "label": Text(1024), "locked": _Flag()},
    required=("recipe", "label"),
)
_WEIGHT = Number(0.0, 1.0)
_TAKE = Record(Take, {"weight": _WEIGHT, "ingredient": Optional(_INGREDIENT)}, required=("weight",))
_PLACE = Integer(0, 255)
_STEPS = Integer(1, MOST_SOURCES)

CROSSING = Record(
    Crossing,
    {
        "side": Many(_INGREDIENT, MOST_SOURCES),
        "top": Many(_INGREDIENT, MOST_SOURCES),
        "borders": Row((recipe_json.LAYER, recipe_json.LAYER)),
        "amounts": Row((_WEIGHT, _WEIGHT, _WEIGHT)),
        "own": Many(Row((recipe_json.LAYER, _TAKE)), 4096),
        "mode": Choice(("grid", "row", "blend")),
        "steps": Row((_STEPS, _STEPS)),
        "frame": RecipeKind(),
        "chosen": Row((_PLACE, _PLACE)),
    },
    required=("side", "top", "borders"),
)
"""How a crossing is written inside a larger document."""
