"""The list of what can be edited, and random recipes made from it."""

import itertools
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentlab.latents.directions import Direction
from latentlab.latents.editable import editables, get, layer_groups, with_value
from latentlab.latents.randomise import nearby, randomise, randomised
from latentlab.latents.recipe import (
    BlendSource,
    ClassWeight,
    Component,
    DirectionWeight,
    LayerSource,
    Nearby,
    Recipe,
    SeedSource,
    VectorSource,
)
from tests.toy_generator import toy_plain, toy_style, toy_translator

TOY = toy_style(num_classes=3)
PCA = [Direction(f"pca:{index}", f"Change {index}", np.ones(6), 1.0) for index in range(3)]
ALL = editables(TOY.capabilities, directions=PCA, blocks=[block.info for block in TOY.blocks])
PATHS = [editable.path for editable in ALL]

RICH = Recipe(
    SeedSource(5),
    components=(Component(2, 0.5),),
    classes=(ClassWeight(1, 0.25), ClassWeight(2, 0.75)),
    directions=(DirectionWeight("pca:1", 1.0),),
    mix=(LayerSource(0, 3, SeedSource(2)),),
)


def test_a_style_model_has_every_section():
    assert {editable.section for editable in ALL} == {
        "latent",
        "diversity",
        "classes",
        "directions",
        "mix",
        "noise",
        "pose",
        "layers",
    }
    assert len(set(PATHS)) == len(PATHS)
    for path in ("components[7].value", "noise.layers[2]", "directions[pca:2].last", "classes[2].weight"):
        assert path in PATHS
    for path in ("components[8].value", "noise.layers[3]", "classes[3].weight"):
        assert path not in PATHS


def test_a_plain_model_shows_only_what_it_can_do():
    toy = toy_plain()
    sections = {editable.section for editable in editables(toy.capabilities)}
    assert sections == {"latent", "diversity"}
    assert "truncation_cutoff" not in [editable.path for editable in editables(toy.capabilities)]


def test_a_translator_has_no_latent():
    assert editables(toy_translator().capabilities) == ()


@pytest.mark.parametrize("editable", ALL, ids=PATHS)
def test_the_default_is_what_an_untouched_recipe_has(editable):
    assert get(Recipe(), editable.path) == editable.default
    assert editable.label
    assert editable.term
    assert 0 < editable.fine_step <= editable.step
    assert editable.low < editable.high


def test_a_recipe_brings_its_own_paths():
    recipe = Recipe(BlendSource((1, 2), (0.5, 0.5)), mix=(LayerSource(1, 2, SeedSource(0)),))
    paths = [editable.path for editable in editables(TOY.capabilities, recipe=recipe)]
    assert {"blend[1].weight", "mix[1..2].seed"} <= set(paths)


def test_class_names_are_labels():
    toy = toy_style(num_classes=3)
    toy.name_classes(("cat", "dog", "owl"))
    assert [e.label for e in editables(toy.capabilities) if e.section == "classes"] == ["cat", "dog", "owl"]


@pytest.mark.parametrize(
    ("codes", "groups"),
    [
        (1, [("Coarse", 0, 0)]),
        (8, [("Coarse", 0, 3), ("Middle", 4, 7)]),
        (10, [("Coarse", 0, 3), ("Middle", 4, 7), ("Fine", 8, 9)]),
        (18, [("Coarse", 0, 3), ("Middle", 4, 7), ("Fine", 8, 17)]),
    ],
)
def test_layer_groups_cover_all_layers_once(codes, groups):
    assert list(layer_groups(codes)) == groups


@given(st.sets(st.sampled_from(PATHS), max_size=12), st.floats(0, 1), st.integers(0, 99))
def test_what_is_locked_keeps_its_value(locked, strength, seed):
    after = randomise(RICH, ALL, seed=seed, strength=strength, locked=locked)
    for path in locked:
        assert get(after, path) == get(RICH, path)


def test_a_lock_changes_nothing_else():
    free = randomise(RICH, ALL, seed=3)
    held = randomise(RICH, ALL, seed=3, locked={"truncation_psi"})
    assert held == with_value(free, "truncation_psi", 1.0)


def test_everything_locked_is_the_same_recipe():
    assert randomise(RICH, ALL, seed=1, locked=set(PATHS)) == RICH


def test_full_strength_replaces_the_latent_and_what_is_in_use():
    after = randomise(RICH, ALL, seed=1)
    for path in ("source.seed", "components[2].value", "directions[pca:1].weight", "mix[0..3].seed"):
        assert get(after, path) != get(RICH, path)
    assert [weight.direction for weight in after.directions] == ["pca:1"]
    assert len(after.components) == 1
    assert sorted(weight.weight for weight in after.classes)[-1] == 1.0
    assert sum(weight.weight for weight in after.classes) == 1.0
    assert after.transform == RICH.transform
    assert after.noise == RICH.noise
    assert randomise(RICH, ALL, seed=1) == after
    assert randomise(RICH, ALL, seed=2) != after


def test_half_strength_steps_towards_another_latent():
    after = randomise(RICH, ALL, seed=1, strength=0.5)
    assert after.source == RICH.source
    assert after.nearby.amount == 0.5
    full = randomise(RICH, ALL, seed=1)
    half = 0.5 * (get(RICH, "directions[pca:1].weight") + get(full, "directions[pca:1].weight"))
    assert get(after, "directions[pca:1].weight") == pytest.approx(half)
    assert sum(weight.weight for weight in after.classes) == pytest.approx(1.0)


def test_no_strength_changes_nothing():
    assert randomise(RICH, ALL, seed=1, strength=0.0) is RICH


def test_a_step_nearby_is_undone_by_a_new_latent():
    stepped = Recipe(nearby=Nearby(4, 0.5))
    assert randomise(stepped, ALL, seed=0).nearby.amount == 0.0


def test_a_vector_becomes_a_seed_and_a_blend_stays_one():
    vector = randomise(Recipe(VectorSource("z", (0.0,) * 8)), ALL, seed=0)
    assert isinstance(vector.source, SeedSource)
    blend = randomise(
        Recipe(BlendSource((1, 2), (0.3, 0.7), "w")), ALL, seed=0, locked={"blend[1].seed"}
    ).source
    assert isinstance(blend, BlendSource)
    assert blend.weights == (0.3, 0.7)
    assert blend.seeds[0] != 1
    assert blend.seeds[1] == 2


def test_directions_are_drawn_in_standard_deviations():
    (editable,) = (e for e in ALL if e.path == "directions[pca:0].weight")
    drawn = [get(randomised(Recipe(), editable, seed=seed), editable.path) for seed in range(2000)]
    assert abs(statistics.mean(drawn)) < 0.1
    assert abs(statistics.stdev(drawn) - 1) < 0.06
    assert max(map(abs, drawn)) <= 4.0


def test_one_row_can_be_drawn_whatever_it_is():
    for editable, seed in itertools.product(ALL, range(3)):
        value = get(randomised(Recipe(), editable, seed=seed), editable.path)
        if editable.kind == "choice":
            assert value in editable.choices
        else:
            assert editable.low <= value <= editable.high


def test_nearby_keeps_its_distance():
    assert nearby(RICH, seed=4).nearby == Nearby(4, 0.25)
    assert nearby(Recipe(nearby=Nearby(1, 0.6)), seed=4).nearby == Nearby(4, 0.6)
