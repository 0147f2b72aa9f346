"""Layers of the StyleGANs' discriminators, against scipy and statistics of normal numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d

from latentlab.errors import TrainingError
from trainers.networks.equalized import BatchSpread, Convolution, check_groups


def test_untrained_layers_keep_the_size_of_numbers() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layer = Convolution(32, 48, 3)
    x = torch.randn(8, 32, 16, 16, generator=torch.Generator().manual_seed(1))
    assert layer(x)[:, :, 1:-1, 1:-1].square().mean().item() == pytest.approx(1.0, abs=0.1)
    assert layer.weight.std().item() == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("size", [1, 3])
def test_halving_smooths_first(size: int) -> None:
    layer = Convolution(1, 1, size, down=True, activate=False)
    image = np.random.default_rng(0).normal(size=(8, 8))
    taps = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64
    kernel = layer.weight[0, 0].detach().double().numpy()[::-1, ::-1] / size  # conv2d correlates
    every = convolve2d(convolve2d(image, taps), kernel)  # of all shifts: 10 + size samples a side
    first = 2 + size // 2  # the output is centred on pairs of pixels
    expected = every[first::2, first::2][:4, :4]
    found = layer(torch.from_numpy(image).float()[None, None])[0, 0].detach().numpy()
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_spread_of_each_group_is_its_standard_deviation() -> None:
    x = torch.randn(6, 5, 4, 4, generator=torch.Generator().manual_seed(0))
    found = BatchSpread(3)(x)
    assert found.shape == (6, 6, 4, 4)
    torch.testing.assert_close(found[:, :5], x)
    for start in (0, 3):
        expected = x[start : start + 3].std(0, unbiased=False).mean()
        torch.testing.assert_close(found[start : start + 3, 5], expected.expand(3, 4, 4))


def test_a_generator_that_repeats_itself_shows() -> None:
    same = torch.randn(1, 5, 4, 4, generator=torch.Generator().manual_seed(0)).expand(4, 5, 4, 4)
    assert BatchSpread(4)(same)[:, 5].max() < 1e-3


def test_parts_of_a_batch_hold_whole_groups() -> None:
    check_groups(4, 16, 4)
    with pytest.raises(TrainingError, match="groups of 4"):
        check_groups(4, 12, 2)
