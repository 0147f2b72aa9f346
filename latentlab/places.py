"""Where LatentLab keeps its own files on this machine. `LATENTLAB_HOME` moves all of them below one folder."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

import resources

_NAME = "LatentLab"


def cache_dir() -> Path:
    """Things that can be made again: probes, directions, compiled networks, thumbnails."""
    return _below_home("cache") or Path(platformdirs.user_cache_dir(_NAME, appauthor=False))


def data_dir() -> Path:
    """Things the user made: sessions, favourites, remembered choices, settings."""
    return _below_home("data") or Path(platformdirs.user_data_dir(_NAME, appauthor=False))


def resource_dir() -> Path:
    """The read-only files that ship with LatentLab."""
    return Path(resources.__file__).parent


def _below_home(name: str) -> Path | None:
    home = os.environ.get("LATENTLAB_HOME")
    return Path(home) / name if home else None
