"""The growing discriminator fades from what it has learned to what it is learning."""

from __future__ import annotations

import torch
from torch.nn import functional

from trainers.networks.stylegan import GrowingDiscriminator


def test_fading_starts_at_the_smaller_network_and_ends_at_the_larger() -> None:
    network = GrowingDiscriminator((8, 8, 4), 3, group=2)
    images = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    smaller = network(functional.avg_pool2d(images, 2), 1)
    torch.testing.assert_close(network(images, 2, 0.0), smaller)
    larger, half = network(images, 2, 1.0), network(images, 2, 0.5)
    assert not torch.allclose(larger, smaller)
    assert not torch.allclose(half, smaller)
    for weight in network.from_rgb[1].parameters():
        weight.data.zero_()
    torch.testing.assert_close(network(images, 2, 1.0), larger)  # the old entrance is closed
