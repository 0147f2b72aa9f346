"""The legend of a plot: every curve is named, whatever the width."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from latentlab.qt.workspaces.train.legend import Entry, Legend

NAMES = ["Generator", "Discriminator", "R1", "Path length", "Mode seeking", "Wrong caption", "Cycle"]


@pytest.mark.parametrize("width", [900, 420, 190])
def test_every_curve_is_named_and_can_be_hidden(qtbot: QtBot, width: int) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_entries([Entry(name, name, QColor("#4f9cff"), "0.123") for name in NAMES])
    legend.setFixedSize(width, legend.heightForWidth(width))
    legend.grab()
    spots = {
        legend.term_at(QPoint(x, y)): QPoint(x, y)
        for y in range(5, legend.height(), 10)
        for x in range(0, width, 4)
    }
    assert set(NAMES) <= set(spots)
    for name in NAMES:
        with qtbot.waitSignal(legend.toggled) as got:
            qtbot.mouseClick(legend, Qt.MouseButton.LeftButton, pos=spots[name])
        assert got.args == [name]


def test_a_narrow_legend_is_higher(qtbot: QtBot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_entries([Entry(name, name, QColor("#4f9cff"), "0.123") for name in NAMES])
    heights = [legend.heightForWidth(width) for width in (2000, 420, 190)]
    assert heights == sorted(set(heights)), "each more than the one before"
