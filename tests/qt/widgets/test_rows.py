"""Rows of the inspector: a number, a seed, a direction, a choice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.combo_box import ChoiceRow
from latentlab.qt.widgets.direction_row import DirectionRow
from latentlab.qt.widgets.parameter_row import ParameterRow
from latentlab.qt.widgets.row import Row, RowIcon
from latentlab.qt.widgets.seed_row import SeedRow

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def row(qtbot: QtBot) -> ParameterRow:
    row = ParameterRow("Truncation", limits=(0.0, 1.0), default=1.0)
    qtbot.addWidget(row)
    row.resize(340, row.height())
    row.show()
    return row


@pytest.fixture
def direction(qtbot: QtBot) -> DirectionRow:
    row = DirectionRow("Warmth", limits=(-2.0, 2.0), layers=16)
    qtbot.addWidget(row)
    row.resize(340, row.height())
    row.show()
    return row


def drag(widget: QWidget, xs: list[float], modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    """Press at the first x, move over the others, let go."""
    kinds = [
        QEvent.Type.MouseButtonPress,
        *[QEvent.Type.MouseMove] * (len(xs) - 1),
        QEvent.Type.MouseButtonRelease,
    ]
    for kind, x in zip(kinds, [*xs, xs[-1]], strict=True):
        at = QPointF(x, widget.height() / 2)
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
        event = QMouseEvent(kind, at, widget.mapToGlobal(at), button, LEFT, modifiers)
        QApplication.sendEvent(widget, event)


def hover(widget: QWidget, entered: bool) -> None:
    spot = QPointF(3, 3)
    QApplication.sendEvent(widget, QEnterEvent(spot, spot, spot) if entered else QEvent(QEvent.Type.Leave))


def icon_of(row: Row, name: str) -> RowIcon:
    return next(icon for icon in row.findChildren(RowIcon) if icon.toolTip().startswith(name))


def test_slider_and_field_agree(qtbot: QtBot, row: ParameterRow) -> None:
    changing: list[float] = []
    changed: list[float] = []
    row.changing.connect(changing.append)
    row.changed.connect(changed.append)
    slider = row.slider
    drag(slider, [slider.x_of(1.0), slider.x_of(0.5), slider.x_of(0.25)])
    assert row.field.value() == pytest.approx(0.25, abs=0.01)
    assert changing == [pytest.approx(0.5, abs=0.01), pytest.approx(0.25, abs=0.01)]
    assert changed == [changing[-1]]
    row.field.edit(0.75)
    assert slider.value() == 0.75


def test_a_click_on_the_track_goes_there(row: ParameterRow) -> None:
    drag(row.slider, [row.slider.x_of(0.3)])
    assert row.value() == pytest.approx(0.3, abs=0.01)


def test_shift_moves_the_slider_finely(row: ParameterRow) -> None:
    row.set_value(0.5)
    slider = row.slider
    start = slider.x_of(0.5)
    drag(slider, [start, start + 40], SHIFT)
    full = slider.value_at(start + 40) - slider.value_at(start)
    assert row.value() - 0.5 == pytest.approx(full / 10, abs=0.002)


def test_a_double_click_on_the_slider_resets(qtbot: QtBot, row: ParameterRow) -> None:
    row.set_value(0.4)
    at = QPoint(round(row.slider.x_of(0.4)), row.slider.height() // 2)
    qtbot.mouseDClick(row.slider, LEFT, pos=at)
    assert row.value() == 1.0


def test_a_changed_row_says_so_and_can_be_reset(qtbot: QtBot, row: ParameterRow) -> None:
    assert not row.is_changed()
    row.set_value(0.72)
    assert row.is_changed()
    assert row.property("changed") is True
    with qtbot.waitSignal(row.changed) as got:
        qtbot.mouseClick(icon_of(row, "Reset"), LEFT)
    assert got.args == [1.0]
    assert not row.is_changed()


def test_a_change_survives_greyscale(row: ParameterRow) -> None:
    at_default = row.grab().toImage()
    row.set_value(0.72)
    dot = row.grab().toImage().pixelColor(6, row.height() // 2)
    assert dot.lightness() > at_default.pixelColor(6, row.height() // 2).lightness() + 40


def test_a_lock_takes_no_edit_and_is_reported_only_when_clicked(qtbot: QtBot, row: ParameterRow) -> None:
    locked: list[bool] = []
    edited: list[float] = []
    row.lock_toggled.connect(locked.append)
    row.changing.connect(edited.append)
    row.set_locked(True)
    assert locked == []
    drag(row.slider, [row.slider.x_of(1.0), row.slider.x_of(0.2)])
    row.field.reset()
    assert (row.value(), edited) == (1.0, [])
    qtbot.mouseClick(icon_of(row, "Lock"), LEFT)
    assert locked == [False]
    assert not row.is_locked()


def test_icons_appear_in_kept_room(row: ParameterRow) -> None:
    dice = icon_of(row, "Randomise")
    before = {child: child.geometry() for child in row.findChildren(QWidget)}
    hover(row, False)  # the screen's pointer may be anywhere
    assert not dice.is_shown()
    hover(row, True)
    assert dice.is_shown()
    assert {child: child.geometry() for child in row.findChildren(QWidget)} == before
    hover(row, False)
    assert not dice.is_shown()


def test_the_dice_asks(qtbot: QtBot, row: ParameterRow) -> None:
    with qtbot.waitSignal(row.randomise_requested):
        qtbot.mouseClick(icon_of(row, "Randomise"), LEFT)
    assert row.value() == 1.0


def test_showing_a_row_does_not_edit(row: ParameterRow) -> None:
    heard: list[object] = []
    for signal in (row.changing, row.changed, row.lock_toggled):
        signal.connect(heard.append)
    row.set_value(0.1)
    row.set_limits(0.0, 0.5)
    row.set_default(0.2)
    row.set_mixed(True)
    row.set_locked(True)
    assert heard == []


def test_seeds_keep_all_their_digits(qtbot: QtBot) -> None:
    row = SeedRow("Seed")
    qtbot.addWidget(row)
    with qtbot.waitSignal(row.changed) as got:
        row.field.edit(4294967295)
    assert got.args == [4294967295]
    assert row.field.text() == "4\u202f294\u202f967\u202f295"
    with qtbot.waitSignal(row.randomise_requested):
        qtbot.mouseClick(icon_of(row, "New seed"), LEFT)


def test_a_direction_is_aimed_at_its_pictures(direction: DirectionRow) -> None:
    values = direction.picture_values()
    assert values == pytest.approx([-1.6, -0.8, 0.0, 0.8, 1.6])
    strip = direction.strip
    fourth = strip.width() * 3.5 / 5
    drag(strip, [fourth])
    assert direction.value() == pytest.approx(0.8, abs=0.03)


def test_the_pictures_are_the_track(direction: DirectionRow) -> None:
    colours = [QColor(200, 40 * index, 10) for index in range(5)]
    pictures = []
    for colour in colours:
        pixmap = QPixmap(40, 40)
        pixmap.fill(colour)
        pictures.append(pixmap)
    direction.set_pictures(pictures)
    shown = direction.strip.grab().toImage()
    for index in (0, 1, 3, 4):
        assert shown.pixelColor(round(shown.width() * (index + 0.5) / 5), 20) == colours[index]


def test_layers_are_chosen_by_dragging(qtbot: QtBot, direction: DirectionRow) -> None:
    ranges: list[tuple[int, int]] = []
    done: list[tuple[int, int]] = []
    direction.layers_changing.connect(lambda first, last: ranges.append((first, last)))
    direction.layers_changed.connect(lambda first, last: done.append((first, last)))
    cell = direction.layers.width() / 16
    drag(direction.layers, [cell * 8.5, cell * 10.5, cell * 5.5])
    assert ranges == [(8, 8), (8, 10), (5, 8)]
    assert done == [(5, 8)]
    direction.set_layer_range(0, 3)
    assert direction.layers.layer_range() == (0, 3)
    assert len(done) == 1
    qtbot.mouseDClick(direction.layers, LEFT)
    assert done[-1] == (0, 15)


def test_layers_move_by_keys(qtbot: QtBot, direction: DirectionRow) -> None:
    direction.set_layer_range(4, 7)
    qtbot.keyClick(direction.layers, Qt.Key.Key_Right)
    assert direction.layers.layer_range() == (5, 8)
    qtbot.keyClick(direction.layers, Qt.Key.Key_Left, SHIFT)
    assert direction.layers.layer_range() == (5, 7)


def test_a_locked_direction_ignores_strip_field_and_layers(direction: DirectionRow) -> None:
    direction.set_locked(True)
    drag(direction.strip, [10, 60])
    drag(direction.layers, [4, 20])
    assert direction.value() == 0.0
    assert direction.layers.layer_range() == (0, 15)


def test_one_layer_needs_no_bar(qtbot: QtBot) -> None:
    row = DirectionRow("Component 1", layers=1)
    qtbot.addWidget(row)
    row.show()
    assert not row.layers.isVisible()


def test_a_choice_reports_its_data(qtbot: QtBot) -> None:
    row = ChoiceRow("Stop after")
    qtbot.addWidget(row)
    row.set_choices([("16 px", 2), ("Last layer", None)])
    with qtbot.assertNotEmitted(row.chosen):
        row.set_value(None)
    assert row.combo.currentText() == "Last layer"
    row.show()
    with qtbot.waitSignal(row.chosen) as got:
        qtbot.keyClick(row.combo, Qt.Key.Key_Up)
    assert got.args == [2]


def test_a_label_that_is_cut_short_is_whole_in_the_tooltip(qtbot: QtBot) -> None:
    for label, words in (
        ("Class 2", "Share"),
        ("Soft-coated wheaten terrier", "Soft-coated wheaten terrier\nShare"),
    ):
        row = ParameterRow(label, tooltip="Share")
        qtbot.addWidget(row)
        row.resize(320, row.height())
        row.show()
        assert row.words() == words
