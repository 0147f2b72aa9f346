"""The command line of the trainers."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.models.vae import conv_vae
from trainers.__main__ import main
from trainers.data import FolderPictures
from trainers.loop import Preset
from trainers.presets import PRESETS
from trainers.systems.vae import VAETraining


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for level in (0, 80, 160, 240):
        Image.fromarray(np.full((8, 8, 3), level, np.uint8)).save(folder / f"{level}.png")
    system = VAETraining(conv_vae(8, z_dim=2, width=8), warm_steps=1)
    preset = Preset("toy", system, FolderPictures(str(folder), 8), steps=3, batch_size=2)
    monkeypatch.setitem(PRESETS, "toy", preset)


@pytest.mark.usefixtures("toy")
def test_a_run_is_told_line_by_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    out = tmp_path / "run"
    with caplog.at_level(logging.INFO):
        assert main(["toy", "--out", str(out)]) == 0
    assert "held out: loss" in caplog.text
    assert caplog.messages[-1].split() == ["3", "done"]
    assert (out / "model.safetensors").is_file()


@pytest.mark.usefixtures("toy")
def test_a_second_run_in_the_same_folder_is_refused_in_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert main(["toy", "--out", str(tmp_path / "run")]) == 0
    assert main(["toy", "--out", str(tmp_path / "run")]) == 1
    assert "resume it, or choose another folder" in caplog.messages[-1]
    assert main(["toy", "--out", str(tmp_path / "run"), "--resume"]) == 0


def test_an_unknown_preset_lists_those_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nothing", "--out", str(tmp_path)])
    assert "landscape-vae-64" in capsys.readouterr().err


def test_the_bundled_preset_is_small_enough_to_ship() -> None:
    from latentlab.models.vae import VAE

    preset = PRESETS["landscape-vae-64"]
    parameters = sum(weight.numel() for weight in VAE(preset.system.network).parameters())
    assert parameters * 4 < 13_000_000
