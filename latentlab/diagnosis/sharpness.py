"""How sharp pictures are: generated beside real."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from numpy.typing import NDArray
from torch import Tensor

_GREY = (0.299, 0.587, 0.114)
_LAPLACIAN = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))


def laplacian_variance(images: Tensor) -> NDArray[np.float64]:
    """Variance of the Laplacian of the grey picture, (N,): high for sharp edges, and for noise.

    Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy". The border is not looked at.

    Args:
        images: (N, C, H, W) in [-1, 1], sides at least 3.
    """
    kernel = torch.tensor(_LAPLACIAN, dtype=torch.float64)[None, None]
    found: NDArray[np.float64] = (
        F.conv2d(_grey(images)[:, None], kernel).flatten(1).var(1, correction=0).numpy()
    )
    return found


def top_octave_energy(images: Tensor) -> NDArray[np.float64]:
    """Share of a picture's variance in the top octave of its spectrum, (N,): from half to all of the finest
    frequency along either axis. A picture of one colour has 0.

    Args:
        images: (N, C, H, W) in [-1, 1].
    """
    grey = _grey(images)
    power = torch.fft.fft2(grey).abs().square()
    power[:, 0, 0] = 0.0
    rows = torch.fft.fftfreq(grey.shape[1]).abs()[:, None]
    columns = torch.fft.fftfreq(grey.shape[2]).abs()[None]
    top = torch.maximum(rows, columns) >= 0.25
    total = power.sum((1, 2))
    share = power[:, top].sum(1) / total.clamp_min(torch.finfo(torch.float64).tiny)
    found: NDArray[np.float64] = torch.where(total > 0, share, torch.zeros_like(share)).numpy()
    return found


def power_spectrum(images: Tensor) -> NDArray[np.float64]:
    """Mean power of the grey pictures by radial frequency, (H // 2 + 1,): 0 ... the finest along an axis.

    The azimuthal mean, as Durall et al. 2020 (arXiv:2003.01826) use it to find upsampling artefacts.

    Args:
        images: (N, C, S, S) in [-1, 1].
    """
    grey = _grey(images)
    side = grey.shape[1]
    power = torch.fft.fft2(grey).abs().square().mean(0) / side**2
    frequencies = torch.fft.fftfreq(side, d=1 / side)
    radius = (frequencies[:, None].square() + frequencies[None].square()).sqrt().round().long().flatten()
    sums = torch.zeros(int(radius.max()) + 1, dtype=torch.float64).index_add_(0, radius, power.flatten())
    spectrum: NDArray[np.float64] = (sums / torch.bincount(radius))[: side // 2 + 1].numpy()
    return spectrum


def _grey(images: Tensor) -> Tensor:
    """(N, H, W) float64."""
    images = images.double()
    if images.shape[1] < 3:
        return images[:, 0]
    return torch.einsum("nchw,c->nhw", images[:, :3], torch.tensor(_GREY, dtype=torch.float64))
