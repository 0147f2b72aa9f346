"""The tour in the real window: every step is done as a person would, with a run written by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from latentlab.formats import save_model
from latentlab.formats.report import Card
from latentlab.models.vae import VAE, mlp_vae
from latentlab.qt.main_window import MainWindow
from latentlab.qt.settings import SettingsStore
from latentlab.qt.tour.steps import ENOUGH_SHEETS, PRESET
from latentlab.qt.widgets.crossing_places import CellPlace
from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from latentlab.qt.workspaces.later import LaterWorkspace
from latentlab.qt.workspaces.mix.mix_workspace import MixWorkspace
from latentlab.qt.workspaces.train.train_workspace import TrainWorkspace
from latentlab.runs import RunState, RunWriter, Sampled, Started
from tests.qt.conftest import open_in
from trainers.presets import PRESETS


def _train(window: MainWindow) -> TrainWorkspace:
    later = window.workspaces["train"]
    assert isinstance(later, LaterWorkspace)
    made = later.made()
    assert isinstance(made, TrainWorkspace)
    return made


def test_every_step_goes_on_when_it_was_done(
    opened: MainWindow, model_files: dict[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    tour, explore = opened.tour, opened.workspace
    assert isinstance(explore, ExploreWorkspace)
    opened.actions_["tour"].trigger()
    assert tour.number == 0
    open_in(opened, model_files["style"], qtbot)
    qtbot.waitUntil(lambda: tour.number == 1)
    opened.actions_["next_seed"].trigger()
    qtbot.waitUntil(lambda: tour.number == 2)
    opened.show_workspace("mix")
    qtbot.waitUntil(lambda: tour.number == 3)
    mix = opened.workspaces["mix"]
    assert isinstance(mix, MixWorkspace)
    qtbot.waitUntil(lambda: mix.arrangement.is_complete, timeout=20_000)
    mix.grid.kept.emit(CellPlace(0, 1))
    qtbot.waitUntil(lambda: tour.number == 4)
    assert "rail" in tour.callout._text.text(), "first the way to the room"
    tour.callout.help.click()
    assert opened.workspace is opened.workspaces["train"]
    writer = RunWriter.create(tmp_path / "digits", {"name": PRESET, "system": "vae"}, {})
    try:
        writer.write(Started(0, 100, 7, 50))
        writer.show(RunState.RUNNING, 0, 100)
        _train(opened).open_run(tmp_path / "digits")
        qtbot.waitUntil(lambda: tour.number == 5, timeout=10_000)
        for step in range(1, ENOUGH_SHEETS + 1):
            sheet = writer.folder.samples / f"step-{step:08d}.png"
            Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(sheet)
            writer.write(Sampled(step, f"samples/{sheet.name}"))
        qtbot.waitUntil(lambda: tour.number == 6, timeout=10_000)
        with writer.checkpoint(ENOUGH_SHEETS) as folder:
            save_model(folder / "model.safetensors", VAE(mlp_vae(8, z_dim=2, hidden=(8,))).eval(), Card("D"))
        opened.studio.live.follow(tmp_path / "digits")
        qtbot.waitUntil(lambda: tour.number == 7, timeout=20_000)
        opened.show_workspace("explore")
        qtbot.waitUntil(lambda: tour.callout.skip.text() == "Done")
        tour.callout.skip.click()
        assert tour.number == -1
        assert tour.callout.isHidden()
    finally:
        writer.close()


def test_it_begins_by_itself_once(window: MainWindow) -> None:
    window.tour.offer_first()
    assert window.tour.number == 0
    window.tour.stop()
    assert SettingsStore().settings.tour_seen, "remembered on disk"
    window.tour.offer_first()
    assert window.tour.number == -1
    window.actions_["tour"].trigger()
    assert window.tour.number == 0, "the help menu starts it again"


def test_it_can_be_left_and_skipped_by_keyboard(opened: MainWindow) -> None:
    tour = opened.tour
    tour.start()
    assert tour.callout.skip.hasFocus()
    QTest.keyClick(tour.callout.skip, Qt.Key.Key_Space)
    assert tour.number == 1
    QTest.keyClick(tour.callout, Qt.Key.Key_Escape)
    assert tour.number == -1
    assert opened.isVisible()


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (960, 600)])
def test_it_points_at_the_thing_and_lies_inside_the_window(
    opened: MainWindow, size: tuple[int, int], qtbot: QtBot
) -> None:
    opened.resize(*size)
    tour = opened.tour
    tour.start()
    while tour.number >= 0:
        for name in opened.workspaces:
            opened.show_workspace(name)
            tour._on_look()
            if tour.number < 0:
                break
            inside = QRect(QPoint(0, 0), opened.size())
            assert inside.contains(tour.callout.geometry()), (tour.callout.title(), name)
            if not tour.ring.isHidden():
                assert inside.contains(tour.ring.geometry())
        if tour.number >= 0:
            tour.next()


def test_what_it_trains_needs_nothing_from_outside() -> None:
    source = PRESETS[PRESET].data.source
    assert source.kind == "rendered-digits", "drawn on the spot from a typeface that ships"
