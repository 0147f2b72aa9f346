"""The residual discriminator of StyleGAN2."""

from __future__ import annotations

import pytest
import torch

from trainers.networks.stylegan2 import StyleGAN2Discriminator


def test_labels_are_projected() -> None:
    network = StyleGAN2Discriminator((8, 8), 1, num_classes=3, group=1)
    images = torch.randn(1, 1, 8, 8, generator=torch.Generator().manual_seed(0)).expand(3, 1, 8, 8)
    scores = network(images, torch.eye(3))
    assert scores.shape == (3,)
    assert scores.unique().numel() == 3
    with pytest.raises(ValueError, match="labels"):
        network(images)


def test_a_picture_is_judged_by_itself_but_for_its_group() -> None:
    network = StyleGAN2Discriminator((8, 8, 4), 3, group=2)
    images = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    changed = torch.cat([images[:3], -images[3:]])
    before, after = network(images), network(changed)
    torch.testing.assert_close(before[:2], after[:2])
    assert (before[2:] != after[2:]).all()
