"""Recipes as JSON: exact, canonical, versioned, and safe to read from anywhere."""

import json
import math
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.errors import RecipeError
from latentlab.latents import picture_record, recipe_json
from latentlab.latents.json_values import migrated
from latentlab.latents.recipe import (
    BlendSource,
    ClassWeight,
    Component,
    Nearby,
    PhotoSource,
    Recipe,
    SeedSource,
    VectorSource,
)
from tests.latents.recipes import recipes


@given(recipes)
def test_round_trip_is_exact(recipe):
    text = recipe_json.to_text(recipe)
    assert recipe_json.from_text(text) == recipe
    assert text.isascii()
    assert "\n" not in text
    assert recipe_json.to_text(recipe_json.from_text(text)) == text


@given(recipes, recipes)
def test_a_difference_restores_the_other(one, other):
    changes = json.loads(json.dumps(recipe_json.changes_to_json(other, one)))
    assert recipe_json.with_changes(one, changes) == other
    document = recipe_json.document_with_changes(recipe_json.to_json(one), changes)
    assert recipe_json.from_json(document) == other
    assert recipe_json.changes_to_json(one, one) == {}


@given(
    st.lists(st.floats(-9, 9), max_size=9),
    st.dictionaries(st.integers(0, 8), st.floats(-9, 9), max_size=3),
    st.lists(st.floats(-9, 9), max_size=3),
)
def test_a_changed_or_added_item_is_all_that_is_written(before, changed, added):
    after = [changed.get(place, value) for place, value in enumerate(before)] + added
    one, other = (
        Recipe(components=tuple(Component(i, value) for i, value in enumerate(values)))
        for values in (before, after)
    )
    changes = json.loads(json.dumps(recipe_json.changes_to_json(other, one)))
    assert recipe_json.with_changes(one, changes) == other
    document = recipe_json.document_with_changes(recipe_json.to_json(one), changes)
    assert recipe_json.from_json(document) == other
    differing = sum(a != b for a, b in zip(before, after, strict=False)) + len(added)
    if 0 < 2 * differing < len(after):
        assert len(changes["components"]) == differing


@pytest.mark.parametrize("place", ["-1", "3", "x", "", "9" * 99, "²", " 1", "1.0"])
def test_changes_to_places_that_do_not_exist_are_refused(place):
    before = Recipe(components=(Component(0, 1.0), Component(1, 1.0)))
    changes = {"components": {place: {"index": 0, "value": 0.5}}}
    with pytest.raises(RecipeError):
        recipe_json.with_changes(before, changes)
    with pytest.raises(RecipeError):
        recipe_json.document_with_changes(recipe_json.to_json(before), changes)


def test_equal_recipes_are_the_same_text():
    plain = Recipe(SeedSource(3), truncation_psi=1.0, nearby=Nearby(amount=0.0))
    equal = Recipe(SeedSource(3.0), truncation_psi=1, nearby=Nearby(seed=False, amount=-0.0))  # type: ignore[arg-type]
    assert plain == equal
    assert recipe_json.to_text(plain) == recipe_json.to_text(equal)


def test_short_form_is_read_in_the_words_of_the_stylegan_scripts():
    assert recipe_json.from_text('{"seed": 7, "trunc": 0.7, "class": 2}') == Recipe(
        SeedSource(7), truncation_psi=0.7, classes=(ClassWeight(2),)
    )
    assert recipe_json.from_text("{}") == Recipe()
    assert recipe_json.from_text('{"nearby": {"amount": 0.25}}') == Recipe(nearby=Nearby(0, 0.25))


@pytest.mark.parametrize(
    "text",
    ['{"version": 1, "seed": 7}', '{"seed": 7, "source": {"kind": "seed", "seed": 8}}', '{"seed": -1}'],
)
def test_short_form_is_not_mixed_up_with_the_full_one(text):
    with pytest.raises(RecipeError):
        recipe_json.from_text(text)


def test_each_version_is_taken_to_the_next():
    migrations = {
        1: lambda values: {"psi": values["truncation"]},
        2: lambda values: {**values, "psi": values["psi"] / 100},
    }
    old = {"version": 1, "truncation": 70}
    assert migrated(old, what="recipe", migrations=migrations, version=3) == {"psi": 0.7}
    assert migrated({"version": 3}, what="recipe", migrations=migrations, version=3) == {}
    assert old == {"version": 1, "truncation": 70}


def test_newer_version_names_the_remedy():
    with pytest.raises(RecipeError, match="update LatentLab"):
        recipe_json.from_text('{"version": 999, "anything": []}')


GOOD = json.loads(recipe_json.to_text(Recipe()))

HOSTILE = {
    "psi is text": {"truncation_psi": "1"},
    "psi is true": {"truncation_psi": True},
    "psi is null": {"truncation_psi": None},
    "psi is a list": {"truncation_psi": [1.0]},
    "psi is huge": {"truncation_psi": 1e300},
    "psi is a huge integer": {"truncation_psi": 10**300},
    "seed is negative": {"source": {"kind": "seed", "seed": -1}},
    "seed is too large": {"source": {"kind": "seed", "seed": 2**32}},
    "seed is a fraction": {"source": {"kind": "seed", "seed": 1.5}},
    "source of no kind": {"source": {"seed": 1}},
    "source of unhashable kind": {"source": {"kind": ["seed"], "seed": 1}},
    "source of unknown kind": {"source": {"kind": "evil", "seed": 1}},
    "source is a list": {"source": []},
    "vector without values": {"source": {"kind": "vector", "space": "z"}},
    "vector in no space": {"source": {"kind": "vector", "space": "q", "values": []}},
    "vector too long": {"source": {"kind": "vector", "space": "z", "values": [0.0] * ((1 << 16) + 1)}},
    "blend without seeds": {"source": {"kind": "blend", "seeds": [], "weights": []}},
    "blend with a weight missing": {"source": {"kind": "blend", "seeds": [1, 2], "weights": [1.0]}},
    "mixed blend with a weight missing": {
        "mix": [{"first": 0, "last": 1, "source": {"kind": "blend", "seeds": [1], "weights": []}}]
    },
    "mix runs backwards": {"mix": [{"first": 3, "last": 1, "source": {"kind": "seed", "seed": 0}}]},
    "component is a number": {"components": [5]},
    "component without value": {"components": [{"index": 1}]},
    "components are an object": {"components": {"0": 1}},
    "noise layer of three": {"noise": {"layers": [[0, 1.0, 2.0]]}},
    "noise mode unknown": {"noise": {"mode": "loud"}},
    "cutoff negative": {"truncation_cutoff": -1},
    "caption too long": {"caption": "x" * 5000},
    "caption half a character": {"caption": "\ud800"},
    "unknown field": {"__class__": "os.system"},
    "version is text": {"version": "1"},
    "version is negative": {"version": -1},
    "version is true": {"version": True},
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_values_are_refused(change):
    with pytest.raises(RecipeError):
        recipe_json.from_text(json.dumps({**GOOD, **change}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "7",
        '"recipe"',
        '{"seed": NaN}',
        '{"truncation_psi": NaN}',
        '{"truncation_psi": -Infinity}',
        '{"truncation_psi": 1e999}',
        '{"seed": 1, "seed": 2}',
        '{"seed": ' + "9" * 5000 + "}",
        "[" * 200_000,
        '{"source":' * 100_000,
        recipe_json.to_text(Recipe())[:-1],
    ],
    ids=lambda text: text[:20],
)
def test_hostile_text_is_refused(text):
    with pytest.raises(RecipeError):
        recipe_json.from_text(text)


def test_too_much_text_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr(recipe_json, "MAX_CHARACTERS", 100)
    with pytest.raises(RecipeError, match="100"):
        recipe_json.from_text("[" * 101)


@pytest.mark.parametrize("item", ["[],", '[{"a":[]}],'])
def test_hostile_text_of_allowed_length_takes_little_memory(item):
    length = picture_record.MAX_CHARACTERS
    text = '{"version":1,"recipe":[' + item * (length // len(item) - 20) + "0]}"
    tracemalloc.start()
    try:
        with pytest.raises(RecipeError):
            picture_record.from_text(text)
        assert tracemalloc.get_traced_memory()[1] < 100e6
    finally:
        tracemalloc.stop()


def test_nesting_that_the_parser_bears_is_still_only_an_error():
    for depth in (100, 300, 500, 700, 900, 950, 980, 990, 3000, 9000):
        with pytest.raises(RecipeError):
            recipe_json.from_text('{"version":1,"truncation_psi":' + "[" * depth + "]" * depth + "}")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from([*GOOD, "kind", "seed", "values", "space"]), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_recipe_or_a_named_error(values):
    try:
        recipe = recipe_json.from_json(values)
    except RecipeError:
        return
    assert recipe_json.from_text(recipe_json.to_text(recipe)) == recipe


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(truncation_psi=math.nan),
        Recipe(truncation_psi=math.inf),
        Recipe(SeedSource(-1)),
        Recipe(SeedSource(2**32)),
        Recipe(VectorSource("z", (0.0, math.nan))),
        Recipe(components=(Component(-1, 0.0),)),
    ],
)
def test_what_could_not_be_read_is_not_written(recipe):
    with pytest.raises(RecipeError):
        recipe_json.to_text(recipe)


def test_more_than_can_be_read_is_not_written(monkeypatch):
    monkeypatch.setattr(recipe_json, "MAX_CHARACTERS", 1000)
    with pytest.raises(RecipeError, match="too many stored latents"):
        recipe_json.to_text(Recipe(VectorSource("z", (0.123456789,) * 200)))


def test_undecodable_file_names_survive():
    recipe = Recipe(PhotoSource("/photos/\udcff.jpg", "0" * 64))
    assert recipe_json.from_text(recipe_json.to_text(recipe)) == recipe


def test_an_error_names_the_place_and_is_short():
    with pytest.raises(RecipeError) as error:
        recipe_json.from_text(json.dumps({**GOOD, "components": [{"index": 1, "value": "x" * 9999}]}))
    assert "recipe.components.value" in str(error.value)
    assert len(str(error.value)) < 300


def test_a_blend_writes_as_one_object():
    text = recipe_json.to_text(Recipe(BlendSource((1, 2), (0.25, 0.75))))
    assert json.loads(text)["source"] == {
        "kind": "blend",
        "seeds": [1, 2],
        "weights": [0.25, 0.75],
        "space": "z",
    }
