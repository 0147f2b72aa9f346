"""The verdict above the pages: never cut short, however narrow the window."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from latentlab.qt.workspaces.diagnose.header import Headline, VerdictHeader

TITLE = "Part of the data is never drawn: dreads 1 head, long curly head."
DETAIL = (
    "19 of 50 regions of the data are starved, 2 of them are hardly ever drawn (2% of the data). No checkpoint "
    "ever drew it. Also: Many samples do not look like the data; Much of the data has no sample nearby."
)


@pytest.mark.parametrize("width", [1380, 1220, 1000])
def test_a_verdict_has_the_room_that_its_words_need(qtbot: QtBot, width: int) -> None:
    page, header, rest = QWidget(), VerdictHeader(), QStackedWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    layout.addWidget(header)
    layout.addWidget(rest, 1)
    page.resize(width, 600)
    page.show()
    header.show_verdict("warning", TITLE, DETAIL, "Start a run")
    header.show_figures([Headline("coverage", "Variety beside the data", "0.46", "0.44 - 0.48")] * 4)
    qtbot.waitUntil(lambda: header.title.height() >= header.title.heightForWidth(header.title.width()))
    assert header.detail.height() >= header.detail.heightForWidth(header.detail.width())
    assert rest.height() > 300
