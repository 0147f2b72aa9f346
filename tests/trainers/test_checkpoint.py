"""Checkpoints: whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from latentlab.errors import LatentLabError, TrainingError
from trainers import checkpoint

_KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
import torch
from trainers import checkpoint

def half(content, file):
    file.write(b"half of a checkpoint")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)

torch.save = half
checkpoint.save(Path(sys.argv[1]), 2, {"weights": torch.ones(3)}, keep=1)
"""


def test_the_newest_comes_back_and_only_a_few_are_kept(tmp_path: Path) -> None:
    assert checkpoint.load_newest(tmp_path / "none") is None
    for step in (9, 10, 11):
        checkpoint.save(tmp_path, step, {"weights": torch.full((3,), float(step)), "seconds": 1.5}, keep=2)
    step, state = checkpoint.load_newest(tmp_path) or (0, {})
    assert step == 11
    assert state["weights"].tolist() == [11, 11, 11]
    assert state["seconds"] == 1.5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-00000010.pt", "step-00000011.pt"]


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_kill_while_writing_leaves_the_one_before(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, 1, {"weights": torch.zeros(3)}, keep=1)
    killed = subprocess.run([sys.executable, "-c", _KILLED_WHILE_WRITING, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    step, state = checkpoint.load_newest(tmp_path) or (0, {})
    assert (step, state["weights"].tolist()) == (1, [0, 0, 0])


def test_a_full_disk_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint.save(tmp_path, 1, {"weights": torch.zeros(3)}, keep=1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(LatentLabError, match="not enough room"):
        checkpoint.save(tmp_path, 2, {"weights": torch.ones(3)}, keep=1)
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000001.pt"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"cposix\nsystem\n(S'false'\ntR."])
def test_a_damaged_or_hostile_checkpoint_is_named_and_not_run(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "step-00000007.pt").write_bytes(content)
    with pytest.raises(TrainingError, match=r"step 7 is damaged.*step-00000007\.pt"):
        checkpoint.load_newest(tmp_path)
