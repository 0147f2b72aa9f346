"""The few things a person chooses once, kept in one small file."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from psygnal import Signal

from latentlab.atomic import write_atomically
from latentlab.places import data_dir

logger = logging.getLogger(__name__)

Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["auto", "float32", "fast"]
Preview = Literal["quick", "balanced", "fine"]
ThemeName = Literal["dark", "light"]
Language = Literal["artist", "researcher"]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, as one value."""

    device: Device = "auto"
    precision: Precision = "auto"
    """"auto" uses the fast mode where it was checked to look the same; "float32" never does."""
    preview: Preview = "balanced"
    """How much detail pictures have while a hand moves, against how quickly they follow."""
    theme: ThemeName = "dark"
    labels: Language = "artist"
    """Whose words stand first: "Diversity", or "truncation ψ"."""
    tour_seen: bool = False
    """The tour began once: it does not begin by itself again."""


class SettingsStore:
    """The current settings; every change is saved at once."""

    changed = Signal(Settings, Settings)
    """Before, after."""

    def __init__(self) -> None:
        self.settings = _read(self.path)

    @property
    def path(self) -> Path:
        return data_dir() / "settings.json"

    def change(self, **values: Any) -> None:
        """Set some of the settings and save all of them."""
        before, self.settings = self.settings, replace(self.settings, **values)
        if self.settings != before:
            write_atomically(self.path, json.dumps(asdict(self.settings), indent=2).encode())
            self.changed.emit(before, self.settings)


def _read(path: Path) -> Settings:
    """What the file says; anything missing or strange takes its default."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError):
        logger.warning("The settings in %s cannot be read: starting with the defaults", path)
        return Settings()
    hints = get_type_hints(Settings)
    known = {field.name for field in fields(Settings)}
    accepted = {
        name: value
        for name, value in (values.items() if isinstance(values, dict) else ())
        if name in known
        and (isinstance(value, bool) if hints[name] is bool else value in get_args(hints[name]))
    }
    return Settings(**accepted)
