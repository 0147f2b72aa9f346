"""A number field as a hand uses it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.number_field import NumberField

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def field(qtbot: QtBot) -> NumberField:
    field = NumberField(limits=(0.0, 2.0), default=1.0)
    field.setAccessibleName("Strength")
    qtbot.addWidget(field)
    field.show()
    return field


class Log:
    """What a field reported."""

    def __init__(self, field: NumberField) -> None:
        self.changing: list[float] = []
        self.changed: list[float] = []
        field.changing.connect(self.changing.append)
        field.changed.connect(self.changed.append)


def move(field: NumberField, x: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    local = QPointF(10 + x, 10)
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove, local, field.mapToGlobal(local), Qt.MouseButton.NoButton, LEFT, modifiers
    )
    QApplication.sendEvent(field, event)


def wheel(
    field: NumberField, notches: float, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    local = QPointF(10, 10)
    event = QWheelEvent(
        local,
        field.mapToGlobal(local),
        QPoint(),
        QPoint(0, round(notches * 120)),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field, event)


def editor(field: NumberField) -> QLineEdit:
    found = field.findChild(QLineEdit)
    assert isinstance(found, QLineEdit)
    return found


def test_dragging_reports_every_move_and_one_end(qtbot: QtBot, field: NumberField) -> None:
    log = Log(field)
    qtbot.mousePress(field, LEFT, pos=QPoint(10, 10))
    for x in (5, 10, 20):
        move(field, x)
    assert log.changed == []
    qtbot.mouseRelease(field, LEFT, pos=QPoint(30, 10))
    assert log.changing == pytest.approx([1.05, 1.1, 1.2])
    assert log.changed == pytest.approx([1.2])


def test_a_press_within_the_threshold_changes_nothing(qtbot: QtBot, field: NumberField) -> None:
    log = Log(field)
    qtbot.mousePress(field, LEFT, pos=QPoint(10, 10))
    move(field, 2)
    assert log.changing == []
    assert field.cursor().shape() != Qt.CursorShape.BlankCursor
    move(field, 4)
    assert field.cursor().shape() == Qt.CursorShape.BlankCursor


def test_shift_drags_ten_times_finer(qtbot: QtBot, field: NumberField) -> None:
    qtbot.mousePress(field, LEFT, pos=QPoint(10, 10))
    move(field, 100, SHIFT)
    assert field.value() == pytest.approx(1.1)


def test_a_drag_stops_at_the_limits_and_comes_back_at_once(qtbot: QtBot, field: NumberField) -> None:
    qtbot.mousePress(field, LEFT, pos=QPoint(10, 10))
    move(field, 500)
    assert field.value() == 2.0
    move(field, 490)
    assert field.value() == pytest.approx(1.9)


def test_double_click_resets(qtbot: QtBot, field: NumberField) -> None:
    field.set_value(1.7)
    log = Log(field)
    qtbot.mouseClick(field, LEFT, pos=QPoint(10, 10))
    below = editor(field) if field.is_typing() else field
    qtbot.mouseDClick(below, LEFT, pos=QPoint(5, 5))
    assert field.value() == 1.0
    assert log.changed == [1.0]
    assert not field.is_typing()


def test_typing_sets_the_value(qtbot: QtBot, field: NumberField) -> None:
    log = Log(field)
    qtbot.mouseClick(field, LEFT, pos=QPoint(10, 10))
    assert field.is_typing()
    qtbot.keyClicks(editor(field), "0,25")
    qtbot.keyClick(editor(field), Qt.Key.Key_Return)
    assert log.changed == [0.25]
    assert field.text() == "0.25"


def test_typing_beyond_the_limits_takes_the_nearer_limit(qtbot: QtBot, field: NumberField) -> None:
    field.start_typing("17")
    qtbot.keyClick(editor(field), Qt.Key.Key_Return)
    assert field.value() == 2.0


def test_what_is_not_a_number_is_not_taken(qtbot: QtBot, field: NumberField) -> None:
    log = Log(field)
    field.start_typing("1.2.x")
    qtbot.keyClick(editor(field), Qt.Key.Key_Return)
    assert field.is_typing()
    assert log.changed == log.changing == []
    qtbot.keyClick(editor(field), Qt.Key.Key_Escape)
    assert not field.is_typing()
    assert field.value() == 1.0


def test_escape_gives_the_old_value_back(qtbot: QtBot, field: NumberField) -> None:
    log = Log(field)
    field.start_typing("0.5")
    qtbot.keyClick(editor(field), Qt.Key.Key_Escape)
    assert (field.value(), log.changed) == (1.0, [])


def test_a_digit_starts_typing(qtbot: QtBot, field: NumberField) -> None:
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_7)
    assert editor(field).text() == "7"


def test_a_held_arrow_is_one_edit(qtbot: QtBot, field: NumberField) -> None:
    log = Log(field)
    qtbot.keyPress(field, Qt.Key.Key_Up)
    qtbot.keyPress(field, Qt.Key.Key_Up)
    assert log.changed == []
    qtbot.keyRelease(field, Qt.Key.Key_Up)
    assert len(log.changing) == 2
    assert log.changed == pytest.approx([1.04])


def test_one_turn_of_the_wheel_is_one_edit(qtbot: QtBot, field: NumberField) -> None:
    log = Log(field)
    move(field, 1)
    with qtbot.waitSignal(field.changed):
        wheel(field, 1)
        wheel(field, 1)
        wheel(field, -1, SHIFT)
    assert field.value() == pytest.approx(1.038)
    assert len(log.changed) == 1


def test_the_wheel_edits_nothing_that_only_scrolled_under_the_pointer(field: NumberField) -> None:
    field.clearFocus()
    wheel(field, 1)
    assert field.value() == 1.0


def test_a_locked_field_ignores_edits(qtbot: QtBot, field: NumberField) -> None:
    field.set_locked(True)
    log = Log(field)
    qtbot.mousePress(field, LEFT, pos=QPoint(10, 10))
    move(field, 50)
    qtbot.mouseRelease(field, LEFT, pos=QPoint(60, 10))
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_5)
    field.reset()
    assert (field.value(), field.is_typing()) == (1.0, False)
    assert log.changing == log.changed == []


def test_showing_does_not_edit(field: NumberField) -> None:
    log = Log(field)
    field.set_value(0.3)
    field.set_limits(0.5, 1.0)
    field.set_default(0.7)
    field.set_mixed(True)
    assert field.text() == "–"
    field.set_value(0.75)
    assert (field.text(), log.changing, log.changed) == ("0.75", [], [])


def test_a_value_beyond_the_limits_is_shown_honestly(qtbot: QtBot, field: NumberField) -> None:
    field.set_value(3.2)
    assert field.text() == "3.20"
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.value() == 2.0


def test_changed_is_judged_as_written(field: NumberField) -> None:
    field.set_value(1.0004)
    assert not field.is_changed()
    field.set_value(1.006)
    assert field.is_changed()
