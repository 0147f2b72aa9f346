"""Writing a file so that a crash leaves the old one or the new one, never half of either."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

logger = logging.getLogger(__name__)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write; it takes the place of `path` once the block ends without an error.

    Folders are made as needed. The new file has the permissions that any new file of the user has.

    Raises:
        OSError: the disk is full, or the place cannot be written to; `path` is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name[:100]}.{secrets.token_hex(4)}.tmp"
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content`.

    Raises:
        OSError: as `replacing`.
    """
    with replacing(path) as file:
        file.write(content)


def keep_for_next_time(path: Path, content: bytes) -> None:
    """Write what can be made again. A full disk or a folder that is read-only is logged, and no error."""
    try:
        write_atomically(path, content)
    except OSError as error:
        logger.warning("%s cannot be kept for next time: %s", path, error)
