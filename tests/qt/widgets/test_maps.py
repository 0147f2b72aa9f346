"""Heat maps, scatter maps and the plane: what a hand chooses is what lies under it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.heat_map import HeatData, HeatMap
from latentlab.qt.widgets.plane_map import PlaneMap
from latentlab.qt.widgets.scatter_data import Caught, Region, ScatterData, inside
from latentlab.qt.widgets.scatter_map import ScatterMap

LEFT = Qt.MouseButton.LeftButton


def _at(point: QPointF) -> QPoint:
    return point.toPoint()


@pytest.fixture
def heat(qtbot: QtBot) -> HeatMap:
    made = HeatMap()
    qtbot.addWidget(made)
    made.resize(400, 300)
    values = np.linspace(-8, 8, 60).reshape(20, 3)
    made.set_data(HeatData(values, [f"bin {row}" for row in range(20)], ["1 k", "2 k", "3 k"], 8.0))
    made.show()
    return made


def test_a_click_chooses_row_and_column_of_the_cell(heat: HeatMap, qtbot: QtBot) -> None:
    with qtbot.waitSignals([heat.rows_chosen, heat.column_chosen]):
        QTest.mouseClick(heat, LEFT, pos=_at(heat.cell(7, 1).center()))
    assert heat.rows() == (7,)
    assert heat.column() == 1
    QTest.mouseClick(heat, LEFT, Qt.KeyboardModifier.ControlModifier, pos=_at(heat.cell(9, 0).center()))
    assert heat.rows() == (7, 9)
    assert heat.column() == 1  # adding a row leaves the time as it is
    QTest.keyClick(heat, Qt.Key.Key_Escape)
    assert heat.rows() == ()


def test_a_drag_chooses_all_rows_it_crosses(heat: HeatMap) -> None:
    seen: list[tuple[int, ...]] = []
    heat.rows_chosen.connect(seen.append)
    QTest.mousePress(heat, LEFT, pos=_at(heat.cell(3, 0).center()))
    QTest.mouseMove(heat, _at(heat.cell(6, 0).center()))
    QTest.mouseRelease(heat, LEFT, pos=_at(heat.cell(6, 0).center()))
    assert seen[-1] == (3, 4, 5, 6)


def test_arrow_keys_walk_rows_and_time(heat: HeatMap) -> None:
    QTest.keyClick(heat, Qt.Key.Key_Down)
    QTest.keyClick(heat, Qt.Key.Key_Down)
    assert heat.rows() == (1,)
    heat.set_column(2)
    QTest.keyClick(heat, Qt.Key.Key_Left)
    assert heat.column() == 1
    QTest.keyClick(heat, Qt.Key.Key_Right)
    QTest.keyClick(heat, Qt.Key.Key_Right)
    assert heat.column() == 2


def test_colours_follow_the_sign(heat: HeatMap) -> None:
    picture = heat.grab().toImage()

    def colour(row: int, column: int) -> QColor:
        return picture.pixelColor(_at(heat.cell(row, column).center()))

    assert colour(0, 0).red() > colour(0, 0).blue() + 60  # drawn too rarely: orange
    assert colour(19, 2).blue() > colour(19, 2).red() + 60  # too often: blue
    assert abs(colour(10, 0).red() - colour(10, 0).blue()) < 20  # as often as in the data


@pytest.fixture
def scatter(qtbot: QtBot) -> ScatterMap:
    made = ScatterMap()
    qtbot.addWidget(made)
    made.resize(400, 400)
    real = np.array([[-0.5, -0.5], [-0.4, -0.5], [0.5, 0.5]])
    generated = np.array([[0.52, 0.45], [-0.45, -0.4]])
    square = np.array([[-0.9, -0.9], [-0.1, -0.9], [-0.1, -0.1], [-0.9, -0.1]])
    made.set_data(ScatterData(real, generated, (-1, -1, 1, 1), (), (Region((square,), "2 pictures"),)))
    made.show()
    return made


def test_points_inside_of_what_was_drawn_are_caught(scatter: ScatterMap, qtbot: QtBot) -> None:
    around = [(-0.7, -0.7), (-0.2, -0.7), (-0.2, -0.2), (-0.7, -0.2)]
    places = [QPoint(round(x), round(y)) for x, y in scatter.to_screen(np.array(around))]
    with qtbot.waitSignal(scatter.caught) as caught:
        QTest.mousePress(scatter, LEFT, pos=places[0])
        for place in (*places[1:], places[0]):
            QTest.mouseMove(scatter, place)
        QTest.mouseRelease(scatter, LEFT, pos=places[0])
    assert caught.args == [Caught((0, 1), (1,))]


def test_a_click_takes_the_nearest_point_and_shift_adds(scatter: ScatterMap) -> None:
    first, other = (QPointF(x, y) for x, y in scatter.to_screen(np.array([[0.5, 0.5], [-0.45, -0.4]])))
    QTest.mouseClick(scatter, LEFT, pos=_at(first))
    assert scatter.chosen() == Caught((2,), ())
    QTest.mouseClick(scatter, LEFT, Qt.KeyboardModifier.ShiftModifier, pos=_at(other))
    assert scatter.chosen() == Caught((2,), (1,))


def test_a_click_into_an_outline_names_the_region(scatter: ScatterMap, qtbot: QtBot) -> None:
    x, y = scatter.to_screen(np.array([[-0.8, -0.8]]))[0]
    with qtbot.waitSignal(scatter.region_clicked) as clicked:
        QTest.mouseClick(scatter, LEFT, pos=QPoint(round(x), round(y)))
    assert clicked.args == [0]


def test_axes_stay_when_the_points_change(scatter: ScatterMap) -> None:
    before = scatter.to_screen(np.array([[0.5, 0.5]]))
    scatter.set_data(ScatterData(np.array([[9.0, 9.0]]), np.array([[0.0, 0.0]]), (-1, -1, 1, 1)))
    np.testing.assert_array_equal(scatter.to_screen(np.array([[0.5, 0.5]])), before)


def test_inside_agrees_with_a_circle() -> None:
    angles = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], 1)
    points = np.random.default_rng(0).uniform(-1.5, 1.5, (500, 2))
    length = np.hypot(*points.T)
    clear = abs(length - 1) > 0.01
    np.testing.assert_array_equal(inside(circle, points)[clear], (length < 1)[clear])


def test_the_plane_reports_the_cell_and_moves_by_keys(qtbot: QtBot) -> None:
    plane = PlaneMap()
    qtbot.addWidget(plane)
    plane.resize(300, 320)
    image = QImage(5, 5, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    plane.set_plane(image, ("z 1", "z 2"))
    plane.show()
    with qtbot.waitSignal(plane.chosen) as chosen:
        QTest.mouseClick(plane, LEFT, pos=_at(plane.centre(1, 3)))
    assert chosen.args == [1, 3]
    with qtbot.waitSignal(plane.opened) as opened:
        QTest.keyClick(plane, Qt.Key.Key_Down)
        QTest.keyClick(plane, Qt.Key.Key_Return)
    assert opened.args == [2, 3]
