"""Where steps of a history lie, and what a hand hits."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.history_layout import SIDE, SMALL, HistoryNode, lay_out
from latentlab.qt.widgets.history_tree import HistoryTreeView

LEFT = Qt.MouseButton.LeftButton


def nodes() -> list[HistoryNode]:
    """0-1-2-3-4, and 5-6 that branch off 1."""
    main = [HistoryNode(n, n - 1 if n else None, f"Step {n}") for n in range(5)]
    return [*main, HistoryNode(5, 1, "Fork"), HistoryNode(6, 5, "Fork on")]


@pytest.fixture
def tree(qtbot: QtBot) -> HistoryTreeView:
    tree = HistoryTreeView()
    qtbot.addWidget(tree)
    tree.resize(500, 120)
    tree.set_nodes(nodes(), 4)
    tree.show()
    return tree


def test_the_current_line_is_large_and_branches_are_small_below() -> None:
    layout = lay_out(nodes(), 4)
    assert layout.lanes[0].keys == [0, 1, 2, 3, 4]
    assert layout.lanes[1].keys == [5, 6]
    assert layout.rect(2).width() == SIDE
    assert layout.rect(5).width() == SMALL
    assert layout.rect(5).top() > layout.rect(4).bottom()
    assert layout.rect(5).left() >= layout.rect(1).right()


def test_the_main_line_passes_over_the_current_step() -> None:
    assert lay_out(nodes(), 6).lanes[0].keys == [0, 1, 5, 6]


def test_going_back_keeps_the_line_that_was_shown() -> None:
    assert lay_out(nodes(), 1, [0, 1, 2, 3, 4]).lanes[0].keys == [0, 1, 2, 3, 4]
    assert lay_out(nodes(), 1, [0, 1, 5, 6]).lanes[0].keys == [0, 1, 5, 6]


def test_every_step_has_a_place_of_its_own() -> None:
    many = nodes() + [HistoryNode(10 + n, 2, f"Other {n}") for n in range(5)]
    layout = lay_out(many, 4)
    rects = [layout.rect(node.key) for node in many]
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[i + 1 :])


def test_branches_can_be_left_out() -> None:
    layout = lay_out(nodes(), 4, branches=False)
    assert set(layout.place) == {0, 1, 2, 3, 4}


def test_a_click_names_the_step(qtbot: QtBot, tree: HistoryTreeView) -> None:
    for key in range(7):
        spot = tree.step_rect(key).center()
        assert tree.step_at(spot) == key
        with qtbot.waitSignal(tree.activated) as got:
            qtbot.mouseClick(tree.viewport(), LEFT, pos=spot.toPoint())
        assert got.args == [key]


def test_between_steps_nothing_is_hit(qtbot: QtBot, tree: HistoryTreeView) -> None:
    gap = QPointF(tree.step_rect(0).right() + 5, tree.step_rect(0).center().y())
    assert tree.step_at(gap) is None
    with qtbot.assertNotEmitted(tree.activated):
        qtbot.mouseClick(tree.viewport(), LEFT, pos=gap.toPoint())


def test_the_star_is_its_own_target(qtbot: QtBot, tree: HistoryTreeView) -> None:
    corner = tree.step_rect(2).topRight().toPoint() + QPoint(-8, 8)
    with qtbot.waitSignal(tree.star_toggled) as got, qtbot.assertNotEmitted(tree.activated):
        qtbot.mouseClick(tree.viewport(), LEFT, pos=corner)
    assert got.args == [2]


def test_hits_follow_scrolling_and_the_current_step_comes_into_sight(tree: HistoryTreeView) -> None:
    tree.set_nodes([HistoryNode(n, n - 1 if n else None, f"Step {n}") for n in range(300)], 250)
    rect = tree.step_rect(250)
    assert rect.left() >= 0
    assert rect.right() <= tree.viewport().width()
    assert tree.step_at(rect.center()) == 250
    assert 250 in tree.visible_keys()
    assert len(tree.visible_keys()) < 12


@pytest.mark.parametrize(
    ("current", "key", "target"),
    [
        (4, Qt.Key.Key_Left, 3),
        (2, Qt.Key.Key_Right, 3),
        (2, Qt.Key.Key_Down, 5),
        (5, Qt.Key.Key_Left, 1),
    ],
)
def test_arrows_walk_the_tree(
    qtbot: QtBot, tree: HistoryTreeView, current: int, key: Qt.Key, target: int
) -> None:
    tree.set_nodes(nodes(), current, [0, 1, 5, 6] if current == 5 else [0, 1, 2, 3, 4])
    with qtbot.waitSignal(tree.activated) as got:
        qtbot.keyClick(tree, key)
    assert got.args == [target]


def test_pictures_are_shown_and_kept(tree: HistoryTreeView) -> None:
    picture = QPixmap(8, 8)
    picture.fill(QColor(250, 10, 20))
    tree.set_pixmap(1, picture)
    tree.set_nodes(nodes(), 4)
    spot = tree.step_rect(1).center().toPoint()
    assert tree.grab().toImage().pixelColor(spot) == QColor(250, 10, 20)


def test_showing_does_not_activate(qtbot: QtBot, tree: HistoryTreeView) -> None:
    with qtbot.assertNotEmitted(tree.activated):
        tree.set_current(0)
        tree.set_branches_shown(False)
        tree.set_starred(1, True)
    assert tree.current() == 0


def test_a_step_at_the_end_is_laid_out_as_if_all_were(tree: HistoryTreeView) -> None:
    tree.put_node(HistoryNode(7, 4, "On"))
    tree.set_current(7)
    fresh = lay_out([*nodes(), HistoryNode(7, 4, "On")], 7)
    assert tree._layout.lanes[0].keys == fresh.lanes[0].keys
    assert tree._layout.width == fresh.width
    tree.put_node(HistoryNode(8, 2, "Branch"))
    tree.set_current(8)
    assert tree._layout.lanes[0].keys == [0, 1, 2, 8]


def test_an_edited_step_keeps_its_place(tree: HistoryTreeView) -> None:
    before = tree.step_rect(4)
    tree.put_node(HistoryNode(4, 3, "Renamed"))
    assert tree.step_rect(4) == before
    assert tree._nodes[4].label == "Renamed"


def test_a_step_can_be_pulled_out(qtbot: QtBot, tree: HistoryTreeView) -> None:
    start = tree.step_rect(2).center().toPoint()
    with qtbot.waitSignal(tree.dragged) as got, qtbot.assertNotEmitted(tree.activated):
        qtbot.mousePress(tree.viewport(), LEFT, pos=start)
        away = QPointF(start + QPoint(30, 0))
        none = Qt.MouseButton.NoButton, LEFT, Qt.KeyboardModifier.NoModifier
        move = QMouseEvent(QMouseEvent.Type.MouseMove, away, tree.viewport().mapToGlobal(away), *none)
        QApplication.sendEvent(tree.viewport(), move)
        qtbot.mouseRelease(tree.viewport(), LEFT, pos=away.toPoint())
    assert got.args == [2]
