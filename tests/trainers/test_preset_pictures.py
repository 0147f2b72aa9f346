"""Pictures of presets: a square of whole cells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab.errors import TrainingError
from latentlab.places import resource_dir
from latentlab.runs import RunFolder, RunWriter
from trainers.config import schema
from trainers.preset_pictures import picture_of
from trainers.presets import PRESETS


def _run(path: Path, preset: str) -> RunFolder:
    config = PRESETS[preset]
    RunWriter.create(path, config.plain(), schema(config.system)).close()
    return RunFolder(path)


def test_four_cells_of_the_newest_sheet_are_cut_out(tmp_path: Path) -> None:
    run = _run(tmp_path, "cgan-digits")  # 32 px
    for step, shade in ((10, 50), (20, 200)):
        pixels = np.full((172, 342, 3), shade, np.uint8)
        Image.fromarray(pixels).save(run.samples / f"step-{step:08d}.png")
    name, picture = picture_of(run)
    assert name == "cgan-digits"
    assert picture.size == (138, 138)
    assert picture.getpixel((5, 5)) == (200, 200, 200)


def test_a_run_without_a_sheet_has_no_picture(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no sheet"):
        picture_of(_run(tmp_path, "ring"))


def test_every_picture_belongs_to_a_preset_and_is_small() -> None:
    files = list((resource_dir() / "presets").glob("*.png"))
    assert {file.stem for file in files} <= PRESETS.keys()
    for file in files:
        assert file.stat().st_size < 60_000
        with Image.open(file) as picture:
            assert picture.width == picture.height <= 160
