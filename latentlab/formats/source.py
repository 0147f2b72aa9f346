"""A model file opened for reading: every read is checked against the file's length before memory is spent."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from latentlab.errors import CheckpointError, LatentLabError


class Source:
    """A file held open, so that one that is replaced meanwhile is still read as it was.

    Use as a context manager. Threads may share it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open `path`.

        Raises:
            CheckpointError: it is missing, a folder, empty, or may not be read.
        """
        self.path = Path(path)
        try:
            if self.path.is_dir():
                raise CheckpointError(
                    f"{self.path.name} is a folder: open the model file inside it "
                    "(.pkl, .pt, .pth, .safetensors)."
                )
            if self.path.exists() and not self.path.is_file():
                raise CheckpointError(f"{self.path.name} is a device or a pipe: open a file.")
            self._file = io.FileIO(self.path)
        except OSError as error:
            raise CheckpointError(
                f"{self.path.name} cannot be read ({error.strerror or error}): check that the file is still "
                "there and that you may read it."
            ) from error
        self._lock = threading.Lock()
        self._status = os.fstat(self._file.fileno())
        self.size = self._status.st_size
        """Length in bytes when it was opened."""
        if self.size == 0:
            self.close()
            raise CheckpointError(
                f"{self.path.name} is empty (0 bytes): the download or copy failed; get it again."
            )

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.path.name

    def read(self, offset: int, count: int) -> bytes:
        """The `count` bytes from `offset`.

        Raises:
            CheckpointError: the file is shorter.
        """
        self.check(offset, count)
        data = self.peek(offset, count)
        if len(data) != count:
            raise self.truncated()
        return data

    def peek(self, offset: int, count: int) -> bytes:
        """At most `count` bytes from `offset`; fewer, or none, where the file ends."""
        if count <= 0:
            return b""
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), count, offset)
        with self._lock:
            self._file.seek(offset)
            return self._file.read(count)

    def read_into(self, offset: int, target: memoryview) -> None:
        """Fill `target` (writable) with what lies at `offset`, with no copy in between.

        Raises:
            CheckpointError: the file is shorter.
        """
        target = target.cast("B")
        self.check(offset, target.nbytes)
        done = 0
        while done < target.nbytes:
            count = self._read_at(offset + done, target[done:])
            if not count:
                raise self.truncated()
            done += count

    def _read_at(self, offset: int, target: memoryview) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._file.fileno(), [target], offset)
        with self._lock:
            self._file.seek(offset)
            return self._file.readinto(target) or 0

    def check(self, offset: int, count: int) -> None:
        """Refuse a range that reaches outside the file."""
        if offset < 0 or count < 0 or offset + count > self.size:
            raise self.truncated()

    def truncated(self) -> CheckpointError:
        """What to raise when the file ends too early."""
        return CheckpointError(
            f"{self.name} is cut off or damaged: it speaks of more bytes than the {self.size:,} it has. "
            "Download or copy it again."
        )

    def named(self, error: LatentLabError) -> CheckpointError:
        """`error` as one of a checkpoint, with the name of the file in front."""
        if isinstance(error, CheckpointError):
            return error if str(error).startswith(self.name) else type(error)(f"{self.name}: {error}")
        return CheckpointError(f"{self.name}: {error}")

    def check_unchanged(self) -> None:
        """Refuse what was read if the file was written to meanwhile.

        Raises:
            CheckpointError: its length or time of change is not what it was when it was opened.
        """
        now = os.fstat(self._file.fileno())
        if (now.st_size, now.st_mtime_ns) != (self._status.st_size, self._status.st_mtime_ns):
            raise CheckpointError(f"{self.name} was changed while it was being read: open it again.")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
