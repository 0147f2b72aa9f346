"""The Mix workspace in the real window, on small models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from latentlab.formats import open_model
from latentlab.latents.crossing import Take
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.picture_record import PictureRecord
from latentlab.latents.recipe import LayerSource, Nearby, Recipe, SeedSource
from latentlab.qt.main_window import MainWindow
from latentlab.qt.widgets.crossing_places import CellPlace, SourcePlace
from latentlab.qt.workspaces.mix.inspector import telling_range
from latentlab.qt.workspaces.mix.mix_workspace import MixWorkspace
from latentlab.render.pictures import save_png
from tests.qt.conftest import open_in


def mix_of(window: MainWindow, qtbot: QtBot) -> MixWorkspace:
    """The workspace, shown, with all its pictures."""
    window.show_workspace("mix")
    mix = window.workspace
    assert isinstance(mix, MixWorkspace)
    complete(mix, qtbot)
    return mix


def complete(mix: MixWorkspace, qtbot: QtBot) -> None:
    QApplication.processEvents()
    qtbot.waitUntil(lambda: mix.arrangement.is_complete, timeout=30_000)


def shown_cell(mix: MixWorkspace, row: int, column: int) -> np.ndarray:
    recipe = mix.arrangement.cells[row, column].recipe
    picture = mix.arrangement.picture(recipe)
    assert picture is not None
    image = picture.toImage()
    return np.asarray([[image.pixelColor(x, y).red() for x in range(4)] for y in range(4)])


def click(mix: MixWorkspace, place: CellPlace) -> None:
    centre = mix.grid.rect_of(place).center().toPoint()
    QTest.mouseClick(mix.grid, Qt.MouseButton.LeftButton, pos=centre)


def test_a_click_keeps_a_crossing_and_a_second_lets_it_go(opened: MainWindow, qtbot: QtBot) -> None:
    mix = mix_of(opened, qtbot)
    session = opened.studio.session
    assert session is not None
    assert len(mix.arrangement.cells) == 36
    click(mix, CellPlace(2, 3))
    cell = mix.arrangement.cells[2, 3]
    assert session.history.recipe == cell.recipe
    assert [kept.recipe for kept in session.shelf.favourites] == [cell.recipe]
    assert session.history.current.label == cell.label
    click(mix, CellPlace(2, 3))
    assert session.shelf.favourites == ()


def test_the_layers_of_the_top_reach_the_recipe(opened: MainWindow, qtbot: QtBot) -> None:
    mix = mix_of(opened, qtbot)
    strip = mix.panel.strip
    now = mix.arrangement.crossing
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.unit_rect(0).center().toPoint())
    QApplication.processEvents()
    top = now.top[1].recipe.source
    assert mix.arrangement.cells[0, 1].recipe.mix[0] == LayerSource(0, 0, top)
    assert mix.grid.legend[1].endswith("; 1 layer differs")
    opened.actions_["undo"].trigger()
    assert mix.arrangement.crossing == now
    opened.actions_["redo"].trigger()
    assert mix.arrangement.crossing.take(0) == Take(1.0)


def test_a_dragged_handle_undoes_as_one_step(opened: MainWindow, qtbot: QtBot) -> None:
    mix = mix_of(opened, qtbot)
    strip, before = mix.panel.strip, mix.arrangement.crossing
    y = round(strip.unit_rect(0).center().y())
    start = QPoint(round(strip.handle_x(0)), y)
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=start)
    for x in (0.8, 0.55, 0.1):
        QTest.mouseMove(strip, QPoint(round(start.x() * x), y))
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(start.x() * 0.1), y))
    assert mix.arrangement.crossing.borders[0] < before.borders[0]
    opened.actions_["undo"].trigger()
    assert mix.arrangement.crossing == before


def test_new_sources_leave_the_locked_ones(opened: MainWindow, qtbot: QtBot) -> None:
    mix = mix_of(opened, qtbot)
    now = mix.arrangement.crossing
    mix.arrangement.edit(now.with_source(False, 1, replace(now.side[1], locked=True)))
    opened.actions_["randomise"].trigger()
    after = mix.arrangement.crossing
    assert after.side[1].recipe == now.side[1].recipe
    assert all(one.recipe != other.recipe for one, other in zip(after.top, now.top, strict=True))


def test_a_picture_with_an_edited_recipe_is_a_source_that_looks_as_it_did(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    mix = mix_of(opened, qtbot)
    session = opened.studio.session
    assert session is not None
    recipe = Recipe(SeedSource(5), Nearby(6, 0.4))
    path = tmp_path / "coast.png"
    ref = ModelRef(session.model.fingerprint, "Style")
    save_png(path, np.zeros((4, 4, 3), np.uint8), PictureRecord(ref, recipe))
    drop(mix, path, SourcePlace(True, 2))
    qtbot.waitUntil(lambda: mix.arrangement.crossing.top[2].label == "coast")
    complete(mix, qtbot)
    alone = mix.arrangement.alone(mix.arrangement.crossing.top[2])
    assert alone is not None
    generator = open_model(session.model.path).generator
    from latentlab.latents import resolve

    np.testing.assert_allclose(
        resolve.codes(alone, generator), resolve.codes(recipe, generator), atol=1e-5, rtol=1e-5
    )


def test_a_photo_without_a_recipe_says_why_it_cannot_be_used(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    mix = mix_of(opened, qtbot)
    path = tmp_path / "photo.png"
    Image.new("RGB", (8, 8)).save(path)
    before = mix.arrangement.crossing
    with qtbot.waitSignal(opened.studio.noticed) as said:
        drop(mix, path, SourcePlace(False, 0))
    assert "cannot turn photos into latents" in said.args[0]
    assert mix.arrangement.crossing == before


def test_a_vae_mixes_parts_of_its_code_and_takes_photos(
    window: MainWindow, model_files: dict[str, Path], qtbot: QtBot, tmp_path: Path
) -> None:
    open_in(window, model_files["vae"], qtbot)
    mix = mix_of(window, qtbot)
    assert mix.arrangement.units.kind == "numbers"
    assert sorted(sum(mix.arrangement.units.numbers, ())) == list(range(8))
    path = tmp_path / "photo.png"
    Image.fromarray(np.random.RandomState(0).randint(0, 255, (20, 20, 3), np.uint8)).save(path)
    drop(mix, path, SourcePlace(False, 0))
    qtbot.waitUntil(lambda: mix.arrangement.crossing.side[0].label == "photo")
    complete(mix, qtbot)
    assert mix.arrangement.cells[0, 0].recipe.components
    assert not np.array_equal(shown_cell(mix, 0, 0), shown_cell(mix, 0, 1))


@pytest.mark.parametrize("mode", ["row", "blend"])
def test_other_layouts_fill_too(opened: MainWindow, qtbot: QtBot, mode: str) -> None:
    mix = mix_of(opened, qtbot)
    mix.bar.mode_chosen.emit(mode)
    mix.bar.size_chosen.emit(4, 3)
    complete(mix, qtbot)
    assert len(mix.arrangement.cells) == 12
    if mode == "blend":
        corner = mix.arrangement.cells[0, 0].recipe
        assert corner.source == mix.arrangement.crossing.side[0].recipe.source
        assert not corner.mix


def test_open_in_explore_shows_the_crossing_there(opened: MainWindow, qtbot: QtBot) -> None:
    mix = mix_of(opened, qtbot)
    cell = mix.arrangement.cells[mix.arrangement.crossing.chosen]
    QTest.mouseClick(mix.large.open, Qt.MouseButton.LeftButton)
    assert opened.studio.session is not None
    assert opened.studio.session.history.recipe == cell.recipe
    assert not isinstance(opened.workspace, MixWorkspace)


def test_what_each_layer_does_is_measured_and_remembered(opened: MainWindow, qtbot: QtBot) -> None:
    mix = mix_of(opened, qtbot)
    qtbot.waitUntil(
        lambda: mix.arrangement.effects is not None and mix.arrangement.effects.pairs == 64, timeout=60_000
    )
    effects = mix.arrangement.effects
    assert effects is not None
    assert len(effects.shape) == mix.arrangement.units.count
    assert sum(effects.colour) > 0
    qtbot.waitUntil(lambda: all(picture is not None for picture in mix.arrangement.swapped), timeout=10_000)


def test_a_translator_says_why_it_cannot_mix(
    window: MainWindow, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.studio.session_opened, timeout=20_000):
        window.studio.opening.offer(model_files["translator"])
    window.show_workspace("mix")
    mix = window.workspace
    assert isinstance(mix, MixWorkspace)
    assert "no latent" in mix._nothing.text()
    assert mix._nothing.isVisible()


def test_the_crossing_comes_back_with_the_session(
    opened: MainWindow, qtbot: QtBot, model_files: dict[str, Path]
) -> None:
    mix = mix_of(opened, qtbot)
    before = mix.arrangement.crossing.with_amount(0, 0.4)
    mix.arrangement.edit(before)
    open_in(opened, model_files["classes"], qtbot)
    open_in(opened, model_files["style"], qtbot)
    complete(mix, qtbot)
    assert mix.arrangement.crossing == before


def test_the_shortest_run_that_holds_most() -> None:
    assert telling_range([0, 0, 5, 4, 0, 1]) == (2, 3)
    assert telling_range([1, 0, 0, 9]) == (3, 3)
    assert telling_range([1, 1, 1, 1, 1]) == (0, 2)


def drop(mix: MixWorkspace, path: Path, place: SourcePlace) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    centre = mix.grid.rect_of(place).center()
    event = QDropEvent(
        QPointF(centre),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    mix.grid.dropEvent(event)
