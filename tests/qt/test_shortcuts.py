"""The sheet of keys, on screens of several sizes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from latentlab.qt.dialogs.shortcuts_dialog import shortcuts_dialog
from latentlab.qt.main_window import MainWindow


@pytest.mark.parametrize("screen", [(1280, 720), (1440, 900)])
def test_every_key_is_in_sight(
    screen: tuple[int, int], window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _: QRect(0, 0, *screen))
    sheet = shortcuts_dialog(window.actions_, window)
    qtbot.addWidget(sheet)
    sheet.show()
    scroll = sheet.findChild(QScrollArea)
    assert isinstance(scroll, QScrollArea)
    assert scroll.verticalScrollBar().maximum() == 0
    assert scroll.horizontalScrollBar().maximum() == 0


def test_what_is_too_much_for_a_small_screen_scrolls(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _: QRect(0, 0, 1024, 480))
    sheet = shortcuts_dialog(window.actions_, window)
    qtbot.addWidget(sheet)
    sheet.show()
    assert sheet.size().boundedTo(QSize(1024, 480)) == sheet.size()
    scroll = sheet.findChild(QScrollArea)
    assert isinstance(scroll, QScrollArea)
    assert scroll.verticalScrollBar().maximum() > 0
