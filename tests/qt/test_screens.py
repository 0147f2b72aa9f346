from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from latentlab.errors import RenderError
from latentlab.qt.screens import screen_names, screenshot
from latentlab.qt.settings import SettingsStore


@pytest.mark.parametrize("name", ["explore", "open", "card", "shortcuts", "palette", "error"])
def test_a_screen_is_drawn_in_the_size_asked_for(
    name: str, tmp_path: Path, model_files: dict[str, Path]
) -> None:
    SettingsStore().change(precision="float32")
    out = tmp_path / "screen.png"
    screenshot(name, out, (1280, 720), model=str(model_files["style"]))
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == (1280, 720)
    colours = {picture.pixel(x, y) for x in range(0, 1280, 40) for y in range(0, 720, 40)}
    assert len(colours) > 8, "a window with something in it"


def test_an_unknown_screen_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=", ".join(screen_names())):
        screenshot("nowhere", tmp_path / "screen.png", (800, 600))
