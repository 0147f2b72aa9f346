"""The discriminators of StyleGAN2."""

from __future__ import annotations

import pytest
import torch

from trainers.networks.stylegan2 import LightDiscriminator, StyleGAN2Discriminator

BOTH = pytest.mark.parametrize("kind", [StyleGAN2Discriminator, LightDiscriminator])
Kind = type[StyleGAN2Discriminator] | type[LightDiscriminator]


@BOTH
def test_labels_are_projected(kind: Kind) -> None:
    network = kind((8, 8), 1, num_classes=3, group=1)
    images = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(0)).expand(3, 1, 8, 8)
    scores = network(images, torch.eye(3))
    assert scores.shape == (3,)
    assert scores.unique().numel() == 3
    with pytest.raises(ValueError, match=r"labels|class weights"):
        network(images)


def test_the_light_one_starts_in_balance() -> None:
    """Each layer hands on numbers of about the size that it was given."""
    network = LightDiscriminator((64, 64, 64, 64), 3)
    features = torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    for side, convolution, activation in zip(
        (16, 8, 4), network.layers[::2], network.layers[1::2], strict=True
    ):
        features = activation(convolution(features))
        assert features.shape == (8, 64, side, side)
        assert 0.7 < float(features.detach().square().mean().sqrt()) < 1.4


@BOTH
def test_a_picture_is_judged_by_itself_but_for_its_group(kind: Kind) -> None:
    network = kind((8, 8, 4), 3, group=2)
    images = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    changed = torch.cat([images[:3], -images[3:]])
    before, after = network(images), network(changed)
    torch.testing.assert_close(before[:2], after[:2])
    assert (before[2:] != after[2:]).all()
