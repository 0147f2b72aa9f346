"""The queue of runs: its order, who takes from it, and the command that works through it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from latentlab.cli import queue as command
from latentlab.errors import RunError
from latentlab.runs import RunState, RunWriter
from latentlab.runs.queue import Order, Queue


def _order(runs: Path, name: str) -> Order:
    return Order(("ring", "--out", str(runs / name)), runs / name)


def _names(queue: Queue) -> list[str]:
    return [waiting.order.folder.name for waiting in queue.waiting()]


@pytest.fixture
def queue(tmp_path: Path) -> Queue:
    return Queue(tmp_path / "runs")


def test_orders_wait_in_their_order_and_can_be_moved(queue: Queue) -> None:
    assert queue.waiting() == []
    keys = {name: queue.add(_order(queue.runs, name)).key for name in "abcd"}
    assert _names(queue) == ["a", "b", "c", "d"]
    queue.move(keys["d"], 0)
    queue.move(keys["a"], 2)
    assert _names(queue) == ["d", "b", "a", "c"]
    queue.move(keys["b"], 99)
    queue.remove(keys["c"])
    queue.remove(keys["c"])
    queue.move(keys["c"], 0)
    assert _names(queue) == ["d", "a", "b"]
    assert Queue(queue.runs).take() == _order(queue.runs, "d")
    assert _names(queue) == ["a", "b"]
    assert queue.waiting()[0].order.arguments == ("ring", "--out", str(queue.runs / "a"))


def test_damaged_and_foreign_files_are_passed_over(queue: Queue) -> None:
    queue.add(_order(queue.runs, "a"))
    folder = queue.runs / ".queue"
    (folder / "00000001-abc.json").write_text("{")
    (folder / "notes.txt").write_text("hello")
    assert _names(queue) == ["a"]
    assert queue.take() == _order(queue.runs, "a")
    assert queue.take() is None


def test_one_process_works_through_it(queue: Queue) -> None:
    assert queue.runner() is None
    with queue.running():
        assert queue.runner() is not None
        with pytest.raises(RunError, match="already"), Queue(queue.runs).running():
            pass
    assert queue.runner() is None


def test_what_a_killed_runner_left_is_taken_over(queue: Queue) -> None:
    with queue.running():
        lock = queue.runs / ".queue" / "runner.lock"
        status = lock.read_text().replace('"process_started": 1', '"process_started": 2')
    lock.write_text(status)
    with queue.running():
        assert queue.runner() is not None


def test_a_run_whose_process_says_nothing_yet_is_waited_for(queue: Queue) -> None:
    queue.expect(queue.runs / "begun", os.getpid())
    assert queue.busy() == [queue.runs / "begun"]
    with subprocess.Popen([sys.executable, "-S", "-c", ""]) as ended:
        queue.expect(queue.runs / "begun", ended.pid)
    assert queue.busy() == []
    assert not list((queue.runs / ".queue").glob("*.begun"))


def test_each_run_starts_when_the_one_before_has_ended(
    queue: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "ab":
        queue.add(_order(queue.runs, name))
    going = RunWriter.create(queue.runs / "going", {"system": "gan"}, {})
    going.show(RunState.RUNNING, 0, 10)
    assert queue.busy() == [queue.runs / "going"]
    happened: list[str] = []

    def wait(seconds: float) -> None:
        happened.append("waited")
        going.show(RunState.FINISHED, 10, 10)

    def train(order: Order) -> int:
        happened.append(order.folder.name)
        if order.folder.name == "a":
            queue.add(_order(queue.runs, "c"))  # ordered meanwhile
            return 1  # one that fails does not hold up the others
        return 0

    queue.hold(True)
    command.work(queue, train, wait)
    assert happened == []
    queue.hold(False)
    command.work(queue, train, wait)
    going.close()
    assert happened == ["waited", "a", "b", "c"]
    assert "a: ended with code 1" in capsys.readouterr().out
