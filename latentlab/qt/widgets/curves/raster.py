"""Noisy curves as pixels: each column is filled from its lowest to its highest value, by NumPy at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage, QPolygonF

from latentlab.qt.widgets.curves.series import Array

Spans = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""Column, first row and number of rows of each filled stretch."""


def spans(x: Array, y: Array, height: int) -> Spans:
    """Stretches that a curve covers, joined from column to column.

    Args:
        x: (N,) in columns, rising.
        y: (N,) in rows from the top, NaN in gaps.
        height: rows there are.
    """
    seen = np.isfinite(y)
    columns, y = np.floor(x[seen]).astype(np.int64), y[seen]
    if not len(columns):
        empty = np.empty(0, np.int64)
        return empty, empty, empty
    starts = np.flatnonzero(np.concatenate([[True], columns[1:] != columns[:-1]]))
    columns = columns[starts]
    top, bottom = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    beside = columns[1:] == columns[:-1] + 1  # reach over to the neighbour, half of the way each
    middle = (np.maximum(top[1:], top[:-1]) + np.minimum(bottom[1:], bottom[:-1])) / 2
    apart = beside & ((top[1:] > bottom[:-1]) | (bottom[1:] < top[:-1]))
    for edge, choose in ((top, np.minimum), (bottom, np.maximum)):
        edge[1:] = np.where(apart, choose(edge[1:], middle), edge[1:])
        edge[:-1] = np.where(apart, choose(edge[:-1], middle), edge[:-1])
    first = np.floor(top).clip(0, height).astype(np.int64)
    end = (np.floor(bottom) + 1).clip(0, height).astype(np.int64)
    shown = end > first
    return columns[shown], first[shown], (end - first)[shown]


def fill(
    pixels: NDArray[np.uint32], curves: Sequence[tuple[Array, Array]], colours: Sequence[QColor]
) -> None:
    """Draw curves into an ARGB picture (H, W), later ones over earlier ones.

    Args:
        pixels: changed in place.
        curves: x in columns, rising, and y in rows, (N,) each.
        colours: one per curve.
    """
    height, width = pixels.shape
    apart = width + 2  # all curves side by side, so that NumPy is called once and not once for each
    xs, ys = [], []
    for number, (x, y) in enumerate(curves):
        seen = (x >= 0) & (x < width)
        xs.append(x[seen] + number * apart)
        ys.append(y[seen])
    if not xs:
        return
    columns, first, count = spans(np.concatenate(xs), np.concatenate(ys), height)
    values = np.array([colour.rgba() for colour in colours], np.uint32)[columns // apart]
    ends = np.cumsum(count)
    within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - count, count)
    places = within * width + np.repeat(first * width + columns % apart, count)
    pixels.reshape(-1)[places] = np.repeat(values, count)


def transparent(width: int, height: int) -> tuple[QImage, NDArray[np.uint32]]:
    """A clear picture and its pixels (H, W): keep the image as long as the pixels are written to."""
    pixels = np.zeros((height, width), np.uint32)
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32)
    return image, pixels


def polygons(x: Array, y: Array) -> list[QPolygonF]:
    """Lines through points (N,), one for each stretch without a gap."""
    import pyqtgraph.functions as fn  # type: ignore[import-untyped]

    seen = np.isfinite(y)
    if seen.all():  # nearly always
        return [fn.arrayToQPolygonF(x, y)] if len(y) else []
    parts = np.split(np.arange(len(y)), np.flatnonzero(~seen))
    found = []
    for part in parts:
        chosen = part[seen[part]]
        if len(chosen):
            found.append(fn.arrayToQPolygonF(x[chosen], y[chosen]))
    return found
