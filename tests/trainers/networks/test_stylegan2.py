"""The discriminators of StyleGAN2."""

from __future__ import annotations

import pytest
import torch

from trainers.networks.stylegan2 import StyleGAN2Discriminator


@pytest.mark.parametrize("light", [False, True])
def test_labels_are_projected(light: bool) -> None:
    network = StyleGAN2Discriminator((8, 8), 1, num_classes=3, group=1, light=light)
    images = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(0)).expand(3, 1, 8, 8)
    scores = network(images, torch.eye(3))
    assert scores.shape == (3,)
    assert scores.unique().numel() == 3
    with pytest.raises(ValueError, match="labels"):
        network(images)


def test_the_light_one_starts_in_balance() -> None:
    """Equalised learning rate: each layer hands on numbers of about the size that it was given."""
    network = StyleGAN2Discriminator((64, 64, 64, 64), 3, light=True)
    features = torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert len(network.blocks) == 3
    for side, block in zip((16, 8, 4), network.blocks, strict=True):
        features = block(features)
        assert features.shape == (8, 64, side, side)
        assert 0.7 < float(features.detach().square().mean().sqrt()) < 1.4


@pytest.mark.parametrize("light", [False, True])
def test_a_picture_is_judged_by_itself_but_for_its_group(light: bool) -> None:
    network = StyleGAN2Discriminator((8, 8, 4), 3, group=2, light=light)
    images = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    changed = torch.cat([images[:3], -images[3:]])
    before, after = network(images), network(changed)
    torch.testing.assert_close(before[:2], after[:2])
    assert (before[2:] != after[2:]).all()
