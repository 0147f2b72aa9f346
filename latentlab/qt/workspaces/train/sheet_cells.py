"""Single pictures of a sheet of samples, for the strip of time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

_EDGE = 2
"""Pixels between pictures and around them."""
_LEAST = 4
"""Pixels of the smallest picture."""
_KEPT = 2


def first_cells(sheet: QImage) -> tuple[QImage, ...]:
    """The first two pictures of a sheet; a sheet that is no grid of pictures is its own only one."""
    side = cell_side(_pixels(sheet))
    if not side:
        return (sheet,)
    count = min(_KEPT, (sheet.width() - _EDGE) // (side + _EDGE))
    return tuple(sheet.copy(_EDGE + number * (side + _EDGE), _EDGE, side, side) for number in range(count))


def telling(sheets: Sequence[tuple[QImage, ...]]) -> int:
    """Which picture of each sheet shows what was learned.

    A translator's sheets have the picture that is translated before what became of it: the first one is always
    the same.
    """
    can = [cells for cells in sheets if len(cells) == _KEPT]
    if len(can) < 2 or len(can) < len(sheets):
        return 0
    return int(can[0][0] == can[-1][0] and can[0][1] != can[-1][1])


def cell_side(pixels: NDArray[np.uint8]) -> int:
    """Side of the pictures of a sheet (H, W, 3) in which an edge of one colour stands between them; 0 for none."""
    height, width = pixels.shape[:2]
    edge = pixels[0, 0]
    common = math.gcd(height - _EDGE, width - _EDGE)
    for step in range(_LEAST + _EDGE, common + 1):
        if common % step == 0:
            lines = [pixels[:, offset::step] for offset in range(_EDGE)]
            lines += [pixels[offset::step] for offset in range(_EDGE)]
            if all(bool((line == edge).all()) for line in lines):
                return step - _EDGE
    return 0


def _pixels(sheet: QImage) -> NDArray[np.uint8]:
    plain = sheet.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    # A copy: what Qt hands out does not keep the image alive.
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()
