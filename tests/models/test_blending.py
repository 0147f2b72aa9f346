"""Blending two networks: against the arithmetic on their state dicts, and what cannot be mixed says why."""

import pytest
import torch

from latentlab.errors import ShapeError
from latentlab.models.blending import MAPPING, blended, compatibility, groups
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from latentlab.models.vae import VAE, conv_vae
from tests.models.lively import enliven
from tests.toy_generator import toy_plain, toy_style


def style(seed, **changes):
    torch.manual_seed(seed)
    values = {"resolution": 16, "channels": (8, 8, 8), "z_dim": 16, "w_dim": 16, **changes}
    generator = StyleGAN2(StyleGAN2Config(**values))
    enliven(generator, seed)
    return generator


A, B = style(0), style(1)


def test_groups_are_the_mapping_and_the_blocks():
    assert groups(A) == (MAPPING, "b4", "b8", "b16")


def test_each_group_is_blended_by_its_own_weight():
    weights = {MAPPING: 0.25, "b8": 1.0, "b16": 0.5}
    result = blended(A, B, weights).state_dict()
    ours, theirs = A.state_dict(), B.state_dict()
    for name, tensor in result.items():
        group = name.split(".")[1] if name.startswith("synthesis.") else MAPPING
        weight = weights.get(group, 0.0)
        torch.testing.assert_close(tensor, (1 - weight) * ours[name] + weight * theirs[name])


def test_a_layer_swap_draws_the_firsts_coarse_and_the_seconds_fine_blocks():
    swapped = blended(A, B, {"b16": 1.0})
    z = torch.randn(2, 16, generator=torch.Generator().manual_seed(3))
    codes = A.map(z)
    state = A.start()
    for ours, theirs, maps in zip(A.blocks, B.blocks, B.noise_maps(), strict=True):
        block = theirs if ours.info.name == "b16" else ours
        noise = maps if block is theirs else A.noise_maps()[A.blocks.index(ours)]
        state = block(state, codes[:, list(block.info.codes)], noise)
    torch.testing.assert_close(swapped(z), state.image)


def test_nothing_and_everything_are_the_parents_and_stay_untouched():
    before = {name: tensor.clone() for name, tensor in A.state_dict().items()}
    z = torch.randn(1, 16)
    torch.testing.assert_close(blended(A, B, {})(z), A(z))
    torch.testing.assert_close(blended(A, B, dict.fromkeys(groups(A), 1.0))(z), B(z))
    assert all(torch.equal(tensor, before[name]) for name, tensor in A.state_dict().items())


def test_a_vae_brings_its_encoder_along():
    one, other = (VAE(conv_vae(16, z_dim=4, width=4, max_width=8)).eval() for _ in range(2))
    result = blended(one, other, {MAPPING: 1.0})
    images = torch.rand(1, 3, 16, 16) * 2 - 1
    torch.testing.assert_close(result.encode(images).mu, other.encode(images).mu)


def test_relatives_are_known_by_their_weights():
    child = blended(A, B, {"b16": 0.1})
    assert compatibility(A, child).likeness > 0.95
    assert "share an ancestor" in compatibility(A, child).sentence()
    stranger = StyleGAN2(A.config)
    assert not compatibility(A, stranger).is_related
    assert "trained apart" in compatibility(A, stranger).sentence()


@pytest.mark.parametrize(
    ("other", "cause"),
    [
        (lambda: style(1, resolution=8, channels=(8, 8)), "resolution is 16 here and 8 there"),
        (lambda: style(1, w_dim=8), "w dim is 16 here and 8 there"),
        (lambda: VAE(conv_vae(16, z_dim=4, width=4, max_width=8)), "different families"),
    ],
)
def test_what_does_not_fit_says_why(other, cause):
    found = compatibility(A, other())
    assert not found.is_possible
    assert cause in found.sentence()
    with pytest.raises(ShapeError, match="cannot be mixed"):
        blended(A, other(), {})


def test_impossible_weights_are_refused():
    with pytest.raises(ShapeError, match="no block 'b99'"):
        blended(A, B, {"b99": 1.0})
    with pytest.raises(ShapeError, match="from 0 to 1"):
        blended(A, B, {"b4": 1.5})


def test_toys_mix_too():
    assert compatibility(toy_style(), toy_style()).likeness == pytest.approx(1.0)
    assert not compatibility(toy_style(), toy_plain()).is_possible
