"""Several pictures in tabs, as a person uses them, and after a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from latentlab.latents.recipe import SeedSource
from latentlab.qt.main_window import MainWindow
from latentlab.qt.session import store
from latentlab.qt.session.store import sessions_dir
from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from tests.qt.test_main_window import press, recipe_of
from tests.qt.test_startup_and_recovery import lines_until, start

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier

_WORK = """
import sys
from latentlab.qt.app import create_application
from latentlab.qt.settings import SettingsStore
app = create_application()
from latentlab.qt.main_window import MainWindow
settings = SettingsStore()
settings.change(precision="float32")
window = MainWindow(settings)
window.show()
window.start(sys.argv[1] if len(sys.argv) > 1 else None)
def kept(pictures, picture):
    history = pictures.history_of(picture)
    return picture.name, history.recipe.source.seed, len(history)
def opened(session):
    pictures = session.pictures
    kept_ = [kept(pictures, picture) for picture in pictures.open]
    print("opened", kept_, pictures.current.name, len(pictures.closed), flush=True)
    if len(pictures.open) == 1:
        do = lambda name: window.actions_[name].trigger()
        do("next_seed")
        do("new_tab"); do("next_seed"); do("next_seed"); do("undo")
        pictures.rename(pictures.current, "dunes")
        do("new_tab"); do("next_seed"); do("close_tab")
        do("new_tab"); pictures.rename(pictures.current, "sea")
        do("previous_tab")
moments = []
def saved(moment):
    moments.append(moment)
    if len(moments) == 2:  # the first is that of the empty session
        print("saved", flush=True)
window.studio.saved.connect(saved)
window.studio.session_opened.connect(opened)
app.exec()
"""


def test_a_tab_has_its_own_steps_and_undo(opened: MainWindow, qtbot: QtBot) -> None:
    session = opened.studio.session
    assert session is not None
    assert not opened.tab_bar.isVisible(), "one picture needs no tabs"
    press(opened, Qt.Key.Key_Right)
    press(opened, Qt.Key.Key_T, CTRL)
    assert opened.tab_bar.isVisible()
    press(opened, Qt.Key.Key_Right)
    assert recipe_of(opened).source == SeedSource(2)
    with qtbot.waitSignal(opened.studio.stage.rendered_fully, timeout=20_000):
        opened.tab_bar.bar.setCurrentIndex(0)
    assert recipe_of(opened).source == SeedSource(1)
    press(opened, Qt.Key.Key_Z, CTRL)
    assert recipe_of(opened).source == SeedSource(0)
    press(opened, Qt.Key.Key_Tab, CTRL)
    assert recipe_of(opened).source == SeedSource(2)
    qtbot.waitUntil(lambda: opened.tab_bar.bar.tabText(1) == "Seed 2")


def test_a_closed_tab_comes_back(opened: MainWindow) -> None:
    press(opened, Qt.Key.Key_T, CTRL)
    press(opened, Qt.Key.Key_Right)
    press(opened, Qt.Key.Key_W, CTRL)
    assert recipe_of(opened).source == SeedSource(0)
    assert not opened.tab_bar.isVisible()
    press(opened, Qt.Key.Key_W, CTRL)
    assert recipe_of(opened).source == SeedSource(0), "the last one stays"
    press(opened, Qt.Key.Key_T, CTRL | SHIFT)
    assert recipe_of(opened).source == SeedSource(1)
    press(opened, Qt.Key.Key_Z, CTRL)
    assert recipe_of(opened).source == SeedSource(0)


def test_a_picture_that_arrives_as_a_tab_closes_finds_the_steps_there_are(opened: MainWindow) -> None:
    explore = opened.workspace
    assert isinstance(explore, ExploreWorkspace)
    press(opened, Qt.Key.Key_T, CTRL)
    press(opened, Qt.Key.Key_Right)
    explore.shelf.refresh()
    press(opened, Qt.Key.Key_W, CTRL)
    assert SeedSource(1) not in {recipe.source for recipe in explore.shelf.recipes_without_picture()}


def test_tabs_are_moved_and_named(opened: MainWindow) -> None:
    session = opened.studio.session
    assert session is not None
    press(opened, Qt.Key.Key_T, CTRL)
    opened.tab_bar.renamed.emit(session.pictures.current.id, "dunes")
    assert opened.tab_bar.bar.tabText(1) == "dunes"
    opened.tab_bar.bar.moveTab(1, 0)
    assert session.pictures.open[0].name == "dunes"
    assert session.pictures.current.name == "dunes"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_all_tabs_are_back_after_a_kill(home: Path, model_files: dict[str, Path]) -> None:
    first = start(_WORK, str(model_files["style"]))
    lines_until(first, "saved")
    first.send_signal(signal.SIGKILL)
    first.wait()
    [folder] = [path for path in sessions_dir().iterdir() if path.is_dir()]
    kept = store.restore(folder)
    assert kept is not None
    assert [tab.name for tab in kept.record.tabs] == ["", "dunes", "sea"]
    second = start(_WORK)
    try:
        [line] = lines_until(second, "opened")
        assert line == "opened [('', 1, 2), ('dunes', 2, 3), ('sea', 2, 1)] dunes 1"
    finally:
        _end(second)
        _end(first)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
