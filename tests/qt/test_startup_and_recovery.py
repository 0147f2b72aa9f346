"""The application in a process of its own: what it imports before its window, and what is left after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from latentlab.latents.recipe import SeedSource
from latentlab.qt.session import store
from latentlab.qt.session.store import sessions_dir

_STARTUP = """
import sys
from latentlab.qt.app import create_application
from latentlab.qt.settings import SettingsStore
app = create_application()
from latentlab.qt.main_window import MainWindow
window = MainWindow(SettingsStore())
window.show()
def shown():
    slow = {"torch", "numpy", "openvino", "scipy", "PIL", "safetensors"} & set(sys.modules)
    print("slow:", sorted(slow), flush=True)
    window.close()
    app.quit()
window.painted.connect(shown)
app.exec()
"""

_WORK = """
import sys
from PySide6.QtCore import QTimer
from latentlab.qt.app import create_application
from latentlab.qt.settings import SettingsStore
app = create_application()
from latentlab.qt.main_window import MainWindow
settings = SettingsStore()
settings.change(precision="float32")
window = MainWindow(settings)
window.show()
window.start(sys.argv[1] if len(sys.argv) > 1 else None)
def opened(session):
    print("opened", session.history.recipe.source.seed, len(session.history), flush=True)
    if len(session.history) == 1:
        for _ in range(7):
            window.actions_["next_seed"].trigger()
        window.actions_["undo"].trigger()
        window.actions_["favourite"].trigger()
moments = []
def saved(moment):
    moments.append(moment)
    if len(moments) == 2:  # the first is that of the empty session
        print("saved", flush=True)
window.studio.session_opened.connect(opened)
window.studio.saved.connect(saved)
window.studio.noticed.connect(lambda text: print("notice:", text, flush=True))
app.exec()
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )


def lines_until(process: subprocess.Popen[str], word: str) -> list[str]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if line.startswith(word):
            return lines
    raise AssertionError(f"ended before {word!r}: {lines}")


def test_the_window_is_up_before_anything_slow_is_imported(home: Path) -> None:
    process = start(_STARTUP)
    out, _ = process.communicate(timeout=120)
    assert out.strip() == "slow: []"
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_work_is_back_after_a_kill(home: Path, model_files: dict[str, Path]) -> None:
    first = start(_WORK, str(model_files["style"]))
    lines_until(first, "saved")
    first.send_signal(signal.SIGKILL)
    first.wait()
    [folder] = [path for path in sessions_dir().iterdir() if path.is_dir()]
    kept = store.restore(folder)
    assert kept is not None
    assert kept.tree.current.recipe.source == SeedSource(6)
    assert len(kept.tree) == 8, "what was undone is kept too"
    second = start(_WORK)  # without naming the model
    try:
        lines = lines_until(second, "notice:")
        assert lines[0] == "opened 6 8"
        assert "is back" in lines[-1]
    finally:
        second.kill()
        second.wait()
        assert second.stdout is not None
        second.stdout.close()
    assert first.stdout is not None
    first.stdout.close()
    assert time.time() - kept.record.time < 300
