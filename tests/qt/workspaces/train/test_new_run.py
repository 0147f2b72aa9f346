"""Before a run: presets with pictures, the card of the data, what will happen, and what is ordered."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from latentlab.qt.failure import Failure
from latentlab.qt.threads import command_process
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.workspaces.train import catalogue
from latentlab.qt.workspaces.train.catalogue import PresetCatalogue
from latentlab.qt.workspaces.train.new_run import NewRunDialog, Origin
from latentlab.runs.hyper_parameters import HyperParameter
from trainers.describing import catalogue as describe
from trainers.presets import PRESETS

CARD = {
    "kind": "pictures",
    "count": 940,
    "held_out": 60,
    "source": "Pictures in the folder 'hills'.",
    "targets": 0,
    "sizes": {
        "least": [40, 40],
        "median": [64, 64],
        "most": [900, 600],
        "enlarged": 7,
        "not_square": 12,
    },
    "resolution": 64,
    "classes": [{"name": "day", "count": 600}, {"name": "night", "count": 400}],
    "captioned": 0,
    "near_duplicate_items": 3,
    "near_duplicates": [{"first": "a.png", "second": "b.png"}],
    "skipped": [{"name": "torn.png", "reason": "not a picture of a known kind"}],
    "licence": "",
    "notes": [],
}
FORECAST = {
    "device": "cpu",
    "parameters": 114_691,
    "step_seconds": 0.1,
    "images_per_second": 320.0,
    "seconds": 1200.0,
    "seconds_error": 120.0,
    "memory": 4e8,
    "memory_total": 2.5e10,
    "checkpoint_bytes": 2_000_000,
    "checkpoints": 3,
}


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command line that answers from files and writes down what it was asked."""
    (tmp_path / "data.json").write_text(json.dumps(CARD))
    (tmp_path / "estimate.json").write_text(json.dumps(FORECAST))
    Image.fromarray(np.full((16, 32, 3), 200, np.uint8)).save(tmp_path / "sheet.png")
    script = tmp_path / "answer.py"
    script.write_text(
        "import pathlib, shutil, sys\n"
        "here, words = pathlib.Path(__file__).parent, sys.argv[1:]\n"
        "with (here / 'asked.txt').open('a') as file: file.write(' '.join(words) + chr(10))\n"
        "if 'nowhere' in words: sys.exit('latentlab: nowhere is not there.')\n"
        "if '--thumbnails' in words:\n"
        "    shutil.copy(here / 'sheet.png', words[words.index('--thumbnails') + 1])\n"
        "name = 'estimate' if '--estimate' in words else words[0]\n"
        "print((here / f'{name}.json').read_text())\n"
    )
    monkeypatch.setattr(command_process, "command", lambda: [sys.executable, "-S", str(script)])
    return tmp_path / "asked.txt"


@pytest.fixture
def parts(qtbot: QtBot) -> Iterator[tuple[PresetCatalogue, JobThread]]:
    made, jobs = PresetCatalogue(), JobThread()
    yield made, jobs
    made.stop()
    jobs.stop()


@pytest.fixture
def dialog(
    answers: Path, parts: tuple[PresetCatalogue, JobThread], tmp_path: Path, qtbot: QtBot
) -> Iterator[NewRunDialog]:
    presets, jobs = parts
    made = NewRunDialog(presets, tmp_path / "runs", lambda name: name == "taken", jobs)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: bool(presets.presets), timeout=20_000)
    yield made
    made.reject()


def test_a_new_run_is_ordered_as_asked(dialog: NewRunDialog, tmp_path: Path, qtbot: QtBot) -> None:
    assert dialog.presets.count() == len(PRESETS)
    dialog.choose("ring")
    assert dialog.name.text() == "ring"
    steps = dialog.form.field("loop.steps")
    steps.clear()  # type: ignore[attr-defined]
    qtbot.keyClicks(steps, "77")
    dialog.name.setText("My ring!")
    dialog.data.words.setText("grid")
    order = dialog.order()
    assert order.folder == tmp_path / "runs" / "My-ring"
    assert order.arguments == (
        *("ring", "--data", "grid", "--set", "loop.steps=77"),
        *("--out", str(order.folder)),
    )
    dialog.name.setText("taken")
    assert not dialog.start.isEnabled()
    assert "name already" in dialog.fault.text()
    dialog.name.setText("free")
    with qtbot.waitSignal(dialog.queued) as queued:
        qtbot.mouseClick(dialog.queue, Qt.MouseButton.LeftButton)
    assert queued.args is not None
    assert queued.args[0].folder.name == "free"


def test_a_preset_that_needs_pictures_waits_for_them(
    dialog: NewRunDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.choose("vae-64")
    assert not dialog.start.isEnabled()
    assert "needs pictures of yours" in dialog.fault.text()
    dialog.set_data(tmp_path)
    assert dialog.start.isEnabled()


def test_the_card_says_what_is_in_the_data_and_what_is_wrong(
    dialog: NewRunDialog, answers: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.choose("dcgan-32")
    dialog.set_data(tmp_path)
    card = dialog.data.card
    qtbot.waitUntil(lambda: "940 pictures" in card.texts, timeout=20_000)
    for words in (
        "60 held out",
        "2 classes: day 600, night 400",
        "Originals 40×40 to 900×600",
        "7 are smaller",
        "3 (0.3%) look like an earlier one",
        "a.png  =  b.png",
        "torn.png: not a picture",
    ):
        assert words in card.texts
    qtbot.waitUntil(card.thumbnails.isVisible)
    assert f"data {tmp_path} --preset dcgan-32" in answers.read_text()


def test_data_that_cannot_be_used_cannot_be_started(dialog: NewRunDialog, qtbot: QtBot) -> None:
    dialog.choose("dcgan-32")
    dialog.data.words.setText("nowhere")
    dialog.data.look()
    qtbot.waitUntil(lambda: bool(dialog.data.fault), timeout=20_000)
    assert "nowhere is not there" in dialog.data.card.texts
    assert not dialog.start.isEnabled()
    dialog.data.words.setText("")
    assert dialog.start.isEnabled()


def test_what_will_happen_is_told_and_remembered(
    dialog: NewRunDialog, answers: Path, parts: tuple[PresetCatalogue, JobThread], qtbot: QtBot
) -> None:
    dialog.choose("dcgan-32")
    assert "timed in a moment" in dialog.forecast.texts
    qtbot.waitUntil(lambda: "18–22 min" in dialog.forecast.texts, timeout=20_000)
    assert "400 MB of 25 GB memory" in dialog.forecast.texts
    assert "6.0 MB on the disk" in dialog.forecast.texts
    assert "train dcgan-32 --estimate --json" in answers.read_text()
    assert parts[0].forecasts == {"dcgan-32": 1200.0}
    dialog.form.field("loop.steps").setText("")  # type: ignore[attr-defined]
    qtbot.keyClicks(dialog.form.field("loop.steps"), "9000")
    assert "settings as they were" in dialog.forecast.texts
    qtbot.waitUntil(lambda: "--set loop.steps=9000 --estimate" in answers.read_text(), timeout=20_000)
    assert "--set loop.steps=9 " not in answers.read_text()  # while a hand types, nothing is timed


def test_nothing_is_timed_beside_a_training_unless_asked(
    dialog: NewRunDialog, answers: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialog, "_is_busy", lambda: True)
    dialog.choose("dcgan-32")
    assert "Not timed by itself" in dialog.forecast.texts
    qtbot.mouseClick(dialog.forecast.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "18–22 min" in dialog.forecast.texts, timeout=20_000)
    assert answers.read_text().count("--estimate") == 1


def test_where_the_file_of_presets_is_missing_the_trainer_is_asked(
    answers: Path, again: PresetCatalogue, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "train.json").write_text(describe(PRESETS, as_json=True))
    monkeypatch.setattr(catalogue.places, "resource_dir", lambda: tmp_path / "nowhere")
    again.ask()
    qtbot.waitUntil(lambda: bool(again.presets), timeout=20_000)
    assert {preset.name for preset in again.presets} == set(PRESETS)
    assert "train --describe --json" in answers.read_text()


@pytest.fixture
def again(qtbot: QtBot) -> Iterator[PresetCatalogue]:
    """What the next session begins with."""
    made = PresetCatalogue()
    yield made
    made.stop()


def test_what_was_known_last_time_is_there_again(
    dialog: NewRunDialog, parts: tuple[PresetCatalogue, JobThread], again: PresetCatalogue, qtbot: QtBot
) -> None:
    parts[0].remember_forecast("ring", 60.0)
    parts[0].stop()  # what is to be written is written
    again.ask()
    qtbot.waitUntil(lambda: bool(again.presets) and again.forecasts == {"ring": 60.0})


def test_a_branch_takes_its_change_along(
    answers: Path, parts: tuple[PresetCatalogue, JobThread], tmp_path: Path, qtbot: QtBot
) -> None:
    parameters = (HyperParameter("settings.r1_gamma", "number", "Weight.", least=0),)
    config = {"settings": {"r1_gamma": 1.0}}
    for step, change, word in ((500, {"settings.r1_gamma": 2.0}, "--branch"), (None, {}, "--like")):
        origin = Origin(tmp_path / "runs" / "old", step, parameters, config, change)
        dialog = NewRunDialog(parts[0], tmp_path / "runs", lambda name: False, parts[1], origin)
        qtbot.addWidget(dialog)
        arguments = dialog.order().arguments
        assert arguments[0] == word
        assert ("--set" in arguments) == bool(change)
        dialog.reject()
    assert dialog.order().folder.name == "old-again"


def test_a_trainer_that_cannot_be_asked_says_why(
    dialog: NewRunDialog, parts: tuple[PresetCatalogue, JobThread]
) -> None:
    parts[0].failed.emit(Failure("The trainer cannot be asked.", ""))
    assert dialog.fault.text() == "The trainer cannot be asked."
