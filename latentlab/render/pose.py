"""Pose inside the network: the matrix that models of the StyleGAN3 kind take."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from latentlab.latents.recipe import Transform


def inverse_matrix(transform: Transform) -> Tensor:
    """The inverse (3, 3) of "rotate counter-clockwise, then shift", in picture widths with y down.

    Karras et al. 2021 (arXiv:2106.12423), section 3.1: the Fourier features are sampled where the picture came
    from.
    """
    cos, sin = math.cos(math.radians(transform.rotation)), math.sin(math.radians(transform.rotation))
    x, y = transform.x, transform.y
    return torch.tensor(
        [[cos, -sin, -cos * x + sin * y], [sin, cos, -sin * x - cos * y], [0.0, 0.0, 1.0]],
        dtype=torch.float64,
    ).float()
