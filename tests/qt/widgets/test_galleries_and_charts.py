"""Mosaics, pairs, histograms, charts and headlines."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets.bar_chart import Bar, BarChart
from latentlab.qt.widgets.headline import HeadlineFigure
from latentlab.qt.widgets.histograms import Distribution, Histograms
from latentlab.qt.widgets.line_chart import Line, LineChart
from latentlab.qt.widgets.mosaic import Group, Mosaic
from latentlab.qt.widgets.pair_strip import AlikePair, PairStrip
from latentlab.qt.widgets.ticks import tick_text, ticks

LEFT = Qt.MouseButton.LeftButton


def _picture(name: str) -> QImage:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor(name))
    return image


def test_a_heading_chooses_its_whole_group(qtbot: QtBot) -> None:
    mosaic = Mosaic(side=30)
    qtbot.addWidget(mosaic)
    mosaic.resize(200, 200)
    mosaic.picture = lambda key: _picture("#804020")
    mosaic.set_groups([Group("rings", (4, 9, 2)), Group("moons", (7,))])
    mosaic.show()
    with qtbot.waitSignal(mosaic.chosen_changed) as chosen:
        QTest.mouseClick(mosaic.viewport(), LEFT, pos=QPoint(20, 12))
    assert chosen.args == [(4, 9, 2)]
    QTest.mouseClick(mosaic.viewport(), LEFT, pos=mosaic.box(9).center().toPoint())
    QTest.keyClick(mosaic, Qt.Key.Key_Right)
    assert mosaic.chosen() == (2,)
    with qtbot.waitSignal(mosaic.opened) as opened:
        QTest.keyClick(mosaic, Qt.Key.Key_Return)
    assert opened.args == [2]
    shown = mosaic.grab().toImage().pixelColor(mosaic.box(7).center().toPoint())
    assert shown == QColor("#804020")


def test_what_is_gone_is_no_longer_chosen(qtbot: QtBot) -> None:
    mosaic = Mosaic()
    qtbot.addWidget(mosaic)
    mosaic.set_groups([Group("", (1, 2, 3))])
    mosaic.set_chosen([1, 3])
    mosaic.set_groups([Group("", (3, 5))])
    assert mosaic.chosen() == (3,)


def test_pairs_open_the_picture_under_the_hand(qtbot: QtBot) -> None:
    strip = PairStrip(side=40)
    qtbot.addWidget(strip)
    strip.resize(700, 160)
    strip.set_pairs([AlikePair(3, 8, 0.06, 21, 0.14, False), AlikePair(5, 6, 0.07, 4, 0.05, True)])
    strip.show()
    with qtbot.waitSignal(strip.pair_chosen) as chosen:
        QTest.mouseClick(strip.viewport(), LEFT, pos=strip.box(1, 0).center().toPoint())
    assert chosen.args == [1]
    for place, signal, wanted in ((1, strip.sample_opened, 6), (2, strip.real_opened, 4)):
        with qtbot.waitSignal(signal) as opened:
            QTest.mouseDClick(strip.viewport(), LEFT, pos=strip.box(1, place).center().toPoint())
        assert opened.args == [wanted]


def test_histograms_share_one_axis(qtbot: QtBot) -> None:
    edges = np.linspace(-4, 4, 9)
    counts = np.zeros(8)
    counts[1] = 5
    widget = Histograms()
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.set_distributions(
        [
            Distribution("Training", edges, counts[::-1], 2.5, QColor("#ff0000")),
            Distribution("Generated", edges, counts, -2.5, QColor("#00ff00")),
        ]
    )
    picture = widget.grab().toImage()
    for number, place, name in ((0, 6, "#ff0000"), (1, 1, "#00ff00")):
        box = widget.box(number)
        x = box.left() + (place + 0.3) / 8 * box.width()
        assert picture.pixelColor(QPoint(round(x), round(box.bottom() - 4))) == QColor(name)


def test_the_chart_reads_the_nearest_x(qtbot: QtBot) -> None:
    chart = LineChart("truncation")
    qtbot.addWidget(chart)
    chart.resize(400, 200)
    x = np.array([0.2, 0.6, 1.0])
    chart.set_lines(
        [Line("recall", x, x / 2, x / 2 - 0.05, x / 2 + 0.05), Line("precision", x, 1 - x, colour=1)]
    )
    chart.show()
    QTest.mouseMove(chart, chart.place(0.62, 0.3).toPoint())
    title, lines = chart.readout.texts
    assert title == "truncation 0.600"
    assert lines == (("recall", "0.300  (0.250 – 0.350)"), ("precision", "0.400"))
    with qtbot.waitSignal(chart.clicked) as clicked:
        QTest.mouseClick(chart, LEFT, pos=chart.place(0.95, 0.3).toPoint())
    assert clicked.args == [2]


def test_bars_are_chosen_by_click_and_key(qtbot: QtBot) -> None:
    chart = BarChart()
    qtbot.addWidget(chart)
    chart.resize(300, 160)
    chart.set_bars([Bar(str(number), number + 1.0) for number in range(5)], line=(2.0, "data"))
    chart.show()
    seen: list[int] = []
    chart.chosen.connect(seen.append)
    QTest.mouseClick(chart, LEFT, pos=chart.box(2).center().toPoint())
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert seen == [2, 3]


def test_a_headline_shows_where_it_lies(qtbot: QtBot) -> None:
    headline = HeadlineFigure()
    qtbot.addWidget(headline)
    headline.resize(160, 70)
    headline.show_figure("Coverage", "0.56", "0.53 – 0.59", "share of the data")
    headline.show_place(0.56, 0.53, 0.59, 0.95)
    assert headline.text() == ("Coverage", "0.56", "0.53 – 0.59")
    assert not headline.grab().isNull()


def test_ticks_are_round_and_within() -> None:
    for low, high in ((-4.0, 4.0), (0.03, 0.031), (0.0, 12345.0), (-1e-3, 2e-3)):
        marks, spacing = ticks(low, high, 6)
        assert 2 <= len(marks) <= 8
        assert all(low - spacing * 1e-6 <= mark <= high + spacing * 1e-6 for mark in marks)
        assert [tick_text(mark, spacing) for mark in marks] == list(
            dict.fromkeys(tick_text(mark, spacing) for mark in marks)
        )
