"""Finding commands by some of their letters."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from latentlab.qt.widgets import fuzzy
from latentlab.qt.widgets.command_palette import Command, CommandPalette, rank

TEXTS = (
    "Random picture",
    "Random picture nearby",
    "Reset everything",
    "Export picture",
    "Open a model",
    "Direction: Warmth",
    "Truncation",
    "Reset truncation",
    "Previous seed",
    "Keyboard shortcuts",
)


def commands(log: list[str]) -> list[Command]:
    return [Command(text, lambda text=text: log.append(text)) for text in TEXTS]


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("rp", "Random picture"),
        ("rpn", "Random picture nearby"),
        ("nearby rand", "Random picture nearby"),
        ("trunc", "Truncation"),
        ("rtr", "Reset truncation"),
        ("warm", "Direction: Warmth"),
        ("EXP", "Export picture"),
        ("ks", "Keyboard shortcuts"),
        ("om", "Open a model"),
        ("ps", "Previous seed"),
    ],
)
def test_the_command_meant_comes_first(query: str, best: str) -> None:
    assert rank(commands([]), query)[0].text == best


def test_an_empty_query_keeps_the_order() -> None:
    assert [command.text for command in rank(commands([]), " ")] == list(TEXTS)


def test_what_does_not_occur_is_not_found() -> None:
    assert rank(commands([]), "zzz") == []
    assert fuzzy.match("ba", "ab") is None


def test_the_group_is_searched_too_but_counts_less() -> None:
    by_group = Command("Undo", lambda: None, group="Picture")
    direct = Command("Picture frame", lambda: None)
    assert rank([by_group, direct], "picture") == [direct, by_group]


def test_places_are_those_of_the_letters() -> None:
    found = fuzzy.match("rp", "Random picture")
    assert found is not None
    assert found[1] == (0, 7)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 500)
    window.show()
    return window


def test_typing_and_enter_run_a_command(qtbot: QtBot, window: QWidget) -> None:
    log: list[str] = []
    palette = CommandPalette(window)
    palette.set_commands(commands(log))
    palette.open_palette()
    line = palette.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    qtbot.keyClicks(line, "reset")
    qtbot.keyClick(line, Qt.Key.Key_Down)
    chosen = palette.found()[1].text
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert log == [chosen]
    assert not palette.isVisible()


def test_escape_runs_nothing(qtbot: QtBot, window: QWidget) -> None:
    log: list[str] = []
    palette = CommandPalette(window)
    palette.set_commands(commands(log))
    palette.open_palette("rp")
    line = palette.findChild(QLineEdit)
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert log == []


def test_a_command_that_cannot_run_now_is_shown_and_stays(qtbot: QtBot, window: QWidget) -> None:
    log: list[str] = []
    palette = CommandPalette(window)
    palette.set_commands([Command("Redo", lambda: log.append("redo"), enabled=False)])
    palette.open_palette("redo")
    qtbot.keyClick(palette.findChild(QLineEdit), Qt.Key.Key_Return)
    assert log == []
    assert palette.isVisible()
