"""The loop: events in order, stops when asked, resumes with no seam."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from latentlab.errors import TrainingError
from latentlab.formats import open_model
from latentlab.models.steps import Activation, Conv, Linear, Reshape, Transposed
from latentlab.models.vae import VAEConfig
from trainers import checkpoint
from trainers.data import FolderPictures
from trainers.events import Event, Finished, Measured, Progress, Sampled, Saved, Started
from trainers.loop import About, Preset, RunConfig, train
from trainers.systems.vae import VAETraining

_NETWORK = VAEConfig(
    resolution=8,
    z_dim=4,
    layers=(Linear(4, 64), Reshape((16, 2, 2)), Transposed(16, 8), Activation("silu"), Transposed(8, 3)),
    encoder=(Conv(3, 8, 4, stride=2, padding=1), Activation("silu"), Reshape((128,))),
    head=Linear(128, 4),
)


@pytest.fixture
def preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Preset:
    monkeypatch.setenv("LATENTLAB_HOME", str(tmp_path / "home"))
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(20):
        pixels = np.full((8, 8, 3), rng.integers(0, 255, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{index}.png")
    system = VAETraining(
        _NETWORK, details=1.0, spread=10.0, pyramid_levels=1, fit_prior=True, autocast=True, warm_steps=2
    )
    return Preset("toy", system, FolderPictures(str(folder), 8), steps=24, batch_size=4, mirror=True)


def _run(config: RunConfig, stop_after: int = 1 << 30) -> list[Event]:
    asked = iter(range(1 << 30))
    return list(train(config, lambda: next(asked) >= stop_after))


def _state(out: Path) -> dict[str, torch.Tensor]:
    _, state = checkpoint.load_newest(out / "checkpoints") or (0, {"system": {}})
    flat: dict[str, torch.Tensor] = {}

    def gather(prefix: str, value: object) -> None:
        if isinstance(value, torch.Tensor):
            flat[prefix] = value
        elif isinstance(value, dict):
            for key, inner in value.items():
                gather(f"{prefix}/{key}", inner)

    gather("", state["system"])
    return flat


def test_events_tell_the_whole_run(preset: Preset, tmp_path: Path) -> None:
    out = tmp_path / "run"
    events = _run(RunConfig(preset, out, report_every=8, save_every=12))
    kinds = [type(event) for event in events]
    saved = [Saved, Measured, Sampled]
    assert kinds == [Started, Progress, *saved, Progress, Progress, *saved, Finished]
    assert events[-1] == Finished(24, completed=True)
    progress = [event for event in events if isinstance(event, Progress)]
    assert [event.step for event in progress] == [8, 16, 24]
    assert all(event.images_per_second > 0 for event in progress)
    assert progress[-1].seconds_left == 0
    assert {"loss", "reconstruction", "kl"} <= set(progress[0].losses)
    assert all(event.path.is_file() for event in events if isinstance(event, (Saved, Sampled)))
    assert json.loads((out / "config.json").read_text())["name"] == "toy"


def test_the_model_opens_with_its_card_and_draws_with_the_average(preset: Preset, tmp_path: Path) -> None:
    out = tmp_path / "run"
    _run(RunConfig(preset, out))
    opened = open_model(out / "model.safetensors")
    assert opened.generator.capabilities.has_encoder
    assert "24 of 24 steps" in opened.card.recipe
    assert dict(opened.card.measures)["Active units"].endswith("of 4")
    state = _state(out)
    last = "layers.up8.layers.0.weight"
    found = opened.generator.state_dict()[last]
    assert torch.equal(found, state[f"/average/{last}"])
    assert not torch.equal(found, state[f"/network/{last}"])


def test_a_stopped_and_resumed_run_is_the_whole_run_bit_for_bit(preset: Preset, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    _run(RunConfig(preset, whole))
    torch.rand(7)  # randomness elsewhere in the process must not matter
    stopped = _run(RunConfig(preset, parts), stop_after=13)
    preset = dataclasses.replace(preset, about=About(title="Other words"))
    assert stopped[-1] == Finished(13, completed=False)
    resumed = _run(RunConfig(preset, parts, resume=True))
    assert isinstance(resumed[0], Started)
    assert resumed[0].step == 13
    expected, found = _state(whole), _state(parts)
    assert expected.keys() == found.keys()
    assert len(expected) > 20
    for name, tensor in expected.items():
        assert torch.equal(tensor, found[name]), name
    assert (whole / "samples/step-00000024.png").read_bytes() == (
        parts / "samples/step-00000024.png"
    ).read_bytes()


def test_resuming_a_finished_run_changes_nothing(preset: Preset, tmp_path: Path) -> None:
    out = tmp_path / "run"
    _run(RunConfig(preset, out))
    before = (out / "model.safetensors").read_bytes()
    events = _run(RunConfig(preset, out, resume=True))
    assert [type(event) for event in events] == [Started, Finished]
    assert (out / "model.safetensors").read_bytes() == before


def test_a_folder_with_a_run_is_not_overwritten(preset: Preset, tmp_path: Path) -> None:
    out = tmp_path / "run"
    _run(RunConfig(preset, out), stop_after=1)
    with pytest.raises(TrainingError, match="already holds a run"):
        _run(RunConfig(preset, out))
    other = dataclasses.replace(preset, batch_size=5)
    with pytest.raises(TrainingError, match="another configuration"):
        _run(RunConfig(other, out, resume=True))
    with pytest.raises(TrainingError, match="no run to resume"):
        _run(RunConfig(preset, tmp_path / "elsewhere", resume=True))


def test_stopping_before_the_first_step_saves_nothing(preset: Preset, tmp_path: Path) -> None:
    events = _run(RunConfig(preset, tmp_path / "run"), stop_after=0)
    assert events[-1] == Finished(0, completed=False)
    assert not (tmp_path / "run" / "checkpoints").exists()
