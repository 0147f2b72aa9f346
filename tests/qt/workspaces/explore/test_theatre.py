"""Checkpoint theatre in the real window: small models on disk, no training."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from latentlab.formats import open_model, save_model
from latentlab.formats.report import Card
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from latentlab.qt.main_window import MainWindow
from latentlab.qt.threads import theatre_thread
from latentlab.qt.threads.theatre_thread import Act, Scene, TheatreThread
from latentlab.qt.widgets.picture_image import image_of
from latentlab.qt.workspaces.explore.acts import acts_of, run_of
from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from latentlab.qt.workspaces.explore.theatre import Theatre
from latentlab.render.renderer import Renderer
from latentlab.render.request import RenderRequest
from latentlab.runs import RunWriter
from tests.qt.conftest import open_in


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with five models; two checkpoints are left."""
    path = tmp_path_factory.mktemp("runs") / "toy"
    writer = RunWriter.create(path, {"name": "toy"}, {})
    for step in (100, 200, 300, 400, 500):
        torch.manual_seed(step)
        network = StyleGAN2(StyleGAN2Config(resolution=16, channels=(8, 8, 8), z_dim=16, w_dim=16)).eval()
        with writer.checkpoint(step) as folder:
            save_model(folder / "model.safetensors", network, Card("Toy"))
        writer.prune(2, models=5)
    writer.close()
    return path


def expected(path: Path, recipe: Recipe) -> QImage:
    """What the model in a file makes of a recipe, drawn by itself."""
    renderer = Renderer(open_model(path), precision="float32")
    *_, frame = renderer.render(RenderRequest(recipe))
    renderer.close()
    return image_of(frame.pixels)


@pytest.fixture
def theatre(window: MainWindow, run: Path, qtbot: QtBot) -> Theatre:
    """Open on the run, whose last checkpoint is the open model."""
    open_in(window, acts_of(run)[-1].path, qtbot)
    explore = window.workspace
    assert isinstance(explore, ExploreWorkspace)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_T)
    qtbot.waitUntil(lambda: explore.theatre.is_open)
    return explore.theatre


def canvas_shows(theatre: Theatre, picture: QImage) -> bool:
    return theatre._pane.canvas.image() == picture


def test_the_strip_is_a_slider_of_training_time(
    theatre: Theatre, run: Path, window: MainWindow, qtbot: QtBot
) -> None:
    acts = acts_of(run)
    assert [act.step for act in theatre.acts] == [100, 200, 300, 400, 500]
    assert theatre.index == 4, "the newest first"
    strip = theatre.panel.strip
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.place_of(1).center().toPoint())
    assert theatre.index == 1
    wanted = expected(acts[1].path, Recipe())
    qtbot.waitUntil(lambda: canvas_shows(theatre, wanted), timeout=10_000)
    assert theatre.lines()[0].endswith("200")
    QTest.keyClick(strip, Qt.Key.Key_Home)
    wanted = expected(acts[0].path, Recipe())
    qtbot.waitUntil(lambda: canvas_shows(theatre, wanted), timeout=10_000)


def test_sliders_move_the_act_that_is_seen(
    theatre: Theatre, run: Path, window: MainWindow, qtbot: QtBot
) -> None:
    theatre.choose(2)
    window.actions_["next_seed"].trigger()
    wanted = expected(acts_of(run)[2].path, Recipe(SeedSource(1)))
    qtbot.waitUntil(lambda: canvas_shows(theatre, wanted), timeout=10_000)
    theatre.close()
    session = window.studio.session
    assert session is not None
    own = expected(acts_of(run)[-1].path, Recipe(SeedSource(1)))
    qtbot.waitUntil(lambda: canvas_shows(theatre, own), timeout=10_000)


def test_wipe_difference_and_flicker_set_an_act_against_another(
    theatre: Theatre, run: Path, window: MainWindow, qtbot: QtBot
) -> None:
    acts, canvas = acts_of(run), theatre._pane.canvas
    theatre.choose(0)
    QTest.mouseClick(
        theatre.panel.strip,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ShiftModifier,
        pos=theatre.panel.strip.place_of(3).center().toPoint(),
    )
    wanted = expected(acts[3].path, Recipe())
    qtbot.waitUntil(lambda: canvas._compare == wanted, timeout=10_000)
    first = expected(acts[0].path, Recipe())
    qtbot.waitUntil(lambda: canvas_shows(theatre, first), timeout=10_000)
    window.actions_["wipe"].trigger()
    assert "400" in " ".join(theatre._pane.comparing.lines())
    theatre.panel.speed.changed.emit(12.0)
    theatre.panel.flicker.click()
    qtbot.waitUntil(canvas.is_comparing)
    qtbot.waitUntil(lambda: not canvas.is_comparing())
    theatre.close()
    assert not canvas.is_comparing()
    assert "Before any edit" in " ".join(theatre._pane.comparing.lines())


def test_play_goes_to_the_end_and_stops(theatre: Theatre, qtbot: QtBot) -> None:
    theatre.panel.speed.changed.emit(1000.0)
    theatre.panel.play.click()
    assert theatre.index == 0, "from the beginning, where it was at the end"
    qtbot.waitUntil(lambda: not theatre.panel.play.isChecked(), timeout=10_000)
    assert theatre.index == 4


def test_a_model_that_does_not_fit_says_so_and_the_others_go_on(
    theatre: Theatre, run: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    gone = tmp_path / "gone.safetensors"
    theatre.add(gone)
    assert theatre.acts[-1].path == gone
    qtbot.waitUntil(lambda: len(theatre.lines()) == 2, timeout=10_000)
    theatre.choose(0)
    wanted = expected(acts_of(run)[0].path, Recipe())
    qtbot.waitUntil(lambda: canvas_shows(theatre, wanted), timeout=10_000)
    theatre.remove(5)
    assert len(theatre.acts) == 5


def test_train_can_ask_for_a_run(opened: MainWindow, run: Path, qtbot: QtBot) -> None:
    explore = opened.workspace
    assert isinstance(explore, ExploreWorkspace)
    opened.studio.theatre_wanted.emit(run)
    assert not explore.theatre.is_open, "not before a model of the run is open"
    opened.studio.live.follow(run)
    qtbot.waitUntil(lambda: explore.theatre.is_open, timeout=10_000)
    assert len(explore.theatre.acts) == 5


def test_memory_of_pictures_is_bounded(run: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theatre_thread, "MOST_PICTURE_BYTES", 3000)  # two of 16 x 16
    monkeypatch.setattr(theatre_thread, "MOST_MODEL_BYTES", 1)
    thread = TheatreThread()
    seen: list[Act] = []
    thread.drawn.connect(lambda act, recipe, picture: seen.append(act))
    acts = acts_of(run)
    try:
        with qtbot.waitSignal(thread.done, timeout=20_000):
            thread.play(Scene(acts, Recipe(), (2,), None, "cpu"))
        company_order = [act.step for act in seen]
        assert company_order[0] == 300, "the chosen one first"
        assert sorted(company_order) == [100, 200, 300, 400, 500]
    finally:
        thread.stop()


def test_the_run_of_a_model_is_known_by_its_place(run: Path, tmp_path: Path) -> None:
    for act in acts_of(run):
        assert run_of(act.path) == run
    assert run_of(run / "live" / "model.safetensors") == run
    assert run_of(tmp_path / "model.safetensors") is None


def test_checkpoints_of_a_live_run_join_as_they_come(
    theatre: Theatre, run: Path, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    theatre.open_run(copy)
    qtbot.waitUntil(lambda: bool(theatre.acts) and theatre.acts[0].path.is_relative_to(copy))
    theatre.choose(3)
    assert theatre.acts[3].path.parent.name == "step-00000400"
    writer = RunWriter.reopen(copy)
    with writer.checkpoint(600) as folder:
        shutil.copy(acts_of(run)[0].path, folder / "model.safetensors")
    writer.prune(2, models=5)
    writer.close()
    session = window.studio.session
    assert session is not None
    session.weights_changed.emit()
    qtbot.waitUntil(lambda: len(theatre.acts) == 6)
    assert theatre.acts[theatre.index].step == 400, "the act that is seen stays, its file moved or not"
    assert theatre.acts[theatre.index].path.parent.name == "models"
    wanted = expected(acts_of(run)[3].path, Recipe())
    qtbot.waitUntil(lambda: canvas_shows(theatre, wanted), timeout=10_000)
