"""Hostile and damaged files give a named error at once, for little memory, and nothing in them runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from latentlab.errors import CheckpointError, LatentLabError
from latentlab.formats import inspect, open_model
from tests.formats import crafted, crafted_archives
from tests.formats.files import unpack
from tests.fuzz import reader_seeds

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="peak memory is told by `resource`")

GROUPS = {
    "calls": crafted.calls,
    "lies": crafted.lies,
    "bombs": crafted.bombs,
    "nonsense": crafted.nonsense,
    "archives": crafted_archives.archives,
    "streams": crafted_archives.streams,
    "safetensors": crafted_archives.safetensors_files,
}
ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Outcome:
    """How one file ended."""

    error: str
    text: str
    seconds: float
    grown: int


@dataclass(frozen=True)
class Witnessed:
    """How all files of a group ended, by name of the case, and what lay in the folder afterwards."""

    outcomes: dict[str, Outcome]
    files: list[str]


@pytest.fixture(scope="module", params=list(GROUPS))
def witnessed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Witnessed:
    folder = tmp_path_factory.mktemp("hostile")
    cases = folder / "cases"
    cases.mkdir()
    names = []
    for index, (name, data) in enumerate(GROUPS[request.param]().items()):
        (cases / f"{index:03}.pkl").write_bytes(data)
        names.append(name)
    work = folder / "work"
    work.mkdir()
    warm_up = unpack("sg2ada_resnet32.pkl", folder)
    command = [sys.executable, "-m", "tests.formats.witness", str(cases), str(warm_up)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr
    outcomes = {names[int(stem)]: Outcome(*rest) for stem, *rest in json.loads(done.stdout)}
    assert len(outcomes) == len(names)
    return Witnessed(outcomes, sorted(os.listdir(work)))


def test_every_file_gives_a_named_error_with_cause_and_remedy(witnessed: Witnessed) -> None:
    unnamed = {
        name: outcome
        for name, outcome in witnessed.outcomes.items()
        if outcome.error not in ("CheckpointError", "UnsafeFileError") or len(outcome.text) < 40
    }
    assert not unnamed


def test_nothing_ran(witnessed: Witnessed) -> None:
    assert crafted.SENTINEL not in witnessed.files


def test_within_a_second_and_200_megabytes(witnessed: Witnessed) -> None:
    slow = {name: outcome.seconds for name, outcome in witnessed.outcomes.items() if outcome.seconds > 1}
    assert not slow
    greedy = {
        name: outcome.grown for name, outcome in witnessed.outcomes.items() if outcome.grown > 200 << 20
    }
    assert not greedy


def test_calls_are_said_to_be_unsafe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, data in crafted.calls().items():
        path = tmp_path / "model.pkl"
        path.write_bytes(data)
        for read in (inspect, open_model):
            with pytest.raises(CheckpointError) as caught:
                read(path)
            if name != "unknown in a storage":
                assert type(caught.value).__name__ == "UnsafeFileError", name
                assert "Nothing was run" in str(caught.value), name
    assert not (tmp_path / crafted.SENTINEL).exists()


def test_program_text_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text in a network pickle raises when executed; here it would also leave a trace."""
    monkeypatch.chdir(tmp_path)
    data = reader_seeds.network_pickle(tmp_path)
    marker = b"raise RuntimeError('the program text"
    assert marker in data
    trap = f"open({crafted.SENTINEL!r}, 'w')".encode().ljust(len(marker), b"#")
    (tmp_path / "model.pkl").write_bytes(data.replace(marker, trap))
    model = open_model(tmp_path / "model.pkl")
    assert any("program text" in doubt for doubt in model.report.doubts)
    assert not (tmp_path / crafted.SENTINEL).exists()


def seeds(folder: Path) -> dict[str, bytes]:
    state = reader_seeds.dcgan_state()
    return {
        "pickle": reader_seeds.network_pickle(folder),
        "zip": reader_seeds.torch_bytes(state, legacy=False),
        "legacy": reader_seeds.torch_bytes(state, legacy=True),
        "native": reader_seeds.native_file(folder),
    }


@pytest.mark.parametrize("kind", ["pickle", "zip", "legacy", "native"])
def test_a_file_cut_anywhere_gives_a_named_error(kind: str, tmp_path: Path) -> None:
    data = seeds(tmp_path)[kind]
    path = tmp_path / "cut"
    path.write_bytes(data)
    open_model(path)
    step = max(1, len(data) // 150)
    lengths = {*range(min(40, len(data))), *range(0, len(data), step), *range(len(data) - 40, len(data))}
    for length in sorted(lengths):
        path.write_bytes(data[:length])
        with pytest.raises(LatentLabError):
            open_model(path)
