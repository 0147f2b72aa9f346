"""Directions of other programs: every usual layout, and moving along what was imported."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from latentlab.errors import RecipeError
from latentlab.latents import resolve
from latentlab.latents.directions import DirectionSet, from_text, to_text
from latentlab.latents.imported import imported
from latentlab.latents.recipe import DirectionWeight, Recipe, SeedSource
from latentlab.latents.sampling import code_moments
from tests.toy_generator import toy_style

GENERATOR = toy_style().eval()
CAN = GENERATOR.capabilities
DIM, LAYERS = CAN.code_dim, CAN.num_codes


def numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(5).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "shape", "count", "per_layer"),
    [
        ("", (DIM,), 1, False),
        ("", (1, DIM), 1, False),
        ("", (1, 1, DIM), 1, False),
        ("", (LAYERS, DIM), 1, True),
        ("", (1, LAYERS, DIM), 1, True),
        ("", (3, LAYERS, DIM), 3, True),
        ("lat_comp", (5, 1, DIM), 5, False),
        ("boundaries", (LAYERS, DIM), LAYERS, False),
        ("", (LAYERS + 1, DIM), LAYERS + 1, False),
    ],
)
def test_the_usual_layouts(name: str, shape: tuple[int, ...], count: int, per_layer: bool) -> None:
    found = list(imported({name: numbers(*shape)}, GENERATOR, "smile.npy"))
    assert len(found) == count
    assert {item.vector.shape for item in found} == {(LAYERS, DIM) if per_layer else (DIM,)}
    assert all(item.id.startswith("file:") for item in found)
    assert found[0].name.startswith(name or "smile")


def test_columns_of_a_factorisation_are_directions() -> None:
    columns = np.linalg.qr(numbers(DIM, DIM))[0]
    found = list(imported({"eigvec": columns}, GENERATOR, "factor.pt"))
    assert len(found) == DIM
    assert np.allclose(found[2].vector, columns[:, 2], atol=1e-6)


def test_what_lies_beside_directions_is_left_out() -> None:
    arrays = {"lat_comp": numbers(2, 1, DIM), "lat_mean": numbers(1, DIM), "lat_stdev": numbers(2)}
    assert len(imported(arrays, GENERATOR, "components.npz")) == 2


def test_length_and_spread_are_those_of_the_model() -> None:
    vector = numbers(DIM)
    direction = next(iter(imported({"": 40 * vector}, GENERATOR, "long.npy")))
    moments = code_moments(GENERATOR, 4096)
    assert moments is not None
    unit = torch.from_numpy(vector / np.linalg.norm(vector)).double()
    assert np.allclose(direction.vector, unit.numpy(), atol=1e-6)
    assert direction.sigma == pytest.approx(moments.sigma(unit), rel=1e-5)


def test_every_layer_moves_its_own_way_within_the_range() -> None:
    rows = numbers(LAYERS, DIM)
    known = imported({"": rows}, GENERATOR, "w_plus.npy")
    direction = next(iter(known))
    weight = DirectionWeight(direction.id, 1.5, first=1, last=LAYERS - 1)
    still = resolve.codes(Recipe(SeedSource(1)), GENERATOR)
    moved = resolve.codes(Recipe(SeedSource(1), directions=(weight,)), GENERATOR, known)
    step = (moved - still)[0].numpy()
    expected = 1.5 * direction.sigma * direction.vector
    assert np.allclose(step[0], 0.0)
    assert np.allclose(step[1:], expected[1:], atol=1e-5)


def test_a_direction_per_layer_survives_being_written_down() -> None:
    known = imported({"": numbers(LAYERS, DIM)}, GENERATOR, "w_plus.npy")
    again = from_text(to_text(known))
    assert list(again) == list(known)
    assert isinstance(again, DirectionSet)


@pytest.mark.parametrize(
    "array", [numbers(DIM + 1), np.zeros(DIM, np.float32), np.full(DIM, np.nan, np.float32)]
)
def test_what_does_not_fit_is_named(array: np.ndarray) -> None:
    with pytest.raises(RecipeError, match="no direction for this model"):
        imported({"": array}, GENERATOR, "other.npy")
