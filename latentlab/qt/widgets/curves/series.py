"""One curve: appended to, cut, and summed up so that a stretch of it takes about as many points as pixels."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_FACTOR = 4
"""Points of one level that make a point of the next."""
_LEAST = 64


class _Level:
    """Growing arrays: of the points themselves step and value; of groups of them middle, mean, lowest, highest."""

    __slots__ = ("_store", "count")

    def __init__(self, rows: int) -> None:
        self._store = np.empty((rows, _LEAST))
        self.count = 0

    @property
    def values(self) -> Array:
        """(2 or 4, count): x, mean, and of groups low and high."""
        return self._store[:, : self.count]

    def write(self, begin: int, columns: Array) -> None:
        """Replace everything from `begin` on. The columns may be taken over as they are."""
        end = begin + columns.shape[1]
        if begin == 0 and end > self._store.shape[1]:
            self._store, self.count = columns, end
            return
        if end > self._store.shape[1]:
            grown = np.empty((len(columns), max(end, 2 * self._store.shape[1])))
            grown[:, :begin] = self._store[:, :begin]
            self._store = grown
        self._store[:, begin:end] = columns
        self.count = end


class Series:
    """Values over steps. NaN and infinity are kept as gaps."""

    def __init__(self) -> None:
        self._levels = [_Level(2)]

    def __len__(self) -> int:
        return self._levels[0].count

    @property
    def x(self) -> Array:
        """Steps, rising, (N,). Not to be written to."""
        steps: Array = self._levels[0].values[0]
        return steps

    @property
    def y(self) -> Array:
        """Values, (N,), NaN where there is a gap. Not to be written to."""
        values: Array = self._levels[0].values[1]
        return values

    def append(self, x: Sequence[float] | Array, y: Sequence[float] | Array) -> None:
        """Add points behind the last one; from the first of their steps on they replace what was there.

        Args:
            x: (n,) rising.
            y: (n,).
        """
        steps, values = np.asarray(x, np.float64), np.asarray(y, np.float64)
        if not len(steps):
            return
        if not np.isfinite(values.sum()):
            values = np.where(np.isfinite(values), values, np.nan)
        begin = int(np.searchsorted(self.x, steps[0]))
        self._replace(begin, np.stack([steps, values]))

    def cut(self, last: float) -> None:
        """Forget every point behind step `last`."""
        begin = int(np.searchsorted(self.x, last, side="right"))
        if begin < len(self):
            self._replace(begin, np.empty((2, 0)))

    def bounds(self, begin: float, end: float) -> tuple[float, float] | None:
        """Lowest and highest value between two steps; None where there is none."""
        level = self._level(begin, end, 2048)
        values = self._between(level, begin, end)
        if not values.shape[1]:
            return None
        low, high = np.fmin.reduce(values[-2 if level else -1]), np.fmax.reduce(values[-1])
        return None if np.isnan(low) else (float(low), float(high))

    def outline(self, begin: float, end: float, columns: int) -> tuple[Array, Array]:
        """The raw curve between two steps as at most about 8 points per column: every peak is kept.

        Returns:
            x and y, one after the other low and high of each group; the points themselves where they are few.
        """
        level = self._level(begin, end, 2 * columns)
        values = self._between(level, begin, end)
        if level == 0:
            return values[0], values[1]
        return np.repeat(values[0], 2), values[2:].T.reshape(-1)

    def smooth(self, begin: float, end: float, columns: int, span: float) -> tuple[Array, Array]:
        """The curve as its running mean, exponentially weighted towards the past, without a bias at its start.

        Args:
            begin: first step of the view.
            end: its last one.
            columns: pixels.
            span: points after which an old one counts 1 / e; 0 shows the means themselves.
        """
        level = self._level(begin, end, 2 * columns)
        values = self._levels[level].values
        first, last = max(0, int(values[0].searchsorted(begin)) - 1), int(values[0].searchsorted(end)) + 2
        width = span / _FACTOR**level
        start = max(0, first - int(8 * width) - 1)
        means = running_mean(values[1, start:last], width)
        return values[0, first:last], means[first - start :]

    def nearest(self, x: float) -> tuple[float, float] | None:
        """Step and value of the point nearest to a step."""
        steps = self.x
        if not len(steps):
            return None
        right = min(int(np.searchsorted(steps, x)), len(steps) - 1)
        left = max(0, right - 1)
        index = left if abs(steps[left] - x) <= abs(steps[right] - x) else right
        return float(steps[index]), float(self.y[index])

    def _level(self, begin: float, end: float, most: int) -> int:
        """The finest level with at most about `most` points in view."""
        steps = self.x
        count = int(steps.searchsorted(end)) - int(steps.searchsorted(begin))
        level = 0
        while count > most and level + 1 < len(self._levels):
            count //= _FACTOR
            level += 1
        return level

    def _between(self, level: int, begin: float, end: float) -> Array:
        """The points in view and one more at each side."""
        values = self._levels[level].values
        first, last = int(values[0].searchsorted(begin)), int(values[0].searchsorted(end))
        return values[:, max(0, first - 1) : last + 2]

    def _replace(self, begin: int, columns: Array) -> None:
        """Replace all points from number `begin` on, on every level."""
        for number, level in enumerate(self._levels):
            level.write(begin, columns)
            if level.count <= _LEAST * _FACTOR:
                del self._levels[number + 1 :]
                return
            begin //= _FACTOR
            if number + 1 == len(self._levels):
                self._levels.append(_Level(4))
                begin = 0
            begin = min(begin, self._levels[number + 1].count)
            columns = _grouped(level.values[:, begin * _FACTOR :])


def running_mean(values: Array, width: float) -> Array:
    """Mean of all values up to each one, a value `w` places back weighted exp(-w / width); gaps are passed over.

    Args:
        values: (N,), NaN in gaps.
        width: 0 changes nothing.
    """
    if width <= 0 or not len(values):
        return values
    decay = float(np.exp(-1.0 / width))
    present = np.isfinite(values)
    if present.all():
        means: Array = (
            _filtered(values, decay) * (1.0 - decay) / (1.0 - decay ** np.arange(1, len(values) + 1))
        )
        return means
    weights = _filtered(present.astype(np.float64), decay)
    sums = _filtered(np.where(present, values, 0.0), decay)
    means = np.full(len(values), np.nan)
    np.divide(sums, weights, out=means, where=weights > 1e-12)
    return means


def _filtered(values: Array, decay: float) -> Array:
    """y[n] = values[n] + decay y[n - 1], a block at a time."""
    block = 64
    count = -(-len(values) // block)
    padded = np.zeros(count * block)
    padded[: len(values)] = values
    powers = decay ** np.arange(block + 1)
    within = padded.reshape(count, block) @ _weights(decay, block)
    carry = 0.0
    carries = np.empty(count)
    for number, last in enumerate(within[:, -1].tolist()):
        carries[number] = carry
        carry = last + powers[block] * carry
    result: Array = (within + carries[:, None] * powers[1:]).reshape(-1)[: len(values)]
    return result


@lru_cache(maxsize=64)
def _weights(decay: float, block: int) -> Array:
    """(block, block): what a value (row) adds to every later one (column)."""
    offsets = np.arange(block)[None] - np.arange(block)[:, None]
    return np.where(offsets >= 0, decay ** np.maximum(offsets, 0), 0.0)


def _grouped(columns: Array) -> Array:
    """Every `_FACTOR` points as one; the last group may be smaller. Gaps count only where all are gaps.

    Args:
        columns: (2 or 4, N): x and values, or x, mean, low and high.
    """
    whole = columns.shape[1] // _FACTOR * _FACTOR
    result = np.empty((4, -(-columns.shape[1] // _FACTOR)))
    if whole:
        parts = [columns[:, place:whole:_FACTOR] for place in range(_FACTOR)]
        x, mean = sum(part[0] for part in parts) / _FACTOR, sum(part[1] for part in parts) / _FACTOR
        if np.isnan(mean.sum()):
            mean = _means_of_present(np.stack([part[1] for part in parts]))
        low = reduce(np.fmin, [part[2 if len(part) > 2 else 1] for part in parts])
        result[:, : whole // _FACTOR] = x, mean, low, reduce(np.fmax, [part[-1] for part in parts])
    if whole < columns.shape[1]:
        rest = columns[:, whole:]
        low, high = np.fmin.reduce(rest[2 if len(rest) > 2 else 1]), np.fmax.reduce(rest[-1])
        result[:, -1] = rest[0].sum() / rest.shape[1], _means_of_present(rest[1][:, None])[0], low, high
    return result


def _means_of_present(values: Array) -> Array:
    """Means over the first axis, NaN only where all are."""
    present = np.isfinite(values)
    counts = present.sum(0)
    sums = np.where(present, values, 0.0).sum(0)
    means: Array = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return means
