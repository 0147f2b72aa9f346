"""The catalogue of directions: headings, stars, filmstrips of what is in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPixmap
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.direction_list import DirectionList, ListedDirection, star_rect


@pytest.fixture
def catalogue(qtbot: QtBot) -> DirectionList:
    view = DirectionList()
    qtbot.addWidget(view)
    view.resize(340, 300)
    lines = [ListedDirection("", "Starred"), ListedDirection("a", "Warmth", starred=True)]
    lines += [ListedDirection("", "Others"), *(ListedDirection(f"n{n}", f"Change {n}") for n in range(60))]
    view.set_directions(lines)
    view.show()
    return view


def test_headings_are_no_directions_and_go_with_their_lines(catalogue: DirectionList) -> None:
    assert [line.key for line in catalogue.shown()][:2] == ["a", "n0"]
    catalogue.set_filter("change 59")
    texts = [catalogue.model().index(row, 0).data() for row in range(catalogue.model().rowCount())]
    assert texts == ["Others", "Change 59"]


def test_only_lines_in_sight_want_pictures(qtbot: QtBot, catalogue: DirectionList) -> None:
    seen = catalogue.keys_in_sight()
    assert seen[0] == "a"
    assert len(seen) < 8
    with qtbot.waitSignal(catalogue.sight_changed):
        catalogue.scrollToBottom()
    assert catalogue.keys_in_sight()[-1] == "n59"


def test_a_filmstrip_is_painted_below_the_name(catalogue: DirectionList) -> None:
    green = QPixmap(8, 8)
    green.fill(QColor(10, 200, 10))
    catalogue.set_pictures({"n0": [green] * 5})
    row = catalogue.visualRect(catalogue.model().index(3, 0))
    spot = row.bottomLeft() + QPoint(60, -15)
    assert catalogue.viewport().grab().toImage().pixelColor(spot) == QColor(10, 200, 10)


def test_the_star_and_the_name_have_their_own_ways(qtbot: QtBot, catalogue: DirectionList) -> None:
    index = catalogue.model().index(3, 0)
    with qtbot.waitSignal(catalogue.star_toggled) as got:
        spot = star_rect(catalogue.visualRect(index)).center()
        qtbot.mouseClick(catalogue.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert got.args == ["n0"]
    with qtbot.waitSignal(catalogue.rename_requested) as named:
        qtbot.keyClick(catalogue, Qt.Key.Key_F2)
    assert named.args is not None
    assert named.args[0] == "n0"
