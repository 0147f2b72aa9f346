"""torchvision works beside any build of torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from trainers import vision


def test_a_picture_is_cut_to_its_middle_and_resized() -> None:
    picture = Image.new("RGB", (60, 20), "white")
    picture.paste((0, 0, 255), (20, 0, 40, 20))
    pixels = vision.square(picture, 10)
    assert pixels.shape == (10, 10, 3)
    assert (pixels == (0, 0, 255)).all()


def test_a_sheet_shows_images_row_by_row(tmp_path: Path) -> None:
    images = torch.stack([torch.full((3, 4, 4), level) for level in (-1.0, 1.0, 5.0)])
    vision.save_sheet(images, 2, tmp_path / "sheet.png")
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert sheet.shape == (14, 14, 3)  # two rows and two columns of 4 px with 2 px between
    assert (sheet[2:6, 2:6] == 0).all()
    assert (sheet[2:6, 8:12] == 255).all()
    assert (sheet[8:12, 2:6] == 255).all()  # what is out of range is clipped
