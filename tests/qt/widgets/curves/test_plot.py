"""The plot of curves: what it shows, follows, reads out and saves."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from latentlab.errors import ExportError
from latentlab.qt.theme.numbers import THIN_SPACE
from latentlab.qt.theme.tokens import current_tokens
from latentlab.qt.widgets.curves.axes import step_text, value_text
from latentlab.qt.widgets.curves.item import CurvesItem
from latentlab.qt.widgets.curves.marks import Mark
from latentlab.qt.widgets.curves.plot import CurvePlot
from latentlab.qt.widgets.curves.saving import save_plot
from latentlab.qt.widgets.curves.series import Series


def _series(values: np.ndarray, every: float = 10.0) -> Series:
    series = Series()
    series.append(np.arange(1, len(values) + 1) * every, values)
    return series


@pytest.fixture
def plot(qtbot: QtBot) -> CurvePlot:
    plot = CurvePlot()
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.add("generator", "Generator", _series(np.full(100, 2.0)))
    plot.add("discriminator", "Discriminator", _series(np.full(100, 0.5)))
    plot.show()
    qtbot.waitExposed(plot)
    return plot


def _grab(plot: CurvePlot) -> QImage:
    return plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def _place(plot: CurvePlot, step: float) -> QPoint:
    """The viewport's pixel at a step, in the middle of the height."""
    view = plot.findChild(type(plot._view))
    assert view is not None
    box = plot._box
    low, high = plot.values_shown
    return view.mapFromScene(box.mapViewToScene(QPointF(step, (low + high) / 2)))


def _colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_everything_is_in_view_and_grows_with_the_curves(plot: CurvePlot) -> None:
    begin, end = plot.steps_shown
    assert begin <= 0
    assert 1000 <= end <= 1050
    low, high = plot.values_shown
    assert low < 0.5 < 2.0 < high
    plot.traces[0].series.append(np.array([2000.0]), np.array([9.0]))
    plot.refresh()
    assert plot.steps_shown[1] >= 2000
    assert plot.values_shown[1] > 9.0


def test_curves_of_a_branch_begin_where_it_does(plot: CurvePlot) -> None:
    for key in ("generator", "discriminator"):
        late = Series()
        late.append(np.arange(800.0, 900.0), np.ones(100))
        plot.add(key, key, late)
    plot.set_end(1000.0)
    begin, end = plot.steps_shown
    assert begin == pytest.approx(800, abs=5)
    assert end == pytest.approx(1000, abs=5)
    plot.add("generator", "Generator", _series(np.ones(90)))
    assert plot.steps_shown[0] == pytest.approx(0, abs=15)


def test_room_is_left_for_what_will_come(plot: CurvePlot) -> None:
    plot.set_end(5000)
    assert 5000 <= plot.steps_shown[1] < 5200


def test_curves_are_drawn_in_their_colours_where_they_are(plot: CurvePlot) -> None:
    image = _grab(plot)
    first, second = (trace.colour(current_tokens()).name() for trace in plot.traces)
    assert {first, second} <= _colours(image)
    plot.set_visible("generator", False)
    colours = _colours(_grab(plot))
    assert first not in colours
    assert second in colours


def test_smoothing_keeps_the_raw_line_visible_and_fainter(plot: CurvePlot, qtbot: QtBot) -> None:
    noise = np.random.default_rng(0).normal(size=3000)
    plot.add("noise", "Noise", _series(noise))
    own = plot.traces[-1].colour(current_tokens())
    raw_only = _grab(plot)
    plot.set_smoothing(300)
    smoothed = _grab(plot)
    assert _count(raw_only, own.name()) > 20 * max(1, _count(smoothed, own.name()))
    faint = plot._curves._raw_colour(plot.traces[-1], current_tokens()).name()
    assert _count(smoothed, faint) > 1000


def test_a_logarithmic_axis_shows_powers_of_ten(plot: CurvePlot) -> None:
    plot.add("tiny", "Tiny", _series(np.geomspace(1e-4, 10, 50)))
    plot.set_logarithmic(True)
    low, high = plot.values_shown
    assert low < -4
    assert 1 < high < 1.5
    plot.set_logarithmic(False)
    assert plot.values_shown[1] > 10


def test_the_cursor_reads_values_and_marks(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.set_marks([Mark(500, "warning", "Discriminator too strong")])
    with qtbot.waitSignal(plot.hovered, check_params_cb=lambda step: step is not None) as hovered:
        plot._on_mouse_moved(QPointF(plot._view.mapToScene(_place(plot, 500))))
    assert hovered.args is not None
    assert hovered.args[0] == pytest.approx(500, abs=3)
    title, lines = plot.readout.texts
    assert title.startswith("Step ")
    assert ("Discriminator too strong", "") in lines
    assert ("Generator", "2.000") in lines
    assert ("Discriminator", "0.500") in lines
    assert plot.readout.isVisible()
    plot._show_cursor(None)
    assert not plot.readout.isVisible()


def test_a_click_tells_the_step_and_the_mark(plot: CurvePlot, qtbot: QtBot) -> None:
    mark = Mark(500, "checkpoint")
    plot.set_marks([mark])
    clicked: list[object] = []
    plot.clicked.connect(clicked.append)
    plot.mark_clicked.connect(clicked.append)
    qtbot.mouseClick(plot._view.viewport(), Qt.MouseButton.LeftButton, pos=_place(plot, 500))
    assert clicked == [mark, pytest.approx(500, abs=3)]


def _wheel(plot: CurvePlot, step: float) -> None:
    viewport, place = plot._view.viewport(), QPointF(_place(plot, step))
    event = QWheelEvent(
        place,
        viewport.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def test_the_wheel_zooms_at_the_cursor_and_a_double_click_shows_everything(
    plot: CurvePlot, qtbot: QtBot
) -> None:
    before = plot.steps_shown
    with qtbot.waitSignal(plot.view_changed):
        _wheel(plot, 250)
    begin, end = plot.steps_shown
    assert end - begin < before[1] - before[0]
    assert (250 - begin) / (end - begin) == pytest.approx(
        (250 - before[0]) / (before[1] - before[0]), abs=0.02
    )
    assert not plot.follows
    plot.show_all()
    assert plot.steps_shown == pytest.approx(before)
    assert plot.follows


def test_a_linked_plot_follows_without_echo(plot: CurvePlot, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(plot.view_changed):
        plot.show_steps(100, 300)
    assert plot.steps_shown == pytest.approx((100, 300))


def test_a_moved_view_is_drawn_finely_once_it_rests(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.set_smoothing(10)
    _grab(plot)
    _wheel(plot, 500)
    assert plot._curves.hurried
    qtbot.waitUntil(lambda: not plot._curves.hurried)


def test_curves_of_one_key_take_each_others_place(plot: CurvePlot) -> None:
    plot.add("generator", "New", _series(np.ones(5)))
    assert [trace.name for trace in plot.traces] == ["Discriminator", "New"]
    assert plot.traces[1].place == 0
    plot.clear()
    assert plot.traces == ()


def test_saved_figures_are_the_curves(plot: CurvePlot, tmp_path: Path) -> None:
    plot.add("short", "R1", _series(np.array([0.25]), every=25.0))
    save_plot(plot, tmp_path / "curves.csv")
    with (tmp_path / "curves.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 101
    assert rows[0] == {"step": "10", "Generator": "2.0", "Discriminator": "0.5", "R1": ""}
    assert [row["R1"] for row in rows if row["step"] == "25"] == ["0.25"]


def test_saved_pictures_show_the_curves(plot: CurvePlot, tmp_path: Path) -> None:
    save_plot(plot, tmp_path / "curves.png")
    image = QImage(str(tmp_path / "curves.png"))
    assert image.width() == 2 * plot.width()
    assert plot.traces[0].colour(current_tokens()).name() in _colours(image)
    save_plot(plot, tmp_path / "curves.svg")
    lines = [node for node in ET.parse(tmp_path / "curves.svg").iter() if node.tag.endswith("polyline")]
    assert len(lines) >= 2


def test_what_cannot_be_saved_says_why(plot: CurvePlot, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.png, \.svg or \.csv"):
        save_plot(plot, tmp_path / "curves.bmp")
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="cannot be written"):
        save_plot(plot, tmp_path / "file" / "curves.csv")


def test_numbers_are_short() -> None:
    assert step_text(13_200, 1000) == f"13{THIN_SPACE}k"
    assert step_text(2_500, 500) == f"2.5{THIN_SPACE}k"
    assert step_text(400) == "400"
    assert value_text(0.33333) == "0.333"
    assert value_text(-12.345) == "−12.35"
    assert value_text(0.0000123) == "1.23e−5"
    assert value_text(float("nan")) == "–"


def _count(image: QImage, name: str) -> int:
    return sum(
        image.pixelColor(x, y).name() == name for x in range(image.width()) for y in range(image.height())
    )


@pytest.mark.parametrize("logarithmic", [False, True])
def test_labels_do_not_touch_and_stay_inside(plot: CurvePlot, logarithmic: bool) -> None:
    plot.add("long", "Long", _series(np.geomspace(0.42, 2.6, 100)))
    plot.remove("generator")
    plot.remove("discriminator")
    plot.set_logarithmic(logarithmic)
    for side, size in (("left", 240), ("left", 110), ("bottom", 500), ("bottom", 200)):
        axis = plot._plot.getAxis(side)
        low, high = plot.values_shown if side == "left" else plot.steps_shown
        labels = axis.labels(low, high, size)
        places = np.sort([(value - low) / (high - low) * size for value, _ in labels])
        assert len(labels) >= 2
        assert np.diff(places).min() >= (14 if side == "left" else 60)
        assert places[0] >= 0
        assert places[-1] <= size
        assert len({text for _, text in labels}) == len(labels)


def test_a_logarithmic_axis_names_round_values_first(plot: CurvePlot) -> None:
    plot.set_logarithmic(True)
    texts = {text for _, text in plot._plot.getAxis("left").labels(np.log10(0.42), np.log10(2.6), 160)}
    assert texts == {"0.500", "1.000", "2.000"}


def test_a_move_of_the_hand_paints_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    painted = []
    paint = CurvesItem.paint
    monkeypatch.setattr(CurvesItem, "paint", lambda *given: (painted.append(1), paint(*given))[1])
    plot = CurvePlot()
    qtbot.addWidget(plot)
    plot.add("generator", "Generator", _series(np.geomspace(2.0, 1.0, 100)))
    plot.show()
    qtbot.waitExposed(plot)
    for _ in range(3):
        qtbot.wait(50)
        painted.clear()
        _wheel(plot, 500)
        qtbot.wait(50)
        assert len(painted) == 1
