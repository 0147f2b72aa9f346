"""Distances between two sets of features, a stretch of rows at a time: memory stays small for any number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.diagnosis.progress import Watch, unwatched
from latentlab.errors import Cancelled, ShapeError

Features = NDArray[np.floating]
"""(N, D)."""

_BYTES = 4 << 20
"""Of distances that exist at the same time."""


def distance_rows(
    rows: Features, columns: Features, *, watch: Watch = unwatched, of: int | None = None
) -> Iterator[tuple[int, Tensor]]:
    """Euclidean distances of a few rows at a time to all columns.

    Computed in float64 from squared norms and products, as scikit-learn does, because features of an image network
    have distances that are small beside their length.

    Args:
        rows: (N, D).
        columns: (M, D).
        watch: told the share of rows done; may cancel.
        of: width of a stretch in rows; None chooses.

    Yields:
        Number of the first row, and distances (n, M) float64, in order.

    Raises:
        ShapeError: the features differ in width.
        Cancelled: `watch` said so.
    """
    if rows.ndim != 2 or columns.ndim != 2 or rows.shape[1] != columns.shape[1]:
        raise ShapeError(f"Features of shapes {rows.shape} and {columns.shape} cannot be compared.")
    other = torch.from_numpy(np.ascontiguousarray(columns, np.float64))
    squares = other.square().sum(1)
    step = of or max(1, _BYTES // (8 * len(columns)))
    for begin in range(0, len(rows), step):
        if watch(begin / len(rows)):
            raise Cancelled
        own = torch.from_numpy(np.ascontiguousarray(rows[begin : begin + step], np.float64))
        distances = own.square().sum(1, keepdim=True) + squares
        distances.addmm_(own, other.T, alpha=-2.0)
        yield begin, distances.clamp_min_(0.0).sqrt_()


def nearest(
    rows: Features, columns: Features, *, watch: Watch = unwatched
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """For every row the distance to the nearest column, (N,), and which one it is, (N,)."""
    lengths, places = np.empty(len(rows)), np.empty(len(rows), np.int64)
    for begin, distances in distance_rows(rows, columns, watch=watch):
        found = distances.min(1)
        lengths[begin : begin + len(distances)] = found.values.numpy()
        places[begin : begin + len(distances)] = found.indices.numpy()
    return lengths, places


def radii(features: Features, k: int, *, watch: Watch = unwatched) -> NDArray[np.float64]:
    """Distance of every sample to its `k`-th nearest other sample, (N,).

    Raises:
        ShapeError: there are not more than `k` samples.
    """
    if len(features) <= k:
        raise ShapeError(f"{len(features)} samples have no {k}-th nearest neighbour: take more than {k}.")
    found = np.empty(len(features))
    for begin, distances in distance_rows(features, features, watch=watch):
        within = torch.arange(len(distances))
        distances[within, begin + within] = -1.0  # itself comes first, whatever rounding says
        found[begin : begin + len(distances)] = distances.kthvalue(k + 1, dim=1).values.numpy()
    return found
