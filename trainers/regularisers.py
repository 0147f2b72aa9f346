"""What keeps adversarial training in bounds: penalties on gradients, on the spread of samples, on weights.

Penalties are means or per-picture values before their weight. Gradients are the true ones: they can be
differentiated again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from trainers.team import ALONE, Team

Network = TypeVar("Network", bound=nn.Module)


def squared_gradient(scores: Tensor, images: Tensor) -> Tensor:
    """|∇ D(x)|² of each picture, (N,): R1 on real pictures, R2 on generated ones.

    Mescheder et al. 2018 (arXiv:1801.04406), section 4.1; their penalty is gamma / 2 times the mean.

    Args:
        scores: (N,), of `images`; no score may depend on another picture.
        images: (N, ...), which require gradients.
    """
    return squared_gradients(scores, images)[0]


def squared_gradients(scores: Tensor, *images: Tensor) -> tuple[Tensor, ...]:
    """`squared_gradient` of several batches of images that were judged in one pass: one pass back for all.

    Args:
        scores: of all `images`.
        images: (N, ...) each.
    """
    gradients = torch.autograd.grad(scores.sum(), images, create_graph=True)
    return tuple(gradient.flatten(1).square().sum(1) for gradient in gradients)


def one_lipschitz(critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """(|∇ D(x)| - 1)² between real and generated pictures, (N,).

    WGAN-GP (Gulrajani et al. 2017, arXiv:1704.00028), section 4; their weight is 10.

    Args:
        critic: images (N, ...) to scores (N,).
        real: (N, ...).
        fake: (N, ...).
        share: (N,), uniform in [0, 1]: how much of the real picture is in each mixture.
    """
    share = share.view(-1, *[1] * (real.ndim - 1))
    mixed = (share * real.detach() + (1 - share) * fake.detach()).requires_grad_()
    return (squared_gradient(critic(mixed), mixed) + 1e-12).sqrt().sub(1).square()


def path_lengths(images: Tensor, ws: Tensor, normal: Tensor) -> Tensor:
    """How far each picture moves for a step of w in the direction of a random picture, (N,).

    StyleGAN2 (Karras et al. 2020, arXiv:1912.04958), section 3.2: sqrt of the mean over layers of |Jᵀ y|².

    Args:
        images: (N, C, H, W), drawn from `ws`.
        ws: (N, L, w_dim), which require gradients.
        normal: (N, C, H, W), standard normal.
    """
    projected = (images * normal).sum() / math.sqrt(images.shape[2] * images.shape[3])
    (gradient,) = torch.autograd.grad(projected, ws, create_graph=True)
    return gradient.square().sum(2).mean(1).sqrt()


FAINT = 0.2
"""Differences of a number in [-1, 1] that count the less the more they lie below this. Else a faint pattern that
changes with the code, in what should be plain ground, would be the cheapest way to differ."""


def mode_seeking(first: Tensor, second: Tensor, z: Tensor, other_z: Tensor, team: Team = ALONE) -> Tensor:
    """Small when two codes draw as different pictures as they are different codes, ().

    Mao et al. 2019 (arXiv:1903.05628), equation 4, as a loss: the inverse of the ratio of the distances (mean
    absolute differences) of pictures and of codes. The differences of pictures are smooth at 0: see `FAINT`.

    Args:
        first: (N, ...), pictures drawn from `z`.
        second: (N, ...), drawn from `other_z` under the same conditions.
        z: (N, z_dim).
        other_z: (N, z_dim).
        team: the processes that share the batch: the inverse of a mean is not the mean of inverses.
    """
    squares = (first - second).flatten(1).square()
    apart = ((squares + FAINT**2).sqrt() - FAINT).mean(1)
    ratio = apart / (z - other_z).abs().mean(1).clamp_min(1e-6)
    return 1 / (team.mean(ratio.mean()) + 1e-5)


def pack(images: Tensor, degree: int) -> Tensor:
    """(N, C, ...) to (N / degree, degree * C, ...): the discriminator judges `degree` pictures as one.

    PacGAN (Lin et al. 2018, arXiv:1712.04086), section 3: a set of samples shows a lost mode where one does not.
    """
    if degree == 1:
        return images
    return images.reshape(len(images) // degree, degree * images.shape[1], *images.shape[2:])


def limit_spectrum(network: Network) -> Network:
    """Divide every linear and convolutional weight by its largest singular value; returns the same network.

    Miyato et al. 2018 (arXiv:1802.05957): one power iteration per pass in training mode, none in evaluation.
    """
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            spectral_norm(module)
    return network


def lazy_weight(step: int, every: int) -> float:
    """Weight of a penalty that is computed in every `every`-th step alone: `every` there, else 0.

    StyleGAN2 (arXiv:1912.04958), appendix B, "lazy regularization": the mean weight stays 1.
    """
    return float(every) if step % every == 0 else 0.0


def lazy_adam(
    learning_rate: float, betas: tuple[float, float], every: int
) -> tuple[float, tuple[float, float]]:
    """Adam's rate and betas for a network with a penalty in every `every`-th step, as in `lazy_weight`.

    For optimisers that step once for the loss and once more for the penalty (StyleGAN2, appendix B).
    """
    share = every / (every + 1)
    return learning_rate * share, (betas[0] ** share, betas[1] ** share)
