"""Children: what they inherit, what stays as in the first parent, and that they are recipes like others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentlab.errors import RecipeError
from latentlab.latents import recipe_json, resolve
from latentlab.latents.baking import baked
from latentlab.latents.breeding import Genome, Rules, breed, genome_of, held, needs_baking
from latentlab.latents.crossing import Units, units_of
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.recipe import (
    ClassWeight,
    Component,
    DirectionWeight,
    LayerSource,
    Nearby,
    Recipe,
    SeedSource,
)
from latentlab.models.generator import Generator
from tests.toy_generator import toy_plain, toy_style

STYLE = toy_style().eval()
PLAIN = toy_plain().eval()


def units(generator: Generator) -> Units:
    return units_of(generator.capabilities, [block.info for block in generator.blocks])


def genomes(parents: list[Recipe], generator: Generator) -> list[Genome]:
    what = units(generator)
    return [
        genome_of(parent, what, baked(parent, what, generator) if needs_baking(parent, what) else None)
        for parent in parents
    ]


def born(parents: list[Recipe], generator: Generator, rules: Rules, seed: int = 1) -> tuple[Recipe, ...]:
    return breed(parents, genomes(parents, generator), units(generator), rules, seed=seed)


def codes(recipe: Recipe, generator: Generator) -> np.ndarray:
    latent = generator.capabilities.latent_dims
    result: np.ndarray = resolve.codes(recipe, generator)[0, :, :latent].numpy()
    return result


PARENTS = [
    Recipe(SeedSource(3)),
    Recipe(SeedSource(8), nearby=Nearby(5, 0.4)),
    Recipe(SeedSource(1), mix=(LayerSource(1, 2, SeedSource(9), 0.5),)),
]


def test_without_chance_every_layer_is_one_of_the_parents() -> None:
    theirs = [codes(parent, STYLE) for parent in PARENTS]
    children = born(PARENTS, STYLE, Rules(change=0.0))
    assert len(children) > 4
    for child in children:
        own = codes(child, STYLE)
        givers = [
            [
                number
                for number, other in enumerate(theirs)
                if np.allclose(own[layer], other[layer], atol=1e-5)
            ]
            for layer in range(len(own))
        ]
        assert all(givers)
        assert len({giver[0] for giver in givers}) > 1  # no child is all one parent's


def test_without_chance_every_number_of_a_single_code_is_one_of_the_parents() -> None:
    parents = [Recipe(SeedSource(3)), Recipe(SeedSource(8), components=(Component(2, 1.5),))]
    theirs = np.stack([codes(parent, PLAIN)[0] for parent in parents])
    children = born(parents, PLAIN, Rules(change=0.0))
    assert children
    for child in children:
        own = codes(child, PLAIN)[0]
        taken = np.isclose(theirs, own, atol=1e-5)
        assert taken.any(0).all()
        assert not taken.all(1).any()


@pytest.mark.parametrize("generator", [STYLE, PLAIN])
def test_children_differ_and_the_same_seed_gives_the_same(generator: Generator) -> None:
    parents = [Recipe(SeedSource(3)), Recipe(SeedSource(8))]
    first = born(parents, generator, Rules(change=0.3), seed=4)
    assert len(set(first)) == 12
    assert first == born(parents, generator, Rules(change=0.3), seed=4)
    assert first != born(parents, generator, Rules(change=0.3), seed=5)


@pytest.mark.parametrize("generator", [STYLE, PLAIN])
def test_more_chance_goes_further_from_an_only_parent(generator: Generator) -> None:
    parent = Recipe(SeedSource(3))
    away = [
        np.mean(
            [
                np.abs(codes(child, generator) - codes(parent, generator)).mean()
                for child in born([parent], generator, Rules(change=change))
            ]
        )
        for change in (0.1, 0.4, 1.0)
    ]
    assert 0 < away[0] < away[1] < away[2]


def test_kept_layers_are_those_of_the_first_parent() -> None:
    first = codes(PARENTS[0], STYLE)
    for child in born(PARENTS, STYLE, Rules(change=0.8, units=(0, 1))):
        own = codes(child, STYLE)
        assert np.allclose(own[:2], first[:2], atol=1e-5)
        assert not np.allclose(own[2:], first[2:], atol=1e-3)


def test_settings_come_from_a_parent_or_from_the_first_where_they_are_kept() -> None:
    parents = [
        Recipe(SeedSource(3), truncation_psi=0.5, classes=(ClassWeight(1),)),
        Recipe(SeedSource(8), truncation_psi=0.9, classes=(ClassWeight(2),)),
    ]
    free = born(parents, STYLE, Rules())
    assert {child.truncation_psi for child in free} == {0.5, 0.9}
    assert {child.classes for child in free} == {parent.classes for parent in parents}
    kept = born(parents, STYLE, Rules(traits=("diversity", "class")))
    assert {child.truncation_psi for child in kept} == {0.5}
    assert {child.classes for child in kept} == {parents[0].classes}


def test_directions_are_inherited_each_from_one_parent() -> None:
    parents = [
        Recipe(SeedSource(3), directions=(DirectionWeight("pca:0", 1.0), DirectionWeight("pca:1", -2.0))),
        Recipe(SeedSource(8), directions=(DirectionWeight("pca:0", 0.5),)),
    ]
    found = {
        (item.direction, item.weight)
        for child in born(parents, STYLE, Rules(change=0.0))
        for item in child.directions
    }
    assert found == {("pca:0", 1.0), ("pca:0", 0.5), ("pca:1", -2.0)}


def test_a_held_direction_moves_by_what_is_asked() -> None:
    vector = np.zeros(STYLE.capabilities.code_dim, np.float32)
    vector[1] = 1.0
    known = DirectionSet([Direction("up", "Up", vector, 2.0)])
    child = Recipe(SeedSource(1), directions=(DirectionWeight("up", 0.5),))
    moved = held(child, "up", 1.25)
    assert moved.directions == (DirectionWeight("up", 1.75),)
    step = resolve.codes(moved, STYLE, known) - resolve.codes(child, STYLE, known)
    assert torch.allclose(step[0, :, 1], torch.tensor(2.5), atol=1e-5)


def test_grandchildren_inherit_exactly_and_stay_small() -> None:
    parents = PARENTS
    for generation in range(6):
        parents = list(born(parents, STYLE, Rules(change=0.3), seed=generation)[:2])
    before = codes(parents[0], STYLE)
    again = born([parents[0], replace(parents[0], truncation_psi=0.7)], STYLE, Rules(change=0.0))
    for child in again:
        assert np.allclose(codes(replace(child, truncation_psi=1.0), STYLE), before, atol=1e-4)
    assert all(len(recipe_json.to_text(parent)) < 20_000 for parent in parents)
    assert recipe_json.from_text(recipe_json.to_text(parents[1])) == parents[1]


def test_without_parents_or_without_a_latent_nothing_is_bred() -> None:
    with pytest.raises(RecipeError, match="at least one"):
        breed([], [], units(STYLE), Rules(), seed=0)
    with pytest.raises(RecipeError, match="cannot be bred"):
        genome_of(Recipe(), Units("none"))
