"""Catalogue of directions, grid of pictures, classes, layers, shelf."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.chip_flow import ChipFlow
from latentlab.qt.widgets.class_mixer import ClassMixer
from latentlab.qt.widgets.direction_list import DirectionList, ListedDirection, button_rect
from latentlab.qt.widgets.elided_label import ElidedLabel
from latentlab.qt.widgets.inspector import Inspector
from latentlab.qt.widgets.layer_strip import LayerPicture, LayerStrip
from latentlab.qt.widgets.parameter_row import ParameterRow
from latentlab.qt.widgets.search_field import SearchField
from latentlab.qt.widgets.section import Section
from latentlab.qt.widgets.segmented import SegmentedControl
from latentlab.qt.widgets.shelf import QuickShelf, ShelfPicture, ShelfTabs
from latentlab.qt.widgets.thumbnail_grid import Thumbnail, ThumbnailGrid

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def catalogue(qtbot: QtBot) -> DirectionList:
    view = DirectionList()
    qtbot.addWidget(view)
    view.resize(340, 200)
    view.set_directions(
        [ListedDirection(f"pca:{n}", f"Component {n + 1}", 0.5**n, n == 1) for n in range(500)]
    )
    view.show()
    return view


def test_a_direction_is_added_by_its_button_and_taken_out_by_it(
    qtbot: QtBot, catalogue: DirectionList
) -> None:
    model = catalogue.model()
    for row, signal in ((0, catalogue.add_requested), (1, catalogue.remove_requested)):
        spot = button_rect(catalogue.visualRect(model.index(row, 0))).center()
        with qtbot.waitSignal(signal) as got:
            qtbot.mouseClick(catalogue.viewport(), LEFT, pos=spot)
        assert got.args == [f"pca:{row}"]


def test_a_click_beside_the_button_only_selects(qtbot: QtBot, catalogue: DirectionList) -> None:
    with qtbot.assertNotEmitted(catalogue.add_requested):
        spot = catalogue.visualRect(catalogue.model().index(2, 0)).topLeft() + QPoint(20, 10)
        qtbot.mouseClick(catalogue.viewport(), LEFT, pos=spot)
    assert catalogue.currentIndex().row() == 2
    with qtbot.waitSignal(catalogue.add_requested) as got:
        qtbot.keyClick(catalogue, Qt.Key.Key_Return)
    assert got.args == ["pca:2"]


def test_the_catalogue_is_searched_by_words(catalogue: DirectionList) -> None:
    catalogue.set_filter("49 comp")
    names = [line.name for line in catalogue.shown()]
    assert names[0] == "Component 49"
    assert all("49" in name for name in names)
    assert len(names) == sum("49" in str(n) for n in range(1, 501))
    catalogue.set_filter("")
    assert len(catalogue.shown()) == 500


def test_thousands_of_pictures_and_only_those_in_sight(qtbot: QtBot) -> None:
    grid = ThumbnailGrid()
    qtbot.addWidget(grid)
    grid.resize(500, 300)
    grid.set_items([Thumbnail(n, f"Seed {n}") for n in range(5000)])
    grid.show()
    assert grid.count() == 5000
    seen = grid.visible_keys()
    assert seen[0] == 0
    assert 10 < len(seen) < 60
    picture = QPixmap(10, 10)
    picture.fill(QColor(9, 200, 9))
    grid.set_pixmap(0, picture)
    centre = grid.visualRect(grid.model().index(0, 0)).center()
    with qtbot.waitSignal(grid.chosen) as got:
        qtbot.mouseClick(grid.viewport(), LEFT, pos=centre)
    assert got.args == [0]
    assert grid.viewport().grab().toImage().pixelColor(centre - QPoint(0, 10)) == QColor(9, 200, 9)
    with qtbot.waitSignal(grid.opened):
        qtbot.keyClick(grid, Qt.Key.Key_Return)


def test_selecting_a_picture_from_outside_is_silent(qtbot: QtBot) -> None:
    grid = ThumbnailGrid()
    qtbot.addWidget(grid)
    grid.set_items([Thumbnail(n, f"Seed {n}") for n in range(5)])
    with qtbot.assertNotEmitted(grid.chosen):
        grid.set_current(3)
    assert grid.currentIndex().row() == 3


@pytest.fixture
def mixer(qtbot: QtBot) -> ClassMixer:
    mixer = ClassMixer()
    qtbot.addWidget(mixer)
    mixer.resize(340, 300)
    mixer.set_classes(["bird", "cat", "dog"])
    mixer.set_mixture([(0, 1.0)])
    mixer.show()
    return mixer


def click_chip(qtbot: QtBot, mixer: ClassMixer, index: int, modifiers: Qt.KeyboardModifier) -> None:
    chips = mixer.findChild(ChipFlow)
    assert isinstance(chips, ChipFlow)
    qtbot.mouseClick(chips, LEFT, modifiers, chips.rects(chips.width())[index].center().toPoint())


def test_a_click_chooses_one_class_and_ctrl_mixes(qtbot: QtBot, mixer: ClassMixer) -> None:
    heard: list[object] = []
    mixer.changed.connect(heard.append)
    click_chip(qtbot, mixer, 1, Qt.KeyboardModifier.NoModifier)
    click_chip(qtbot, mixer, 2, CTRL)
    click_chip(qtbot, mixer, 1, CTRL)
    click_chip(qtbot, mixer, 2, CTRL)  # the last one stays
    assert heard == [((1, 1.0),), ((1, 1.0), (2, 1.0)), ((2, 1.0),)]


@pytest.mark.parametrize("width", [250, 296, 340])
def test_every_class_is_in_sight_in_a_pane_of_any_width(qtbot: QtBot, width: int) -> None:
    mixer = ClassMixer()
    mixer.set_classes([f"Class {index}" for index in range(5)])
    mixer.set_mixture([(0, 1.0)])
    section, inspector = Section("Class"), Inspector()
    section.add(mixer)
    qtbot.addWidget(inspector)
    inspector.setFixedWidth(width)
    inspector.resize(width, 600)
    inspector.add_section(section)
    inspector.add_section(Section("Next"))
    inspector.show()
    chips = mixer.findChild(ChipFlow)
    assert isinstance(chips, ChipFlow)
    assert chips.rects(chips.width())[-1].bottom() <= chips.height()
    assert mixer.hint.height() >= mixer.hint.heightForWidth(mixer.hint.width())
    assert section.height() < 200, "what is left is below the last section"


def weights_of(mixer: ClassMixer) -> list[ParameterRow]:
    return [row for row in mixer.findChildren(ParameterRow) if row is not mixer.between]


def test_mixed_classes_have_weights(qtbot: QtBot, mixer: ClassMixer) -> None:
    assert weights_of(mixer) == []
    with qtbot.assertNotEmitted(mixer.changed):
        mixer.set_mixture([(0, 1.0), (2, 0.5)])
    rows = weights_of(mixer)
    assert [(row.label(), row.value()) for row in rows] == [("bird", 1.0), ("dog", 0.5)]
    with qtbot.waitSignal(mixer.changed) as got:
        rows[1].field.edit(0.25)
    assert got.args == [((0, 1.0), (2, 0.25))]


def test_two_classes_have_one_slider_from_the_first_to_the_second(qtbot: QtBot, mixer: ClassMixer) -> None:
    assert not mixer.between.isVisible()
    mixer.set_mixture(((0, 1.0), (2, 1.0)))
    assert mixer.between.isVisible()
    assert mixer.between.value() == 0.5
    with qtbot.waitSignal(mixer.changed) as got:
        mixer.between.field.edit(0.25)
    assert got.args == [((0, 0.75), (2, 0.25))]
    mixer.set_mixture(((0, 1.0), (1, 1.0), (2, 1.0)))
    assert not mixer.between.isVisible()


def test_many_classes_are_searched(qtbot: QtBot) -> None:
    mixer = ClassMixer()
    qtbot.addWidget(mixer)
    mixer.resize(340, 300)
    mixer.set_classes([f"class {n}" for n in range(1000)])
    mixer.show()
    search = mixer.findChild(SearchField)
    view = mixer.findChild(QListView)
    assert isinstance(search, SearchField)
    assert isinstance(view, QListView)
    qtbot.keyClicks(search, "777")
    assert view.model().rowCount() == 1
    with qtbot.waitSignal(mixer.changed) as got:
        qtbot.mouseClick(view.viewport(), LEFT, pos=view.visualRect(view.model().index(0, 0)).center())
    assert got.args == [((777, 1.0),)]


def test_stopping_after_a_layer(qtbot: QtBot) -> None:
    strip = LayerStrip()
    qtbot.addWidget(strip)
    strip.resize(316, 60)
    strip.set_layers([LayerPicture(f"b{2**n}", 2**n) for n in range(2, 10)])
    strip.show()
    heard: list[object] = []
    strip.chosen.connect(heard.append)
    third = strip.layer_rect(2).center().toPoint()
    qtbot.mouseClick(strip, LEFT, pos=third)
    qtbot.mouseClick(strip, LEFT, pos=third)
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    strip.set_current(4)
    assert heard == [2, None, 6, None]


def test_segments_are_chosen_by_click_and_key(qtbot: QtBot) -> None:
    control = SegmentedControl(["In use", "PCA", "Closed form"])
    qtbot.addWidget(control)
    control.resize(300, control.height())
    control.show()
    heard: list[int] = []
    control.chosen.connect(heard.append)
    qtbot.mouseClick(control, LEFT, pos=control.segment_rect(2).center().toPoint())
    qtbot.keyClick(control, Qt.Key.Key_Left)
    control.set_current(0)
    qtbot.keyClick(control, Qt.Key.Key_Left)
    assert heard == [2, 1]
    assert control.segment_rect(2).right() == pytest.approx(298)


def test_shelf_tabs(qtbot: QtBot) -> None:
    tabs = ShelfTabs(["History", "Favourites", "Snapshots"])
    qtbot.addWidget(tabs)
    tabs.resize(500, tabs.height())
    before = tabs.tab_rect(2).left()
    tabs.set_count(1, 12)
    assert tabs.tab_rect(2).left() > before
    tabs.show()
    with qtbot.waitSignal(tabs.chosen) as got:
        qtbot.mouseClick(tabs, LEFT, pos=tabs.tab_rect(1).center().toPoint())
    assert got.args == [1]


def test_favourites_and_snapshots_at_hand(qtbot: QtBot) -> None:
    shelf = QuickShelf()
    qtbot.addWidget(shelf)
    shelf.resize(220, 116)
    shelf.set_favourites([ShelfPicture("a", "One"), ShelfPicture("b", "Two")])
    shelf.set_snapshots([ShelfPicture(1, "Snapshot 1")])
    shelf.show()
    with qtbot.waitSignal(shelf.favourite_activated) as got:
        qtbot.mouseClick(shelf, LEFT, pos=QPoint(100, 30))
    assert got.args == ["b"]
    with qtbot.waitSignal(shelf.snapshot_activated) as got:
        qtbot.mouseClick(shelf, LEFT, pos=QPoint(30, 90))
    assert got.args == [1]


def test_a_line_that_is_too_long_is_shortened_and_told_in_full(qtbot: QtBot) -> None:
    label = ElidedLabel("from layout on the left to colour on the right")
    qtbot.addWidget(label)
    label.resize(100, 16)
    label.show()
    assert label.text().endswith("…")
    assert label.toolTip() == label.whole_text() == "from layout on the left to colour on the right"
    label.resize(label.sizeHint().width(), 16)
    assert label.text() == label.whole_text()
    assert label.toolTip() == ""
