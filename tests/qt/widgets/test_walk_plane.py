"""Walking the plane of two directions."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.walk_plane import WalkPlane

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def plane(qtbot: QtBot) -> WalkPlane:
    plane = WalkPlane()
    qtbot.addWidget(plane)
    plane.set_axes("Warmth", "Sun height")
    plane.show()
    return plane


def move(plane: WalkPlane, to: QPointF) -> None:
    none = Qt.MouseButton.NoButton, LEFT, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(plane, QMouseEvent(QMouseEvent.Type.MouseMove, to, plane.mapToGlobal(to), *none))


def test_the_dot_follows_the_hand_and_stops_at_the_rim(qtbot: QtBot, plane: WalkPlane) -> None:
    changing: list[tuple[float, float]] = []
    changed: list[tuple[float, float]] = []
    plane.changing.connect(lambda x, y: changing.append((x, y)))
    plane.changed.connect(lambda x, y: changed.append((x, y)))
    qtbot.mousePress(plane, LEFT, pos=plane.position_of(0.0, 0.0).toPoint())
    move(plane, plane.position_of(1.0, -0.5))
    move(plane, plane.position_of(9.0, 1.0))
    assert changed == []
    qtbot.mouseRelease(plane, LEFT)
    assert changing[-2:] == [pytest.approx((1.0, -0.5)), pytest.approx((2.0, 1.0))]
    assert changed == [pytest.approx((2.0, 1.0))]


def test_keys_walk_and_go_home(qtbot: QtBot, plane: WalkPlane) -> None:
    with qtbot.waitSignal(plane.changed) as got:
        qtbot.keyClick(plane, Qt.Key.Key_Up)
    assert got.args == pytest.approx([0.0, 0.04])
    qtbot.keyClick(plane, Qt.Key.Key_Backspace)
    assert plane.point() == (0.0, 0.0)


def test_showing_a_point_does_not_walk(qtbot: QtBot, plane: WalkPlane) -> None:
    with qtbot.assertNotEmitted(plane.changing):
        plane.set_point(0.31, -0.18)
    assert plane.accessibleDescription() == "0.31, \N{MINUS SIGN}0.18"


def test_the_title_asks_for_another_plane_and_moves_nothing(qtbot: QtBot, plane: WalkPlane) -> None:
    plane.set_point(0.5, 0.5)
    with qtbot.waitSignal(plane.choice_requested), qtbot.assertNotEmitted(plane.changing):
        qtbot.mouseClick(plane, LEFT, pos=QPoint(20, 12))
    qtbot.mouseDClick(plane, LEFT, pos=QPoint(20, 12))
    assert plane.point() == (0.5, 0.5)
    qtbot.mouseDClick(plane, LEFT, pos=plane.position_of(0.5, 0.5).toPoint())
    assert plane.point() == (0.0, 0.0)
