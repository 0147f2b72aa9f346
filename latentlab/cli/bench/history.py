"""Measuring a long history: what it costs in memory, and how quickly undo and scrolling answer."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtGui import QImage

from latentlab.cli.bench.window import Stalls, beats, wait_until
from latentlab.formats.report import Candidate, Card, FileReport
from latentlab.latents.history import History
from latentlab.latents.recipe import DirectionWeight, Recipe, SeedSource
from latentlab.latents.tree import Step, Tree
from latentlab.models.capabilities import Capabilities
from latentlab.places import throw_away_home
from latentlab.qt.app import create_application
from latentlab.qt.main_window import MainWindow
from latentlab.qt.session.model_info import ModelInfo
from latentlab.qt.session.session import Session
from latentlab.qt.studio.thumbnails import Thumbnails
from latentlab.qt.theme.appearance import apply_theme
from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.threads.pictures import THUMBNAIL_SIDE
from latentlab.qt.threads.render_thread import Shown
from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from latentlab.qt.workspaces.explore.shelf import Shelf

STEPS = 10_000
_FORK_EVERY = 500
_WARM = 200


@dataclass(frozen=True, slots=True)
class UndoToPixels:
    """Milliseconds, medians over many undos and redos."""

    total: float
    rendering: float
    overhead: float


def memory_mib(steps: int = STEPS) -> float:
    """What `steps` steps add to the process, each with its own picture, after scrolling along all of them."""
    app = create_application()
    apply_theme(app)
    with throw_away_home():
        jobs = JobThread()
        try:
            return _added(steps, jobs)
        finally:
            jobs.stop()


def _added(steps: int, jobs: JobThread) -> float:
    session, thumbnails, shelf = _session(), Thumbnails("bench", jobs), Shelf()
    shelf.resize(1000, 148)
    shelf.set_session(session, thumbnails)
    shelf.show()
    _work(session, thumbnails, jobs, 0, _WARM)
    _scroll_along(shelf)
    before = _resident()
    _work(session, thumbnails, jobs, _WARM, steps)
    _scroll_along(shelf)
    result = (_resident() - before) / 2**20
    shelf.close()
    return result


def undo_to_pixels(window: MainWindow, *, times: int = 60) -> UndoToPixels:
    """Undo and redo at the end of a long history in the real window."""
    session = window.studio.session
    assert session is not None
    wait_until(lambda: session.directions.all is not None)  # some steps move along one
    session.history.adopt(long_tree(session.history.recipe))
    canvas = _explore(window).pane.canvas
    seen: list[tuple[float, Shown]] = []

    def on_shown(shown: Shown) -> None:
        if not shown.frame.is_preview and shown.frame.recipe == session.history.recipe:
            canvas.repaint()
            seen.append((time.perf_counter(), shown))

    _pump(1.0)
    window.studio.stage.shown.connect(on_shown)
    totals, rendering = [], []
    for number in range(times + 6):
        seen.clear()
        begun = time.perf_counter()
        window.actions_["redo" if number % 3 == 2 else "undo"].trigger()
        wait_until(lambda: bool(seen))
        if number >= 6:
            totals.append((seen[0][0] - begun) * 1000)
            rendering.append(seen[0][1].frame.milliseconds)
        _pump(0.06)  # the shelf follows after a moment: it must not fall into the next one's time
    window.studio.stage.shown.disconnect(on_shown)
    overhead = median(total - drawn for total, drawn in zip(totals, rendering, strict=True))
    return UndoToPixels(median(totals), median(rendering), overhead)


def stalls_while_scrolling(window: MainWindow, *, seconds: float = 6.0) -> Stalls:
    """Run along the whole strip and back."""
    bar = _explore(window).shelf.tree.horizontalScrollBar()
    bar.setValue(0)
    step = max(bar.maximum() // 150, 1)
    mover = QTimer(interval=16)
    mover.timeout.connect(lambda: bar.setValue((bar.value() + step) % max(bar.maximum(), 1)))
    mover.start()
    try:
        return beats(seconds)
    finally:
        mover.stop()


def long_tree(recipe: Recipe, steps: int = STEPS) -> Tree:
    """Mostly one line, with a branch now and then."""
    tree = Tree(Step(0, None, "Opened", recipe, 0.0))
    for number in range(1, steps):
        parent = tree.current.id if number % _FORK_EVERY else tree.current.id - 3
        tree.put(Step(number, parent, "Seed", _recipe(recipe, number), float(number)))
    return tree


def _recipe(recipe: Recipe, number: int) -> Recipe:
    """What a person's next step may look like."""
    if number % 3 == 0:
        return replace(recipe, source=SeedSource(number))
    if number % 3 == 1:
        return replace(recipe, source=SeedSource(number - 1), truncation_psi=0.5 + number % 50 / 100)
    return replace(
        recipe, source=SeedSource(number - 2), directions=(DirectionWeight("pca:0", number / 1e4),)
    )


def _work(session: Session, thumbnails: Thumbnails, jobs: JobThread, first: int, last: int) -> None:
    """Step after step, no quicker than their pictures are written: no hand is."""
    for number in range(first, last):
        recipe = _recipe(Recipe(), number)
        session.editor.apply("Step", recipe)
        picture = QImage(THUMBNAIL_SIDE, THUMBNAIL_SIDE, QImage.Format.Format_RGB32)
        picture.fill(number * 2654435761 % 2**24)
        thumbnails.put(recipe, picture)
        if number % 20 == 0:
            written: list[object] = []
            jobs.submit(lambda: None, written.append)
            wait_until(lambda: bool(written))  # noqa: B023 -- called at once


def _scroll_along(shelf: Shelf) -> None:
    bar = shelf.tree.horizontalScrollBar()
    _pump(0.3)
    for value in range(0, bar.maximum() + 1, max(shelf.tree.viewport().width(), 1)):
        bar.setValue(value)
        _pump(0.05)
    _pump(0.5)


def _session() -> Session:
    can = Capabilities("StyleGAN2", 64, 3, 64, 64, 10, 64, has_mapping=True)
    card = Card("Bench")
    candidate = Candidate("only", "", "stylegan2", None)
    report = FileReport("bench", "bench", card, candidates=(candidate,))
    return Session(ModelInfo("bench", card, report, candidate, "bench", can, ()), History(label="Opened"))


def _explore(window: MainWindow) -> ExploreWorkspace:
    workspace = window.workspaces["explore"]
    assert isinstance(workspace, ExploreWorkspace)
    return workspace


def _pump(seconds: float, until: Callable[[], bool] = lambda: False) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not until():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)


def _resident() -> int:
    """Bytes of this process in memory."""
    gc.collect()
    import psutil  # type: ignore[import-untyped]

    return int(psutil.Process().memory_info().rss)


def model() -> Path:
    """What the window is opened on."""
    from latentlab.formats.bundled import bundled_models

    return bundled_models()[0]
