"""What each layer does: pictures whose change is known, and a network whose layers do known things."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from latentlab.latents.crossing import Units
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.render.unit_effects import (
    Effects,
    changes,
    grouped_numbers,
    load_effects,
    load_parts,
    measured,
    parts_from,
    parts_of_code,
    save_effects,
    save_parts,
    small,
    swaps,
)


def disc(x=32, y=32, colour=(0.9, 0.5, 0.2), ground=(0.2, 0.3, 0.6), grain=0.0):
    rows, columns = np.mgrid[:64, :64]
    inside = ((rows - y) ** 2 + (columns - x) ** 2 < 12**2)[..., None]
    picture = np.where(inside, colour, ground).astype(np.float64)
    noise = np.random.RandomState(5).standard_normal((64, 64, 1)) * grain
    return np.clip(picture + noise, 0, 1)


def test_the_same_picture_has_not_changed():
    assert changes(disc(), disc()) == (0.0, 0.0, 0.0)


def test_another_place_is_shape_and_neither_colour_nor_detail():
    shape, colour, detail = changes(disc(20, 20), disc(44, 44))
    assert shape > 0.3
    assert colour < 0.02
    assert detail < 0.01


def test_another_palette_is_colour_and_not_shape():
    shape, colour, _ = changes(disc(), disc(colour=(0.2, 0.9, 0.5), ground=(0.02, 0.3, 0.2)))
    assert colour > 0.1
    assert shape < 0.35
    brighter = np.clip(disc() * 0.5, 0, 1)
    assert changes(disc(), brighter)[0] < 1e-6  # brightness and contrast are no shape


def test_grain_is_detail():
    shape, colour, detail = changes(disc(), disc(grain=0.1))
    assert detail > 0.03
    assert detail > 3 * colour
    assert shape < 0.5 * changes(disc(20, 20), disc(44, 44))[0]


def test_colour_is_the_wasserstein_distance_of_the_coarse_colours():
    one, other = disc(20, 20), disc(44, 40, colour=(0.1, 0.9, 0.9))

    def coarse(picture):
        return picture.reshape(16, 4, 16, 4, 3).mean(axis=(1, 3)).reshape(-1, 3)

    expected = np.mean([wasserstein_distance(coarse(one)[:, c], coarse(other)[:, c]) for c in range(3)])
    assert changes(one, other)[1] == pytest.approx(expected)


def test_large_pictures_are_averaged_down():
    pixels = np.random.RandomState(0).randint(0, 256, (256, 256, 3), np.uint8)
    found = small(pixels)
    assert found.shape == (64, 64, 3)
    assert found[3, 5, 1] == pytest.approx(pixels[12:16, 20:24, 1].mean() / 255)


def draw(recipes):
    """A network of three layers: the first moves the disc, the second colours it, the third adds grain."""
    for recipe in recipes:
        own = recipe.source.seed
        seeds = [own] * 3
        for layers in recipe.mix:
            for layer in range(layers.first, layers.last + 1):
                seeds[layer] = layers.source.seed
        place, colour, grain = (np.random.RandomState(seed).rand(3) for seed in seeds)
        picture = disc(
            16 + 32 * place[0], 16 + 32 * place[1], colour=tuple(0.55 + 0.45 * colour), grain=0.1 * grain[0]
        )
        yield SimpleNamespace(pixels=(picture * 255).astype(np.uint8), recipe=recipe)


LAYERS = Units("layers", ("4", "8", "16"))


def test_each_layer_is_found_out():
    *_, effects = measured(draw, LAYERS, 8, pairs=12)
    assert effects.pairs == 12
    assert np.argmax(effects.shape) == 0
    assert np.argmax(effects.colour) == 1
    assert np.argmax(effects.detail) == 2


def test_swaps_leave_all_other_layers():
    base, first, *_ = swaps(LAYERS, (1, 2), 8, Recipe())
    assert base == Recipe(SeedSource(1))
    assert [(mix.first, mix.last, mix.source) for mix in first.mix] == [(0, 0, SeedSource(2))]


def test_a_stopped_measurement_hands_out_what_is_whole():
    calls = iter([True, True, False])

    def stopping(recipes):
        return draw(recipes if next(calls) else recipes[:2])

    assert [effects.pairs for effects in measured(stopping, LAYERS, 8, pairs=9)] == [1, 2]


def draw_code(recipes):
    """A code of four numbers: 0 and 2 move the disc, 1 and 3 colour it."""
    for recipe in recipes:
        z = np.random.RandomState(recipe.source.seed).standard_normal(4).astype(np.float32)
        for component in recipe.components:
            z[component.index] = component.value
        picture = disc(
            32 + 8 * z[0], 32 + 8 * z[2], colour=(0.5 + 0.2 * np.tanh(z[1]), 0.5, 0.5 + 0.4 * np.tanh(z[3]))
        )
        yield SimpleNamespace(pixels=(np.clip(picture, 0, 1) * 255).astype(np.uint8), recipe=recipe)


def test_numbers_of_a_code_are_sorted_from_layout_to_colour():
    parts = parts_of_code(draw_code, 4)
    order = [number for part in parts for number in part]
    assert sorted(order) == [0, 1, 2, 3]
    assert set(order[:2]) == {0, 2}
    assert parts_of_code(lambda recipes: draw_code(recipes[:1]), 4) is None


def test_parts_hold_every_number_once_and_do_about_as_much():
    count = 40
    strength = np.random.RandomState(3).rand(count)
    effects = Effects(tuple(strength), tuple(0.2 * strength), tuple(0.1 * strength), 1)
    parts = parts_from(effects, grouped_numbers(count))
    assert len(parts) == 8
    assert sorted(sum(parts, ())) == list(range(count))
    sums = [sum(strength[list(part)]) for part in parts]
    assert max(sums) < 2.5 * min(sums)
    dead = Effects((1.0, *[0.0] * 39), (1.0, *[0.0] * 39), (1.0, *[0.0] * 39), 1)
    assert sorted(sum(parts_from(dead, grouped_numbers(count)), ())) == list(range(count))


def test_what_was_measured_is_kept_and_damage_is_ignored(home):
    effects = Effects((0.1, 0.2), (0.3, 0.4), (0.5, 0.6), 64)
    save_effects("abc", effects)
    save_parts("abc", ((1, 0), (2,)))
    assert load_effects("abc") == effects
    assert load_parts("abc") == ((1, 0), (2,))
    assert load_effects("other") is None
    for path in (home / "cache" / "layers").iterdir():
        path.write_text('{"shape": 3}')
    assert load_effects("abc") is None
    assert load_parts("abc") is None
