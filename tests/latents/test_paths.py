"""Values of a recipe by path."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from latentlab.errors import RecipeError
from latentlab.latents import recipe_json
from latentlab.latents.editable import editables
from latentlab.latents.paths import get, has, with_value
from latentlab.latents.recipe import (
    BlendSource,
    ClassWeight,
    Component,
    DirectionWeight,
    LayerSource,
    Nearby,
    Noise,
    Recipe,
    SeedSource,
    Transform,
    VectorSource,
)
from tests.latents.recipes import recipes
from tests.toy_generator import toy_style

PATHS = {
    "truncation_psi": (0.5, Recipe(truncation_psi=0.5)),
    "truncation_cutoff": (3, Recipe(truncation_cutoff=3)),
    "stop_after": ("b8", Recipe(stop_after="b8")),
    "caption": ("a hill", Recipe(caption="a hill")),
    "source.seed": (7, Recipe(SeedSource(7))),
    "nearby.amount": (0.2, Recipe(nearby=Nearby(0, 0.2))),
    "nearby.seed": (9, Recipe(nearby=Nearby(9))),
    "components[12].value": (1.5, Recipe(components=(Component(12, 1.5),))),
    "classes[2].weight": (0.5, Recipe(classes=(ClassWeight(0), ClassWeight(2, 0.5)))),
    "directions[pca:3].weight": (2.0, Recipe(directions=(DirectionWeight("pca:3", 2.0),))),
    "directions[sefa:4-7:1].first": (4, Recipe(directions=(DirectionWeight("sefa:4-7:1", 0.0, 4),))),
    "directions[pca:3].last": (5, Recipe(directions=(DirectionWeight("pca:3", last=5),))),
    "mix[4..7].seed": (8, Recipe(mix=(LayerSource(4, 7, SeedSource(8)),))),
    "mix[4..7].weight": (0.5, Recipe(mix=(LayerSource(4, 7, SeedSource(0), 0.5),))),
    "noise.mode": ("none", Recipe(noise=Noise("none"))),
    "noise.strength": (0.3, Recipe(noise=Noise(strength=0.3))),
    "noise.layers[3]": (0.4, Recipe(noise=Noise(layers=((3, 0.4),)))),
    "noise.seeds[2]": (17, Recipe(noise=Noise(seeds=((2, 17),)))),
    "transform.rotation": (30.0, Recipe(transform=Transform(30.0))),
    "blend[0].weight": (0.7, Recipe(BlendSource((0,), (0.7,)))),
    "blend[1].seed": (4, Recipe(BlendSource((0, 4), (1.0, 0.0)))),
}


@pytest.mark.parametrize("path", PATHS)
def test_each_path_changes_one_value(path):
    value, after = PATHS[path]
    assert with_value(Recipe(), path, value) == after
    assert get(after, path) == value
    assert has(after, path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "psi",
        "source",
        "source.values",
        "source.__class__",
        "nearby",
        "nearby.amount.real",
        "components",
        "components[1]",
        "components[1].index",
        "components[].value",
        "noise.layers",
        "noise.layers[1].factor",
        "edits",
        "truncation_psi[0]",
        "classes[0]weight",
    ],
)
def test_unknown_paths_are_named_errors(path):
    for attempt in (lambda: get(Recipe(), path), lambda: with_value(Recipe(), path, 1.0)):
        with pytest.raises(RecipeError, match="no value"):
            attempt()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("truncation_psi", "1"),
        ("truncation_psi", float("nan")),
        ("truncation_psi", None),
        ("source.seed", -1),
        ("source.seed", 2**32),
        ("source.seed", 1.5),
        ("source.seed", None),
        ("noise.mode", "loud"),
        ("components[-1].value", 1.0),
        ("components[x].value", 1.0),
        ("components[01].value", 1.0),
        ("mix[4].seed", 1),
        ("mix[7..4].seed", 1),
        ("edits[b8].amount", 1.0),
        ("edits[b8:explode].amount", 1.0),
        ("blend[4].seed", 1),
        ("classes[1].weight", -0.5),
        ("directions[pca:0].weight", float("inf")),
    ],
)
def test_impossible_values_are_named_errors(path, value):
    with pytest.raises(RecipeError):
        with_value(Recipe(), path, value)


def test_none_takes_an_entry_out():
    recipe = Recipe(components=(Component(1, 0.5), Component(2, 0.25)), truncation_cutoff=3)
    assert with_value(recipe, "components[1].value", None).components == (Component(2, 0.25),)
    assert with_value(recipe, "truncation_cutoff", None).truncation_cutoff is None


def test_a_direction_put_back_to_zero_stays_in_use():
    recipe = Recipe(directions=(DirectionWeight("pca:0", 1.0, 2, 5),))
    assert with_value(recipe, "directions[pca:0].weight", 0.0).directions == (
        DirectionWeight("pca:0", 0.0, 2, 5),
    )


def test_a_stored_vector_has_no_seed_until_one_is_set():
    recipe = Recipe(VectorSource("z", (0.0,)))
    assert get(recipe, "source.seed") is None
    assert with_value(recipe, "source.seed", 3) == Recipe(SeedSource(3))


def test_equal_value_is_the_same_recipe():
    for path in PATHS:
        recipe = Recipe()
        assert with_value(recipe, path, get(recipe, path)) is recipe


TOY = toy_style(num_classes=3)
EDITABLES = editables(TOY.capabilities, blocks=[block.info for block in TOY.blocks])


@given(recipes, st.sampled_from(EDITABLES), st.floats(0, 1))
def test_setting_is_getting_and_can_be_saved(recipe, editable, share):
    assume(len({layers.first for layers in recipe.mix}) == len(recipe.mix))
    if editable.kind == "choice":
        value = editable.choices[int(share * (len(editable.choices) - 1))]
    else:
        value = editable.low + share * (editable.high - editable.low)
        value = int(value) if editable.kind in ("seed", "integer") else value
    after = with_value(recipe, editable.path, value)
    assert get(after, editable.path) == value
    assert recipe_json.from_text(recipe_json.to_text(after)) == after
    for other in EDITABLES:
        if other.path.split(".")[0] != editable.path.split(".")[0] and other.section != editable.section:
            assert get(after, other.path) == get(recipe, other.path)
