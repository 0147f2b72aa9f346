"""Crossings: every cell's codes against the mixing equation, written out with plain tensors."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from latentlab.errors import RecipeError
from latentlab.latents import resolve
from latentlab.latents.baking import baked
from latentlab.latents.crossing import (
    Crossing,
    Ingredient,
    Latent,
    Take,
    Units,
    blended,
    cells,
    corners,
    even_parts,
    first_borders,
    ingredients,
    latent_known,
    swapped_alone,
    units_of,
)
from latentlab.latents.crossing_json import CROSSING
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.recipe import DirectionWeight, LayerSource, Nearby, Recipe, SeedSource, VectorSource
from latentlab.models.seeds import normal_from_seed
from tests.toy_generator import toy_plain, toy_style, toy_translator

STYLE = toy_style()
PLAIN = toy_plain()
UP = DirectionSet([Direction("up", "Up", np.array([0, 0, 1, 0, 0, 0], np.float32), 2.0)])


def units(generator):
    return units_of(generator.capabilities, [block.info for block in generator.blocks])


def seeds(*numbers):
    return tuple(Ingredient(Recipe(SeedSource(number)), f"Seed {number}") for number in numbers)


def latents(crossing, generator, directions=None):
    own = units(generator)
    return {item.recipe: baked(item.recipe, own, generator, directions) for item in ingredients(crossing)}


def codes(recipe, generator=STYLE, directions=None):
    return resolve.codes(recipe, generator, directions)[0]


def w(seed):
    return STYLE.map(normal_from_seed(seed, 1, 8))[0]


def test_every_cell_takes_its_layers_from_side_and_top():
    crossing = Crossing(seeds(1, 2), seeds(3, 4, 5), borders=(1, 2), amounts=(0.0, 0.25, 1.0))
    found = list(cells(crossing, units(STYLE), latents(crossing, STYLE)))
    assert [(cell.row, cell.column) for cell in found] == [(r, c) for r in range(2) for c in range(3)]
    for cell in found:
        side, top = w((1, 2)[cell.row]), w((3, 4, 5)[cell.column])
        expected = torch.stack([side[0], 0.75 * side[1] + 0.25 * top[1], top[2], top[3]])
        torch.testing.assert_close(codes(cell.recipe), expected)
    assert found[4].label == "Seed 2 × Seed 4"


def test_seeds_stay_seeds_so_that_the_picture_can_be_edited_on():
    crossing = Crossing(seeds(1), seeds(3), borders=(1, 2))
    (cell,) = cells(crossing, units(STYLE), latents(crossing, STYLE))
    assert cell.recipe == Recipe(SeedSource(1), mix=(LayerSource(2, 3, SeedSource(3)),))


def test_one_layer_takes_from_a_picture_of_its_own():
    crossing = Crossing(seeds(1), seeds(3), borders=(1, 2)).with_take(0, Take(0.5, seeds(9)[0]))
    (cell,) = cells(crossing, units(STYLE), latents(crossing, STYLE))
    torch.testing.assert_close(codes(cell.recipe)[0], 0.5 * w(1)[0] + 0.5 * w(9)[0])
    torch.testing.assert_close(codes(cell.recipe)[1], w(1)[1])


def test_the_frame_is_shared_and_its_latent_is_not():
    frame = Recipe(SeedSource(77), Nearby(5, 0.5), truncation_psi=0.5)
    crossing = Crossing(seeds(1), seeds(3), borders=(1, 2), frame=frame)
    (cell,) = cells(crossing, units(STYLE), latents(crossing, STYLE))
    assert cell.recipe.truncation_psi == 0.5
    mean = STYLE.code_mean
    torch.testing.assert_close(codes(cell.recipe)[0], mean + 0.5 * (w(1)[0] - mean))


@pytest.mark.parametrize("psi", [1.0, 0.7, -0.5, 0.0])
def test_an_edited_picture_gives_what_it_shows(psi):
    edited = Recipe(
        SeedSource(1),
        Nearby(2, 0.3),
        truncation_psi=psi,
        truncation_cutoff=3,
        mix=(LayerSource(1, 1, SeedSource(8), 0.5),),
        directions=(DirectionWeight("up", 1.5),),
    )
    latent = baked(edited, units(STYLE), STYLE, UP)
    # Shown alone, with its own truncation, it is the same picture. At 0 all would be the mean: taken as it is.
    own = replace(Recipe(latent.source), truncation_psi=psi or 1.0, truncation_cutoff=3)
    torch.testing.assert_close(codes(own), codes(edited, directions=UP), atol=1e-5, rtol=1e-5)


def test_a_latent_that_is_the_same_in_all_layers_is_stored_once():
    nearby = Recipe(SeedSource(1), Nearby(2, 0.3))
    source = baked(nearby, units(STYLE), STYLE).source
    assert isinstance(source, VectorSource)
    assert source.space == "w"
    torch.testing.assert_close(codes(Recipe(source)), codes(nearby))


def test_parts_of_a_single_code_come_from_side_and_top():
    own = units(PLAIN)
    assert own.kind == "numbers"
    assert sorted(sum(own.numbers, ())) == list(range(8))
    crossing = Crossing(seeds(1), seeds(3), borders=first_borders(own))
    (cell,) = cells(crossing, own, latents(crossing, PLAIN))
    first = sum(own.numbers[: crossing.borders[1]], ())
    found = codes(cell.recipe, PLAIN)[0]
    one, other = (normal_from_seed(seed, 1, 8)[0] for seed in (1, 3))
    for index in range(8):
        assert found[index] == (one if index in first else other)[index]


def test_parts_taken_halfway_keep_their_length():
    own = Units("numbers", ("", ""), ((0, 1, 2, 3), (4, 5, 6, 7)))
    crossing = Crossing(seeds(1), seeds(3), borders=(1, 1), amounts=(0.0, 0.0, 0.5))
    (cell,) = cells(
        crossing,
        own,
        {item.recipe: baked(item.recipe, own, PLAIN) for item in ingredients(crossing)},
    )
    one, other = (normal_from_seed(seed, 1, 8)[0][4:] for seed in (1, 3))
    taken = codes(cell.recipe, PLAIN)[0][4:]
    assert float(taken.norm()) == pytest.approx(float((one.norm() + other.norm()) / 2), rel=1e-5)
    mean = (one + other) / 2
    assert float(torch.nn.functional.cosine_similarity(taken, mean, dim=0)) == pytest.approx(1.0)


@pytest.mark.parametrize("generator", [STYLE, PLAIN])
@pytest.mark.parametrize("stored", [False, True])
def test_a_blend_is_a_patch_between_four_pictures(generator, stored):
    own = units(generator)
    crossing = Crossing(seeds(1, 2), seeds(3, 4), borders=(1, 2), mode="blend", steps=(3, 3))
    known = latents(crossing, generator)
    if stored:  # as favourites with edits are: vectors in place of seeds
        space = "z" if own.kind == "numbers" else "w+"
        known = {
            recipe: Latent(VectorSource(space, tuple(codes(recipe, generator).flatten().tolist())), latent.z)
            for recipe, latent in known.items()
        }
    found = {(cell.row, cell.column): cell for cell in cells(crossing, own, known)}
    assert len(found) == 9
    four = [codes(item.recipe, generator) for item in corners(crossing)]
    for place, corner in zip([(0, 0), (0, 2), (2, 0), (2, 2)], four, strict=True):
        torch.testing.assert_close(codes(found[place].recipe, generator), corner, atol=1e-5, rtol=1e-5)
    middle = codes(found[1, 1].recipe, generator)
    if own.kind == "layers":
        torch.testing.assert_close(middle, torch.stack(four).mean(0), atol=1e-5, rtol=1e-5)
    else:
        assert float(middle.norm()) == pytest.approx(float(np.mean([c.norm() for c in four])), rel=1e-4)
    assert "25%" in found[1, 1].label


def test_a_row_takes_one_group_after_the_other():
    crossing = Crossing(seeds(1, 2), seeds(3, 4), borders=(1, 3), mode="row", chosen=(1, 0))
    found = {
        (cell.row, cell.column): codes(cell.recipe)
        for cell in cells(crossing, units(STYLE), latents(crossing, STYLE))
    }
    assert crossing.shape() == (4, 2)
    side, top = w(2), w(4)
    torch.testing.assert_close(found[1, 1], torch.stack([top[0], side[1], side[2], side[3]]))
    torch.testing.assert_close(found[2, 1], torch.stack([side[0], top[1], top[2], side[3]]))
    torch.testing.assert_close(found[3, 1], torch.stack([side[0], side[1], side[2], top[3]]))


def test_swapping_one_layer_alone_leaves_the_others():
    crossing = Crossing(seeds(1), seeds(3), borders=(1, 2))
    side, top = crossing.side[0], crossing.top[0]
    recipes = swapped_alone(crossing, units(STYLE), latents(crossing, STYLE), side, top)
    for unit, recipe in enumerate(recipes):
        expected = w(1).clone()
        expected[unit] = w(3)[unit]
        torch.testing.assert_close(codes(recipe), expected)


def test_cells_wait_for_latents_that_are_not_known():
    edited = Ingredient(Recipe(SeedSource(1), Nearby(2, 0.3)), "Edited")
    crossing = Crossing((edited, *seeds(2)), seeds(3), borders=(1, 2))
    own = units(STYLE)
    known = {item.recipe: latent_known(item.recipe, own) for item in ingredients(crossing)}
    assert known[edited.recipe] is None
    found = list(cells(crossing, own, {recipe: latent for recipe, latent in known.items() if latent}))
    assert [cell.row for cell in found] == [1]


def test_handles_and_groups():
    crossing = Crossing(seeds(1), seeds(3), borders=(4, 8))
    assert [crossing.take(unit).weight for unit in (0, 3, 4, 7, 8, 15)] == [0, 0, 0, 0, 1, 1]
    moved = crossing.with_borders(2, 6)
    assert moved.take(6) == Take(1.0)
    flipped = crossing.with_take(9, Take(0.0))
    assert flipped.take(9).weight == 0.0
    assert flipped.with_take(9, Take(1.0)) == crossing  # what the group does anyway is not kept
    assert flipped.with_amount(2, 0.5).take(9) == Take(0.5)
    assert flipped.with_borders(4, 12).own == ()  # it does as its new group does


def test_a_translator_has_nothing_to_mix():
    assert units(toy_translator()).kind == "none"


def test_units_name_the_side_they_work_at():
    assert units(STYLE).captions[0] == "4"
    assert units(STYLE).count == STYLE.capabilities.num_codes


def test_even_parts_cover_every_number_once():
    for count in (1, 3, 8, 32, 100):
        parts = even_parts(count)
        assert sum(parts, ()) == tuple(range(count))
        assert len(parts) == min(8, count)


def test_a_blend_of_opposite_points_does_not_fail():
    assert blended([(1.0, 0.0), (-1.0, 0.0)], [0.5, 0.5]) == (0.0, 0.0)
    assert math.hypot(*blended([(3.0, 0.0), (0.0, 4.0)], [1, 3])) == pytest.approx(3.75)


def test_a_crossing_comes_back_from_a_session():
    crossing = Crossing(
        seeds(1, 2), seeds(3), borders=(4, 8), own=((3, Take(0.5, seeds(9)[0])),), mode="row", chosen=(1, 0)
    )
    assert CROSSING.read(CROSSING.write(crossing, "crossing"), "crossing") == crossing
    damaged = {**CROSSING.write(crossing, "crossing"), "mode": "spiral"}
    with pytest.raises(RecipeError, match="mode"):
        CROSSING.read(damaged, "crossing")
