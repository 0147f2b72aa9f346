"""The main ways in which a model's pictures vary, ordered by how much.

With a w space: principal components of w (Härkönen et al. 2020, GANSpace, arXiv:2004.02546, section 2.1).

Without one the codes are normal numbers, alike in every direction, and their principal components mean nothing.
There the pictures decide: a linear map from code to picture is fitted by least squares, and the directions are
the principal components of the pictures that it predicts, taken back to the code. GANSpace does the same with a
layer's activations (section 2.2).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.sampling import Cancelled, Progress, code_moments, draws, latent_part, part
from latentlab.models.generator import Generator

COUNT = 80
"""Directions found at most."""
_SAMPLES = 16_384
_PAIRS_PER_DIM = 4
_PAIRS = (256, 1024)
_SIDE = 16
"""Pictures are compared at this many pixels a side: layout and colour, not texture."""
_PIXELS_AT_ONCE = 1 << 18
_NOTHING = 1e-10
"""Share of the largest variance below which a direction is rounding."""


def pca(
    generator: Generator, *, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> DirectionSet | None:
    """Directions "pca:0", "pca:1", ..., the strongest first; None when cancelled.

    `Direction.explained` is the share of the variance of w, or of the pictures at 16 pixels a side.
    """
    if not generator.capabilities.num_codes:
        return DirectionSet()
    if generator.capabilities.has_mapping:
        return _components_of_w(generator, progress, cancelled)
    return _response(generator, progress, cancelled)


def signed(vectors: Tensor) -> Tensor:
    """Unit rows (K, D) turned so that the largest number of each is positive: eigenvectors have no sign."""
    largest = vectors.gather(1, vectors.abs().argmax(1, keepdim=True))
    return vectors * torch.where(largest < 0, -1.0, 1.0)


def padded(generator: Generator, vector: Tensor) -> Tensor:
    """A vector (latent_dims,) as long as a code, float32: the condition is not moved."""
    model = generator.capabilities
    return functional.pad(vector, (0, model.code_dim - model.latent_dims)).float()


def _components_of_w(
    generator: Generator, progress: Progress | None, cancelled: Cancelled | None
) -> DirectionSet | None:
    moments = code_moments(generator, _SAMPLES, progress=progress, cancelled=cancelled)
    if moments is None:
        return None
    variances, vectors = torch.linalg.eigh(moments.covariance)
    variances, vectors = variances.flip(0), signed(vectors.T.flip(0))
    kept = int((variances[:COUNT] > _NOTHING * variances[0]).sum())
    total = float(moments.covariance.trace())
    return DirectionSet(
        Direction(
            id=f"pca:{index}",
            name=f"Change {index + 1}",
            vector=padded(generator, vectors[index]).numpy(),
            sigma=float(variances[index].sqrt()),
            explained=min(float(variances[index]) / total, 1.0),
            about=f"principal component {index + 1} of w ({_SAMPLES} samples)",
        )
        for index in range(kept)
    )


def _response(
    generator: Generator, progress: Progress | None, cancelled: Cancelled | None
) -> DirectionSet | None:
    moments = code_moments(generator, _SAMPLES, progress=part(progress, 0.0, 0.05), cancelled=cancelled)
    sampled = None if moments is None else _pairs(generator, part(progress, 0.05, 1.0), cancelled)
    if moments is None or sampled is None:
        return None
    codes, pictures = sampled
    # Half the difference of a pair has no constant part, and an even part of the response cannot disturb the fit.
    change, response = ((half[0] - half[1]) / 2 for half in (codes, pictures))  # (N, dims), (N, pixels)
    fitted = torch.linalg.lstsq(change, response, driver="gelsd").solution.T  # (pixels, dims)
    variances, axes = torch.linalg.eigh(moments.covariance)
    root = axes * variances.clamp_min(0.0).sqrt()  # root @ root.T is the covariance of the codes
    _, changes, vectors = torch.linalg.svd(fitted @ root, full_matrices=False)
    kept = int((changes[:COUNT].square() > _NOTHING * changes[0].square()).sum())
    units = signed(functional.normalize(vectors[:kept] @ root.T, dim=1))
    total = float(pictures.flatten(0, 1).var(0).sum())
    return DirectionSet(
        Direction(
            id=f"pca:{index}",
            name=f"Change {index + 1}",
            vector=padded(generator, units[index]).numpy(),
            sigma=moments.sigma(units[index]),
            explained=min(float(changes[index].square()) / total, 1.0),
            about=f"principal component {index + 1} of the picture's linear response to the code",
        )
        for index in range(kept)
    )


@torch.no_grad()
def _pairs(
    generator: Generator, progress: Progress | None, cancelled: Cancelled | None
) -> tuple[Tensor, Tensor] | None:
    """Codes (2, N, latent_dims) and small pictures (2, N, pixels) of many z and of -z; None when cancelled."""
    model = generator.capabilities
    count = min(max(_PAIRS_PER_DIM * model.latent_dims, _PAIRS[0]), _PAIRS[1])
    batch = min(max(_PIXELS_AT_ONCE // model.resolution**2 // 2, 1), 64)
    codes: list[Tensor] = []
    pictures: list[Tensor] = []
    for number, draw in enumerate(draws(generator, count, batch)):
        if cancelled is not None and cancelled():
            return None
        code, picture = _pair(generator, draw.z, draw.condition)
        codes.append(code)
        pictures.append(picture)
        if progress is not None:
            progress(min((number + 1) * batch / count, 1.0), "Drawing pictures")
    return torch.cat(codes, 1), torch.cat(pictures, 1)


def _pair(generator: Generator, z: Tensor, condition: Tensor | None) -> tuple[Tensor, Tensor]:
    """Codes (2, n, latent_dims) and small pictures (2, n, pixels) of z and of -z, float64 on the CPU."""
    codes = generator.map(torch.cat([z, -z]), None if condition is None else condition.repeat(2, 1))
    pictures = generator.synthesize(codes).float()
    side = min(_SIDE, pictures.shape[-1])
    small = functional.adaptive_avg_pool2d(pictures, side).flatten(1).cpu().double()
    return (
        latent_part(generator, codes).reshape(2, len(z), -1),
        small.reshape(2, len(z), -1),
    )
