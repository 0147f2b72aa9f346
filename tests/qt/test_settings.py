from __future__ import annotations

from pathlib import Path

from latentlab.qt.settings import Settings, SettingsStore


def test_settings_are_kept(home: Path) -> None:
    SettingsStore().change(theme="light", precision="float32")
    assert SettingsStore().settings == Settings(theme="light", precision="float32")


def test_a_change_is_told_once(home: Path) -> None:
    store = SettingsStore()
    told: list[tuple[Settings, Settings]] = []
    store.changed.connect(lambda before, after: told.append((before, after)))
    store.change(labels="researcher")
    store.change(labels="researcher")
    assert told == [(Settings(), Settings(labels="researcher"))]


def test_strange_values_take_their_defaults(home: Path) -> None:
    store = SettingsStore()
    store.path.parent.mkdir(parents=True, exist_ok=True)
    store.path.write_text('{"theme": "pink", "device": ["cpu"], "precision": "fast", "other": 1}')
    assert SettingsStore().settings == Settings(precision="fast")
    store.path.write_text("not json")
    assert SettingsStore().settings == Settings()
