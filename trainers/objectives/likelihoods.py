"""What reconstructions and codes cost: tensors in, nats out.

Images are (N, C, H, W) in [-1, 1]; densities are over that range. Sums run over everything but the batch.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from torch import Tensor

from trainers.team import ALONE, Team

Likelihood = Literal["bernoulli", "gaussian", "laplace"]

_SMALLEST_SCALE = 1e-4
"""A perfect batch must not ask for an infinite density."""


def negative_log_likelihood(
    images: Tensor,
    pictures: Tensor,
    likelihood: Likelihood,
    scale: float | None = None,
    team: Team = ALONE,
) -> Tensor:
    """-log p(images | pictures) in nats per image, (N,).

    "bernoulli" reads (picture + 1) / 2 as the probability of white. "gaussian" and "laplace" are centred on the
    picture.

    Args:
        scale: standard deviation (Gaussian) or mean absolute deviation (Laplace); None takes the one that is
            most likely for this batch (Rybkin et al. 2021, "Simple and Effective VAE Training with Calibrated
            Decoders", arXiv:2006.13202), which balances reconstruction and KL without a weight.
        team: the processes that share the batch.
    """
    if likelihood == "bernoulli":
        chance = (pictures + 1) / 2
        return F.binary_cross_entropy(chance, (images + 1) / 2, reduction="none").flatten(1).sum(1)
    error = (images - pictures).flatten(1)
    if likelihood == "laplace":
        sizes = error.abs().mean(1)
        # The best width has no gradient of its own: there the loss is flat in it.
        best = team.mean(sizes.detach().mean()).clamp_min(_SMALLEST_SCALE)
        width = best if scale is None else sizes.new_tensor(scale)
        return error.shape[1] * (sizes / width + (2 * width).log())
    squares = error.square().mean(1)
    best = team.mean(squares.detach().mean()).sqrt().clamp_min(_SMALLEST_SCALE)
    sigma = best if scale is None else squares.new_tensor(scale)
    return error.shape[1] * (0.5 * squares / sigma.square() + sigma.log() + 0.5 * math.log(2 * math.pi))


def laplacian_pyramid(images: Tensor, levels: int) -> list[Tensor]:
    """What each halving of the size takes away, finest first, and the rest (Burt & Adelson 1983).

    Returns:
        `levels` band-pass pictures of the sizes (H, W), (H/2, W/2), ... and the small picture that remains.
    """
    bands = []
    for _ in range(levels):
        smaller = F.avg_pool2d(images, 2)
        bands.append(images - F.interpolate(smaller, scale_factor=2, mode="bilinear", align_corners=False))
        images = smaller
    return [*bands, images]


def pyramid_loss(images: Tensor, pictures: Tensor, levels: int, team: Team = ALONE) -> Tensor:
    """Error of the details, in nats per image, (N,), always above 0.

    The mean absolute error of every band of the Laplacian pyramid, all bands alike (after Bojanowski et al. 2018,
    arXiv:1707.05776), counted as a Laplace likelihood of the batch's own width would count it.
    """
    error = images - pictures
    width = team.mean(error.detach().abs().mean()).clamp_min(_SMALLEST_SCALE)
    bands = laplacian_pyramid(error, levels)  # the pyramid is linear
    sizes = torch.stack([band.abs().flatten(1).mean(1) for band in bands]).sum(0)
    return images[0].numel() * sizes / width


def free_bits(kl: Tensor, nats: float, team: Team = ALONE) -> Tensor:
    """KL that counts, in nats per image, (): what each dimension has above its free share.

    Kingma et al. 2016 (arXiv:1606.04934), appendix C.8: the floor is on the batch mean of each dimension, so a
    dimension below it is not pushed further towards the prior.

    Args:
        kl: (N, z_dim).
        nats: free share of each dimension.
        team: the processes that share the batch.
    """
    return team.mean(kl.mean(0)).clamp_min(nats).sum()


def mmd_to_normal(z: Tensor, normal: Tensor, team: Team = ALONE) -> Tensor:
    """Maximum mean discrepancy between two samples (N, D) and (M, D), unbiased, ().

    Inverse multiquadratic kernels of several widths, as in Tolstikhin et al. 2018 (arXiv:1711.01558): 0 in
    expectation when codes are spread as the prior is, so that samples of the prior look like reconstructions.

    Args:
        z: this process's codes.
        normal: a sample of the prior, the same in every process.
        team: the processes that share the batch: all their codes are compared.
    """
    if team.size > 1:  # all codes, with gradients to every process: the mean of parts that zeros fill up
        before, after = team.rank * len(z), (team.size - 1 - team.rank) * len(z)
        z = team.size * team.mean(F.pad(z, (0, 0, before, after)))
    inside, outside, across = _kernel(z, z), _kernel(normal, normal), _kernel(z, normal)
    n, m = len(z), len(normal)
    same = (inside.sum() - inside.diagonal().sum()) / (n * (n - 1))
    other = (outside.sum() - outside.diagonal().sum()) / (m * (m - 1))
    return same + other - 2 * across.mean()


def _kernel(a: Tensor, b: Tensor) -> Tensor:
    width = 2.0 * a.shape[1]  # of two standard normal vectors: their mean squared distance
    distance = torch.cdist(a, b).square()
    scales = [width * factor for factor in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)]
    return torch.stack([scale / (scale + distance) for scale in scales]).sum(0)


def active_units(mu: Tensor, threshold: float = 0.01) -> int:
    """How many dimensions of z say something about the picture: Var_x(E[z_d | x]) above `threshold`.

    Burda et al. 2016 (arXiv:1509.00519), section 5.2.

    Args:
        mu: (N, z_dim), posterior means of many images.
    """
    return int((mu.var(0, correction=0) > threshold).sum())
