"""Opening: progress, cancelling, doubts, and what is remembered from one opening to the next."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from latentlab.errors import Cancelled, CheckpointError
from latentlab.formats import compare_readings, convert, inspect, open_model, save_model
from latentlab.formats.report import Card
from latentlab.places import data_dir
from tests.fuzz.reader_seeds import dcgan_state, generator, network_pickle


@pytest.fixture
def pickle(tmp_path: Path) -> Path:
    path = tmp_path / "network.pkl"
    path.write_bytes(network_pickle(tmp_path))
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A file whose shapes leave something open."""
    path = tmp_path / "generator.pth"
    torch.save(dcgan_state(), path)
    return path


def test_importing_formats_and_reports_does_not_import_torch() -> None:
    code = "import sys, latentlab.formats, latentlab.formats.report; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_progress_runs_from_nothing_to_everything(pickle: Path) -> None:
    told: list[tuple[float, str]] = []
    open_model(pickle, progress=lambda part, text: told.append((part, text)))
    parts = [part for part, _ in told]
    assert parts == sorted(parts)
    assert 0 < parts[0] < 0.5
    assert 0.9 < parts[-1] <= 1
    assert all(text for _, text in told)


def test_cancelling_stops_at_the_next_tensor(pickle: Path, plain: Path) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    with pytest.raises(Cancelled):
        open_model(pickle, cancelled=cancelled)
    assert asked == 4
    with pytest.raises(Cancelled):
        open_model(plain, cancelled=lambda: True)
    open_model(pickle)


def test_an_overwritten_checkpoint_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    first = generator()
    save_model(path, first, Card("One"))
    before = open_model(path)
    with torch.no_grad():
        for parameter in first.parameters():
            parameter.add_(1.0)
    save_model(path, first, Card("Two"))
    after = open_model(path)
    assert after.card.name == "Two"
    assert after.fingerprint != before.fingerprint
    assert not torch.equal(after.generator.blocks[0].const, before.generator.blocks[0].const)


def test_a_failed_load_is_not_remembered(tmp_path: Path, pickle: Path) -> None:
    good = pickle.read_bytes()
    pickle.write_bytes(good[:5000])
    with pytest.raises(CheckpointError):
        open_model(pickle)
    pickle.write_bytes(good)
    assert open_model(pickle).generator.capabilities.resolution == 8


def test_weights_do_not_depend_on_the_file_after_opening(pickle: Path) -> None:
    model = open_model(pickle)
    before = {name: tensor.clone() for name, tensor in model.generator.state_dict().items()}
    pickle.write_bytes(b"")
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.generator.state_dict().items())


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_not_finite_are_named(tmp_path: Path, number: float) -> None:
    path = tmp_path / "model.safetensors"
    broken = generator()
    with torch.no_grad():
        broken.blocks[1].conv0.weight[0, 0, 0, 0] = number
    save_model(path, broken, Card("Broken"))
    doubts = " ".join(inspect(path).doubts)
    assert "synthesis.b8.conv0.weight" in doubts
    assert "not finite" in doubts
    with pytest.raises(CheckpointError, match=r"synthesis\.b8\.conv0\.weight.*Open an earlier checkpoint"):
        open_model(path)


def test_large_finite_weights_are_not_mistaken_for_broken_ones(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    large = generator()
    with torch.no_grad():
        large.mapping.fc0.weight.fill_(3e38)  # type: ignore[union-attr, operator]
    save_model(path, large, Card("Large"))
    open_model(path)


def test_open_readings_are_ranked_and_come_with_pictures(plain: Path) -> None:
    model = open_model(plain)
    candidates = model.report.candidates
    assert len(candidates) > 1
    assert model.candidate == candidates[0]
    scores = [candidate.score for candidate in candidates[:3]]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0
    sheet = model.sheets[candidates[0].key]
    assert sheet.ndim == 3
    assert sheet.shape[2] == 3
    assert [item.reading.candidate for item in compare_readings(plain)] == list(candidates)


def test_a_choice_is_remembered_for_the_content_of_a_file(plain: Path, tmp_path: Path) -> None:
    first = open_model(plain)
    other = first.report.candidates[-1]
    chosen = open_model(plain, candidate=other.key)
    assert chosen.candidate.key == other.key
    assert type(chosen.generator.config) is type(other.config)
    assert chosen.generator.config == other.config
    assert (data_dir() / "readings.json").is_file()
    moved = tmp_path / "moved.pth"
    moved.write_bytes(plain.read_bytes())
    assert open_model(moved).candidate.key == other.key
    assert not open_model(moved).sheets
    state = dcgan_state()
    state["0.weight"] += 1
    torch.save(state, plain)
    assert open_model(plain).sheets  # other weights under the same name: compared anew


def test_damaged_memory_of_choices_is_no_error(plain: Path) -> None:
    data_dir().mkdir(parents=True, exist_ok=True)
    (data_dir() / "readings.json").write_text("{nonsense")
    first = open_model(plain)
    open_model(plain, candidate=first.report.candidates[1].key)
    assert open_model(plain).candidate.key == first.report.candidates[1].key


def test_a_reading_that_is_not_there(plain: Path, pickle: Path) -> None:
    for path in (plain, pickle):
        with pytest.raises(CheckpointError, match="has no reading 'nonesuch': choose one of"):
            open_model(path, candidate="nonesuch")


def test_systems_without_positional_reads(pickle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = open_model(pickle).fingerprint
    for name in ("pread", "preadv"):
        monkeypatch.delattr(os, name, raising=False)
    assert open_model(pickle).fingerprint == wanted
    pickle.write_bytes(pickle.read_bytes()[:-500])
    with pytest.raises(CheckpointError):
        open_model(pickle)


def test_converting_keeps_the_model(pickle: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.safetensors"
    model = convert(pickle, out)
    again = open_model(out)
    assert again.fingerprint == model.fingerprint
    assert again.card.name == "network"
    z = torch.randn(2, 6, generator=torch.Generator().manual_seed(0))
    assert torch.equal(again.generator(z), model.generator(z))
