"""Two real processes that share a batch are one process with all of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from latentlab.runs import Failed, Progress, RunFolder, RunFollower, RunState, Started
from tests.trainers.toys import Toy, toys
from tests.trainers.two_processes import trained
from trainers.team import ALONE, Team

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gloo without torchrun")


def together(arguments: list[str], size: int = 2) -> list[subprocess.Popen[str]]:
    """Start the processes of a team as torchrun does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shared = {"WORLD_SIZE": str(size), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    shared |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    return [
        subprocess.Popen(
            [sys.executable, *arguments],
            env=os.environ | shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(size)
    ]


def wait(processes: list[subprocess.Popen[str]]) -> list[tuple[int, str]]:
    """Exit code and standard error of each."""
    return [(process.communicate(timeout=200)[1], process.returncode)[::-1] for process in processes]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    os.environ["LATENTLAB_HOME"] = str(folder)
    return folder


@pytest.fixture(scope="module")
def two(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two processes found, a file per toy."""
    folder = tmp_path_factory.mktemp("two")
    for code, told in wait(together(["-m", "tests.trainers.two_processes", str(folder)])):
        assert code == 0, told
    return folder


@pytest.mark.parametrize("toy", toys(), ids=lambda toy: toy.title)
def test_two_processes_learn_what_one_does(toy: Toy, two: Path) -> None:
    one, found = trained(toy, ALONE), torch.load(two / f"{toy.title}.pt")
    assert one.keys() == found.keys()
    gradients = [name for name in one if name.startswith("gradients/")]
    largest: dict[str, float] = {}  # by network: what is zero but for rounding is zero
    usual: dict[str, float] = {}  # the median: one steep gradient does not make the others rounding
    for name in gradients:
        network = name.split(".")[0]
        largest[network] = max(largest.get(network, 0.0), float(one[name].abs().max()))
    for network in largest:
        sizes = [float(one[name].abs().max()) for name in gradients if name.startswith(network)]
        usual[network] = float(np.median([size for size in sizes if size]))
    for name in gradients:
        close = 1e-3 * largest[name.split(".")[0]]
        torch.testing.assert_close(
            found[name], one[name], rtol=1e-3, atol=close, msg=lambda text, of=name: f"{of}: {text}"
        )
    for name, value in one.items():
        if name.startswith("losses/"):
            # Later losses are those of weights that Adam has moved apart a little.
            close = 2e-3 if name.startswith("losses/0/") else 2e-2
            assert float(found[name]) == pytest.approx(float(value), rel=close, abs=close / 2), name
    # Adam makes large steps of tiny gradients, so single weights may differ: all of them together must not.
    # Where a gradient is nothing but rounding (a bias before a normalisation), so is the way that it leads.
    ways = [
        name.removeprefix("gradients/")
        for name in gradients
        if float(one[name].abs().max())
        > min(1e-5 * largest[name.split(".")[0]], 0.01 * usual[name.split(".")[0]])
    ]
    assert len(ways) > len(gradients) / 2
    moved = torch.cat([(one[f"after/{name}"] - one[f"before/{name}"]).flatten() for name in ways])
    apart = torch.cat([(one[f"after/{name}"] - found[f"after/{name}"]).flatten() for name in ways])
    assert float(apart.norm()) < 0.01 * float(moved.norm())


_ARGUMENTS = ["-m", "tests.trainers.toy_run"]


def test_one_process_of_a_team_writes_the_run_and_it_can_be_resumed(home: Path, tmp_path: Path) -> None:
    for words in (["stop_at=3"], ["resume"]):
        for code, told in wait(together([*_ARGUMENTS, str(tmp_path), *words])):
            assert code == 0, told
    entries = list(RunFollower(tmp_path).read())
    assert [entry.number for entry in entries] == list(range(len(entries)))
    started = [entry.event for entry in entries if isinstance(entry.event, Started)]
    assert [(event.step, event.processes, event.batch_size) for event in started] == [(0, 2, 4), (3, 2, 4)]
    assert [entry.event.step for entry in entries if isinstance(entry.event, Progress)] == [2, 3, 4, 6, 8]
    assert [found.step for found in RunFolder(tmp_path).list_checkpoints()] == [3, 8]


def test_the_others_end_when_one_process_is_killed(home: Path, tmp_path: Path) -> None:
    first, second = processes = together([*_ARGUMENTS, str(tmp_path), "steps=1000000"])
    folder, until = RunFolder(tmp_path), time.monotonic() + 100
    while (status := folder.read_status()) is None or status.state is not RunState.RUNNING:
        assert time.monotonic() < until
        assert first.poll() is None
    second.send_signal(signal.SIGKILL)
    (code, told), _ = wait(processes)
    assert code == 1
    assert "Another process of the team is gone" in told
    last = list(RunFollower(tmp_path).read())[-1].event
    assert isinstance(last, Failed)
    status = folder.read_status()
    assert status is not None
    assert status.state is RunState.FAILED


def test_a_part_is_some_consecutive_rows() -> None:
    rows = torch.arange(6)
    assert [Team(rank, 3).part(rows).tolist() for rank in range(3)] == [[0, 1], [2, 3], [4, 5]]
    with pytest.raises(ValueError, match="cannot be shared"):
        Team(0, 4).part(rows)
