"""Single pictures of sheets, found by the edges between them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from latentlab.qt.workspaces.train.sheet_cells import cell_side, first_cells, telling

_EDGE = 25


def _sheet(side: int, columns: int, rows: int, seed: int = 0, first: int | None = None) -> NDArray[np.uint8]:
    """A sheet (H, W, 3) of noise, as trainers lay pictures out; `first` seeds its first picture alone."""
    random = np.random.default_rng(seed)
    pitch = side + 2
    sheet = np.full((rows * pitch + 2, columns * pitch + 2, 3), _EDGE, np.uint8)
    for row in range(rows):
        for column in range(columns):
            picture = random.integers(0, 256, (side, side, 3), np.uint8)
            if first is not None and row == column == 0:
                picture = np.random.default_rng(first).integers(0, 256, (side, side, 3), np.uint8)
            top, left = row * pitch + 2, column * pitch + 2
            sheet[top : top + side, left : left + side] = picture
    return sheet


def _image(pixels: NDArray[np.uint8]) -> QImage:
    height, width = pixels.shape[:2]
    data = np.ascontiguousarray(pixels).tobytes()
    return QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


@pytest.mark.parametrize(
    ("side", "columns", "rows"), [(8, 9, 6), (16, 9, 6), (64, 9, 6), (32, 10, 1), (28, 1, 3)]
)
def test_pictures_are_as_large_as_the_edges_leave_them(side: int, columns: int, rows: int) -> None:
    sheet = _sheet(side, columns, rows)
    assert cell_side(sheet) == side
    cells = first_cells(_image(sheet))
    assert {(cell.width(), cell.height()) for cell in cells} == {(side, side)}
    assert cells[0] == _image(sheet[2 : 2 + side, 2 : 2 + side])
    for form in (QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32):  # as files are read
        (cell, *_) = first_cells(_image(sheet).convertToFormat(form))
        assert (cell.width(), cell.height()) == (side, side)


def test_a_picture_of_the_plane_is_shown_whole() -> None:
    plane = np.full((384, 384, 3), 18, np.uint8)
    plane[150:230:7, 150:230:3] = 200
    image = _image(plane)
    (cell,) = first_cells(image)
    assert min(cell.width(), cell.height()) >= 380


def test_a_translators_pictures_are_those_that_change() -> None:
    samples = [first_cells(_image(_sheet(8, 4, 2, seed))) for seed in range(3)]
    assert telling(samples) == 0
    translated = [first_cells(_image(_sheet(8, 4, 2, seed, first=9))) for seed in range(3)]
    assert telling(translated) == 1
    assert telling(translated[:1]) == 0
    assert telling([]) == 0
