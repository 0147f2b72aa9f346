"""The start: what is loaded ahead, and when garbage is looked for again."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from latentlab.qt import quick_start

_PROGRAM = """
import sys
from latentlab.qt.quick_start import preload_torch
thread = preload_torch()
assert "torch" not in sys.modules, "loading ahead must not import"
thread.join()
maps = open("/proc/self/maps").read()
assert "libtorch_cpu" in maps
import torch
assert torch.ones(2).sum() == 2
"""


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()


@pytest.mark.skipif(sys.platform != "linux", reason="looks at what the process has mapped")
def test_torch_is_loaded_ahead_without_being_imported() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_garbage_is_looked_for_again_after_the_start(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_start, "_STARTED_MS", 1)
    quick_start.collect_later()
    assert not gc.isenabled()
    qtbot.waitUntil(gc.isenabled)
    assert gc.get_freeze_count() > 0


def test_without_torch_nothing_is_loaded_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_start.importlib.util, "find_spec", lambda name: None)
    assert quick_start.preload_torch() is None
