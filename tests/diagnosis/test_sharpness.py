"""Sharpness: against scipy, and ordered as one sees it."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
import torch

from latentlab.diagnosis.sharpness import laplacian_variance, power_spectrum, top_octave_energy


def _pictures() -> torch.Tensor:
    random = np.random.default_rng(0)
    return torch.from_numpy(random.uniform(-1, 1, (3, 3, 32, 32)).astype(np.float32))


def test_the_laplacian_is_scipys() -> None:
    images = _pictures()
    grey = np.einsum("nchw,c->nhw", images.double().numpy(), [0.299, 0.587, 0.114])
    for picture, found in zip(grey, laplacian_variance(images), strict=True):
        assert found == pytest.approx(scipy.ndimage.laplace(picture)[1:-1, 1:-1].var())


def test_blur_lowers_both_figures() -> None:
    images = _pictures()
    soft = torch.from_numpy(scipy.ndimage.gaussian_filter(images.numpy(), (0, 0, 1, 1)))
    assert (laplacian_variance(soft) < 0.5 * laplacian_variance(images)).all()
    assert (top_octave_energy(soft) < 0.5 * top_octave_energy(images)).all()


def test_the_top_octave_holds_its_waves_alone() -> None:
    x = torch.arange(32) * 2 * torch.pi / 32
    slow, fast = torch.sin(4 * x).repeat(32, 1), torch.sin(12 * x).repeat(32, 1)
    images = torch.stack([slow, fast, slow + fast, torch.zeros(32, 32)])[:, None]
    assert top_octave_energy(images) == pytest.approx([0.0, 1.0, 0.5, 0.0], abs=1e-6)


def test_the_spectrum_of_noise_is_flat_and_sums_to_its_power() -> None:
    noise = torch.from_numpy(np.random.default_rng(1).normal(size=(200, 1, 32, 32)))
    spectrum = power_spectrum(noise)
    assert len(spectrum) == 17
    assert spectrum[1:] == pytest.approx(np.ones(16), rel=0.1)
