"""The wall of small pictures: only what is in sight, chosen by hand and by key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.mark_strip import MarkedPicture, MarkStrip
from latentlab.qt.widgets.overlap_list import OverlapLine, OverlapList
from latentlab.qt.widgets.picture_badges import Badges
from latentlab.qt.widgets.picture_tiles import WallSource
from latentlab.qt.widgets.picture_wall import PictureWall, Wish

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Pictures:
    """Plain colours; counts who was asked for."""

    def __init__(self) -> None:
        self.asked: set[int] = set()
        self.badges = Badges()

    def image(self, place: int) -> QImage | None:
        self.asked.add(place)
        picture = QImage(8, 8, QImage.Format.Format_RGB32)
        picture.fill(QColor(place % 256, 90, 40))
        return picture


@pytest.fixture
def pictures() -> Pictures:
    return Pictures()


@pytest.fixture
def wall(qtbot: QtBot, pictures: Pictures) -> PictureWall:
    source = WallSource(pictures.image, lambda place: f"Seed {place}", lambda place: pictures.badges)
    made = PictureWall(source, side=90)
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.set_count(10_000)
    made.show()
    qtbot.waitUntil(lambda: bool(pictures.asked))
    return made


def click(qtbot: QtBot, wall: PictureWall, place: int, held: Qt.KeyboardModifier = CTRL & SHIFT) -> None:
    spot = wall.picture_rect(place).center().toPoint()
    qtbot.mouseClick(wall.viewport(), LEFT, held, spot)


def test_only_pictures_in_sight_are_asked_for(qtbot: QtBot, wall: PictureWall, pictures: Pictures) -> None:
    assert pictures.asked <= set(wall.in_sight())
    assert len(wall.in_sight()) < 60
    pictures.asked.clear()
    with qtbot.waitSignal(wall.sight_changed):
        wall.verticalScrollBar().setValue(wall.verticalScrollBar().maximum())
    wall.viewport().repaint()
    assert 9_999 in wall.in_sight()
    assert min(pictures.asked) > 9_900


def test_pictures_fill_the_width_whatever_their_size(wall: PictureWall) -> None:
    for side in (64, 90, 130, 176):
        wall.set_side(side)
        last = wall.picture_rect(wall.columns() - 1)
        assert abs(last.right() - (wall.viewport().width() - 16)) <= wall.columns() + 8
        assert wall.side() >= side - 8


def test_a_larger_size_keeps_the_place(wall: PictureWall) -> None:
    wall.verticalScrollBar().setValue(40_000)
    first = wall.in_sight().start
    wall.set_side(150)
    assert abs(wall.in_sight().start - first) < 2 * wall.columns()


def test_clicks_choose_one_several_and_a_run(qtbot: QtBot, wall: PictureWall) -> None:
    click(qtbot, wall, 1)
    assert wall.chosen() == [1]
    click(qtbot, wall, 4, SHIFT)
    assert wall.chosen() == [1, 2, 3, 4]
    click(qtbot, wall, 2, CTRL)
    assert wall.chosen() == [1, 3, 4]
    click(qtbot, wall, 7)
    assert wall.chosen() == [7]


def test_keys_move_and_what_they_lead_to_comes_into_sight(qtbot: QtBot, wall: PictureWall) -> None:
    click(qtbot, wall, 0)
    columns = wall.columns()
    for key, place in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 1 + columns),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_End, 9_999),
        (Qt.Key.Key_Home, 0),
    ):
        qtbot.keyClick(wall, key)
        assert wall.current() == place
        box = wall.picture_rect(place)
        assert wall.viewport().rect().contains(box.toRect())


@pytest.mark.parametrize(
    ("key", "wish"),
    [
        (Qt.Key.Key_Return, Wish.OPEN),
        (Qt.Key.Key_F, Wish.STAR),
        (Qt.Key.Key_A, Wish.MARK_A),
        (Qt.Key.Key_B, Wish.MARK_B),
        (Qt.Key.Key_P, Wish.PARENT),
    ],
)
def test_keys_ask_for_what_is_chosen(qtbot: QtBot, wall: PictureWall, key: Qt.Key, wish: Wish) -> None:
    click(qtbot, wall, 2)
    click(qtbot, wall, 5, CTRL)
    with qtbot.waitSignal(wall.wished) as got:
        qtbot.keyClick(wall, key)
    assert got.args == [wish, [2, 5]]


def test_a_double_click_opens_and_the_corner_stars(qtbot: QtBot, wall: PictureWall) -> None:
    with qtbot.waitSignal(wall.wished) as got:
        qtbot.mouseDClick(wall.viewport(), LEFT, pos=wall.picture_rect(3).center().toPoint())
    assert got.args == [Wish.OPEN, [3]]
    with qtbot.waitSignal(wall.wished) as got:
        corner = wall.picture_rect(3).topRight().toPoint() + QPoint(-8, 8)
        qtbot.mouseClick(wall.viewport(), LEFT, pos=corner)
    assert got.args == [Wish.STAR, [3]]


def test_a_picture_that_arrives_is_painted(wall: PictureWall) -> None:
    centre = wall.picture_rect(3).center().toPoint()
    assert wall.viewport().grab().toImage().pixelColor(centre) == QColor(3, 90, 40)


def test_after_scrolling_a_part_is_painted_and_the_whole_is_right(qtbot: QtBot, wall: PictureWall) -> None:
    with qtbot.waitSignal(wall.sight_changed):
        for _ in range(20):
            wall.verticalScrollBar().setValue(wall.verticalScrollBar().value() + 17)
            QCoreApplication.sendPostedEvents(wall, QEvent.Type.UpdateRequest)
    on_screen = wall.screen().grabWindow(wall.winId()).toImage()
    painted_anew = wall.grab().toImage()
    for place in wall.in_sight():
        spot = wall.viewport().mapTo(wall, wall.picture_rect(place).center().toPoint())
        if on_screen.rect().contains(spot):
            assert on_screen.pixelColor(spot) == painted_anew.pixelColor(spot) == QColor(place % 256, 90, 40)


def test_pictures_that_arrive_together_appear_a_few_at_a_time(
    qtbot: QtBot, wall: PictureWall, pictures: Pictures
) -> None:
    pictures.asked.clear()
    wall.refresh_pictures()
    wall.viewport().repaint()
    places = pictures.asked.copy()
    assert len(places) > 12
    pictures.asked.clear()
    for place in sorted(places):
        wall.picture_changed(place)
    assert not pictures.asked
    most = 0

    def all_are_there() -> bool:
        nonlocal most
        before = len(pictures.asked)
        QCoreApplication.sendPostedEvents(wall, QEvent.Type.UpdateRequest)
        most = max(most, len(pictures.asked) - before)
        return places <= pictures.asked

    qtbot.waitUntil(all_are_there)
    assert most < 10


def test_marks_are_seen(wall: PictureWall, pictures: Pictures) -> None:
    spot = wall.picture_rect(2).topLeft().toPoint() + QPoint(4, 4)
    before = wall.viewport().grab().toImage().pixelColor(spot)
    pictures.badges = Badges(mark="A")
    wall.badges_changed()
    assert wall.viewport().grab().toImage().pixelColor(spot) != before


def shown(qtbot: QtBot, widget: QWidget, width: int) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, widget.sizeHint().height())
    widget.show()


def test_a_click_on_a_marked_picture_takes_its_mark_away(qtbot: QtBot) -> None:
    strip = MarkStrip("A", "Mark some")
    shown(qtbot, strip, 320)
    strip.set_pictures([MarkedPicture(place) for place in range(20)])
    with qtbot.waitSignal(strip.taken_away) as got:
        qtbot.mouseClick(strip, LEFT, pos=QPoint(40, 20))
    assert got.args == [19]  # the newest stands first


def test_the_most_alike_directions_stand_first(qtbot: QtBot) -> None:
    listed = OverlapList()
    shown(qtbot, listed, 300)
    listed.set_lines([OverlapLine(f"d{n}", n / 10 * (-1) ** n, 0.0) for n in range(9)])
    assert listed.sizeHint().height() < 9 * 18
    listed.set_lines([])
    assert not listed.isVisible()
