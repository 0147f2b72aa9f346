"""Samples of a model's own codes, the same every time, and their moments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from latentlab.models.generator import Generator
from latentlab.models.seeds import normal_from_seed

Progress = Callable[[float, str], None]
"""Share done, 0 ... 1, and what is being done, for people."""
Cancelled = Callable[[], bool]

_SEED = 20_200_401


class Draw(NamedTuple):
    """A batch of latents on the generator's device."""

    z: Tensor
    """(N, z_dim)."""
    condition: Tensor | None
    """(N, num_classes), one class each."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and covariance of the latent part of codes, float64 on the CPU."""

    mean: Tensor
    """(latent_dims,)."""
    covariance: Tensor
    """(latent_dims, latent_dims)."""

    def sigma(self, vector: Tensor) -> float:
        """Standard deviation along a unit vector (latent_dims,)."""
        return float((vector @ self.covariance @ vector).clamp_min(0.0).sqrt())

    def share(self, vector: Tensor) -> float:
        """Share of all variance that lies along a unit vector (latent_dims,), 0 ... 1."""
        return min(float(vector @ self.covariance @ vector / self.covariance.trace()), 1.0)


def part(progress: Progress | None, start: float, end: float) -> Progress | None:
    """Progress of a part of the work, from share `start` to `end` of the whole."""
    if progress is None:
        return None
    return lambda share, text: progress(start + share * (end - start), text)


def draws(generator: Generator, count: int, batch: int) -> Iterator[Draw]:
    """`count` latents in batches: z from fixed seeds, classes each as likely."""
    model = generator.capabilities
    device = generator.code_mean.device
    for number, first in enumerate(range(0, count, batch)):
        size = min(batch, count - first)
        condition = None
        if model.num_classes:
            picked = np.random.RandomState(_SEED + number).randint(model.num_classes, size=size)
            condition = torch.eye(model.num_classes, device=device)[torch.from_numpy(picked).to(device)]
        yield Draw(normal_from_seed(_SEED + number, size, model.z_dim).to(device), condition)


def latent_part(generator: Generator, codes: Tensor) -> Tensor:
    """The latent part of codes (N, num_codes, code_dim), averaged over layers: (N, latent_dims), float64, CPU."""
    return codes[:, :, : generator.capabilities.latent_dims].cpu().double().mean(1)


@torch.no_grad()
def code_moments(
    generator: Generator, count: int, *, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Moments | None:
    """Mean and covariance of `count` codes, in one pass over batches; None when cancelled."""
    dims = generator.capabilities.latent_dims
    total, products, origin = torch.zeros(dims).double(), torch.zeros(dims, dims).double(), None
    done = 0
    for draw in draws(generator, count, batch=512):
        if cancelled is not None and cancelled():
            return None
        codes = latent_part(generator, generator.map(draw.z, draw.condition))
        origin = codes.mean(0) if origin is None else origin  # near the mean, so that no digits are lost
        codes = codes - origin
        total += codes.sum(0)
        products += codes.T @ codes
        done += len(codes)
        if progress is not None:
            progress(done / count, "Sampling codes")
    if origin is None:
        return None
    mean = total / done
    return Moments(origin + mean, (products - done * torch.outer(mean, mean)) / (done - 1))
