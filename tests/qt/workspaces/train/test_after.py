"""During and after: figures over time, warnings with remedies, the queue, the browser of all runs, export."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from latentlab import places
from latentlab.qt.main_window import MainWindow
from latentlab.qt.workspaces.train.model_export import ModelExport
from latentlab.qt.workspaces.train.queue_list import QueueList
from latentlab.qt.workspaces.train.run_sections import change_words
from latentlab.qt.workspaces.train.train_workspace import TrainWorkspace
from latentlab.runs import (
    Coded,
    Measured,
    Progress,
    RunState,
    RunWriter,
    Saved,
    Scored,
    Settled,
    Started,
    Warned,
)
from latentlab.runs.control import RollBack
from latentlab.runs.notes import Notes, write_notes
from latentlab.runs.queue import Order, Queue, Waiting
from tests.qt.workspaces.train.test_train_workspace import train_of
from trainers import overrides
from trainers.config import schema
from trainers.presets import PRESETS

Make = Callable[..., RunWriter]


@pytest.fixture
def make() -> Iterator[Make]:
    """Writes a run of a preset where the workspace looks for runs."""
    made: list[RunWriter] = []

    def one(name: str, *changes: str, state: RunState = RunState.FINISHED, steps: int = 40) -> RunWriter:
        config = overrides.apply(PRESETS["ring"], changes)
        folder = places.data_dir() / "runs" / name
        writer = RunWriter.create(folder, config.plain(), schema(config.system))
        writer.write(Started(0, 100, 7, 50))
        writer.show(state, 0, 100)
        for step in range(1, steps + 1):
            writer.write(Progress(step, {"generator": 1 / step}, 100.0, step * 0.1, 30.0, 2.0, 1e9))
        writer.write(Measured(steps, {"diversity": 0.5 + steps / 100}))
        made.append(writer)
        return writer

    yield one
    for writer in made:
        writer.close()


def _checkpoint(writer: RunWriter, step: int) -> None:
    with writer.checkpoint(step) as folder:
        (folder / "model.safetensors").write_bytes(b"x")
    writer.write(Saved(step, f"checkpoints/step-{step:08d}"))


def _orders(train: TrainWorkspace, monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    started: list[Order] = []
    monkeypatch.setattr(train.desk, "start", started.append)
    return started


def test_scores_and_the_code_scrub_with_the_run(window: MainWindow, make: Make, qtbot: QtBot) -> None:
    writer = make("run")
    for step, shift in ((10, 0), (40, 2)):
        counts = tuple(int(place == 4 + shift) * 30 for place in range(10))
        writer.write(Scored(step, -1.0, 1.0, {"train": counts, "held_out": counts, "drawn": counts[::-1]}))
        writer.write(Coded(step, (0.0, step / 10, 1.0)))
    train = train_of(window)
    qtbot.waitUntil(lambda: len(train.run.codes) == 2)
    curves = train.curves
    curves._on_tab(curves._groups.index("code"))
    assert curves.code.isVisible()
    assert curves.code.map.data.rows == ["1", "2", "0"]  # the most at the top
    np.testing.assert_allclose(curves.code.map.data.values[0], [1.0, 4.0])
    assert "2 of 3 above" in curves.code._note.text()
    curves._group = "scores"
    curves.show_step(12)
    shown = curves.scores.shown
    assert shown is not None
    assert shown.step == 10
    assert [one.name for one in curves.scores.histograms.shown] == ["Training", "Held out", "Generated"]
    assert curves.code.map.column() == 0
    curves.show_step(39)
    assert curves.scores.histograms.shown[0].mean == pytest.approx(0.3)


def test_a_warning_branches_with_its_change_at_one_button(
    window: MainWindow, make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = make("run", state=RunState.RUNNING)
    for step in (10, 20, 30):
        _checkpoint(writer, step)
    change = {"settings.r1_gamma": 2.0}
    writer.write(Warned(15, "memorisation", "warning", "Known by heart.", {"gap": 0.4}, "Augment."))
    writer.write(Settled(25, "memorisation"))
    writer.write(Warned(25, "mode_collapse", "serious", "Modes are lost.", {"a": 1.0}, "Raise it.", change))
    train = train_of(window)
    qtbot.waitUntil(lambda: len(train.run.warnings) == 2 and bool(train._config))
    orders = _orders(train, monkeypatch)
    qtbot.waitUntil(lambda: train.warnings._header.note == "1 open, 1 settled")
    qtbot.waitUntil(lambda: len(train.warnings.rows) == 2)
    opened, settled = sorted(train.warnings.rows, key=lambda row: -row._warned.step)
    assert settled._settled
    assert opened.remedy.text() == "Raise R1 gamma to 2"
    qtbot.mouseClick(opened.remedy, Qt.MouseButton.LeftButton)
    folder = places.data_dir() / "runs" / "run-20"
    assert orders == [
        Order(
            (
                *("--branch", f"{writer.folder.path}@20", "--out", str(folder)),
                *("--set", "settings.r1_gamma=2.0"),
            ),
            folder,
        )
    ]
    assert train.branching._replaced == {folder: writer.folder.path}


def test_the_run_that_is_replaced_stops_once_its_branch_is_on_its_way(
    window: MainWindow, make: Make, qtbot: QtBot
) -> None:
    old, new = make("old", state=RunState.RUNNING), make("old-20", state=RunState.RUNNING)
    train = train_of(window)
    train.branching._replaced = {new.folder.path: old.folder.path}
    train.desk.look()
    qtbot.waitUntil(lambda: len(train.desk.listing.live) == 2)
    assert not old.folder.control.asked()
    new.show(RunState.PAUSED, 21, 100)  # written at once: the state is another one
    train.desk.look()
    qtbot.waitUntil(lambda: "stop" in old.folder.control.asked(), timeout=10_000)
    assert not new.folder.control.asked()


def test_a_change_is_told_in_words() -> None:
    config = {"settings": {"learning_rate": 0.002, "augment": "none"}}
    assert change_words({"settings.learning_rate": 0.001}, config) == "Lower Learning rate to 0.001"
    assert change_words({"settings.augment": "ada"}, config) == "Augment: ada"
    assert change_words({}, config) == ""


def test_a_running_run_goes_back_to_a_checkpoint(window: MainWindow, make: Make, qtbot: QtBot) -> None:
    writer = make("run", state=RunState.RUNNING)
    _checkpoint(writer, 20)
    train = train_of(window)
    qtbot.waitUntil(lambda: bool(train.run.checkpoints))
    train.checkpoints.back_wanted.emit(20)
    control = writer.folder.control
    qtbot.waitUntil(lambda: control.roll_back_wanted() == RollBack(20, 0.5))


def test_the_queue_is_seen_and_changed(window: MainWindow, make: Make, qtbot: QtBot) -> None:
    make("run")
    runs = places.data_dir() / "runs"
    queue = Queue(runs)
    queue.hold(True)
    for name in ("first", "second", "third"):
        queue.add(Order(("ring", "--out", str(runs / name)), runs / name))
    train = train_of(window)
    shown = train.runs.queue
    qtbot.waitUntil(lambda: shown.names == ["first", "second", "third"])
    assert train.desk.is_taken("second")
    shown.view.setCurrentRow(2)
    shown._shift(-1)
    qtbot.waitUntil(lambda: shown.names == ["first", "third", "second"])
    shown.view.setCurrentRow(0)
    qtbot.mouseClick(shown.remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.names == ["third", "second"])
    assert [waiting.order.folder.name for waiting in queue.waiting()] == ["third", "second"]
    assert shown.hold.isChecked()


def test_dragging_tells_where_an_order_was_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    shown = QueueList()
    qtbot.addWidget(shown)
    shown.show_waiting([Waiting(key, Order((), tmp_path / key)) for key in "abcd"], held=False)
    told: list[tuple[str, int]] = []
    shown.moved.connect(lambda key, place: told.append((key, place)))
    for start, target in ((0, 3), (3, 0)):
        item = shown.view.item(start)
        assert item is not None
        shown.view.model().moveRow(shown.view.rootIndex(), start, shown.view.rootIndex(), target)
    assert told == [("a", 2), ("d", 0)]


def test_runs_are_compared_by_what_differs(window: MainWindow, make: Make, qtbot: QtBot) -> None:
    for name, rate, steps in (("slow", 0.001, 20), ("fast", 0.004, 40)):
        make(name, f"settings.learning_rate={rate}", steps=steps).close()
    make("other", "loop.batch_size=128").close()
    write_notes(places.data_dir() / "runs" / "fast", Notes("better", ("good",)))
    train = train_of(window)
    qtbot.waitUntil(lambda: len(train.desk.listing.runs) == 3)
    train._on_compare()
    browser = train.browser
    qtbot.waitUntil(lambda: len(browser.model.runs) == 3)
    folder = places.data_dir() / "runs"
    browser.choose([folder / "slow", folder / "fast"])
    assert set(browser.chosen) == {folder / "slow", folder / "fast"}
    titles = [browser.model.headerData(column, Qt.Orientation.Horizontal) for column in range(20)[8:10]]
    assert titles == ["Diversity", "Learning rate"]
    browser.search.setText("good")
    assert browser._sorted.rowCount() == 1
    browser.search.setText("")
    browser.table.sortByColumn(8, Qt.SortOrder.DescendingOrder)
    assert browser._summary(0).info.path.name in ("fast", "other")
    curves = browser.curves
    qtbot.waitUntil(lambda: len(curves.plots[0].plot.traces) == 2)
    assert {trace.name for trace in curves.plots[1].plot.traces} == {"slow", "fast"}
    curves.plots[0].plot.view_changed.emit(5.0, 15.0)
    begin, end = curves.plots[1].plot.steps_shown
    assert (begin, end) == pytest.approx((5.0, 15.0))


def test_deleted_runs_come_back_and_live_ones_stay(window: MainWindow, make: Make, qtbot: QtBot) -> None:
    make("old").close()
    make("live", state=RunState.RUNNING)
    folder = places.data_dir() / "runs"
    train = train_of(window)
    qtbot.waitUntil(lambda: len(train.desk.listing.runs) == 2)
    with qtbot.waitSignal(window.studio.failed) as failed:
        train.desk.delete([folder / "old", folder / "live"])
    assert failed.args is not None
    assert "live is being trained" in failed.args[0].text
    qtbot.waitUntil(lambda: len(train.desk.listing.runs) == 1)
    assert train.undoable() == (True, False)
    assert train.do("undo")
    qtbot.waitUntil(lambda: len(train.desk.listing.runs) == 2)
    assert (folder / "old" / "config.json").exists()


def test_tags_are_written_and_found(window: MainWindow, make: Make, qtbot: QtBot) -> None:
    make("a").close()
    make("b").close()
    train = train_of(window)
    qtbot.waitUntil(lambda: len(train.desk.listing.runs) == 2)
    dialog = train.write_notes(places.data_dir() / "runs" / "a")
    assert dialog is not None
    dialog.tags.setText("faces, good")
    dialog.note.setPlainText("Look at the eyes.")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(info.notes.tags == ("faces", "good") for info in train.desk.listing.runs))
    train.runs.finder.setChecked(True)
    train.runs.search.setText("eyes")
    assert [info.path.name for info in train.runs.runs] == ["a"]


def test_a_model_is_exported_as_its_ending_says(qtbot: QtBot, tmp_path: Path) -> None:
    export, parent = ModelExport(), QWidget()
    qtbot.addWidget(parent)
    asked: list[tuple[str, ...]] = []
    export._command.ask = lambda *words: asked.append(words)  # type: ignore[method-assign]
    model = tmp_path / "model.safetensors"
    export.export(model, tmp_path / "a", "ONNX (*.onnx)")
    export.export(model, tmp_path / "b.onnx", "LatentLab (*.safetensors)")
    export.export(model, tmp_path / "c.safetensors", "Weights alone (*.safetensors)")
    assert asked == [
        ("convert", str(model), str(tmp_path / "a.onnx"), "--to", "onnx"),
        ("convert", str(model), str(tmp_path / "b.onnx"), "--to", "onnx"),
        ("convert", str(model), str(tmp_path / "c.safetensors"), "--to", "safetensors"),
    ]
    export.stop()
