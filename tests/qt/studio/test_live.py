"""The model of a run in Explore while it trains: real run folders, real models, no training."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from latentlab.formats import save_model
from latentlab.formats.report import Card
from latentlab.latents.recipe import SeedSource
from latentlab.models.generator import Generator
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from latentlab.models.vae import VAE, conv_vae
from latentlab.qt.main_window import MainWindow
from latentlab.qt.session.session import Session
from latentlab.qt.threads import live_thread
from latentlab.qt.threads.render_thread import Shown
from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from latentlab.qt.workspaces.mix.mix_workspace import MixWorkspace
from latentlab.runs import Interest, RunState, RunWriter
from tests.qt.conftest import open_in


def _network(seed: int, resolution: int = 16) -> Generator:
    torch.manual_seed(seed)
    channels = (8,) * (resolution.bit_length() - 2)
    config = StyleGAN2Config(resolution=resolution, channels=channels, z_dim=16, w_dim=16)
    return StyleGAN2(config).eval()


class Run:
    """A run whose checkpoints are written by hand."""

    def __init__(self, path: Path) -> None:
        self.writer = RunWriter.create(path, {"name": "toy"}, {})
        self.path = path
        self.show(RunState.RUNNING, 0)

    def show(self, state: RunState, step: int) -> None:
        self.writer.show(state, step, 1000)

    def checkpoint(self, step: int, network: Generator) -> Path:
        with self.writer.checkpoint(step) as folder:
            save_model(folder / "model.safetensors", network, Card("Toy"))
        return self.writer.folder.checkpoint_folder(step) / "model.safetensors"

    def live(self, step: int, network: Generator) -> None:
        path = self.writer.folder.live_model
        path.parent.mkdir(exist_ok=True)
        save_model(path, network, Card("Toy"), {"step": step})


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    for name in ("_EVERY", "_SELDOM", "_AGAIN"):
        monkeypatch.setattr(live_thread, name, 0.02)
    made = Run(tmp_path / "toy")
    yield made
    made.writer.close()


def _follow(window: MainWindow, run: Run, qtbot: QtBot) -> Session:
    with qtbot.waitSignal(window.studio.session_opened, timeout=20_000):
        window.studio.live.follow(run.path)
    session = window.studio.session
    assert session is not None
    qtbot.waitUntil(lambda: window.studio.last_shown is not None, timeout=20_000)
    qtbot.waitUntil(lambda: session.directions.all is not None, timeout=20_000)
    return session


def _step(window: MainWindow) -> int:
    status = window.studio.live.status
    return status.step if status is not None else -1


def _whole_picture(window: MainWindow, qtbot: QtBot) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The picture of what is open, once it is there at its full size."""
    studio = window.studio

    def shown() -> Shown | None:
        last, session = studio.last_shown, studio.session
        if last is None or session is None or last.frame.is_preview:
            return None
        current = last.model == session.model.fingerprint and last.frame.recipe == session.history.recipe
        return last if current else None

    qtbot.waitUntil(lambda: shown() is not None, timeout=10_000)
    found = shown()
    assert found is not None
    pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] = found.frame.pixels
    return pixels


def test_newer_weights_take_their_place_under_the_same_recipe(
    window: MainWindow, run: Run, qtbot: QtBot
) -> None:
    run.checkpoint(100, _network(1))
    session = _follow(window, run, qtbot)
    studio = window.studio
    directions = session.directions.all
    window.actions_["next_seed"].trigger()
    explore = window.workspace
    assert isinstance(explore, ExploreWorkspace)
    before, sections = _whole_picture(window, qtbot), explore.sections
    qtbot.waitUntil(lambda: (run.path / "control" / Interest.MODEL).exists())
    run.live(150, _network(2))
    qtbot.waitUntil(lambda: _step(window) == 150, timeout=10_000)
    assert (_whole_picture(window, qtbot) != before).any()
    assert studio.session is session
    assert session.history.recipe.source == SeedSource(1)
    assert session.history.can_undo
    assert session.directions.all is directions, "sliders keep their meaning"
    assert explore.sections is sections, "no slider is taken from under a hand"
    assert "150" in window.bar.live_badge.text()
    run.checkpoint(200, _network(3))
    qtbot.waitUntil(lambda: _step(window) == 200, timeout=10_000)


def test_frozen_weights_stay_until_they_are_thawed(window: MainWindow, run: Run, qtbot: QtBot) -> None:
    run.checkpoint(100, _network(1))
    session = _follow(window, run, qtbot)
    fingerprint = session.model.fingerprint
    window.bar.live_badge.click()
    assert window.bar.live_badge.text().startswith("frozen")
    run.checkpoint(200, _network(2))
    run.show(RunState.PAUSED, 200)
    qtbot.waitUntil(lambda: window.studio.live.status.run_step == 200, timeout=10_000)  # type: ignore[union-attr]
    assert session.model.fingerprint == fingerprint
    window.bar.live_badge.click()
    qtbot.waitUntil(lambda: session.model.fingerprint != fingerprint, timeout=10_000)
    assert window.bar.live_badge.text() == "paused, step 200"
    run.show(RunState.FINISHED, 200)
    qtbot.waitUntil(lambda: window.bar.live_badge.text() == "done, step 200", timeout=10_000)


def test_half_a_file_and_a_vanished_one_are_passed_over(window: MainWindow, run: Run, qtbot: QtBot) -> None:
    first = run.checkpoint(100, _network(1))
    session = _follow(window, run, qtbot)
    whole = first.read_bytes()
    live = run.writer.folder.live_model
    live.parent.mkdir()
    live.write_bytes(whole[: len(whole) // 2])  # copied from elsewhere, and not done yet
    with run.writer.checkpoint(200):
        pass  # its model made room already
    run.show(RunState.PAUSED, 210)
    qtbot.waitUntil(lambda: window.studio.live.status.run_step == 210, timeout=10_000)  # type: ignore[union-attr]
    assert _step(window) == 100
    assert not window.banner.isVisible()
    fingerprint = session.model.fingerprint
    run.live(220, _network(3))
    qtbot.waitUntil(lambda: _step(window) == 220, timeout=10_000)
    assert session.model.fingerprint != fingerprint


def test_a_network_that_has_grown_is_shown_anew_with_everything_kept(
    window: MainWindow, run: Run, qtbot: QtBot
) -> None:
    run.checkpoint(100, _network(1))
    session = _follow(window, run, qtbot)
    window.actions_["next_seed"].trigger()
    with qtbot.waitSignal(window.studio.session_opened, timeout=20_000):
        run.checkpoint(200, _network(1, resolution=32))
    grown = window.studio.session
    assert grown is not None
    assert grown is not session
    assert grown.model.capabilities.resolution == 32
    assert grown.history.recipe.source == SeedSource(1)
    assert grown.history.can_undo
    assert _step(window) == 200


def test_another_model_ends_it_and_its_session_comes_back(
    window: MainWindow, run: Run, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    run.checkpoint(100, _network(1))
    _follow(window, run, qtbot)
    window.actions_["next_seed"].trigger()
    open_in(window, model_files["vae"], qtbot)
    assert window.studio.live.status is None
    assert not window.bar.live_badge.isVisible()
    run.checkpoint(300, _network(4))
    again = _follow(window, run, qtbot)
    assert again.history.recipe.source == SeedSource(1), "the run's session, under weights of today"


def test_a_run_without_a_readable_model_says_so(window: MainWindow, run: Run, qtbot: QtBot) -> None:
    run.writer.folder.live_model.parent.mkdir()
    run.writer.folder.live_model.write_bytes(b"no model at all, whatever it is called" * 9)
    window.studio.live.follow(run.path)
    qtbot.waitUntil(window.banner.isVisible, timeout=20_000)
    assert window.studio.live.run is None


def test_thumbnails_of_older_weights_are_shown_until_they_are_drawn_again(
    window: MainWindow, run: Run, qtbot: QtBot
) -> None:
    run.checkpoint(100, _network(1))
    session = _follow(window, run, qtbot)
    pictures = window.studio.thumbnails
    assert pictures is not None
    recipe = session.history.recipe
    qtbot.waitUntil(lambda: not pictures.lacks(recipe), timeout=10_000)
    before = pictures.get(recipe)
    run.checkpoint(200, _network(2))
    qtbot.waitUntil(lambda: _step(window) == 200, timeout=10_000)
    assert isinstance(pictures.get(recipe), QImage)
    qtbot.waitUntil(lambda: not pictures.lacks(recipe), timeout=10_000)
    assert pictures.get(recipe) != before


def test_the_next_start_goes_on_with_the_run(window: MainWindow, run: Run, qtbot: QtBot) -> None:
    run.live(150, _network(1))
    session = _follow(window, run, qtbot)
    with qtbot.waitSignal(window.studio.saved, timeout=10_000):
        window.actions_["next_seed"].trigger()
    window.studio.live.stop()
    run.live(170, _network(2))
    window.studio.start(None)
    qtbot.waitUntil(lambda: _step(window) == 170, timeout=20_000)
    assert window.studio.session is session
    assert session.history.recipe.source == SeedSource(1)


def test_layers_keep_their_pictures_under_newer_weights(
    window: MainWindow, run: Run, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    torch.manual_seed(1)
    run.checkpoint(100, VAE(conv_vae(16, z_dim=8, width=8, max_width=16)).eval())
    _follow(window, run, qtbot)
    qtbot.waitUntil(lambda: window.studio.background.has_probes, timeout=20_000)
    probes = window.studio.renders._renderer.probes  # type: ignore[union-attr]
    assert probes.complete
    torch.manual_seed(2)
    run.checkpoint(200, VAE(conv_vae(16, z_dim=8, width=8, max_width=16)).eval())
    qtbot.waitUntil(lambda: _step(window) == 200, timeout=10_000)
    explore = window.workspace
    assert isinstance(explore, ExploreWorkspace)
    qtbot.waitUntil(lambda: window.studio.renders._model == window.studio.session.model.fingerprint)  # type: ignore[union-attr]
    assert window.studio.renders._renderer.probes is probes  # type: ignore[union-attr]


def test_a_crossing_is_drawn_again_by_newer_weights_while_it_is_looked_at(
    window: MainWindow, run: Run, qtbot: QtBot
) -> None:
    run.checkpoint(100, _network(1))
    _follow(window, run, qtbot)
    window.show_workspace("mix")
    mix = window.workspace
    assert isinstance(mix, MixWorkspace)

    def picture() -> QImage:
        found = mix.arrangement.picture(mix.arrangement.cells[0, 0].recipe)
        assert found is not None
        return found.toImage()

    qtbot.waitUntil(lambda: mix.arrangement.is_complete, timeout=20_000)
    first = picture()
    effects = mix.arrangement.effects
    run.checkpoint(200, _network(2))
    qtbot.waitUntil(lambda: _step(window) == 200, timeout=10_000)
    qtbot.waitUntil(lambda: mix.arrangement.is_complete and picture() != first, timeout=20_000)
    assert mix.arrangement.effects is effects or effects is None, (
        "what layers do is not measured at every swap"
    )
    window.show_workspace("explore")
    second = picture()
    run.checkpoint(300, _network(3))
    qtbot.waitUntil(lambda: _step(window) == 300, timeout=10_000)
    assert picture() == second
    assert not mix.arrangement.is_complete
    window.show_workspace("mix")
    qtbot.waitUntil(lambda: mix.arrangement.is_complete and picture() != second, timeout=20_000)
