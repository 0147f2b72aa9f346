"""The writer's promises: whole or not at all, one writer at a time."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from latentlab.errors import RunError
from latentlab.runs import (
    Progress,
    Request,
    RunFolder,
    RunFollower,
    RunInfo,
    RunState,
    RunWriter,
    Started,
    find_runs,
)
from latentlab.runs.status import SILENCE, Status, own_status, write_status

_WRITES_FOR_EVER = """
import sys
from pathlib import Path
from latentlab.runs import Progress, RunState, RunWriter, Started

path = Path(sys.argv[1])
writer = RunWriter.reopen(path) if (path / "config.json").exists() else RunWriter.create(path, {"a": 1}, {})
done = max((found.step for found in writer.folder.list_checkpoints()), default=0)
writer.write(Started(done, 10**9, 1, 1))
writer.show(RunState.RUNNING, done, 10**9)
print("ready", flush=True)
while True:
    done += 1
    writer.write(Progress(done, {"loss": float(done)}, 1.0, 1.0, 1.0))
    with writer.checkpoint(done) as folder:
        for name in ("model.safetensors", "networks.safetensors", "state.pt"):
            (folder / name).write_bytes(b"%d" % done * 500)
    writer.prune(3)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_kills_at_any_moment_never_cost_a_file(tmp_path: Path) -> None:
    folder, follower, earlier = RunFolder(tmp_path), RunFollower(tmp_path), 0
    for round_number in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITES_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        status = folder.read_status()
        assert status is not None
        assert status.state_now() is RunState.RUNNING
        until = time.monotonic() + 0.03 + 0.05 * round_number
        while time.monotonic() < until:
            follower.poll()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert status.state_now() is RunState.CRASHED
        found = folder.list_checkpoints()
        for checkpoint in found:
            for file in (checkpoint.model, checkpoint.networks, checkpoint.state):
                assert file.read_bytes() == b"%d" % checkpoint.step * 500
        newest = found[-1].step if found else 0
        assert newest >= earlier
        last = max(
            (entry.event.step for entry in RunFollower(tmp_path).read() if isinstance(entry.event, Progress)),
            default=0,
        )
        assert last - newest <= 1  # the steps since the last checkpoint, and nothing else
        earlier = newest
    entries = list(RunFollower(tmp_path).read())
    assert [entry.number for entry in entries] == list(range(len(entries)))
    assert sum(isinstance(entry.event, Started) for entry in entries) == 4
    assert earlier > 0


_LIMITED = """
import resource, signal, sys
from pathlib import Path
from latentlab.runs import RunFolder, RunWriter

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
writer = RunWriter.reopen(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    with writer.checkpoint(2) as folder:
        (folder / "model.safetensors").write_bytes(b"x" * 30_000)
except OSError as error:
    print("refused", error.errno)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs limits on files")
def test_a_file_that_cannot_be_written_costs_only_itself(tmp_path: Path) -> None:
    writer = RunWriter.create(tmp_path, {}, {})
    with writer.checkpoint(1) as folder:
        (folder / "model.safetensors").write_bytes(b"whole")
    writer.close()
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("refused")
    (found,) = RunFolder(tmp_path).list_checkpoints()
    assert found.step == 1
    assert found.model.read_bytes() == b"whole"
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["step-00000001"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 20_000


def test_a_run_that_is_being_trained_cannot_be_taken_over(tmp_path: Path) -> None:
    RunWriter.create(tmp_path, {}, {}).close()
    status = own_status(RunState.RUNNING, 3, 10)
    parent = {"pid": os.getppid(), "process_started": _started(os.getppid())}
    (tmp_path / "status.json").write_text(json.dumps(_values(status) | parent))
    with pytest.raises(RunError, match=rf"trained by process {os.getppid()} on .*stop it first"):
        RunWriter.reopen(tmp_path)
    (tmp_path / "status.json").write_text(json.dumps(_values(status) | parent | {"process_started": 1.0}))
    RunWriter.reopen(tmp_path).close()  # another process has that number now


def _values(status: Status) -> dict[str, object]:
    return {name: getattr(status, name) for name in Status.__slots__}


def _started(pid: int) -> float:
    import psutil

    return float(psutil.Process(pid).create_time())


def test_heartbeats_decide_about_runs_elsewhere() -> None:
    status = Status(RunState.RUNNING, 3, 10, time=1000.0, host="a cluster", pid=1, process_started=0.0)
    assert status.state_now(now=1000.0 + SILENCE / 2) is RunState.RUNNING
    assert status.state_now(now=1000.0 + 2 * SILENCE) is RunState.CRASHED
    ended = Status(RunState.FINISHED, 3, 10, time=0.0, host="a cluster", pid=1, process_started=0.0)
    assert ended.state_now() is RunState.FINISHED


def test_the_heart_beats_between_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latentlab.runs.writer.BEAT", 0.01)
    writer = RunWriter.create(tmp_path, {}, {})
    writer.show(RunState.RUNNING, 3, 10)
    first = writer.folder.read_status()
    assert first is not None
    until = time.monotonic() + 10
    while (now := writer.folder.read_status()) is None or now.time == first.time:
        assert time.monotonic() < until
    writer.close()


def test_requests_of_an_earlier_process_are_forgotten(tmp_path: Path) -> None:
    writer = RunWriter.create(tmp_path, {}, {})
    writer.folder.control.ask(Request.STOP)
    assert writer.asked() == {Request.STOP}
    writer.close()
    writer = RunWriter.reopen(tmp_path)
    assert writer.asked() == frozenset()
    writer.close()


def test_a_checkpoint_can_be_written_again(tmp_path: Path) -> None:
    writer = RunWriter.create(tmp_path, {}, {})
    for content in (b"first", b"second"):
        with writer.checkpoint(7) as folder:
            (folder / "state.pt").write_bytes(content)
    (found,) = writer.folder.list_checkpoints()
    assert found.state.read_bytes() == b"second"
    writer.forget_after(6)
    assert list(writer.folder.checkpoints.iterdir()) == []
    writer.close()


def test_runs_are_listed_with_what_they_do(tmp_path: Path) -> None:
    for name, state in (("a", RunState.FINISHED), ("b", RunState.FAILED)):
        writer = RunWriter.create(tmp_path / name, {"name": "toy", "system": "vae"}, {})
        writer.show(state, 5, 10)
        (writer.folder.samples / "step-00000005.png").touch()
        writer.close()
    (tmp_path / "no run").mkdir()
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "config.json").write_text("{")
    infos = find_runs(tmp_path)
    assert [info.path.name for info in infos] == ["b", "a"]
    assert infos[0] == RunInfo.read(tmp_path / "b")
    assert (infos[0].state, infos[0].step, infos[0].system) == (RunState.FAILED, 5, "vae")
    assert infos[0].sheet == tmp_path / "b" / "samples" / "step-00000005.png"


def test_what_events_name_lies_inside_the_run(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert folder.inside("samples/a.png") == tmp_path.resolve() / "samples" / "a.png"
    with pytest.raises(RunError, match="outside"):
        folder.inside("../secret.png")


def test_a_status_that_is_damaged_counts_as_none(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for content in ("", "[]", "{}", '{"state": "flying"}'):
        folder.status.write_text(content)
        assert folder.read_status() is None
    write_status(folder.status, own_status(RunState.RUNNING, 1, 2))
    assert folder.read_status() is not None
