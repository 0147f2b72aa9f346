"""The patch discriminator has the patches and the size that the paper says."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from trainers.networks.patch import PatchDiscriminator, smallest_side


@pytest.mark.parametrize(("levels", "side"), [(1, 16), (2, 34), (3, 70)])
def test_a_logit_sees_one_patch(levels: int, side: int) -> None:
    network = PatchDiscriminator(1, 4, levels)
    for index, module in enumerate(network.layers):
        if isinstance(module, nn.InstanceNorm2d):  # which looks at the whole picture
            network.layers[index] = nn.Identity()
    images = torch.randn(1, 1, 128, 128, generator=torch.Generator().manual_seed(0)).requires_grad_()
    logits = network(images)
    (gradient,) = torch.autograd.grad(logits[0, logits.shape[1] // 2, logits.shape[2] // 2], images)
    seen = gradient[0, 0].abs().sum(0).nonzero()
    assert int(seen.max() - seen.min()) + 1 == side


def test_the_published_one_has_2_765_million_weights() -> None:
    assert sum(weight.numel() for weight in PatchDiscriminator(3, 64, 3).parameters()) == 2_764_737


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_the_smallest_picture_leaves_two_patches_a_side(levels: int) -> None:
    side = smallest_side(levels)
    assert PatchDiscriminator(3, 4, levels)(torch.zeros(2, 3, side, side)).shape == (2, 2, 2)
