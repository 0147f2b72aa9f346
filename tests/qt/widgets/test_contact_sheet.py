"""The contact sheet: what a hand chooses, and how numbers become colours."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.contact_sheet import ContactSheet, signed_colours

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def sheet(qtbot: QtBot) -> ContactSheet:
    sheet = ContactSheet()
    qtbot.addWidget(sheet)
    sheet.resize(300, 240)
    sheet.set_maps(np.random.default_rng(0).integers(1, 256, (40, 8, 8), np.uint8))
    sheet.show()
    return sheet


def click(qtbot: QtBot, sheet: ContactSheet, place: int, keys: Qt.KeyboardModifier | None = None) -> None:
    keys = keys or Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(sheet.viewport(), LEFT, keys, sheet.cell(place).center().toPoint())


def test_clicks_choose_add_and_take_away(qtbot: QtBot, sheet: ContactSheet) -> None:
    click(qtbot, sheet, 2)
    click(qtbot, sheet, 4, CTRL)
    click(qtbot, sheet, 2, CTRL)
    assert sheet.selection() == (4,)
    click(qtbot, sheet, 6, Qt.KeyboardModifier.ShiftModifier)
    assert sheet.selection() == (4, 5, 6)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.selection() == ()
    qtbot.keyClick(sheet, Qt.Key.Key_A, CTRL)
    assert len(sheet.selection()) == 40


def test_another_order_moves_pictures_and_not_the_choice(qtbot: QtBot, sheet: ContactSheet) -> None:
    click(qtbot, sheet, 0)
    sheet.set_order(range(39, -1, -1))
    assert sheet.selection() == (0,)
    click(qtbot, sheet, 0)
    assert sheet.selection() == (39,)


def test_only_what_is_in_sight_is_made(sheet: ContactSheet) -> None:
    sheet.grab()
    assert 0 < len(sheet._images) < 40


def test_signs_have_their_colours(sheet: ContactSheet) -> None:
    table = [QColor.fromRgb(value) for value in signed_colours()]
    assert table[128].getRgb()[:3] == (0x26, 0x26, 0x26)
    assert table[255].blue() > table[255].red()
    assert table[1].red() > table[1].blue()
    plain = np.full((1, 4, 4), 255, np.uint8)
    sheet.set_maps(plain, [0.0])
    assert sheet._image(0).pixelColor(1, 1).getRgb()[:3] == (0x26, 0x26, 0x26), "scaled down to nothing"
