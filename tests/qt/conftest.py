"""What the tests of the window share: no thread may outlive its test."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable, Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest
import torch
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from latentlab.formats import save_model
from latentlab.formats.report import Card
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from latentlab.models.translator import Translator, resnet_translator
from latentlab.models.vae import VAE, conv_vae
from latentlab.qt.main_window import MainWindow
from latentlab.qt.settings import SettingsStore
from latentlab.qt.theme.appearance import apply_theme


@pytest.fixture(autouse=True, scope="module")
def collections_are_short() -> None:
    """What is imported by now is not looked through again after every test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with other work takes longer than five seconds now and then; what hangs is found all the same."""
    for name in ("waitUntil", "waitSignal", "waitSignals"):
        monkeypatch.setattr(QtBot, name, partialmethod(getattr(QtBot, name), timeout=30_000))


@pytest.fixture(autouse=True)
def no_dialog_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that is asked something it does not answer, at the end and while it is torn down, too.

    Without an answer the test would hang. A test that means a dialog puts its answer in the place of `exec`.
    """
    asked: list[str] = []

    def refuse(name: str, answer: Any) -> Callable[..., Any]:
        def give_up(*args: Any, **kwargs: Any) -> Any:
            of = args[0] if args else None
            words = of.text() if isinstance(of, QMessageBox) else name
            asked.append(f"{words!r}, asked at\n{''.join(traceback.format_stack(limit=4)[:-1])}")
            return answer

        return give_up

    for kind in (QDialog, QMessageBox, QFileDialog, QInputDialog):
        monkeypatch.setattr(kind, "exec", refuse(kind.__name__, 0))
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, staticmethod(refuse(name, ("", ""))))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", staticmethod(refuse("getExistingDirectory", "")))
    for name in ("question", "warning", "information", "critical"):
        answer = QMessageBox.StandardButton.NoButton
        monkeypatch.setattr(QMessageBox, name, staticmethod(refuse(name, answer)))
    yield
    assert not asked, "\n".join(asked)


@pytest.fixture(autouse=True)
def no_thread_left_running(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a QThread running, and name the line that started it."""
    started: list[tuple[QThread, str]] = []
    start = QThread.start

    def noting_start(self: QThread, *args: Any) -> None:
        started.append((self, "".join(traceback.format_stack(limit=4)[:-1])))
        start(self, *args)

    monkeypatch.setattr(QThread, "start", noting_start)
    yield
    left = [(thread, line) for thread, line in started if thread.isRunning()]
    for thread, _ in left:
        stop = getattr(thread, "stop", None)
        if stop is not None:
            stop()
    gc.collect()
    assert not left, "\n".join(
        f"{thread.objectName()} still runs; started at\n{line}" for thread, line in left
    )


@pytest.fixture(scope="session")
def model_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Small untrained models of several kinds, in LatentLab's own format."""
    torch.manual_seed(0)
    made = {
        "style": StyleGAN2(StyleGAN2Config(resolution=16, channels=(8, 8, 8), z_dim=16, w_dim=16)),
        "classes": StyleGAN2(StyleGAN2Config(resolution=16, channels=(8, 8, 8), z_dim=8, w_dim=8, c_dim=3)),
        "vae": VAE(conv_vae(16, z_dim=8, width=8, max_width=16)),
        "translator": Translator(resnet_translator(16, width=4, downsamplings=1, residuals=1)),
    }
    folder = tmp_path_factory.mktemp("models")
    paths = {}
    for name, generator in made.items():
        paths[name] = folder / f"{name}.safetensors"
        names = ("hill", "tree", "sea") if generator.capabilities.num_classes else ()
        save_model(paths[name], generator.eval(), Card(name.capitalize(), class_names=names))
    return paths


@pytest.fixture
def settings() -> SettingsStore:
    """Plain torch: preparing a faster engine would outlast the test."""
    store = SettingsStore()
    store.change(precision="float32")
    return store


@pytest.fixture
def window(qtbot: QtBot, settings: SettingsStore, no_dialog_waits: None) -> Iterator[MainWindow]:
    """The real window, shown, with nothing open."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app)
    made = MainWindow(settings)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


@pytest.fixture
def opened(window: MainWindow, model_files: dict[str, Path], qtbot: QtBot) -> MainWindow:
    """The window with a small StyleGAN2 and its first picture."""
    return open_in(window, model_files["style"], qtbot)


def open_in(window: MainWindow, path: Path, qtbot: QtBot) -> MainWindow:
    """Open a file and wait for its first full picture."""
    studio = window.studio
    with qtbot.waitSignal(studio.session_opened, timeout=20_000):
        studio.opening.offer(path)
    qtbot.waitUntil(
        lambda: studio.last_shown is not None and not studio.last_shown.frame.is_preview, timeout=20_000
    )
    return window
