"""What a picture remembers, and coming back exactly."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from latentlab.errors import RecipeError
from latentlab.latents import directions as direction_file
from latentlab.latents import picture_record
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.picture_record import PictureRecord, record_of
from latentlab.latents.recipe import DirectionWeight, Recipe
from tests.latents.recipes import names, recipes

MODEL = ModelRef("ab" * 32, "Hills", "bundled:hills")


def direction(index: int, *, name: str = "Change", seed: int = 0) -> Direction:
    vector = np.random.RandomState(seed + index).standard_normal(6)
    return Direction(f"pca:{index}", name, vector, 1.5, 0.25, "by hand")


@given(
    recipes,
    arrays.arrays(np.float32, st.integers(0, 9), elements=st.floats(-10, 10, width=32)),
    names,
    st.floats(0, 100),
    st.none() | st.floats(0, 1),
)
def test_round_trip_is_exact(recipe, vector, name, sigma, explained):
    kept = (Direction("pca:0", name, vector, sigma, explained), direction(3))
    record = PictureRecord(MODEL, recipe, kept, (640, 480), "LatentLab 0.1.0")
    text = picture_record.to_text(record)
    again = picture_record.from_text(text)
    assert again == record
    assert again.directions[0].vector.tobytes() == vector.astype("<f4").tobytes()
    assert picture_record.to_text(again) == text
    assert text.isascii()


def test_only_directions_in_use_travel():
    known = DirectionSet([direction(0), direction(1), direction(2)])
    recipe = Recipe(directions=(DirectionWeight("pca:2", 1.0), DirectionWeight("pca:0", 0.0)))
    assert record_of(MODEL, recipe, known).directions == (direction(2),)
    with pytest.raises(RecipeError, match="pca:9"):
        record_of(MODEL, Recipe(directions=(DirectionWeight("pca:9", 1.0),)), known)


def test_restoring_where_the_directions_are_unknown_adds_them():
    recipe = Recipe(directions=(DirectionWeight("pca:1", 2.0),))
    record = record_of(MODEL, recipe, DirectionSet([direction(1)]))
    restored, known = record.restored(DirectionSet())
    assert restored == recipe
    assert known["pca:1"] == direction(1)


def test_restoring_where_they_are_the_same_adds_nothing():
    recipe = Recipe(directions=(DirectionWeight("pca:1", 2.0),))
    own = DirectionSet([direction(1, name="renamed")])
    restored, known = record_of(MODEL, recipe, DirectionSet([direction(1)])).restored(own)
    assert restored == recipe
    assert known.ids == ("pca:1",)


def test_restoring_where_another_has_the_name_keeps_both():
    recipe = Recipe(directions=(DirectionWeight("pca:1", 2.0, 1, 3),))
    record = record_of(MODEL, recipe, DirectionSet([direction(1)]))
    other = direction(1, seed=50)
    restored, known = record.restored(DirectionSet([other]))
    (weight,) = restored.directions
    assert weight.direction.startswith("file:")
    assert replace(weight, direction="pca:1") == recipe.directions[0]
    assert known["pca:1"] == other
    assert known[weight.direction].vector.tobytes() == direction(1).vector.tobytes()
    again, known_again = record.restored(known)
    assert again == restored
    assert known_again.ids == known.ids


GOOD = json.loads(
    picture_record.to_text(PictureRecord(MODEL, Recipe(), (direction(0),), (64, 64), "LatentLab"))
)


def changed(**changes: object) -> str:
    return json.dumps({**GOOD, **changes})


def with_direction(**changes: object) -> str:
    return changed(directions=[{**GOOD["directions"][0], **changes}])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        changed(version=2),
        changed(version=None),
        changed(version={"a": "b" * 10_000}),
        changed(model=None),
        changed(model={"name": "x"}),
        changed(recipe=None),
        changed(recipe={"version": 99}),
        changed(size=[64]),
        changed(size=[-1, 64]),
        changed(size=[1 << 40, 64]),
        changed(extra=1),
        changed(directions=[GOOD["directions"][0]] * 20_000),
        with_direction(vector="####"),
        with_direction(vector="AAA="),
        with_direction(vector="AACAfw=="),  # infinity
        with_direction(vector="AADAfw=="),  # NaN
        with_direction(vector="A" * 1_000_000),
        with_direction(vector=[1.0]),
        with_direction(vector="é"),
        with_direction(sigma=-1.0),
        with_direction(sigma="1"),
        with_direction(explained=2.0),
        with_direction(id=7),
    ],
    ids=lambda text: text[-40:],
)
def test_hostile_records_are_named_errors(text):
    with pytest.raises(RecipeError) as error:
        picture_record.from_text(text)
    assert len(str(error.value)) < 400


def test_a_good_record_is_read():
    assert picture_record.from_text(json.dumps(GOOD)).directions == (direction(0),)


def test_a_set_of_directions_is_written_and_read_in_order():
    known = DirectionSet([direction(2), direction(0)])
    again = direction_file.from_text(direction_file.to_text(known))
    assert list(again) == list(known)
    for text in ("{}", '{"version":9}', '{"version":1}', '{"version":1,"directions":[{}]}', "[]"):
        with pytest.raises(RecipeError):
            direction_file.from_text(text)


def test_a_set_is_never_changed():
    known = DirectionSet([direction(0)])
    more = known.with_directions([direction(1)])
    assert known.ids == ("pca:0",)
    assert more.ids == ("pca:0", "pca:1")
    with pytest.raises(ValueError, match="read-only"):
        known["pca:0"].vector[0] = 1.0
    with pytest.raises(RecipeError, match="twice"):
        DirectionSet([direction(0), direction(0)])
    with pytest.raises(RecipeError, match="finite"):
        Direction("x", "x", np.array([np.nan]), 1.0)
