"""Models of a folder as cards, looked at by a process of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from pytestqt.qtbot import QtBot

from latentlab.qt.main_window import MainWindow
from latentlab.qt.session import model_shelf


def test_a_folder_is_looked_through_searched_and_opened(
    window: MainWindow, model_files: dict[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    for name in ("style", "vae"):
        shutil.copy(model_files[name], tmp_path / f"{name}.safetensors")
    (tmp_path / "torn.pkl").write_bytes(b"\x80\x04hello")
    window.dialogs.browse_models()
    browser = window.dialogs.browser
    assert browser is not None
    browser.show_folder(tmp_path)
    qtbot.waitUntil(lambda: len(browser.grid.keys()) == 3, timeout=10_000)
    qtbot.waitUntil(lambda: "1 cannot be opened" in browser.note.text(), timeout=60_000)
    qtbot.waitUntil(lambda: "background" not in browser.note.text(), timeout=60_000)
    torn, style = str(tmp_path / "torn.pkl"), str(tmp_path / "style.safetensors")
    browser.grid.set_current(torn)
    assert not browser.open_button.isEnabled()
    browser.search.setText("stylegan 16")
    assert browser.grid.keys() == [style]
    browser.grid.set_current(style)
    assert browser._pixmap(style) is not None
    browser._toggle_star(style)
    qtbot.waitUntil(lambda: model_shelf.read().favourites == (style,))
    with qtbot.waitSignal(window.studio.session_opened, timeout=20_000):
        browser.grid.opened.emit(style)
    assert not browser.isVisible()
    qtbot.waitUntil(lambda: [choice.name for choice in window.models.favourite] == ["Style"], timeout=10_000)


def test_folders_and_favourites_are_kept(home: Path, tmp_path: Path) -> None:
    model_shelf.add_folder(tmp_path)
    model_shelf.add_folder(tmp_path)
    model_shelf.toggle_favourite(tmp_path / "a.pt")
    assert model_shelf.read() == model_shelf.ModelShelf((str(tmp_path),), (str(tmp_path / "a.pt"),))
    model_shelf.toggle_favourite(tmp_path / "a.pt")
    assert model_shelf.remove_folder(tmp_path) == model_shelf.ModelShelf()
