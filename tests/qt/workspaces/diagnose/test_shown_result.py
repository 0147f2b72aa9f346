"""What is shown while the same folder is measured anew."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.diagnosis.result import Progress, State
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.workspaces.diagnose.shown_result import ShownResult

from . import results


@pytest.fixture
def shown() -> Iterator[ShownResult]:
    jobs = JobThread()
    made = ShownResult(jobs)
    yield made
    made.stop()
    jobs.stop()


def _tell(folder: Path, state: State) -> None:
    progress = Progress(state, "Coverage", 0.5, 1.0, None, "", 1)
    (folder / "progress.json").write_text(json.dumps(dataclasses.asdict(progress)))


def _look(shown: ShownResult, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.progressed):
        shown.look()


def test_a_result_that_was_followed_to_its_end_stays_until_the_next_is_complete(
    shown: ShownResult, tmp_path: Path, qtbot: QtBot
) -> None:
    results.write(tmp_path)
    _tell(tmp_path, "running")
    shown.show(tmp_path)
    qtbot.waitUntil(lambda: shown.views is not None)
    complete = shown.views
    _tell(tmp_path, "finished")  # after the last of the result was written
    qtbot.waitUntil(lambda: not shown._looking)
    _look(shown, qtbot)
    results.write(tmp_path)  # the next pass has its first stages
    _tell(tmp_path, "running")
    _look(shown, qtbot)
    assert shown.views is complete
    _tell(tmp_path, "finished")
    with qtbot.waitSignal(shown.changed):
        shown.look()
    assert shown.views is not complete
