"""What the tests of the window share: no thread may outlive its test."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QThread


@pytest.fixture(autouse=True)
def no_thread_left_running(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a QThread running, and name the line that started it."""
    started: list[tuple[QThread, str]] = []
    start = QThread.start

    def noting_start(self: QThread, *args: Any) -> None:
        started.append((self, "".join(traceback.format_stack(limit=4)[:-1])))
        start(self, *args)

    monkeypatch.setattr(QThread, "start", noting_start)
    yield
    left = [(thread, line) for thread, line in started if thread.isRunning()]
    for thread, _ in left:
        stop = getattr(thread, "stop", None)
        if stop is not None:
            stop()
    gc.collect()
    assert not left, "\n".join(
        f"{thread.objectName()} still runs; started at\n{line}" for thread, line in left
    )
