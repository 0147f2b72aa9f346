"""Pictures on their way to other programs, and the picture alone on the screen."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.carrying import Packed
from latentlab.qt.main_window import MainWindow
from latentlab.render.pictures import read_record
from tests.qt.test_main_window import explore, press, recipe_of


def test_a_copied_picture_has_its_recipe(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    press(opened, Qt.Key.Key_Right)
    with qtbot.waitSignal(opened.carrying.noticed, timeout=10_000):
        opened.actions_["copy_picture"].trigger()
    data = QApplication.clipboard().mimeData()
    assert data.hasImage()
    path = tmp_path / "pasted.png"
    path.write_bytes(data.data("image/png").data())
    assert read_record(path).recipe == recipe_of(opened)
    with Image.open(path) as picture:
        assert picture.size == (16, 16)


def test_any_recipe_can_be_pulled_out_of_the_window(opened: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(opened.carrying.drag_ready, timeout=10_000) as got:
        explore(opened).shelf.dragged.emit(Recipe(source=SeedSource(77)))
    [packed] = got.args
    assert isinstance(packed, Packed)
    [url] = packed.mime().urls()
    assert read_record(Path(url.toLocalFile())).recipe.source == SeedSource(77)
    assert not QImage(packed.image).isNull()


def test_the_recipe_is_copied_as_python(opened: MainWindow) -> None:
    press(opened, Qt.Key.Key_Right)
    opened.actions_["copy_python"].trigger()
    code = QApplication.clipboard().text()
    assert "SeedSource(seed=1)" in code
    compile(code, "copied.py", "exec")


def test_presenting_leaves_the_picture_alone_and_the_keys_alive(opened: MainWindow) -> None:
    press(opened, Qt.Key.Key_F11)
    assert opened.isFullScreen()
    hidden = (
        opened.rail,
        opened.top_bar,
        opened.status_line,
        explore(opened).inspector,
        explore(opened).shelf,
    )
    assert not any(widget.isVisible() for widget in (*hidden, explore(opened).pane.tools))
    press(opened, Qt.Key.Key_Right)
    assert recipe_of(opened).source == SeedSource(1)
    press(opened, Qt.Key.Key_Escape)
    assert not opened.isFullScreen()
    assert all(widget.isVisible() for widget in (*hidden, explore(opened).pane.tools))


def test_the_search_takes_a_number_for_a_seed(opened: MainWindow) -> None:
    for _ in range(12):
        press(opened, Qt.Key.Key_Right)
    opened.actions_["palette"].trigger()
    opened.palette_.open_palette("1")
    seeds = [command.text for command in opened.palette_.found() if command.text.startswith("Seed")]
    assert seeds[:4] == ["Seed 1", "Seed 12", "Seed 11", "Seed 10"]
    opened.palette_.open_palette("123 456")
    opened.palette_.found()[0].run()
    assert recipe_of(opened).source == SeedSource(123456)
