"""Train in the real window: real run folders, a real small training in its own process."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from latentlab import places
from latentlab.qt.main_window import MainWindow
from latentlab.qt.workspaces.later import LaterWorkspace
from latentlab.qt.workspaces.train.durations import bytes_text, duration_text, span_text
from latentlab.qt.workspaces.train.hyper_form import HyperForm
from latentlab.qt.workspaces.train.new_run import NewRunDialog
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.qt.workspaces.train.status_panel import StatusPanel
from latentlab.qt.workspaces.train.train_workspace import TrainWorkspace
from latentlab.qt.workspaces.train.trouble import trouble_of
from latentlab.qt.workspaces.train.welcome import QUICK
from latentlab.runs import (
    Failed,
    Finished,
    Progress,
    Request,
    RolledBack,
    RunFolder,
    RunState,
    RunWriter,
    Sampled,
    Saved,
    Silence,
    Started,
    Warned,
    launching,
)
from latentlab.runs.hyper_parameters import HyperParameter
from latentlab.runs.launching import command, last_words, log_of
from latentlab.runs.queue import Order
from trainers.config import schema
from trainers.presets import PRESETS


def _writer(name: str, folder: Path | None = None) -> RunWriter:
    preset = PRESETS["ring"]
    return RunWriter.create(
        (folder or places.data_dir() / "runs") / name, preset.plain(), schema(preset.system)
    )


def _progress(step: int, **losses: float) -> Progress:
    return Progress(step, losses or {"generator": 1.0 / step, "real": 0.5}, 100.0, step * 0.1, 30.0, 2.0)


def _write(writer: RunWriter, steps: range) -> None:
    for step in steps:
        writer.write(_progress(step))


def train_of(window: MainWindow) -> TrainWorkspace:
    """The workspace, shown."""
    window.show_workspace("train")
    later = window.workspace
    assert isinstance(later, LaterWorkspace)
    made = later.made()
    assert isinstance(made, TrainWorkspace)
    return made


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[RunWriter]:
    made = _writer("run", tmp_path)
    yield made
    made.close()


@pytest.fixture
def listed() -> Iterator[RunWriter]:
    """A run where the workspace looks for runs."""
    made = _writer("listed", places.data_dir() / "runs")
    yield made
    made.close()


@pytest.fixture
def shown(writer: RunWriter, qtbot: QtBot) -> Iterator[ShownRun]:
    run = ShownRun()
    run.show(writer.folder.path)
    yield run
    run.stop()


def test_curves_grow_while_the_run_writes(shown: ShownRun, writer: RunWriter, qtbot: QtBot) -> None:
    writer.write(Started(0, 100, 7, 50))
    writer.show(RunState.RUNNING, 0, 100)
    _write(writer, range(1, 30))
    qtbot.waitUntil(lambda: shown.step == 29)
    assert shown.steps == 100
    assert shown.losses["generator"].y.tolist() == pytest.approx([1 / step for step in range(1, 30)])
    _write(writer, range(30, 41))
    qtbot.waitUntil(lambda: len(shown.speed) == 40)
    qtbot.waitUntil(lambda: shown.is_live)


def test_what_is_done_again_leaves_no_seam(shown: ShownRun, writer: RunWriter, qtbot: QtBot) -> None:
    writer.write(Started(0, 100, 7, 50))
    _write(writer, range(1, 50))
    writer.write(Warned(45, "mode_collapse", "warning", "Modes are lost."))
    writer.write(RolledBack(49, 20, "NaN"))
    for step in (30, 40):
        writer.write(_progress(step, generator=7.0))
    writer.write(Finished(40, completed=False))
    qtbot.waitUntil(lambda: shown.ended is not None)
    series = shown.losses["generator"]
    assert series.x.tolist() == [*range(1, 21), 30, 40]
    assert series.y[-1] == 7.0
    assert shown.warnings == []


def test_another_run_starts_from_nothing(
    shown: ShownRun, writer: RunWriter, tmp_path: Path, qtbot: QtBot
) -> None:
    writer.write(Started(0, 100, 7, 50))
    _write(writer, range(1, 5))
    qtbot.waitUntil(lambda: shown.step == 4)
    shown.show(tmp_path / "nothing here")
    assert shown.losses == {}
    qtbot.waitUntil(lambda: shown.caught_up)
    assert shown.state is None


def test_a_run_that_is_moved_away_is_said_to_be_gone_until_it_is_back(
    shown: ShownRun, writer: RunWriter, qtbot: QtBot
) -> None:
    _write(writer, range(1, 4))
    qtbot.waitUntil(lambda: shown.step == 3)
    away = writer.folder.path.with_name("away")
    writer.folder.path.rename(away)
    qtbot.waitUntil(lambda: shown.is_gone)
    assert trouble_of(shown, 0.0)[0] == "error"
    assert len(shown.losses["generator"]) == 3  # what was read can still be looked at
    away.rename(writer.folder.path)
    _write(writer, range(4, 6))
    qtbot.waitUntil(lambda: not shown.is_gone and shown.step == 5)
    assert shown.losses["generator"].x.tolist() == [1, 2, 3, 4, 5]


def test_another_run_in_the_same_folder_is_read_from_its_beginning(
    shown: ShownRun, writer: RunWriter, qtbot: QtBot
) -> None:
    _write(writer, range(1, 9))
    qtbot.waitUntil(lambda: shown.step == 8)
    lines = writer.folder.events.read_bytes().splitlines(keepends=True)
    writer.folder.events.write_bytes(b"".join(lines[:2]))
    qtbot.waitUntil(lambda: len(shown.losses["generator"]) == 2)


@pytest.mark.parametrize(
    ("silence", "words"),
    [
        (Silence(3.0, "here", 77, is_here=True, suspended=True), "holds process 77"),
        (Silence(12.0, "here", 77, is_here=True), "process 77 for 12 s. It is there"),
        (Silence(12.0, "here", 77, is_here=True, on_disk=True), "disk that does not answer"),
        (Silence(30.0, "far", 77, is_here=False), "77 (far) for 30 s. Its machine"),
    ],
)
def test_a_process_without_a_sign_of_life_is_told_with_what_to_do(
    shown: ShownRun, silence: Silence, words: str, qtbot: QtBot
) -> None:
    panel = StatusPanel(shown)
    qtbot.addWidget(panel)
    panel.show()
    shown.silence = silence
    panel.refresh()
    assert words in panel.trouble.text()
    assert panel.wake.isVisible() == silence.suspended
    shown.silence = None
    panel.refresh()
    assert not panel.trouble.isVisible()


def test_a_run_is_listed_and_shown_with_everything(
    window: MainWindow, listed: RunWriter, qtbot: QtBot
) -> None:
    writer = listed
    writer.write(Started(0, 1000, 7, 50))
    writer.show(RunState.RUNNING, 0, 1000)
    _write(writer, range(1, 200))
    sheet = writer.folder.samples / "step-00000100.png"
    Image.fromarray(np.full((32, 64, 3), (200, 30, 40), np.uint8)).save(sheet)
    writer.write(Sampled(100, "samples/step-00000100.png"))
    with writer.checkpoint(150) as folder:
        (folder / "model.safetensors").write_bytes(b"x")
    writer.write(Saved(150, "checkpoints/step-00000150"))
    writer.write(
        Warned(160, "discriminator_too_strong", "serious", "It wins.", {"accuracy": 0.98}, "Raise R1.")
    )
    train = train_of(window)
    qtbot.waitUntil(lambda: bool(train.run.warnings))
    assert train.run.step == 199
    assert [info.path.name for info in train.runs.runs] == ["listed"]
    assert {trace.name for trace in train.curves.plot.traces} == {"Generator"}
    assert [train.curves.tabs._texts[i] for i in range(3)] == ["Losses", "D scores", "Speed"]
    qtbot.waitUntil(lambda: train.samples.sheet._pixmap is not None)
    assert train.samples.sheet._pixmap.toImage().pixelColor(5, 5).red() == 200
    assert "1 open" in train.warnings._header.note
    assert "1 on disk" in train.checkpoints._header.note
    assert train.status.pause.isVisible()
    assert train.status.left.text() == "28–32 s"
    qtbot.waitUntil(lambda: bool(train._config))
    assert "ring" in train.settings._header.note


def test_before_the_first_run_one_is_offered(window: MainWindow, qtbot: QtBot) -> None:
    train = train_of(window)
    started: list[str] = []
    train.start = lambda order: started.append(order.arguments[0])  # type: ignore[method-assign]
    qtbot.waitUntil(lambda: len(train.welcome.cards) == len(QUICK))
    assert train.welcome.isVisible()
    card = train.welcome.cards[1]
    assert card.text() == "Ring of eight"
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(card, Qt.MouseButton.LeftButton)  # as the second click of a hasty hand
    assert started == ["ring"]
    qtbot.mouseClick(train.welcome.new, Qt.MouseButton.LeftButton)
    dialog = train.findChild(NewRunDialog)
    assert dialog is not None
    dialog.reject()


def test_an_empty_browser_stays_open(window: MainWindow, qtbot: QtBot) -> None:
    train = train_of(window)
    qtbot.waitUntil(train.welcome.isVisible)
    train.runs.compare_wanted.emit()
    with qtbot.waitSignal(train.desk.listed):
        train.desk.look()
    assert train.browser.isVisible()


def test_pictures_that_are_dropped_begin_a_run_and_a_run_is_shown(
    window: MainWindow, writer: RunWriter, tmp_path: Path, qtbot: QtBot
) -> None:
    train = train_of(window)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    window.dropping.dropped.emit(pictures)
    qtbot.waitUntil(lambda: train.findChild(NewRunDialog) is not None)
    dialog = train.findChild(NewRunDialog)
    assert dialog is not None
    assert dialog.data.text == str(pictures)
    dialog.reject()
    window.dropping.dropped.emit(writer.folder.path)
    qtbot.waitUntil(lambda: train.run.path == writer.folder.path)
    assert train.view.isVisible()


def test_a_folder_that_is_dropped_on_explore_says_where_it_belongs(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.dropping.dropped.emit(tmp_path)
    qtbot.waitUntil(window.banner.isVisible)
    said = " ".join(label.text() for label in window.banner.findChildren(QLabel))
    assert "Drop it on Train" in said


def test_buttons_ask_the_run(window: MainWindow, listed: RunWriter, qtbot: QtBot) -> None:
    writer = listed
    writer.write(Started(0, 1000, 7, 50))
    writer.show(RunState.RUNNING, 0, 1000)
    train = train_of(window)
    qtbot.waitUntil(lambda: train.run.is_live)
    qtbot.mouseClick(train.status.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: writer.folder.control.asked() == {Request.PAUSE})
    writer.show(RunState.PAUSED, 0, 1000)
    qtbot.waitUntil(lambda: train.run.state is RunState.PAUSED, timeout=10_000)
    assert train.status.pause.text() == "Go on"
    qtbot.mouseClick(train.status.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not writer.folder.control.asked())
    qtbot.mouseClick(train.status.checkpoint, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(train.status.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: writer.folder.control.asked() == {Request.SNAPSHOT, Request.STOP})
    writer.write(Failed(3, "There is not enough room on the disk: free some and resume the run."))
    writer.show(RunState.FAILED, 3, 1000)
    qtbot.waitUntil(lambda: train.status.resume.isVisible(), timeout=10_000)
    assert "room on the disk" in train.status.trouble.text()
    assert not train.status.stop.isVisible()


def test_a_training_started_here_runs_to_its_end(window: MainWindow, qtbot: QtBot) -> None:
    train = train_of(window)
    folder = places.data_dir() / "runs" / "small"
    few = [
        f"{name}={value}"
        for name, value in (("loop.report_every", 2), ("loop.threads", 1), ("data.source.count", 500))
    ]
    arguments = (
        "ring",
        "--steps",
        "6",
        "--out",
        str(folder),
        *(word for pair in few for word in ("--set", pair)),
    )
    train.start(Order(arguments, folder))
    qtbot.waitUntil(lambda: train.run.state is RunState.FINISHED, timeout=120_000)
    qtbot.waitUntil(lambda: bool(train.run.sheets) and bool(train.run.saved))
    assert train.run.step == 6
    assert RunFolder(folder).list_checkpoints()[-1].step == 6
    assert last_words(folder)
    assert not train.status.resume.isVisible()
    train.desk._processes.wait(60)
    qtbot.waitUntil(lambda: not train.desk.own_live)  # else closing asks whether it goes on


def test_a_training_that_cannot_start_says_why(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "import sys; sys.exit('latentlab: There is no preset no-such-preset.')"
    monkeypatch.setattr(launching, "command", lambda: [sys.executable, "-S", "-c", words])
    train = train_of(window)
    folder = places.data_dir() / "runs" / "bad"
    with qtbot.waitSignal(window.studio.failed, timeout=20_000) as failed:
        train.start(Order(("no-such-preset", "--out", str(folder)), folder))
    assert failed.args is not None
    assert "bad stopped: There is no preset no-such-preset." in failed.args[0].text
    assert log_of(folder).is_file()


def test_a_process_that_was_killed_is_said_to_be_and_not_quoted(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "import os, signal; print('950 generator 0.9', flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    monkeypatch.setattr(launching, "command", lambda: [sys.executable, "-S", "-c", words])
    train = train_of(window)
    folder = places.data_dir() / "runs" / "gone"
    with qtbot.waitSignal(window.studio.failed, timeout=20_000) as failed:
        train.start(Order(("ring", "--out", str(folder)), folder))
    assert failed.args is not None
    assert "gone stopped: its process was ended from outside (SIGKILL)." in failed.args[0].text
    assert "generator" not in failed.args[0].text


def test_settings_are_never_those_of_another_run(window: MainWindow, listed: RunWriter, qtbot: QtBot) -> None:
    train = train_of(window)
    train.show_run(listed.folder.path)
    qtbot.waitUntil(lambda: train.settings._grid.count() > 0)
    assert train.bar.heading(train._config).facts == ("GAN",)  # points have no pixels
    train.show_run(places.data_dir() / "runs" / "not there yet")
    assert train.settings._grid.count() == 0
    assert train.settings._header.note == ""


def test_closing_asks_whether_runs_go_on(
    window: MainWindow, listed: RunWriter, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = train_of(window)
    writer = listed
    writer.show(RunState.RUNNING, 0, 100)
    train.desk._ordered.add(writer.folder.path)
    train.desk.look()
    qtbot.waitUntil(lambda: bool(train.desk.own_live))
    answers: list[str] = []

    def choose(text: str) -> None:
        def exec_(box: QMessageBox) -> int:
            button = next(button for button in box.buttons() if button.text() == text)
            answers.append(box.text())
            button.click()
            return 0

        monkeypatch.setattr(QMessageBox, "exec", exec_)

    choose("Stay")
    window.close()
    assert window.isVisible()
    choose("Stop with a checkpoint")
    window.close()
    assert not window.isVisible()
    assert writer.folder.control.asked() == {Request.STOP}
    assert "listed" in answers[0]


def test_a_form_checks_as_one_types(qtbot: QtBot) -> None:
    form = HyperForm()
    qtbot.addWidget(form)
    parameters = (
        HyperParameter("loop.steps", "whole", "How long.", "steps", "Length", 10, least=1),
        HyperParameter(
            "settings.augment", "choice", "How pictures are changed.", group="More", choices=("none", "ada")
        ),
        HyperParameter("settings.spectral_norm", "switch", "Bound slopes.", group="More"),
    )
    values = {"loop": {"steps": 10}, "settings": {"augment": "none", "spectral_norm": False}}
    form.show_settings(parameters, values)
    form.show()
    assert form.changes == {}
    steps = form.field("loop.steps")
    steps.clear()  # type: ignore[attr-defined]
    qtbot.keyClicks(steps, "0")
    assert form.faults == {"loop.steps": "at least 1"}
    qtbot.keyClicks(steps, "x")
    assert form.faults == {"loop.steps": "a number"}
    steps.clear()  # type: ignore[attr-defined]
    qtbot.keyClicks(steps, "25")
    form.field("settings.augment").setCurrentText("ada")  # type: ignore[attr-defined]
    assert form.changes == {"loop.steps": 25, "settings.augment": "ada"}
    assert form.faults == {}
    assert form.name("settings.spectral_norm") == "Spectral norm"
    form.show_settings(parameters[1:] + parameters[:1], values)
    assert [head.text() for head, _ in form._heads] == [
        "Length",
        "More",
    ]  # what everybody changes comes first
    steps = form.field("loop.steps")
    form.search.setText("slopes")
    assert not steps.isVisible()
    assert form.field("settings.spectral_norm").isVisible()


def test_times_are_told_with_their_uncertainty() -> None:
    assert span_text(math.nan, 1.0) == "–"
    assert span_text(780.0, 90.0) == "12–14 min"
    assert span_text(20.0, math.nan) == "20 s"
    assert span_text(4 * 3600.0, 1800.0) == "3.5–4.5 h"
    assert span_text(72 * 3600.0, 6 * 3600.0) == "2.8–3.2 days"
    assert duration_text(7200.0) == "2 h"
    assert bytes_text(5.23e9) == "5.2 GB"
    assert bytes_text(math.nan) == "–"


def test_the_command_line_is_this_programs() -> None:
    assert command()[-1] == "latentlab"
    assert json.dumps(command())
