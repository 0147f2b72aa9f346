"""The desk of runs: what it lists, and what it remembers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from latentlab.qt.workspaces.train.desk import RunDesk
from latentlab.runs import RunState, RunWriter
from trainers.config import schema
from trainers.presets import PRESETS

ListedBy = Callable[..., list[Path]]


@pytest.fixture
def listed_by(qtbot: QtBot) -> Iterator[ListedBy]:
    """What a new desk lists, once it was told of a run elsewhere."""
    parent = QObject()

    def listed(runs: Path, elsewhere: Path | None = None) -> list[Path]:
        desk = RunDesk(runs, parent)
        with qtbot.waitSignal(desk.listed, timeout=30_000):
            if elsewhere is None:
                desk.look()
            else:
                desk.add_elsewhere(elsewhere)
        desk.stop()
        return [info.path for info in desk.listing.runs]

    return listed


def test_a_run_in_another_folder_is_listed_the_next_time_too(tmp_path: Path, listed_by: ListedBy) -> None:
    runs, run = tmp_path / "runs", tmp_path / "cluster" / "ring"
    config = PRESETS["ring"]
    writer = RunWriter.create(run, config.plain(), schema(config.system))
    writer.show(RunState.FINISHED, 0, 100)
    writer.close()

    assert listed_by(runs) == []
    assert listed_by(runs, run) == [run]
    assert listed_by(runs) == [run]

    away = run.rename(run.with_name("away"))  # an unplugged disk
    assert listed_by(runs) == []
    away.rename(run)
    assert listed_by(runs) == [run]


def test_a_damaged_list_of_other_folders_is_an_empty_one(tmp_path: Path, listed_by: ListedBy) -> None:
    for content in ("{", '{"a": 1}', json.dumps([1, None])):
        (tmp_path / "elsewhere.json").write_text(content)
        assert listed_by(tmp_path) == []


@pytest.fixture
def desk(tmp_path: Path, qapp: QApplication) -> Iterator[RunDesk]:
    desk = RunDesk(tmp_path / "runs", qapp)
    yield desk
    desk.stop()


def test_a_run_in_another_folder_can_be_taken_off_the_list(
    tmp_path: Path, desk: RunDesk, qtbot: QtBot
) -> None:
    run, done = tmp_path / "cluster" / "ring", list[bool]()
    config = PRESETS["ring"]
    RunWriter.create(run, config.plain(), schema(config.system)).close()
    for ask in (lambda: desk.add_elsewhere(run), lambda: desk.forget(run, lambda: done.append(True))):
        with qtbot.waitSignal(desk.listed, timeout=30_000):
            ask()
    assert done
    assert desk.listing.runs == ()
    assert (run / "config.json").exists(), "the files stay"
