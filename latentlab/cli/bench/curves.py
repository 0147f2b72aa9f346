"""Measuring live curves: frames under a moving hand, a long run that is opened, an event on its way."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from latentlab.cli.bench.window import Stalls, beats, wait_until
from latentlab.qt.main_window import MainWindow
from latentlab.qt.widgets.curves.plot import CurvePlot
from latentlab.qt.widgets.curves.series import Series
from latentlab.qt.workspaces.later import LaterWorkspace
from latentlab.qt.workspaces.train.train_workspace import TrainWorkspace
from latentlab.runs import Entry, Progress, Request, RunFolder, RunState, RunWriter, Started
from latentlab.runs.events import to_line
from latentlab.runs.queue import Order
from trainers.presets import PRESETS

SERIES, POINTS = 20, 100_000
EVENTS = 1_000_000
_PLOT = (960, 420)
_GROW_MS = 100
_LOSSES = 6
_TRAINED = "cgan-digits"


@dataclass(frozen=True, slots=True)
class Opening:
    """Seconds from the click to what is painted."""

    curves: float
    """Until curves from the first step to the last are there, at first in outline."""
    whole: float
    """Until every event is in them."""
    megabytes: float
    """Of the log."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Milliseconds of one move of a hand and of the frame that it brings, while the curves grow."""

    median: float
    p99: float
    longest: float
    count: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """Milliseconds from an event being written to its point being painted."""

    median: float
    longest: float


def frames(seconds: float = 12.0) -> Frames:
    """Pan and zoom over many long curves that grow all the time."""
    random = np.random.default_rng(0)
    plot = CurvePlot()
    plot.resize(*_PLOT)
    plot.set_smoothing(17.0)
    series = [Series() for _ in range(SERIES)]
    steps = np.arange(POINTS, dtype=np.float64)
    for number, one in enumerate(series):
        one.append(steps, np.cumsum(random.normal(size=POINTS)) / 300 + random.normal(size=POINTS))
        plot.add(str(number), f"Series {number}", one)
    plot.show()
    wait_until(plot.isVisible)
    grown = [POINTS]

    def grow() -> None:
        for one in series:
            one.append(np.array([float(grown[0])]), random.normal(size=1))
        grown[0] += 1
        plot.refresh()

    taken: list[float] = []
    hand = _Hand(plot, taken)
    timers = (QTimer(interval=_GROW_MS), QTimer(timerType=Qt.TimerType.PreciseTimer, interval=16))
    for timer, work in zip(timers, (grow, hand.move), strict=True):
        timer.timeout.connect(work)
        timer.start()
    beats(seconds)
    for timer in timers:
        timer.stop()
    plot.close()
    return Frames(median(taken), quantiles(taken, n=100, method="inclusive")[98], max(taken), len(taken))


class _Hand:
    """Turns the wheel in, drags to and fro, turns it out, and begins again."""

    def __init__(self, plot: CurvePlot, taken: list[float]) -> None:
        self._plot, self._taken = plot, taken
        graphics = plot.findChild(QGraphicsView)
        assert graphics is not None
        self._view: QWidget = graphics.viewport()
        self._number = 0

    def move(self) -> None:
        """One move, and the frame that it brings."""
        begun = time.perf_counter()
        phase = self._number % 120
        if phase < 20 or phase >= 100:
            self._wheel(120 if phase < 20 else -120)
        else:
            self._drag(phase - 20)
        QCoreApplication.sendPostedEvents()
        self._taken.append((time.perf_counter() - begun) * 1000)
        self._number += 1

    def _wheel(self, angle: int) -> None:
        place = QPointF(self._view.width() * 0.6, self._view.height() * 0.5)
        turned, none = QPoint(0, angle), Qt.MouseButton.NoButton
        phase, keys = Qt.ScrollPhase.NoScrollPhase, Qt.KeyboardModifier.NoModifier
        there = self._view.mapToGlobal(place)
        QCoreApplication.sendEvent(
            self._view, QWheelEvent(place, there, QPoint(), turned, none, keys, phase, False)
        )

    def _drag(self, number: int) -> None:
        share = number / 40 if number < 40 else 2 - number / 40
        place = QPointF(self._view.width() * (0.3 + 0.4 * share), self._view.height() * 0.5)
        if number == 0:
            self._mouse(QEvent.Type.MouseButtonPress, place)
        self._mouse(QEvent.Type.MouseMove, place)
        if number == 79:
            self._mouse(QEvent.Type.MouseButtonRelease, place)

    def _mouse(self, kind: QEvent.Type, place: QPointF) -> None:
        """Directly: QTest would let everything else happen within."""
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind == QEvent.Type.MouseMove else left
        held = none if kind == QEvent.Type.MouseButtonRelease else left
        there = self._view.mapToGlobal(place)
        event = QMouseEvent(kind, place, there, button, held, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(self._view, event)


def write_long_run(path: Path) -> float:
    """A finished run of many events; returns the megabytes of its log."""
    config = PRESETS[_TRAINED]
    RunWriter.create(path, config.model_dump(mode="json"), {}).close()
    values = np.random.default_rng(0).normal(size=(EVENTS, _LOSSES)).round(5)
    names = ("generator", "discriminator", "real", "fake", "norm/generator", "norm/discriminator")
    began = time.time() - EVENTS
    with RunFolder(path).events.open("wb") as file:
        file.write(to_line(Entry(0, began, Started(0, EVENTS, 1000, 100))))
        for number in range(1, EVENTS):
            losses = dict(zip(names, values[number].tolist(), strict=True))
            report = Progress(number, losses, 64.0, float(number), float(EVENTS - number))
            file.write(to_line(Entry(number, began + number, report)))
    return RunFolder(path).events.stat().st_size / 2**20


def opening(window: MainWindow, path: Path, megabytes: float) -> Opening:
    """Show a long run in the Train workspace."""
    train = _train(window)
    plot = train.curves.plot
    begun = time.perf_counter()
    train.open_run(path)
    wait_until(lambda: any(len(t.series) and t.series.x[-1] >= EVENTS - 1 for t in plot.traces))
    plot.repaint()
    shown = time.perf_counter() - begun
    wait_until(lambda: train.run.caught_up and len(train.run.losses["generator"]) == EVENTS - 1)
    plot.repaint()
    return Opening(shown, time.perf_counter() - begun, megabytes)


def arrival(window: MainWindow, path: Path, rounds: int = 30) -> Arrival:
    """Write reports as a trainer does, and wait for each one's point."""
    train = _train(window)
    taken = []
    random = np.random.default_rng(0)
    with closing(RunWriter.create(path, PRESETS[_TRAINED].model_dump(mode="json"), {})) as writer:
        writer.write(Started(0, rounds, 1000, 100))
        writer.show(RunState.RUNNING, 0, rounds)
        train.open_run(path)
        wait_until(lambda: train.run.caught_up)
        for step in range(1, rounds + 1):
            beats(random.uniform(0.2, 0.9))
            begun = time.perf_counter()
            writer.write(Progress(step, {"generator": random.normal()}, 64.0, float(step), 10.0))
            wait_until(lambda: _reached(train, step))  # noqa: B023 (called before the next round)
            train.curves.plot.repaint()
            taken.append((time.perf_counter() - begun) * 1000)
    return Arrival(median(taken), max(taken))


def stalls_while_training(window: MainWindow, path: Path, seconds: float = 10.0) -> Stalls:
    """Beats of a timer while the window follows a training in a process of its own."""
    train = _train(window)
    train.start(Order((_TRAINED, "--out", str(path)), path))
    wait_until(lambda: train.run.path == path and train.run.step > 0)
    try:
        return beats(seconds)
    finally:
        train.desk.ask(path, Request.STOP)
        wait_until(lambda: not train.run.is_live)


def _reached(train: TrainWorkspace, step: int) -> bool:
    series = train.run.losses.get("generator")
    return series is not None and len(series) > 0 and series.x[-1] == step


def _train(window: MainWindow) -> TrainWorkspace:
    window.show_workspace("train")
    workspace = window.workspace
    assert isinstance(workspace, LaterWorkspace)
    made = workspace.made()
    assert isinstance(made, TrainWorkspace)
    return made
