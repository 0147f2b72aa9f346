"""Feature maps beside the picture, and the edits that begin there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from latentlab.latents import activation_edits as edits
from latentlab.latents.recipe import ActivationEdit
from latentlab.models.capabilities import BlockInfo
from latentlab.qt.main_window import MainWindow
from latentlab.qt.session.vocabulary import Vocabulary
from latentlab.qt.workspaces.explore.feature_panel import FeaturePanel
from latentlab.qt.workspaces.explore.sections.edit_menu import described, edit_menu
from latentlab.qt.workspaces.explore.sections.layers_section import LayersSection
from latentlab.render.features import unusualness
from tests.qt.conftest import open_in
from tests.qt.test_main_window import explore, press, recipe_of
from tests.qt.workspaces.explore.test_sections import session_of

LEFT = Qt.MouseButton.LeftButton


def panel_of(window: MainWindow, qtbot: QtBot) -> FeaturePanel:
    press(window, Qt.Key.Key_L)
    panel = explore(window).features.panel
    qtbot.waitUntil(lambda: panel.sheet.count() > 0 and not panel.needs_usual(), timeout=20_000)
    return panel


@pytest.mark.parametrize("kind", ["style", "vae", "classes"])
def test_every_kind_of_model_shows_its_channels(
    kind: str, window: MainWindow, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    open_in(window, model_files[kind], qtbot)
    panel = panel_of(window, qtbot)
    session = window.studio.session
    assert session is not None
    channels = {block.name: block.channels for block in session.model.blocks}
    assert panel.sheet.count() == channels[panel.block_name()]
    press(window, Qt.Key.Key_L)
    assert not panel.isVisible()


def test_channels_are_chosen_edited_muted_moved_and_removed(opened: MainWindow, qtbot: QtBot) -> None:
    panel, session = panel_of(opened, qtbot), opened.studio.session
    assert session is not None
    sheet = panel.sheet
    qtbot.mouseClick(sheet.viewport(), LEFT, pos=sheet.cell(1).center().toPoint())
    qtbot.mouseClick(
        sheet.viewport(), LEFT, Qt.KeyboardModifier.ShiftModifier, sheet.cell(3).center().toPoint()
    )
    assert sheet.selection() == (1, 2, 3)
    menu = edit_menu(panel, session, panel.block_name(), sheet.selection())
    with qtbot.waitSignal(opened.studio.stage.rendered_fully, timeout=10_000):
        next(action for action in menu.actions() if action.text() == "Silence").trigger()
    assert recipe_of(opened).edits == (ActivationEdit(panel.block_name(), "ablate", 1.0, (1, 2, 3)),)
    session.editor.apply("More", edits.added(recipe_of(opened), "b16", "blur"))
    listed = explore(opened).sections.layers.edits
    second = listed.entries()[1]
    second.moved.emit(-1)
    assert [edit.operation for edit in recipe_of(opened).edits] == ["blur", "ablate"]
    listed.entries()[0].muted.emit(True)
    assert recipe_of(opened).edits[0].muted
    listed.entries()[1].row.field.edit(0.4)
    assert recipe_of(opened).edits[1].amount == 0.4
    listed.entries()[0].removed.emit()
    assert [edit.operation for edit in recipe_of(opened).edits] == ["ablate"]
    for _ in range(6):
        session.history.undo()
    assert recipe_of(opened).edits == ()
    assert listed.entries() == ()


def test_the_most_unusual_channels_come_first(opened: MainWindow, qtbot: QtBot) -> None:
    panel = panel_of(opened, qtbot)
    panel.order.setCurrentIndex(2)
    panel.order.activated.emit(2)
    assert panel._maps is not None
    away = abs(unusualness(panel._maps, panel._usual[panel.block_name()]))
    assert panel.sheet._order[0] == int(away.argmax())


def test_a_vector_is_called_one_and_cannot_be_turned(window: MainWindow) -> None:
    flat, placed = BlockInfo("fc", 16, 32, (0,), is_flat=True), BlockInfo("up16", 16, 8, ())
    session = session_of(blocks=(flat, placed))
    offered = [
        {action.text(): action.isEnabled() for action in edit_menu(window, session, name, ()).actions()}
        for name in ("fc", "up16")
    ]
    assert offered[0]["Silence"]
    assert not offered[0]["Turn (a vector has no places)"]
    assert all(offered[1].values())
    assert described(window, flat) == "fc: vector of 32"
    section = LayersSection(session, Vocabulary("artist"))
    assert [section.choice.combo.itemText(place) for place in (0, 1)] == [
        "Last layer (16 px)",
        "fc: vector of 32",
    ]
    section.detach()


def test_each_noise_map_has_its_own_strength_and_seed(opened: MainWindow, qtbot: QtBot) -> None:
    section = explore(opened).sections.noise
    section.layers.fold.click()
    rows = section.layers.rows()
    session = opened.studio.session
    assert session is not None
    assert len(rows) == sum(len(block.noise) for block in session.model.blocks)
    rows[1].field.edit(0.5)
    rows[2].action_triggered.emit()
    assert recipe_of(opened).noise.layers == ((1, 0.5),)
    assert [number for number, _ in recipe_of(opened).noise.seeds] == [2]
    section.layers.reset.click()
    assert recipe_of(opened).noise.layers == recipe_of(opened).noise.seeds == ()
    section.again.click()
    assert recipe_of(opened).noise.mode == "random"
