from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from latentlab.errors import CheckpointError
from latentlab.qt.failure import Failure
from latentlab.qt.threads.jobs import JobThread


@pytest.fixture
def jobs() -> Iterator[JobThread]:
    thread = JobThread()
    yield thread
    thread.stop()


def test_a_job_runs_elsewhere_and_its_result_arrives_in_the_window_s_thread(
    qtbot: QtBot, jobs: JobThread
) -> None:
    seen: list[tuple[int, int]] = []
    jobs.submit(threading.get_ident, lambda there: seen.append((there, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(seen))
    there, here = seen[0]
    assert here == threading.get_ident()
    assert there != here


def test_jobs_run_in_their_order(qtbot: QtBot, jobs: JobThread) -> None:
    seen: list[int] = []
    for number in range(5):
        jobs.submit(lambda number=number: number, seen.append)
    qtbot.waitUntil(lambda: len(seen) == 5)
    assert seen == [0, 1, 2, 3, 4]


def test_a_failure_arrives_in_words_with_its_trace(qtbot: QtBot, jobs: JobThread) -> None:
    def fail() -> None:
        raise CheckpointError("The file is damaged: fetch it again.")

    failures: list[Failure] = []
    jobs.submit(fail, failed=failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert failures[0].text == "The file is damaged: fetch it again."
    assert "in fail" in failures[0].details


def test_stopping_finishes_what_waits(jobs: JobThread) -> None:
    written: list[int] = []
    for number in range(20):
        jobs.submit(lambda number=number: written.append(number))
    jobs.stop()
    assert written == list(range(20))
    assert not jobs.isRunning()


def test_nothing_starts_again_after_stopping(jobs: JobThread) -> None:
    jobs.submit(lambda: None)
    jobs.stop()
    jobs.submit(lambda: None)
    assert not jobs.isRunning()
