"""How a model uses its latent space: dimensions of a VAE, answers of a generator to a change of z."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.models.vae import kl_to_prior

_ACTIVE = 0.01
_USED = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class LatentUse:
    """What the dimensions of a VAE's z carry, over many pictures."""

    kl: NDArray[np.float64]
    """(z_dim,) mean KL to the prior, nats."""
    variance: NDArray[np.float64]
    """(z_dim,) Var_x(E[z_d | x])."""
    mean: NDArray[np.float64]
    """(z_dim,) of the aggregated posterior: 0 where it fits the prior."""
    deviation: NDArray[np.float64]
    """(z_dim,) of the aggregated posterior: 1 where it fits the prior."""

    @property
    def active_units(self) -> int:
        """Dimensions with a variance above 0.01: Burda et al. 2016 (arXiv:1509.00519), section 5.2."""
        return int((self.variance > _ACTIVE).sum())

    @property
    def used_units(self) -> int:
        """Dimensions with a KL above 0.1 nats."""
        return int((self.kl > _USED).sum())


def latent_use(mu: Tensor, logvar: Tensor) -> LatentUse:
    """From the posteriors of N pictures, (N, z_dim) each."""
    mu, logvar = mu.double(), logvar.double()
    variance = mu.var(0, correction=0)
    return LatentUse(
        kl=kl_to_prior(mu, logvar).mean(0).numpy(),
        variance=variance.numpy(),
        mean=mu.mean(0).numpy(),
        deviation=(variance + logvar.exp().mean(0)).sqrt().numpy(),
    )


def mode_seeking_ratios(
    codes: Tensor, features: NDArray[np.floating], *, seed: int = 0, pairs: int = 1000
) -> NDArray[np.float64]:
    """d(G(z1), G(z2)) / d(z1, z2) for random pairs, (pairs,): Mao et al. 2019 (arXiv:1903.05628).

    Mean absolute differences on both sides. A mean near 0 is a collapsed generator, or class.

    Args:
        codes: (N, z_dim).
        features: (N, ...) of the pictures drawn from them, or the pictures.
    """
    random = np.random.default_rng(seed)
    first = random.integers(len(codes), size=pairs)
    second = (first + random.integers(1, len(codes), size=pairs)) % len(codes)
    apart = (codes[first] - codes[second]).abs().mean(1).double().numpy()
    drawn = np.asarray(features, np.float64).reshape(len(codes), -1)
    ratios: NDArray[np.float64] = np.abs(drawn[first] - drawn[second]).mean(1) / apart
    return ratios


def sensitivity(
    draw: Callable[[Tensor], Tensor], code: Tensor, count: int = 8, *, step: float = 0.01, batch: int = 32
) -> NDArray[np.float64]:
    """The largest singular values of the Jacobian of `draw` at one code, largest first: flat is collapsed.

    By central differences, so it needs no gradients and works with any engine.

    Args:
        draw: (N, z_dim) to (N, ...).
        code: (z_dim,).
        count: how many, at most z_dim.
        step: half the distance of the two codes of a difference.
        batch: codes drawn at a time.
    """
    moves = step * torch.eye(len(code), dtype=code.dtype)
    codes = torch.cat([code + moves, code - moves])
    drawn = torch.cat([draw(part).flatten(1).double().cpu() for part in torch.split(codes, batch)])
    columns = (drawn[: len(code)] - drawn[len(code) :]) / (2 * step)  # (z_dim, numbers)
    values: NDArray[np.float64] = (
        torch.linalg.eigvalsh(columns @ columns.T).flip(0).clamp_min(0.0).sqrt().numpy()
    )
    return values[:count]
