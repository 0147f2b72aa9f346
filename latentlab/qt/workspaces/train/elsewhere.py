"""Runs that lie in other folders and were opened once: remembered, so that they are listed next time too."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from latentlab.atomic import write_atomically

logger = logging.getLogger(__name__)

_MOST = 50


class Elsewhere:
    """A list in a small file. What cannot be reached at the moment, on an unplugged disk say, stays in it."""

    def __init__(self, file: Path) -> None:
        """Nothing is read yet."""
        self._file = file

    def paths(self) -> list[Path]:
        """Folders of runs, the one that was opened first in front."""
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError):
            logger.warning("The list of runs in other folders cannot be read: starting an empty one")
            return []
        return [Path(path) for path in found if isinstance(path, str)] if isinstance(found, list) else []

    def add(self, path: Path) -> None:
        """Remember one; the ones that were opened first are forgotten when there are too many.

        Raises:
            OSError: it cannot be written.
        """
        known = self.paths()
        if path not in known:
            self._write([*known, path][-_MOST:])

    def remove(self, path: Path) -> None:
        """Forget one.

        Raises:
            OSError: it cannot be written.
        """
        self._write([one for one in self.paths() if one != path])

    def _write(self, paths: list[Path]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._file, json.dumps([str(path) for path in paths], indent=1).encode())
