"""Directions learned from marked pictures: they find what was meant, keep what shall stay, say what is missing."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from latentlab.errors import RecipeError
from latentlab.latents import resolve
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.learned import Learned, along, cosine, learn, marked_codes, without
from latentlab.latents.lesson import Lesson
from latentlab.latents.pca import pca
from latentlab.latents.recipe import DirectionWeight, Recipe, SeedSource
from latentlab.latents.sampling import code_moments
from latentlab.models.generator import Generator
from tests.toy_generator import toy_plain, toy_style


@cache
def toy(kind: str) -> tuple[Generator, DirectionSet]:
    generator = (toy_style if kind == "style" else toy_plain)().eval()
    known = pca(generator)
    assert known is not None
    return generator, known


def brightness(recipes: list[Recipe], generator: Generator, known: DirectionSet) -> np.ndarray:
    with torch.no_grad():
        pictures = generator.synthesize(resolve.codes_of_many(recipes, generator, known))
    result: np.ndarray = pictures.mean((1, 2, 3)).numpy()
    return result


def lesson(generator: Generator, known: DirectionSet, count: int, *, both: bool = True) -> Lesson:
    recipes = [Recipe(SeedSource(seed)) for seed in range(500, 540)]
    order = np.argsort(brightness(recipes, generator, known))
    more = tuple(recipes[i] for i in order[-count:])
    less = tuple(recipes[i] for i in order[:count]) if both else ()
    return Lesson("bright", more, less)


def taught(kind: str, count: int = 6, *, both: bool = True) -> tuple[Generator, DirectionSet, Learned]:
    generator, known = toy(kind)
    learned = learn(lesson(generator, known, count, both=both), generator, known)
    assert learned is not None
    return generator, known.with_directions([learned.direction]), learned


@pytest.mark.parametrize("kind", ["style", "plain"])
@pytest.mark.parametrize(("count", "both"), [(3, True), (6, True), (6, False)])
def test_fresh_pictures_move_to_the_marked_side(kind: str, count: int, both: bool) -> None:
    generator, known, learned = taught(kind, count, both=both)
    seeds = range(9000, 9100)
    before = brightness([Recipe(SeedSource(seed)) for seed in seeds], generator, known)
    moved = (DirectionWeight(learned.direction.id, 2.0),)
    after = brightness([Recipe(SeedSource(seed), directions=moved) for seed in seeds], generator, known)
    assert (after > before).mean() >= 0.9


def test_the_direction_is_a_unit_vector_with_the_spread_of_the_codes_along_it() -> None:
    generator, _, learned = taught("style")
    vector = learned.direction.vector.astype(np.float64)
    moments = code_moments(generator, 4096)
    assert moments is not None
    spread = np.sqrt(vector @ moments.covariance.numpy() @ vector)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-6)
    assert learned.direction.sigma == pytest.approx(spread, rel=1e-6)


def test_how_well_it_was_learned_is_told_for_each_picture() -> None:
    _, _, learned = taught("style")
    assert len(learned.right) == 12
    assert learned.accuracy > 0.8
    assert "6 + 6" in learned.direction.about


def test_what_shall_stay_is_not_moved() -> None:
    generator, known = toy("style")
    plain = learn(lesson(generator, known, 6), generator, known)
    assert plain is not None
    kept = max((item for item in known), key=lambda item: abs(cosine(plain.direction, item)))
    told = lesson(generator, known, 6)
    held = learn(Lesson(told.name, told.more, told.less, (kept.id,)), generator, known)
    assert held is not None
    assert abs(cosine(plain.direction, kept)) > 0.1
    assert cosine(held.direction, kept) == pytest.approx(0.0, abs=1e-6)
    recipe = Recipe(SeedSource(3), directions=(DirectionWeight(held.direction.id, 2.0),))
    both = known.with_directions([held.direction])
    codes = marked_codes([Recipe(SeedSource(3)), recipe], generator, both)
    before, after = along(codes, kept)
    assert after == pytest.approx(before, abs=1e-4)


def test_nothing_is_left_when_everything_shall_stay() -> None:
    vector = np.array([1.0, 0.0, 0.0])
    with pytest.raises(RecipeError, match="fewer"):
        without(vector, [np.eye(3, dtype=np.float32)[0], np.eye(3, dtype=np.float32)[1]])


def test_along_counts_in_standard_deviations() -> None:
    direction = Direction("x", "x", np.array([0.6, 0.8], np.float32), 2.0)
    assert along(np.array([[0.6, 0.8], [1.2, 1.6]]), direction) == pytest.approx([0.5, 1.0])


@pytest.mark.parametrize(
    ("more", "less", "said"), [(2, 3, "at least 3"), (3, 1, "at least 3"), (0, 0, "at least 3")]
)
def test_too_few_pictures_are_counted(more: int, less: int, said: str) -> None:
    generator, known = toy("style")
    recipes = [Recipe(SeedSource(seed)) for seed in range(10)]
    with pytest.raises(RecipeError, match=said):
        learn(Lesson("x", tuple(recipes[:more]), tuple(recipes[5 : 5 + less])), generator, known)


def test_a_picture_on_both_sides_is_refused() -> None:
    generator, known = toy("style")
    recipes = tuple(Recipe(SeedSource(seed)) for seed in range(5))
    with pytest.raises(RecipeError, match="both A and B"):
        learn(Lesson("x", recipes[:3], recipes[2:]), generator, known)


def test_learning_can_be_given_up() -> None:
    generator, known = toy("style")
    assert learn(lesson(generator, known, 3), generator, known, cancelled=lambda: True) is None
