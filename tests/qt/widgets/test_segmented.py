"""The choice between few things."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.segmented import SegmentedControl


def test_the_first_of_what_comes_later_is_chosen(qtbot: QtBot) -> None:
    control = SegmentedControl([])
    qtbot.addWidget(control)
    control.set_texts(["In order", "Alike"])
    assert control.current() == 0
    assert control.accessibleDescription() == "In order"


def test_a_choice_that_is_gone_becomes_the_last_there_is(qtbot: QtBot) -> None:
    control = SegmentedControl(["One", "Two", "Three"])
    qtbot.addWidget(control)
    control.set_current(2)
    control.set_texts(["One", "Two"])
    assert control.current() == 1


def test_keys_choose_and_tell(qtbot: QtBot) -> None:
    control = SegmentedControl(["One", "Two"])
    qtbot.addWidget(control)
    with qtbot.waitSignal(control.chosen) as told:
        QTest.keyClick(control, Qt.Key.Key_Right)
    assert told.args == [1]
    QTest.keyClick(control, Qt.Key.Key_Right)
    assert control.current() == 1
