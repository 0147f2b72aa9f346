"""The command line of training."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.cli import main as latentlab
from latentlab.runs import RunFolder
from tests.trainers.toys.vae import TOYS
from trainers.command import main
from trainers.presets import PRESETS
from trainers.systems import SYSTEMS


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    config = (
        TOYS[0].config(steps=6, checkpoint_every=3).model_copy(update={"name": "toy", "summary": "A toy."})
    )
    monkeypatch.setitem(PRESETS, "toy", config)


def test_a_run_is_told_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["toy", "--out", str(tmp_path / "run")]) == 0
    told = capsys.readouterr().out
    assert "held out: loss" in told
    assert "images/s" in told
    assert told.splitlines()[-1].split()[1:] == ["6", "done"]
    assert [found.step for found in RunFolder(tmp_path / "run").list_checkpoints()] == [3, 6]


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_ctrl_c_stops_with_a_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(text: str) -> None:
        if "images/s" in text:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("trainers.command._say", interrupt)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    try:
        assert main(["toy", "--out", str(tmp_path / "run"), "--steps", "100000"]) == 0
    finally:
        signal.signal(signal.SIGINT, before)
    (found,) = RunFolder(tmp_path / "run").list_checkpoints()
    assert found.step == 2


def test_latentlab_train_is_the_same(tmp_path: Path) -> None:
    assert latentlab(["train", "toy", "--out", str(tmp_path / "run"), "--steps", "2", "--set", "keep=1"]) == 0
    config = RunFolder(tmp_path / "run").read_config()
    assert (config["loop"]["steps"], config["loop"]["keep"]) == (2, 1)


def test_a_folder_of_pictures_takes_the_place_of_the_presets(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for level in range(0, 240, 20):
        Image.fromarray(np.full((12, 9), level, np.uint8)).save(pictures / f"{level}.png")
    out = tmp_path / "run"
    assert (
        main(["toy", "--data", str(pictures), "--out", str(out), "--set", "steps=2", "--batch-size=2"]) == 0
    )
    assert RunFolder(out).read_config()["data"]["source"]["path"] == str(pictures)


def test_a_second_run_in_the_same_folder_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "run")
    assert main(["toy", "--out", out]) == 0
    assert main(["toy", "--out", out]) == 1
    assert "resume it, or choose another folder" in capsys.readouterr().err
    assert main(["--out", out, "--resume"]) == 0


def test_a_branch_takes_its_runs_configuration(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["toy", "--out", str(first)]) == 0
    assert main(["--branch", f"{first}@3", "--set", "lr=0.0001", "--out", str(second)]) == 0
    config = RunFolder(second).read_config()
    assert config["settings"]["learning_rate"] == 0.0001
    assert config["parent"] == f"{first}@3"
    assert [found.step for found in RunFolder(second).list_checkpoints()] == [3, 6]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["nothing", "--out", "x"], r"no preset 'nothing': choose among .*landscape-vae-64"),
        (["toy"], r"--out RUN"),
        (["--out", "x"], r"what to train: PRESET"),
        (["toy", "--out", "x", "--set", "beta"], r"write name=value"),
        (["toy", "--out", "x", "--set", "betta=1"], r"no setting 'betta': did you mean beta"),
        (
            ["toy", "--out", "x", "--set", "lr=5"],
            r"settings.learning_rate is 5: it must be above 0, at most 1",
        ),
        (
            ["toy", "--out", "x", "--set", "held_out=2"],
            r"data.held_out is 2: it must be at least 0.001, at most 0.5",
        ),
        (["landscape-vae-64", "--out", "x", "--set", "source.count=1"], r"count is 1: it must be at least 2"),
        (["toy", "--out", "x", "--set", "steps=soon"], r"loop.steps is 'soon'"),
        (["toy", "--out", "x", "--set", "likelihood=cauchy"], r"'bernoulli', 'gaussian' or 'laplace'"),
        (["toy", "--out", "x", "--set", "device=tpu"], r"no device 'tpu'"),
        (["toy", "--out", "x", "--data", "no/such/folder"], r"no/such/folder"),
        (["--branch", "no/run@3", "--out", "x"], r"holds no run"),
        (["--resume", "--out", "no/run"], r"no/run holds no run"),
    ],
)
def test_bad_input_gets_cause_and_remedy(
    words: list[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    told = capsys.readouterr().err
    assert re.search(reason, told), told
    assert "Traceback" not in told


def test_presets_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert "landscape-vae-64" in capsys.readouterr().out
    assert main(["--list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"name": "toy", "system": "vae", "summary": "A toy."} in rows


def test_a_preset_is_described_with_ranges_and_units(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["toy", "--describe"]) == 0
    told = capsys.readouterr().out
    assert "learning_rate" in told
    assert "above 0, at most 1" in told
    assert main(["toy", "--describe", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["values"]["loop"]["steps"] == 6
    assert "LoopSettings" in found["schema"]["$defs"]


def test_every_preset_has_a_name_a_summary_and_a_system() -> None:
    for name, preset in PRESETS.items():
        assert preset.name == name
        assert preset.system in SYSTEMS
        assert preset.summary.endswith(".")


def test_the_bundled_preset_is_small_enough_to_ship() -> None:
    from latentlab.models.vae import VAE

    network = PRESETS["landscape-vae-64"].plain()["settings"]["network"]
    assert network["z_dim"] == 32
    parameters = sum(
        weight.numel() for weight in VAE(PRESETS["landscape-vae-64"].settings.network).parameters()
    )  # type: ignore[attr-defined]
    assert parameters * 4 < 13_000_000


def test_what_a_run_would_take_is_estimated_without_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["toy", "--estimate", "--json", "--steps", "1000"]) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert found["seconds"] >= 1000 * found["step_seconds"] > 0
    assert 0 < found["seconds_error"] < 10 * found["seconds"]
    assert found["memory"] < found["memory_total"]
    assert found["checkpoints"] == 3
    assert found["checkpoint_bytes"] > 4 * found["parameters"]
    assert "Timing steps at 50%" in said.err


def test_all_presets_are_described_at_once_with_one_schema_per_system(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--describe", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {preset["name"] for preset in found["presets"]} >= {"ring", "stylegan2-64"}
    assert found["schemas"].keys() == {preset["system"] for preset in found["presets"]}
    assert "learning_rate" in json.dumps(found["schemas"]["vae"])
