"""Mixing two models in the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot

from latentlab.formats import open_model, save_model
from latentlab.formats.report import Card
from latentlab.qt.main_window import MainWindow
from latentlab.qt.widgets.icon_button import Button
from latentlab.qt.workspaces.mix.blend_dialog import BlendDialog


@pytest.fixture
def relative(model_files: dict[str, Path], tmp_path: Path) -> Path:
    """A model as if it had been fine-tuned from the small StyleGAN2."""
    child = open_model(model_files["style"])
    with torch.no_grad():
        for parameter in child.generator.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    path = tmp_path / "child.safetensors"
    save_model(path, child.generator, Card("Child", "StyleGAN2"))
    return path


@pytest.fixture
def dialog(opened: MainWindow) -> Iterator[BlendDialog]:
    session = opened.studio.session
    assert session is not None
    made = BlendDialog(session, opened.studio, opened)
    made.show()
    yield made
    made.close()


def test_a_mixture_is_tried_saved_and_opened(
    opened: MainWindow, dialog: BlendDialog, relative: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.take(relative)
    qtbot.waitUntil(lambda: bool(dialog.rows) and bool(dialog.preview.pictures(1)), timeout=10_000)
    assert "share an ancestor" in dialog.said.text()
    assert dialog.weights() == {"mapping": 0.0, "b4": 0.0, "b8": 0.0, "b16": 1.0}
    ours, mixture, theirs = (dialog.preview.pictures(row)[0] for row in range(3))
    assert mixture not in (ours, theirs)
    dialog.name.setText("Both")
    out = tmp_path / "both.safetensors"
    with qtbot.waitSignal(opened.studio.session_opened, timeout=20_000):
        dialog.save_to(out)
    assert opened.studio.session is not None
    assert opened.studio.session.model.card.name == "Both"
    assert dict(opened.studio.session.model.card.measures)["From the second"] == "b16 100%"


def test_a_model_of_another_build_says_why_not(
    dialog: BlendDialog, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    dialog.take(model_files["vae"])
    qtbot.waitUntil(lambda: "cannot be mixed" in dialog.said.text(), timeout=10_000)
    assert not dialog.save.isVisible()
    assert dialog.choose.isEnabled()


def test_a_place_that_cannot_be_written_to_says_so(
    dialog: BlendDialog, relative: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.take(relative)
    qtbot.waitUntil(lambda: bool(dialog.rows), timeout=10_000)
    (tmp_path / "file").write_text("")
    dialog.save_to(tmp_path / "file" / "model.safetensors")
    qtbot.waitUntil(lambda: "cannot be written" in dialog.said.text(), timeout=10_000)
    assert dialog.save.isEnabled()


def test_the_dialog_is_as_high_as_what_it_shows(
    dialog: BlendDialog, relative: Path, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    small = dialog.height()
    dialog.take(relative)
    qtbot.waitUntil(lambda: dialog.preview.isVisible(), timeout=10_000)
    screen = dialog.screen().availableGeometry()
    assert small < dialog.height() < screen.height()
    assert dialog.save.mapToGlobal(dialog.save.rect().bottomLeft()).y() < screen.bottom()
    dialog.take(model_files["vae"])
    qtbot.waitUntil(lambda: "cannot be mixed" in dialog.said.text(), timeout=10_000)
    assert not dialog.preview.isVisible()
    assert not any(button.isVisible() for button in dialog.findChildren(Button) if "blocks" in button.text())
    assert dialog.height() < small + 60
    assert dialog.said.height() >= dialog.said.heightForWidth(dialog.said.width())


def test_a_long_reason_is_shown_in_full(dialog: BlendDialog, qtbot: QtBot) -> None:
    dialog.take(Path("/nowhere") / ("long " * 60))
    qtbot.waitUntil(dialog.choose.isEnabled, timeout=10_000)
    assert dialog.said.height() >= dialog.said.heightForWidth(dialog.said.width())
