"""Checkpoints: whole or not at all, and nothing in them is ever run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from latentlab.errors import TrainingError
from latentlab.runs import CheckpointInfo, RunFolder
from tests.trainers.toys.vae import TOYS
from trainers import checkpoint
from trainers.batch import DataShape
from trainers.starting import find_checkpoint
from trainers.systems.system import Setup
from trainers.systems.vae import VAESystem

_KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from latentlab.runs import RunFolder, RunWriter

with RunWriter(RunFolder(Path(sys.argv[1]))).checkpoint(2) as folder:
    (folder / "model.safetensors").write_bytes(b"half of it")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def _system(seed: int = 0) -> VAESystem:
    return VAESystem(TOYS[0].settings, Setup(DataShape("pictures", 8, 1, 100), 10, 4, seed))  # type: ignore[arg-type]


def _save(folder: Path, system: VAESystem) -> CheckpointInfo:
    from latentlab.formats.report import Card

    folder.mkdir(parents=True)
    checkpoint.save(folder, system, {"seconds": 1.5}, system.generator(), Card("toy"))
    return CheckpointInfo(7, folder)


def test_a_system_comes_back_as_it_was(tmp_path: Path) -> None:
    system, other = _system(0), _system(1)
    found = _save(tmp_path / "step-00000007", system)
    state, loop_state = checkpoint.load(found)
    assert loop_state == {"seconds": 1.5}
    other.load_state_dict(state)
    for ours, theirs in zip(system.network.parameters(), other.network.parameters(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"cposix\nsystem\n(S'false'\ntR."])
@pytest.mark.parametrize("name", ["state.pt", "networks.safetensors"])
def test_a_damaged_or_hostile_checkpoint_is_named_and_not_run(
    tmp_path: Path, name: str, content: bytes
) -> None:
    found = _save(tmp_path / "step-00000007", _system())
    (found.path / name).write_bytes(content)
    with pytest.raises(TrainingError, match=r"step 7 is damaged.*step-00000007"):
        checkpoint.load(found)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_kill_while_writing_leaves_nothing_behind(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED_WHILE_WRITING, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    folder = RunFolder(tmp_path)
    assert folder.list_checkpoints() == []
    from latentlab.runs import RunWriter

    RunWriter(folder).close()
    assert list(folder.checkpoints.iterdir()) == []


def test_a_checkpoint_is_found_by_run_and_step(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    for step in (4, 8):
        (tmp_path / "checkpoints" / f"step-{step:08d}").mkdir(parents=True)
    assert find_checkpoint(str(tmp_path)).step == 8
    assert find_checkpoint(f"{tmp_path}@4").step == 4
    with pytest.raises(TrainingError, match=r"no checkpoint of step 5. Its checkpoints: 4, 8\."):
        find_checkpoint(f"{tmp_path}@5")
    with pytest.raises(TrainingError, match="holds no run"):
        find_checkpoint(f"{tmp_path / 'nothing'}@5")
