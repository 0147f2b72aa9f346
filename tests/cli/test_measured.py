"""What `latentlab diagnose` reads: data as small as what a growing network draws, and models that moved."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from latentlab.cli.measured import arrays_of, dataset_of, open_subject
from latentlab.errors import DiagnosisError
from latentlab.formats import save_model
from latentlab.formats.report import Card
from latentlab.models.mlp_gan import MLPGAN, mlp_gan
from latentlab.places import resource_dir
from latentlab.runs import RunWriter
from trainers import overrides
from trainers.config import schema
from trainers.data import open_data
from trainers.presets import PRESETS


def _pictures(folder: Path) -> Path:
    folder.mkdir()
    for number in range(24):
        pixels = np.random.default_rng(number).integers(0, 256, (32, 32, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:02d}.png")
    return folder


def _run(folder: Path, pictures: Path, sides: dict[int, int]) -> RunWriter:
    """A run whose checkpoints draw pictures of these sides, by step."""
    changes = ("data.resolution=32", f'data.source={{"kind": "folder", "path": "{pictures}"}}')
    config = overrides.apply(PRESETS["stylegan-32"], changes)
    writer = RunWriter.create(folder, config.plain(), schema(config.system))
    torch.manual_seed(0)
    for step, side in sides.items():
        with writer.checkpoint(step) as inside:
            network = MLPGAN(mlp_gan(side, z_dim=4, image_channels=3, hidden=(16,)))
            save_model(inside / "model.safetensors", network, Card("Toy"))
    return writer


def test_data_are_prepared_once_and_as_small_as_what_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATENTLAB_HOME", str(tmp_path / "home"))
    writer = _run(tmp_path / "run", _pictures(tmp_path / "pictures"), {10: 16})
    measured = open_subject(tmp_path / "run", most_checkpoints=4)
    assert measured.model.generator.capabilities.resolution == 16
    dataset = dataset_of(measured, None, 2000, lambda *told: None)
    assert (
        dataset.shape.resolution == 32
    )  # as in training: what it prepared is there, and its discriminator fits
    small, whole = arrays_of(dataset, "pictures", 20, 16), arrays_of(dataset, "pictures", 20)
    assert small.items.shape == (20, 16, 16, 3)
    assert small.items.dtype == np.uint8
    means = whole.items.reshape(20, 16, 2, 16, 2, 3).astype(float).mean((2, 4))
    assert np.abs(small.items - means).max() <= 0.5
    writer.close()


def test_a_checkpoint_that_made_room_is_found_where_its_model_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATENTLAB_HOME", str(tmp_path / "home"))
    writer = _run(tmp_path / "run", _pictures(tmp_path / "pictures"), {10: 8, 20: 16})
    measured = open_subject(tmp_path / "run", most_checkpoints=4)
    first = measured.model.checkpoints[0]
    moved = writer.folder.models / "step-00000010.safetensors"
    moved.parent.mkdir(exist_ok=True)
    folder = writer.folder.checkpoint_folder(10)
    (folder / "model.safetensors").replace(moved)
    shutil.rmtree(folder)
    assert first.open().capabilities.resolution == 8
    writer.close()


def test_a_model_that_ships_knows_its_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENTLAB_HOME", str(tmp_path / "home"))
    ring = open_subject(resource_dir() / "models" / "ring.safetensors", most_checkpoints=1)
    assert dataset_of(ring, None, 2000, lambda *told: None).shape.kind == "points"


def test_no_more_of_its_data_are_drawn_than_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATENTLAB_HOME", str(tmp_path / "home"))
    digits = open_subject(resource_dir() / "models" / "digits.safetensors", most_checkpoints=1)
    data = arrays_of(dataset_of(digits, None, 300, lambda *told: None), "its own", 300)
    whole = open_data(PRESETS["gan-digits"].data)
    trained, known = whole.train.raw(slice(None)), whole.held_out.raw(slice(None))
    everything = {picture.tobytes() for picture in [*trained, *known]}
    seen = [picture.tobytes() in everything for picture in data.items]
    assert len(data.items) == pytest.approx(300, abs=5)
    assert data.held_out.sum() == 60
    assert all(seen[:-60])
    assert not any(seen[-60:])
    assert data.labels is not None
    assert set(data.labels) == set(range(10))
    assert "60 that training has never seen" in data.text


def test_no_other_model_does(tmp_path: Path) -> None:
    network = MLPGAN(mlp_gan(16, z_dim=4, image_channels=3, hidden=(16,)))
    path = tmp_path / "mine.safetensors"
    save_model(path, network, Card("Mine", recipe="Preset ring: 10 of 10 steps of 8 items."))
    with pytest.raises(DiagnosisError, match="--data"):
        dataset_of(open_subject(path, most_checkpoints=1), None, 2000, lambda *told: None)


def test_two_sets_that_did_not_come_along_are_asked_for() -> None:
    flags = open_subject(resource_dir() / "models" / "flags.safetensors", most_checkpoints=1)
    assert flags.preset
    with pytest.raises(DiagnosisError, match="--data"):
        dataset_of(flags, None, 2000, lambda *told: None)
