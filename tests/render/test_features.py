"""Feature maps and their figures, against NumPy and SciPy."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats

from latentlab.errors import RecipeError
from latentlab.latents.recipe import ActivationEdit, Recipe, SeedSource
from latentlab.models.seeds import normal_from_seed
from latentlab.render.features import BINS, MAP_SIDE, feature_maps, unusualness
from latentlab.render.renderer import Renderer, never
from tests.render.opened import opened
from tests.toy_generator import toy_plain, toy_style


def test_figures_are_those_of_numpy() -> None:
    features = torch.relu(normal_from_seed(3, 1, 4, 40, 40))
    found = feature_maps("b", features, 40)
    flat = features[0].numpy().reshape(4, -1)
    np.testing.assert_allclose(found.mean, flat.mean(1), rtol=1e-5)
    np.testing.assert_allclose(found.std, flat.std(1), rtol=1e-5)
    np.testing.assert_allclose(found.zeros, (flat == 0).mean(1), rtol=1e-6)
    for channel in range(4):
        counts, _ = np.histogram(flat[channel], BINS, (flat[channel].min(), flat[channel].max()))
        np.testing.assert_allclose(found.histogram[channel], counts / flat.shape[1], atol=2 / flat.shape[1])


def test_maps_show_signs_and_are_averaged_down() -> None:
    features = torch.zeros(1, 2, 192, 192)
    features[0, 0, :96] = 2.0
    features[0, 1, :, 96:] = -3.0
    found = feature_maps("b", features, 192)
    assert found.maps.shape == (2, MAP_SIDE, MAP_SIDE)
    assert found.maps[0, 0, 0] == 255
    assert found.maps[0, -1, 0] == 128
    assert found.maps[1, 0, -1] == 1
    np.testing.assert_array_equal(found.scale, [2.0, 3.0])


def test_a_margin_is_left_out_and_vectors_are_single_numbers() -> None:
    features = torch.zeros(1, 1, 12, 12)
    features[0, 0, 2:10, 2:10] = 1.0
    assert feature_maps("b", features, 8).mean[0] == 1.0
    flat = feature_maps("fc", torch.tensor([[1.0, -2.0, 0.0]]), 32)
    assert flat.is_flat
    assert flat.maps.shape == (3, 1, 1)
    np.testing.assert_array_equal(flat.mean, [1.0, -2.0, 0.0])


def test_edits_are_seen_and_muted_ones_are_not() -> None:
    renderer = Renderer(opened(toy_style(resolution=16)), device="cpu")
    plain = renderer.features(Recipe(), "b8")
    edit = ActivationEdit("b8", "scale", 2.0, channels=(1,))
    doubled = renderer.features(Recipe(edits=(edit,)), "b8")
    muted = renderer.features(Recipe(edits=(replace(edit, muted=True),)), "b8")
    assert plain is not None
    assert doubled is not None
    assert muted is not None
    np.testing.assert_allclose(doubled.mean[1], 2 * plain.mean[1], rtol=1e-5)
    np.testing.assert_array_equal(doubled.mean[0], plain.mean[0])
    np.testing.assert_array_equal(muted.mean, plain.mean)


def test_usual_figures_are_those_of_many_pictures_and_are_kept() -> None:
    model = opened(toy_style(resolution=16))
    renderer = Renderer(model, device="cpu")
    usual = renderer.usual_features("b8", never)
    assert usual is not None
    found = [renderer.features(Recipe(source=SeedSource(seed)), "b8") for seed in range(usual.samples)]
    means = np.array([item.mean for item in found if item is not None])
    np.testing.assert_allclose(usual.mean, means.mean(0), atol=1e-5)
    np.testing.assert_allclose(usual.mean_spread, means.std(0), atol=1e-5)
    np.testing.assert_allclose(usual.histogram.sum(1), 1.0, rtol=1e-4)
    assert found[0] is not None
    expected = stats.zmap(found[0].mean, means[:, :])  # SciPy's own z score of one sample among others
    np.testing.assert_allclose(
        unusualness(found[0], usual), expected[0] if expected.ndim > 1 else expected, rtol=0.05, atol=0.05
    )
    again = Renderer(model, device="cpu").usual_features("b8", lambda: pytest.fail("measured again"))
    assert again is not None
    np.testing.assert_array_equal(again.mean, usual.mean)


def test_work_can_be_given_up() -> None:
    renderer = Renderer(opened(toy_style(resolution=16)), device="cpu")
    assert renderer.usual_features("b8", lambda: True) is None
    assert renderer.features(Recipe(), "b16", lambda: True) is None


def test_every_block_of_every_kind_has_maps_and_others_are_refused() -> None:
    model = opened(toy_plain())
    renderer = Renderer(model, device="cpu")
    for block in model.generator.blocks:
        found = renderer.features(Recipe(), block.info.name)
        assert found is not None
        assert len(found.maps) == len(found.mean) == block.info.channels
    with pytest.raises(RecipeError, match="nowhere"):
        renderer.features(Recipe(), "nowhere")
