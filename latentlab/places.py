"""Where LatentLab keeps its own files on this machine. `LATENTLAB_HOME` moves all of them below one folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import platformdirs

import resources

_NAME = "LatentLab"
_HOME = "LATENTLAB_HOME"


def cache_dir() -> Path:
    """Things that can be made again: probes, directions, compiled networks, thumbnails."""
    return _below_home("cache") or Path(platformdirs.user_cache_dir(_NAME, appauthor=False))


def data_dir() -> Path:
    """Things the user made: sessions, favourites, remembered choices, settings."""
    return _below_home("data") or Path(platformdirs.user_data_dir(_NAME, appauthor=False))


def resource_dir() -> Path:
    """The read-only files that ship with LatentLab."""
    return Path(resources.__file__).parent


@contextmanager
def throw_away_home(*, copied: Sequence[str] = ()) -> Iterator[Path]:
    """A new home in place of this one, for what shall neither see nor change what the user has.

    Args:
        copied: folders of the cache that it begins with, of what is slow to find out about a model.
    """
    before = os.environ.get(_HOME)
    with tempfile.TemporaryDirectory(prefix="latentlab-") as home:
        for name in copied:
            if (cache_dir() / name).is_dir():
                shutil.copytree(cache_dir() / name, Path(home) / "cache" / name)
        os.environ[_HOME] = home
        try:
            yield Path(home)
        finally:
            if before is None:
                del os.environ[_HOME]
            else:
                os.environ[_HOME] = before


def _below_home(name: str) -> Path | None:
    home = os.environ.get(_HOME)
    return Path(home) / name if home else None
