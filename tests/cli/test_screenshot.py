"""Pictures of the screens for the documentation, taken while somebody has work of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from latentlab import cli, places
from latentlab.qt import screens
from latentlab.qt.settings import SettingsStore


def test_the_users_own_home_is_neither_read_nor_changed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SettingsStore().change(theme="light")
    (places.cache_dir() / "probes").mkdir(parents=True)
    (places.cache_dir() / "probes" / "model.safetensors").write_bytes(b"probes")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    seen: list[str] = []

    def draw(*args: object, **kwargs: object) -> None:
        store = SettingsStore()
        seen.append(store.settings.theme)
        store.change(tour_seen=True)
        probes = places.cache_dir() / "probes" / "model.safetensors"
        assert probes.read_bytes() == b"probes", "what is slow to find out is there"
        probes.write_bytes(b"others")

    monkeypatch.setattr(screens, "screenshot", draw)
    assert cli.main(["screenshot", "explore", "-o", str(tmp_path / "screen.png")]) == 0
    assert seen == ["dark"]
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    assert SettingsStore().settings.theme == "light"
