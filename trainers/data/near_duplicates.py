"""Pictures that look the same, found by a perceptual hash and confirmed by their pixels.

A difference hash has a bit for each pair of neighbours in a 9x8 picture: which one is brighter. Two hashes that
differ in at most 3 bits agree in one of four quarters, so only pictures that share a quarter are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainers.data.listing import Pixels

_MOST_BITS = 3
_MOST_DIFFERENCE = 6.0
"""Of 255: root of the mean squared difference of two 16x16 pictures that look the same."""
_LARGEST_BUCKET = 400
"""Pictures that share a quarter of their hash; more of them are flat, and only neighbours are compared."""
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures that look the same."""

    first: str
    second: str
    difference: float
    """Root of the mean squared difference of their 16x16 versions, of 255; 0 for equal ones."""


@dataclass(frozen=True, slots=True)
class Found:
    """What `find` found."""

    pairs: tuple[Pair, ...]
    items: int
    """Pictures that look like an earlier one."""


def find(pixels: Pixels, names: Sequence[str], most: int) -> Found:
    """Look for near-duplicates.

    Args:
        pixels: (N, H, W, C).
        names: of the pictures.
        most: pairs to return, those first that differ least.
    """
    if len(pixels) < 2:
        return Found((), 0)
    small = np.concatenate(
        [_shrunk(pixels[start : start + _BLOCK]) for start in range(0, len(pixels), _BLOCK)]
    )
    hashes = _hashes(small)
    pairs = _alike(hashes)
    differences = np.concatenate(
        [np.zeros(0)]
        + [
            np.sqrt(((small[part[:, 0]] - small[part[:, 1]]) ** 2).mean((1, 2, 3)))
            for part in np.array_split(pairs, len(pairs) // _BLOCK + 1)
        ]
    )
    same = differences <= _MOST_DIFFERENCE
    pairs, differences = pairs[same], differences[same]
    order = np.lexsort((pairs[:, 1], pairs[:, 0], differences))[:most]
    return Found(
        tuple(
            Pair(names[pairs[row, 0]], names[pairs[row, 1]], round(float(differences[row]), 2))
            for row in order
        ),
        len(np.unique(pairs[:, 1])),
    )


def _shrunk(pixels: Pixels) -> NDArray[np.float32]:
    """(N, H, W, C) to (N, 16, 16, C) by averages over areas."""
    values = pixels.astype(np.float32)
    for axis in (1, 2):
        side = values.shape[axis]
        weights = _area_weights(side, 16)  # (16, side)
        values = np.moveaxis(np.tensordot(values, weights, ([axis], [1])), -1, axis)
    return values


def _area_weights(side: int, target: int) -> NDArray[np.float32]:
    """How much of each of `side` pixels lies in each of `target` areas, rows summing to 1."""
    edges = np.linspace(0, side, target + 1)
    pixel = np.arange(side)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    weights = overlap.clip(0)
    shares: NDArray[np.float32] = (weights / weights.sum(1, keepdims=True)).astype(np.float32)
    return shares


def _hashes(small: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Difference hashes (N,) of pictures (N, 16, 16, C)."""
    grey = small.mean(3)
    rows = np.tensordot(grey, _area_weights(16, 8), ([1], [1]))  # (N, 16, 8)
    columns = np.tensordot(rows, _area_weights(16, 9), ([1], [1]))  # (N, 8, 9)
    # A tolerance, so that noise does not decide the bits of flat parts.
    bits = (columns[:, :, 1:] - columns[:, :, :-1] > 0.5).reshape(len(small), 64)
    return np.packbits(bits, axis=1).view(np.uint64)[:, 0]


def _bits(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = np.unpackbits(values.view(np.uint8).reshape(len(values), 8), axis=1).sum(
        1, np.int64
    )
    return counts


def _alike(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Pairs (P, 2), smaller index first, whose hashes differ in few bits."""
    found = [_alike_by_quarter(hashes, quarter) for quarter in range(4)]
    codes = np.unique(np.concatenate(found))
    return np.stack([codes // len(hashes), codes % len(hashes)], 1)


def _alike_by_quarter(hashes: NDArray[np.uint64], quarter: int) -> NDArray[np.int64]:
    """Those of the pairs that share a quarter of their hash, as smaller index * N + larger index."""
    count = np.int64(len(hashes))
    keys = (hashes >> np.uint64(16 * quarter)) & np.uint64(0xFFFF)
    order = np.lexsort((hashes, keys))
    starts = np.flatnonzero(np.diff(keys[order]).astype(bool)) + 1
    found = [np.zeros(0, np.int64)]
    for members in np.split(order, starts):
        if len(members) > _LARGEST_BUCKET:  # sorted by hash: equal ones are neighbours
            first, second = members[:-1], members[1:]
        elif len(members) > 1:
            rows, columns = np.triu_indices(len(members), 1)
            first, second = members[rows], members[columns]
        else:
            continue
        close = _bits(hashes[first] ^ hashes[second]) <= _MOST_BITS
        first, second = first[close], second[close]
        found.append(np.minimum(first, second) * count + np.maximum(first, second))
    return np.concatenate(found)
