"""Measuring the real window: launch, slider to pixels, and how long its thread is ever busy."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest

from latentlab.errors import RenderError
from latentlab.places import throw_away_home
from latentlab.qt.app import create_application
from latentlab.qt.main_window import MainWindow
from latentlab.qt.marks import MARKS_VARIABLE
from latentlab.qt.settings import SettingsStore
from latentlab.qt.theme.appearance import apply_theme
from latentlab.qt.threads.render_thread import Shown
from latentlab.qt.widgets.slider import Slider
from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace

_PATIENCE_S = 600.0
_PREPARING_S = 120.0
_TIMER_MS = 5
_LOOK_S = 0.003


@dataclass(frozen=True, slots=True)
class Launch:
    """Seconds from the start of the process."""

    window: float
    picture: float


@dataclass(frozen=True, slots=True)
class SliderToPixels:
    """Milliseconds, medians over the moves of a drag."""

    total: float
    """From the mouse event to the painted canvas."""
    preview: float
    """The renderer's own share of it."""
    overhead: float
    """Of the window: total less preview."""
    side: int
    """Pixels of the pictures that were shown."""
    engine: str


@dataclass(frozen=True, slots=True)
class Stalls:
    """Milliseconds between two beats of a 5 ms timer in the window's thread."""

    median: float
    p99: float
    longest: float


def launch(model: Path | None = None, rounds: int = 5) -> Launch:
    """Start the application in processes of its own; the first start warms the disk and is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        taken = [_launch_once(Path(folder), model) for _ in range(rounds + 1)][1:]
    return Launch(median(item.window for item in taken), median(item.picture for item in taken))


def _launch_once(folder: Path, model: Path | None) -> Launch:
    marks = folder / "marks"
    marks.unlink(missing_ok=True)
    environment = {**os.environ, MARKS_VARIABLE: str(marks), "LATENTLAB_HOME": str(folder / "home")}
    begun = time.time()
    command = [sys.executable, "-m", "latentlab", *([str(model)] if model else [])]
    process = subprocess.Popen(command, env=environment)
    try:
        while True:
            moments = _moments(marks)
            if "picture" in moments:
                return Launch(moments["window"] - begun, moments["picture"] - begun)
            if process.poll() is not None or time.time() - begun > _PATIENCE_S:
                raise RenderError("The application showed no picture: start it by hand to see why.")
            time.sleep(0.005)
    finally:
        process.terminate()
        process.wait()


def _moments(marks: Path) -> dict[str, float]:
    if not marks.exists():
        return {}
    lines = [line.split() for line in marks.read_text().splitlines()]
    return {line[0]: float(line[1]) for line in lines if len(line) == 2}


@contextmanager
def open_window(model: Path, *, prepared: bool = True) -> Iterator[MainWindow]:
    """The real window on a model, with its first picture; `prepared` waits a while for the faster mode too."""
    app = create_application()
    apply_theme(app)
    with throw_away_home():
        window = MainWindow(SettingsStore())
        window.show()
        finished: list[object] = []
        window.studio.renders.idle_finished.connect(finished.append)
        try:
            window.start(str(model))
            wait_until(lambda: window.studio.last_shown is not None)
            if prepared:
                _pump_until(lambda: "fast" in finished, time.monotonic() + _PREPARING_S)
            yield window
        finally:
            window.close()


def slider_to_pixels(window: MainWindow, *, moves: int = 60, pace_ms: float = 120.0) -> SliderToPixels:
    """Drag the truncation slider by real mouse events, each after the picture of the one before.

    Args:
        pace_ms: from one move to the next: above 50 a slow hand, below it a fast one.
    """
    slider = _slider(window)
    canvas = _workspace(window).pane.canvas
    seen: list[tuple[float, Shown]] = []

    def on_shown(shown: Shown) -> None:
        canvas.repaint()
        seen.append((time.perf_counter(), shown))

    window.studio.stage.shown.connect(on_shown)
    totals: list[float] = []
    previews: list[float] = []
    try:
        _press(slider)
        for move in range(moves):
            seen.clear()
            moved = time.perf_counter()
            _move(slider, move)
            wait_until(lambda: bool(seen))
            done, shown = seen[0]
            totals.append((done - moved) * 1000)
            previews.append(shown.frame.milliseconds)
            _pump(max(0.0, pace_ms / 1000 - (time.perf_counter() - moved)))
        _release(slider)
    finally:
        window.studio.stage.shown.disconnect(on_shown)
    warm = slice(moves // 6, None)
    shares = [total - preview for total, preview in zip(totals[warm], previews[warm], strict=True)]
    return SliderToPixels(
        median(totals[warm]),
        median(previews[warm]),
        median(shares),
        shown.frame.pixels.shape[0],
        shown.frame.engine,
    )


def stalls_while_dragging(window: MainWindow, *, seconds: float = 8.0) -> Stalls:
    """Beats of a timer while a hand drags without pause and everything is rendered and painted."""
    slider = _slider(window)
    moves = iter(range(1_000_000))
    mover = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=16)
    mover.timeout.connect(lambda: _move(slider, next(moves)))
    _press(slider)
    mover.start()
    try:
        return beats(seconds)
    finally:
        mover.stop()
        _release(slider)


def stalls_while_rendering(window: MainWindow, *, seconds: float = 8.0) -> Stalls:
    """Beats of a timer while one full picture after the other is rendered."""
    stage, action = window.studio.stage, window.actions_["next_seed"]
    stage.rendered_fully.connect(action.trigger)
    action.trigger()
    try:
        return beats(seconds)
    finally:
        stage.rendered_fully.disconnect(action.trigger)


def stalls_when_idle(*, seconds: float = 3.0) -> Stalls:
    """The same timer with nothing to do: what this machine gives at best."""
    return beats(seconds)


def beats(seconds: float) -> Stalls:
    """Beats of a 5 ms timer in the window's thread for a while."""
    moments: list[float] = []
    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=_TIMER_MS)
    timer.timeout.connect(lambda: moments.append(time.perf_counter()))
    timer.start()
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
    timer.stop()
    gaps = [(b - a) * 1000 for a, b in pairwise(moments)]
    return Stalls(median(gaps), quantiles(gaps, n=100)[98], max(gaps))


def _workspace(window: MainWindow) -> ExploreWorkspace:
    workspace = window.workspace
    assert isinstance(workspace, ExploreWorkspace)
    return workspace


def _slider(window: MainWindow) -> Slider:
    return _workspace(window).sections.diversity.psi.slider


def _press(slider: Slider) -> None:
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=_at(slider, slider.value()))


def _move(slider: Slider, number: int) -> None:
    """To and fro over most of the range, never twice the same value in a row."""
    phase = number % 80
    share = phase / 40 if phase < 40 else 2 - phase / 40
    low, high = 0.2, 1.2
    QTest.mouseMove(slider, _at(slider, low + share * (high - low)))


def _release(slider: Slider) -> None:
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=_at(slider, slider.value()))


def _at(slider: Slider, value: float) -> QPoint:
    return QPoint(round(slider.x_of(value)), slider.height() // 2)


def wait_until(condition: Callable[[], bool]) -> None:
    """Let the window live until something is so."""
    if not _pump_until(condition, time.monotonic() + _PATIENCE_S):
        raise RenderError("The window did not get there: try a smaller model.")


def _pump_until(condition: Callable[[], bool], end: float) -> bool:
    """Look every few milliseconds, and sleep between: a loop that never sleeps keeps Python from all threads."""
    while not condition():
        if time.monotonic() > end:
            return False
        _pump(_LOOK_S)
    return True


def _pump(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
