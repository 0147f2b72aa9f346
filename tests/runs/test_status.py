"""Whether a process shows signs of life, as viewers tell it."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from latentlab.errors import RunError
from latentlab.runs import RunState, Status
from latentlab.runs.status import SILENT, own_status, silence, wake


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits."""
    process = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.wait()
    assert process.stdin is not None
    process.stdin.close()


def _status(pid: int) -> Status:
    running = own_status(RunState.RUNNING, 5, 10)
    return dataclasses.replace(running, pid=pid, process_started=psutil.Process(pid).create_time())


def _wait_for(pid: int, state: str) -> None:
    end = time.monotonic() + 20
    while (psutil.Process(pid).status() == psutil.STATUS_STOPPED) != (state == psutil.STATUS_STOPPED):
        assert time.monotonic() < end
        os.sched_yield()


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_a_suspended_process_is_told_at_once_and_can_be_woken(child: subprocess.Popen[bytes]) -> None:
    status = _status(child.pid)
    assert silence(status, 0.0) is None
    os.kill(child.pid, signal.SIGSTOP)
    _wait_for(child.pid, psutil.STATUS_STOPPED)
    found = silence(status, 0.0)
    assert found is not None
    assert (found.suspended, found.is_here, found.pid) == (True, True, child.pid)
    wake(status)
    _wait_for(child.pid, psutil.STATUS_RUNNING)
    assert silence(status, 0.0) is None


def test_without_heartbeats_a_process_is_silent_whatever_it_does() -> None:
    status = own_status(RunState.RUNNING, 5, 10)
    assert silence(status, SILENT - 1) is None
    found = silence(status, SILENT + 1)
    assert found is not None
    assert not found.suspended
    assert found.seconds == SILENT + 1
    elsewhere = silence(dataclasses.replace(status, host="elsewhere"), SILENT + 1)
    assert elsewhere is not None
    assert not elsewhere.is_here
    assert silence(dataclasses.replace(status, state=RunState.FINISHED), 1000.0) is None


def test_only_the_process_of_the_run_is_woken() -> None:
    status = own_status(RunState.RUNNING, 5, 10)
    for other in (
        dataclasses.replace(status, process_started=1.0),
        dataclasses.replace(status, host="elsewhere"),
    ):
        with pytest.raises(RunError, match="not there any more"):
            wake(other)
