"""The toy models keep the contract of `latentlab.models.generator`, so that tests built on them mean something."""

import pytest
import torch

from tests.toy_generator import toy_plain, toy_style, toy_translator


@pytest.mark.parametrize("classes", [0, 3])
@pytest.mark.parametrize("make", [toy_style, toy_plain])
def test_picture_depends_on_every_code(make, classes):
    toy = make(num_classes=classes)
    capabilities = toy.capabilities
    condition = torch.eye(3)[:2] if classes else None
    codes = toy.map(torch.randn(2, 8, generator=torch.Generator().manual_seed(0)), condition)
    assert codes.shape == (2, capabilities.num_codes, capabilities.code_dim)
    picture = toy.synthesize(codes)
    assert picture.shape == (2, 3, 16, 16)
    for code in range(capabilities.num_codes):
        changed = codes.clone()
        changed[:, code] += 0.5
        assert not torch.allclose(toy.synthesize(changed), picture)


def test_probes_are_needed_where_there_are_no_pictures():
    toy = toy_style(own_pictures=False)
    codes = toy.map(torch.zeros(1, 8))
    state = toy.start()
    shown = []
    for block in toy.blocks:
        state = block(state, codes[:, list(block.info.codes)])
        shown.append(block.rgb(state) is not None)
    assert shown == [False, False, True]


def test_same_seed_same_model():
    assert torch.equal(toy_style(seed=3)(torch.ones(1, 8)), toy_style(seed=3)(torch.ones(1, 8)))
    assert not torch.equal(toy_style(seed=3)(torch.ones(1, 8)), toy_style(seed=4)(torch.ones(1, 8)))


def test_translator_starts_from_an_image():
    toy = toy_translator()
    images = torch.rand(2, 3, 16, 16)
    drawn = toy.synthesize(torch.zeros(2, 0, 0), image=images)
    assert drawn.shape == (2, 3, 16, 16)
    assert not torch.allclose(drawn[0], drawn[1])


def test_noise_modes_and_strengths():
    toy = toy_style()
    codes = toy.map(torch.zeros(1, 8))
    silent = toy.synthesize(codes, toy.noise_maps("none"))
    assert not torch.allclose(toy.synthesize(codes), silent)
    assert torch.allclose(toy.synthesize(codes, toy.noise_maps("random", seed=5, strength=0.0)), silent)
    one, other = (toy.noise_maps("random", seed=seed)[0][0] for seed in (5, 6))
    assert not torch.equal(one, other)
