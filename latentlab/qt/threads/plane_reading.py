"""Reads what a run shows of its plane. In the job thread: files lie wherever the run lies."""

from __future__ import annotations

import logging
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtGui import QImage

from latentlab.qt.widgets.colour_ramps import ramp

if TYPE_CHECKING:
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

_SHAPES: dict[str, tuple[int | None, ...]] = {
    "field": (None, None),
    "boundary": (),
    "real": (None, 2),
    "drawn": (None, 2),
    "arrows": (None, 2),
    "grid": (None, None, 2),
    "extent": (),
    "step": (),
}
_MOST_BYTES = 1 << 24


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """One moment of the game, in the form that it is painted."""

    step: int
    extent: float
    """The plane reaches from -extent to extent each way."""
    field: QImage
    """The discriminator's scores as colours: orange below its boundary, blue above. The first row lies on top."""
    contour: NDArray[np.float32]
    """(N, 2, 2): pieces of the line on which it cannot tell, in the plane's own coordinates."""
    real: NDArray[np.float32]
    """(N, 2)."""
    drawn: NDArray[np.float32]
    """(M, 2)."""
    arrows: NDArray[np.float32]
    """(M, 2): where each drawn point is pulled; the longest has length 1."""
    grid: NDArray[np.float32]
    """(L, L, 2): where a square grid of latents lands."""


def read_plane(path: Path) -> Plane | None:
    """The plane in a file; None where there is none, or one that cannot be understood."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            found = {name: np.asarray(stored[name]) for name in _SHAPES}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        logger.info("%s is no plane: %s", path, error)
        return None
    if not all(_fits(found[name], shape) for name, shape in _SHAPES.items()):
        return None
    extent = float(found["extent"])
    if extent <= 0 or len(found["arrows"]) != len(found["drawn"]):
        return None
    field = found["field"].astype(np.float32) - float(found["boundary"])
    arrows = found["arrows"].astype(np.float32)
    longest = float(np.hypot(*arrows.T).max(initial=0.0)) or 1.0
    return Plane(
        int(found["step"]),
        extent,
        _picture(field),
        contour_of(field, extent),
        found["real"].astype(np.float32),
        found["drawn"].astype(np.float32),
        arrows / longest,
        found["grid"].astype(np.float32),
    )


def contour_of(field: NDArray[np.float32], extent: float) -> NDArray[np.float32]:
    """Where a field (S, S) over the plane is 0, as pieces of a line (N, 2, 2): marching squares, point by point.

    Lorensen & Cline 1987, in the plane; a saddle is cut one way.
    """
    side = len(field)
    pieces: list[tuple[tuple[float, float], tuple[float, float]]] = []
    signs = field > 0
    mixed = signs[:-1, :-1].astype(int) + signs[1:, :-1] + signs[:-1, 1:] + signs[1:, 1:]
    for row, column in np.argwhere((mixed > 0) & (mixed < 4)):
        corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
        cuts = [
            _between(field, one, other)
            for one, other in zip(corners, [*corners[1:], corners[0]], strict=True)
            if signs[one] != signs[other]
        ]
        pieces += [(cuts[number], cuts[number + 1]) for number in range(0, len(cuts) - 1, 2)]
    places = np.array(pieces, np.float32).reshape(-1, 2, 2)
    return ((places / (side - 1) * 2 - 1) * extent).astype(np.float32)


def _between(field: NDArray[np.float32], one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float]:
    """Where the field is 0 on the way from one cell to another: (column, row)."""
    first, second = float(field[one]), float(field[other])
    share = first / (first - second)
    row = one[0] + share * (other[0] - one[0])
    column = one[1] + share * (other[1] - one[1])
    return float(column), float(row)


def _picture(field: NDArray[np.float32]) -> QImage:
    """Colours of a signed field, its own spread at full strength."""
    spread = float(np.quantile(np.abs(field), 0.95)) or 1.0
    codes = np.clip(127.5 * (1 + np.tanh(field / spread)), 0, 255).astype(np.uint8)
    colours = np.array(ramp(signed=True), np.uint32)[codes[::-1]]
    packed = np.ascontiguousarray(colours)
    image = QImage(
        packed.data, packed.shape[1], packed.shape[0], packed.strides[0], QImage.Format.Format_RGB32
    )
    return image.copy()


def _fits(array: NDArray[Any], shape: tuple[int | None, ...]) -> bool:
    if array.ndim != len(shape) or array.dtype.kind not in "fi":
        return False
    sides = all(wanted is None or wanted == side for wanted, side in zip(shape, array.shape, strict=True))
    return sides and (array.ndim < 2 or min(array.shape) >= 1) and bool(np.isfinite(array).all())
