"""Texts wrap within their columns, and every row can be found."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from latentlab.qt.theme.fonts import TextRole
from latentlab.qt.widgets.text_table import Cell, Line, TextTable


def shown(qtbot: QtBot, width: int) -> TextTable:
    table = TextTable(((60, 1), (100, 2)))
    qtbot.addWidget(table)
    table.show_lines(
        [
            Line((Cell("Variety", role=TextRole.TITLE),)),
            Line((Cell("Coverage", "2"), Cell("of the data has a sample nearby " * 4, "3")), "k = 5"),
            Line((Cell("Recall", "2"), Cell("short", "3")), above=8),
        ]
    )
    table.resize(width, table.heightForWidth(width))
    return table


def test_narrow_columns_need_more_lines(qtbot: QtBot) -> None:
    wide, narrow = shown(qtbot, 900), shown(qtbot, 240)
    assert narrow.place_of(1).height() >= 3 * wide.place_of(1).height()
    assert narrow.place_of(2).top() >= narrow.place_of(1).bottom() + 8
    assert narrow.place_of(2).bottom() + 1 == narrow.heightForWidth(240)


def test_it_is_painted_and_read_aloud(qtbot: QtBot) -> None:
    table = shown(qtbot, 400)
    image = table.grab().toImage()
    place = table.place_of(2)
    ground = image.pixelColor(image.width() - 1, image.height() - 1)
    colours = {image.pixelColor(x, place.center().y()).rgb() for x in range(place.left(), 60)}
    assert colours - {ground.rgb()}
    assert "Recall short" in table.accessibleName()


def test_a_row_explains_itself(qtbot: QtBot) -> None:
    table = shown(qtbot, 400)
    assert table.tip_at(table.place_of(1).center()) == "k = 5"
    assert table.tip_at(table.place_of(0).center()) == ""
