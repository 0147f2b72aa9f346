"""The canvas: geometry, zoom, pan, walk, compare."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.canvas import Canvas
from latentlab.qt.widgets.picture_image import image_of

LEFT = Qt.MouseButton.LeftButton
MIDDLE = Qt.MouseButton.MiddleButton


def plain(side: int, colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((side, side, 3), colour, np.uint8)


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(600, 500)
    canvas.set_picture_size(256, 256)
    canvas.set_frame(plain(256, (200, 40, 10)))
    canvas.show()
    return canvas


def wheel(canvas: Canvas, at: QPointF, notches: int) -> None:
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        at,
        canvas.mapToGlobal(at),
        QPoint(),
        QPoint(0, notches * 120),
        *none,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def move(canvas: Canvas, at: QPointF, button: Qt.MouseButton) -> None:
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        at,
        canvas.mapToGlobal(at),
        Qt.MouseButton.NoButton,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas, event)


def shown(canvas: Canvas) -> QImage:
    return canvas.grab().toImage()


def test_pixels_arrive_as_they_are() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    image = image_of(pixels)
    assert (image.width(), image.height()) == (7, 5)
    assert image.pixelColor(6, 4).getRgb()[:3] == tuple(int(v) for v in pixels[4, 6])


def test_a_picture_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="uint8"):
        image_of(np.zeros((4, 4, 3), np.float32))  # type: ignore[arg-type]


def test_a_preview_leaves_the_geometry_alone(canvas: Canvas) -> None:
    canvas.set_zoom(1.3, QPointF(100, 100))
    before = canvas.picture_rect()
    canvas.set_frame(plain(16, (10, 200, 10)))
    assert canvas.picture_rect() == before
    inside = before.center().toPoint()
    assert shown(canvas).pixelColor(inside).getRgb()[:3] == (10, 200, 10)
    canvas.set_frame(plain(256, (10, 10, 200)))
    assert canvas.picture_rect() == before


def test_fit_shows_all_in_the_middle(canvas: Canvas) -> None:
    rect = canvas.picture_rect()
    assert rect.center() == QPointF(300, 250)
    assert 400 <= rect.height() <= 460
    canvas.resize(300, 300)
    assert canvas.picture_rect().height() <= 260
    assert canvas.is_fitted()


@pytest.mark.parametrize("notches", [1, -1, 7, -5])
def test_zooming_keeps_the_point_under_the_cursor(canvas: Canvas, notches: int) -> None:
    cursor = QPointF(231, 312)
    before = canvas.picture_point(cursor)
    wheel(canvas, cursor, notches)
    after = canvas.picture_point(cursor)
    assert after.x() == pytest.approx(before.x(), abs=1e-6)
    assert after.y() == pytest.approx(before.y(), abs=1e-6)
    assert not canvas.is_fitted()


def test_zoom_stays_within_its_limits(canvas: Canvas) -> None:
    for _ in range(60):
        wheel(canvas, QPointF(300, 250), 1)
    assert canvas.zoom() == 64.0
    for _ in range(90):
        wheel(canvas, QPointF(300, 250), -1)
    assert canvas.zoom() == pytest.approx(0.05)


def test_at_6400_percent_pixels_are_squares(canvas: Canvas) -> None:
    pixels = plain(256, (0, 0, 0))
    pixels[128, 128] = 255
    canvas.set_frame(pixels)
    canvas.set_zoom(64.0)
    image = shown(canvas)
    rect = canvas.picture_rect()
    left, top = round(rect.left() + 128 * 64), round(rect.top() + 128 * 64)
    for x, y, white in ((1, 1, True), (62, 62, True), (-2, 10, False), (66, 10, False), (10, 66, False)):
        assert (image.pixelColor(left + x, top + y).lightness() > 128) is white


def test_one_to_one_is_exact(canvas: Canvas) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (256, 256, 3), np.uint8)
    canvas.set_frame(pixels)
    canvas.one_to_one()
    image = shown(canvas)
    corner = canvas.picture_rect().topLeft().toPoint()
    for x, y in ((0, 0), (17, 200), (255, 255)):
        colour = image.pixelColor(corner + QPoint(x, y))
        assert colour.getRgb()[:3] == tuple(int(v) for v in pixels[y, x])


def test_middle_drag_pans_and_keeps_the_picture_in_sight(qtbot: QtBot, canvas: Canvas) -> None:
    before = canvas.picture_rect()
    qtbot.mousePress(canvas, MIDDLE, pos=QPoint(300, 250))
    move(canvas, QPointF(330, 240), MIDDLE)
    assert canvas.picture_rect().topLeft() - before.topLeft() == QPointF(30, -10)
    move(canvas, QPointF(5000, 240), MIDDLE)
    assert canvas.picture_rect().left() < canvas.width() - 30
    qtbot.mouseRelease(canvas, MIDDLE)


def test_left_drag_walks_by_shares_of_the_picture(qtbot: QtBot, canvas: Canvas) -> None:
    steps: list[tuple[float, float]] = []
    canvas.walked.connect(lambda x, y: steps.append((x, y)))
    side = canvas.picture_rect().width()
    qtbot.mousePress(canvas, LEFT, pos=QPoint(200, 200))
    move(canvas, QPointF(201, 201), LEFT)
    assert steps == []
    move(canvas, QPointF(200 + side / 2, 200 - side / 4), LEFT)
    assert steps == [pytest.approx((0.5, 0.25))]
    with qtbot.waitSignal(canvas.walk_finished):
        qtbot.mouseRelease(canvas, LEFT, pos=QPoint(260, 180))


def test_a_click_names_the_point(qtbot: QtBot, canvas: Canvas) -> None:
    at = canvas.picture_rect().topLeft() + QPointF(canvas.picture_rect().width() / 4, 10)
    with qtbot.waitSignal(canvas.clicked) as got:
        qtbot.mouseClick(canvas, LEFT, pos=at.toPoint())
    assert got.args[0].x() == pytest.approx(0.25, abs=0.01)


def test_comparing_shows_the_other_picture_while_it_holds(canvas: Canvas) -> None:
    canvas.set_compare_frame(plain(256, (1, 2, 250)))
    middle = canvas.picture_rect().center().toPoint()
    canvas.set_comparing(True)
    assert shown(canvas).pixelColor(middle) == QColor(1, 2, 250)
    canvas.set_comparing(False)
    assert shown(canvas).pixelColor(middle) == QColor(200, 40, 10)


def test_the_compare_key_is_reported_once_each_way(qtbot: QtBot, canvas: Canvas) -> None:
    held: list[bool] = []
    canvas.compare_held.connect(held.append)
    qtbot.keyPress(canvas, Qt.Key.Key_Backslash)
    qtbot.keyRelease(canvas, Qt.Key.Key_Backslash)
    assert held == [True, False]


def test_the_wipe_can_be_dragged(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.set_compare_frame(plain(256, (1, 2, 250)))
    canvas.set_wipe(True)
    rect = canvas.picture_rect()
    quarter = QPoint(round(rect.left() + rect.width() * 0.25), 250)
    assert shown(canvas).pixelColor(quarter) == QColor(1, 2, 250)
    qtbot.mousePress(canvas, LEFT, pos=rect.center().toPoint())
    move(canvas, QPointF(rect.left() + rect.width() * 0.1, 250), LEFT)
    qtbot.mouseRelease(canvas, LEFT)
    assert shown(canvas).pixelColor(quarter) == QColor(200, 40, 10)


def test_nothing_is_written_over_the_picture(canvas: Canvas) -> None:
    canvas.resize(900, 500)
    canvas.set_info(["Seed 40 817"])
    upper_left = QRect(0, 0, 200, 60)
    corner = canvas.grab(upper_left).toImage()
    canvas.set_zoom(8.0)
    covered = canvas.grab(upper_left).toImage()
    colours = {covered.pixel(x, y) for x in range(covered.width()) for y in range(covered.height())}
    assert colours == {QColor(200, 40, 10).rgba()}
    assert len({corner.pixel(x, y) for x in range(80) for y in range(corner.height())}) > 3
