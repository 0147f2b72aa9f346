import numpy as np
import pytest
import torch
from scipy import ndimage

from latentlab.errors import RecipeError
from latentlab.latents.recipe import ActivationEdit
from latentlab.models.generator import State
from latentlab.models.seeds import normal_from_seed
from latentlab.render.edits import edited

_FEATURES = normal_from_seed(3, 1, 4, 12, 12)


def _edit(features: torch.Tensor = _FEATURES, **changes: object) -> np.ndarray:
    edit = ActivationEdit(**{"block": "b8", **changes})  # type: ignore[arg-type]
    result = edited(State(features), (edit,)).features
    assert result is not None
    return result.numpy()


def test_scaling_and_ablating() -> None:
    np.testing.assert_allclose(_edit(operation="scale", amount=-2.5), -2.5 * _FEATURES.numpy())
    assert not _edit(operation="ablate", amount=1.0).any()
    np.testing.assert_allclose(_edit(operation="ablate", amount=0.25), 0.75 * _FEATURES.numpy())


def test_only_the_channels_named_change_and_the_input_is_left_alone() -> None:
    before = _FEATURES.clone()
    changed = _edit(operation="ablate", channels=(0, 3))
    assert not changed[:, [0, 3]].any()
    np.testing.assert_array_equal(changed[:, 1:3], _FEATURES[:, 1:3].numpy())
    assert torch.equal(_FEATURES, before)


def test_edits_follow_one_another() -> None:
    silence = ActivationEdit("b8", "ablate")
    noise = ActivationEdit("b8", "noise", 1.0)
    result = edited(State(_FEATURES), (noise, silence)).features
    assert result is not None
    assert not result.any()


def test_noise_is_as_strong_as_the_channel_and_the_same_each_time() -> None:
    features = normal_from_seed(1, 1, 2, 64, 64) * torch.tensor([1.0, 10.0]).reshape(1, 2, 1, 1)
    added = _edit(features, operation="noise", amount=0.5, seed=4) - features.numpy()
    assert added.std(axis=(0, 2, 3)) == pytest.approx([0.5, 5.0], rel=0.05)
    np.testing.assert_array_equal(
        added, _edit(features, operation="noise", amount=0.5, seed=4) - features.numpy()
    )
    assert (added != _edit(features, operation="noise", amount=0.5, seed=5) - features.numpy()).mean() > 0.99


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_rotating_by_right_angles_turns_counter_clockwise(turns: int) -> None:
    turned = _edit(operation="rotate", amount=90.0 * turns)
    np.testing.assert_allclose(turned, np.rot90(_FEATURES.numpy(), turns, axes=(2, 3)), atol=1e-4)


def test_shifting_moves_right_and_down_and_mirrors_at_the_edge() -> None:
    mirrored = np.pad(_FEATURES.numpy(), ((0, 0), (0, 0), (3, 3), (3, 3)), mode="symmetric")
    np.testing.assert_allclose(_edit(operation="shift_x", amount=0.25), mirrored[:, :, 3:15, 0:12], atol=1e-5)
    np.testing.assert_allclose(
        _edit(operation="shift_y", amount=-0.25), mirrored[:, :, 6:18, 3:15], atol=1e-5
    )


@pytest.mark.parametrize("sigma", [0.7, 1.5])
def test_blur_is_a_gaussian(sigma: float) -> None:
    radius = int(np.ceil(3 * sigma))
    wanted = _FEATURES.numpy()
    for axis in (2, 3):
        wanted = ndimage.gaussian_filter1d(wanted, sigma, axis=axis, mode="mirror", radius=radius)
    np.testing.assert_allclose(_edit(operation="blur", amount=sigma), wanted, atol=1e-5)


def test_a_blur_wider_than_the_features_and_one_of_nothing() -> None:
    spread = _edit(operation="blur", amount=50.0)
    assert spread.std() < _FEATURES.numpy().std() / 5
    np.testing.assert_array_equal(_edit(operation="blur", amount=0.0), _FEATURES.numpy())


def test_flat_features_can_be_scaled_and_noised_but_not_moved() -> None:
    flat = normal_from_seed(2, 2, 100)
    np.testing.assert_allclose(_edit(flat, operation="scale", amount=3.0), 3 * flat.numpy())
    assert _edit(flat, operation="noise", amount=1.0).shape == (2, 100)
    with pytest.raises(RecipeError, match="no place to rotate"):
        _edit(flat, operation="rotate", amount=30.0)


def test_channels_that_do_not_exist_are_named() -> None:
    with pytest.raises(RecipeError, match="b8 has 4 channels, but an edit names channel 4"):
        _edit(operation="scale", channels=(1, 4))
