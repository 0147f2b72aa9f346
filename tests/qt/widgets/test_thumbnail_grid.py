"""A grid of small pictures: how large it shows them."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.thumbnail_grid import Thumbnail, ThumbnailGrid


@pytest.mark.parametrize(("size", "side"), [((640, 440), 97), ((60, 60), 40), ((3000, 2000), 150)])
def test_pictures_grow_while_all_find_room(qtbot: QtBot, size: tuple[int, int], side: int) -> None:
    grid = ThumbnailGrid(side=40, largest=150, captions=False)
    qtbot.addWidget(grid)
    grid.set_items([Thumbnail(place, str(place)) for place in range(24)])
    grid.resize(*size)
    grid.show()
    qtbot.waitExposed(grid)
    cell = grid.visualRect(grid.model().index(0, 0))
    assert abs(cell.width() - 8 - side) <= 3, cell
    if size == (640, 440):
        assert grid.viewport().rect().contains(grid.visualRect(grid.model().index(23, 0)))
