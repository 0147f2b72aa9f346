"""Processes of runs: who waits for them, and what is left of them when the window closes."""

from __future__ import annotations

import gc
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from latentlab.errors import TrainingError
from latentlab.qt.workspaces.train import trainer_process
from latentlab.qt.workspaces.train.trainer_process import Processes

_WAITS = "import sys; print('ready', flush=True); sys.stdin.read()"


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Small processes in the place of trainers; each ends when its standard input is closed."""
    made: list[subprocess.Popen[bytes]] = []

    def start(arguments: list[str], folder: Path) -> subprocess.Popen[bytes]:
        made.append(subprocess.Popen([sys.executable, "-c", _WAITS], stdin=subprocess.PIPE))
        return made[-1]

    monkeypatch.setattr(trainer_process, "start", start)
    return made


def _end(child: subprocess.Popen[bytes]) -> int:
    assert child.stdin is not None
    child.stdin.close()
    return child.wait(30)


def test_what_ended_is_told_once(children: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    own = Processes()
    own.start(["ring"], tmp_path / "a")
    assert own.going() == [tmp_path / "a"]
    with pytest.raises(TrainingError, match="a is being trained already"):
        own.start(["ring"], tmp_path / "a")
    assert own.ended() == []
    _end(children[0])
    assert [(ended.folder.name, ended.code) for ended in own.ended()] == [("a", 0)]
    assert own.ended() == []
    assert own.going() == []


def test_a_closed_window_leaves_trainers_alone_without_complaint(
    children: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    own = Processes()
    own.start(["ring"], tmp_path / "a")
    pid, stdin = children[0].pid, children[0].stdin
    own.let_go()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        children.clear()
        del own
        gc.collect()
    import psutil  # type: ignore[import-untyped]

    left = psutil.Process(pid)
    assert left.is_running()
    assert stdin is not None
    stdin.close()
    assert left.wait(30) is not None or not left.is_running()
