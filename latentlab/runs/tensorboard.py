"""The curves of a run for TensorBoard, beside its own log.

Written in this thread and flushed often: a library's own writer thread would die of a full disk without a word.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentlab.runs.events import Entry, Measured, Progress, RolledBack, Sampled, Started
from latentlab.runs.folder import RunFolder

if TYPE_CHECKING:
    from tensorboardX.event_file_writer import EventsWriter  # type: ignore[import-untyped]

_FLUSH_EVERY = 2.0
"""Seconds."""


class TensorBoardLog:
    """One event file per start of a run. A start tells TensorBoard to drop the steps that it does again."""

    def __init__(self, folder: Path) -> None:
        """Write below `folder` once there is something to write."""
        self._folder = folder
        self._writer: EventsWriter | None = None
        self._flushed = 0.0

    def add(self, entry: Entry, run: RunFolder) -> None:
        """Write what TensorBoard can show of an event.

        Raises:
            OSError: the disk is full.
        """
        match entry.event:
            case Started(step=step):
                self._open()
                self._go_on_from(step, entry.time)
            case RolledBack(to_step=step):
                self._go_on_from(step, entry.time)
            case Progress() as progress:
                values = dict(progress.losses) | {"speed/images_per_second": progress.images_per_second}
                self._scalars(values, progress.step, entry.time)
            case Measured() as measured:
                values = {f"held_out/{name}": value for name, value in measured.measures.items()}
                self._scalars(values, measured.step, entry.time)
            case Sampled() as sampled:
                self._picture(run.inside(sampled.path), sampled.step, entry.time)

    def close(self) -> None:
        """Flush and close."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _open(self) -> None:
        from tensorboardX.event_file_writer import EventsWriter

        self.close()
        self._folder.mkdir(exist_ok=True)
        number = len(list(self._folder.iterdir()))
        self._writer = EventsWriter(str(self._folder / "events"), f".{number:04d}")

    def _go_on_from(self, step: int, at: float) -> None:
        """Later steps that earlier files hold are dropped by TensorBoard."""
        from tensorboardX.proto.event_pb2 import SessionLog  # type: ignore[import-untyped]

        self._write(at, step + 1, session_log=SessionLog(status=SessionLog.START))

    def _scalars(self, values: dict[str, float], step: int, at: float) -> None:
        from tensorboardX.proto.summary_pb2 import Summary  # type: ignore[import-untyped]

        found = [
            Summary.Value(tag=name, simple_value=value)
            for name, value in values.items()
            if math.isfinite(value)
        ]
        self._write(at, step, summary=Summary(value=found))

    def _picture(self, path: Path, step: int, at: float) -> None:
        from tensorboardX.proto.summary_pb2 import Summary

        content = path.read_bytes()
        width, height = (int.from_bytes(content[start : start + 4], "big") for start in (16, 20))
        image = Summary.Image(width=width, height=height, colorspace=3, encoded_image_string=content)
        self._write(at, step, summary=Summary(value=[Summary.Value(tag="samples", image=image)]))

    def _write(self, at: float, step: int, **content: Any) -> None:
        from tensorboardX.proto.event_pb2 import Event

        if self._writer is None:
            return
        self._writer.write_event(Event(wall_time=at, step=step, **content))
        now = time.monotonic()
        if now - self._flushed >= _FLUSH_EVERY:
            self._writer.flush()
            self._flushed = now
