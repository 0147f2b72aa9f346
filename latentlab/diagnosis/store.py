"""Arrays that can be made again, kept on the disk by the content that they were made from."""

from __future__ import annotations

import contextlib
import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentlab.atomic import keep_for_next_time
from latentlab.places import cache_dir

_MOST = 2 << 30
"""Bytes that are kept."""


def digest(*parts: str | int | float | NDArray[Any] | None) -> str:
    """A name for what is made from `parts`: equal for equal ones."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        if isinstance(part, np.ndarray):
            whole = np.ascontiguousarray(part)
            state.update(f"{whole.dtype} {whole.shape};".encode())
            state.update(whole.reshape(-1).view(np.uint8).data)
        else:
            state.update(f"{part!r};".encode())
    return state.hexdigest()


class Store:
    """Arrays by name; those that were not looked at for longest make room."""

    def __init__(self, folder: Path | None = None, most: int = _MOST) -> None:
        """Use a folder, or LatentLab's own."""
        self._folder = folder or cache_dir() / "diagnosis"
        self._most = most

    def load(self, name: str) -> NDArray[Any] | None:
        """The array, or None where it is not there or cannot be read."""
        path = self._folder / f"{name}.npy"
        try:
            found: NDArray[Any] = np.load(path, allow_pickle=False)
            path.touch()
        except (OSError, ValueError, EOFError):
            return None
        return found

    def keep(self, name: str, values: NDArray[Any]) -> None:
        """Keep an array for next time; a full disk is no error."""
        content = io.BytesIO()
        np.save(content, np.ascontiguousarray(values), allow_pickle=False)
        keep_for_next_time(self._folder / f"{name}.npy", content.getvalue())
        self._make_room()

    def _make_room(self) -> None:
        found = []
        for path in self._folder.glob("*.npy"):
            with contextlib.suppress(OSError):
                about = path.stat()
                found.append((about.st_mtime, about.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self._most:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                total -= size
