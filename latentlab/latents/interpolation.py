"""Ways between latents. z lies near a sphere, so it is turned (slerp); w has no such shape and is blended (lerp).

All functions work on the last dimension and return the inputs' type on their device. The spherical ones compute in
float64 on the CPU: they are for few vectors, and not every device has float64.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

_TINY = 1e-12
_STEPS = 60


def lerp(a: Tensor, b: Tensor, t: float) -> Tensor:
    """The point at `t` of the straight way from `a` (t = 0) to `b` (t = 1), (..., D)."""
    return torch.lerp(a, b, t)


def slerp(a: Tensor, b: Tensor, t: float) -> Tensor:
    """The point at `t` of the great arc from `a` to `b`, (..., D); its length goes linearly from |a| to |b|.

    Shoemake 1985, "Animating rotation with quaternion curves". Between opposite vectors any arc is shortest: one
    through a fixed third direction is taken. A zero vector has the other one's direction.
    """
    one, other = _wide(a), _wide(b)
    length_a, length_b = _length(one), _length(other)
    unit_a, unit_b = _unit(one, other), _unit(other, one)
    direction = _arc(unit_a, unit_b, t)
    return (direction * (length_a + t * (length_b - length_a)).clamp_min(0.0)).to(a)


def mean(points: Tensor, weights: Sequence[float] | Tensor) -> Tensor:
    """Linear weighted mean of `points` (K, ..., D) with K weights that sum to 1: (..., D)."""
    return (_shaped(weights, points) * points).sum(0)


def spherical_mean(points: Tensor, weights: Sequence[float] | Tensor) -> Tensor:
    """Weighted mean on the sphere of `points` (K, ..., D) with K weights, 0 or more, that sum to 1: (..., D).

    The direction has the least weighted sum of squared angles to the points (Buss & Fillmore 2001, "Spherical
    averages"), the length is the weighted mean of theirs. For two points it is `slerp`.
    """
    vectors = _wide(points)
    shaped = _shaped(weights, vectors)
    lengths = _length(vectors)
    heaviest = vectors[int(torch.as_tensor(weights).argmax())]
    units = _unit(vectors, heaviest.expand_as(vectors))
    here = _unit((shaped * units).sum(0), heaviest)
    for _ in range(_STEPS):
        step = (shaped * _towards(here, units)).sum(0)
        angle = _length(step)
        if float(angle.max()) < _TINY:
            break
        here = _unit(torch.cos(angle) * here + torch.sin(angle) * step / angle.clamp_min(_TINY), here)
    return (here * (shaped * lengths).sum(0)).to(points)


def patch(corners: Tensor, u: float, v: float, *, spherical: bool) -> Tensor:
    """A point of the patch between four corners (4, ..., D), top left, top right, bottom left, bottom right.

    Args:
        u: 0 left to 1 right.
        v: 0 top to 1 bottom.
        spherical: slerp (for z) instead of lerp (for w).
    """
    between = slerp if spherical else lerp
    top_left, top_right, bottom_left, bottom_right = corners
    return between(between(top_left, top_right, u), between(bottom_left, bottom_right, u), v)


def _arc(a: Tensor, b: Tensor, t: float) -> Tensor:
    """Slerp of unit vectors."""
    across = b - (a * b).sum(-1, keepdim=True) * a
    sine = _length(across)
    cosine = (a * b).sum(-1, keepdim=True)
    angle = torch.atan2(sine, cosine)  # exact for small angles and for angles near pi, where acos is not
    across = _unit(torch.where(sine > _TINY, across, _perpendicular(a)), a)
    across = _unit(
        across - (a * across).sum(-1, keepdim=True) * a, _perpendicular(a)
    )  # rounding, made larger above
    return torch.cos(t * angle) * a + torch.sin(t * angle) * across


def _towards(here: Tensor, points: Tensor) -> Tensor:
    """Tangents at `here` towards unit `points`, as long as the angles to them (the sphere's logarithm)."""
    cosine = (here * points).sum(-1, keepdim=True)
    across = points - cosine * here
    sine = _length(across)
    return across * (torch.atan2(sine, cosine) / sine.clamp_min(_TINY))


def _perpendicular(a: Tensor) -> Tensor:
    """A vector at right angles to unit `a`: the axis that `a` has least of, made so."""
    axis = torch.nn.functional.one_hot(a.abs().argmin(-1), a.shape[-1]).to(a)
    return axis - (a * axis).sum(-1, keepdim=True) * a


def _unit(a: Tensor, instead: Tensor) -> Tensor:
    """`a` at length 1; where it is zero, `instead` at length 1, or zero if that is zero too."""
    length = _length(a)
    vector = torch.where(length > _TINY, a, instead)
    return vector / _length(vector).clamp_min(_TINY)


def _length(a: Tensor) -> Tensor:
    length: Tensor = torch.linalg.vector_norm(a, dim=-1, keepdim=True)
    return length


def _shaped(weights: Sequence[float] | Tensor, points: Tensor) -> Tensor:
    """Weights (K,) ready to multiply points (K, ..., D)."""
    return torch.as_tensor(weights, dtype=points.dtype, device=points.device).reshape(
        -1, *(1,) * (points.ndim - 1)
    )


def _wide(a: Tensor) -> Tensor:
    return a.cpu().double()
