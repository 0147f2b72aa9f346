"""Measuring the gallery in the real window: how soon it shows pictures, how many a second, how it scrolls."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median, quantiles

import torch
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer

from latentlab.cli.bench.window import Stalls, beats, wait_until
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.models.generator import Generator
from latentlab.qt.main_window import MainWindow
from latentlab.qt.widgets.picture_wall import PictureWall
from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from latentlab.qt.workspaces.explore.pages.gallery_page import GalleryPage
from latentlab.render.probe_fitting import samples

_PICTURES = 384
_BATCH = 16


@dataclass(frozen=True, slots=True)
class Opening:
    """Milliseconds from the key to what is painted."""

    first: float
    """Until the first pictures are on the screen."""
    all: float
    """Until every place in sight has its picture."""
    places: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Pictures a second, medians over rounds that alternate."""

    gallery: float
    bare: float
    ratio: float
    """Median of the rounds' ratios."""


@dataclass(frozen=True, slots=True)
class Scrolling:
    """Milliseconds."""

    beats: Stalls
    """Of a 5 ms timer in the window's thread while it scrolls and pictures arrive."""
    paint_p99: float
    """To move the wall by one step of a scroll and paint what that brings into sight."""


def opening(window: MainWindow, rounds: int = 5) -> Opening:
    """Open the gallery at seeds that were never drawn, as a key does."""
    firsts, alls = [], []
    page = _page(window)
    for number in range(rounds):
        page.first.set_value(1_000_000 * (number + 1))
        begun = time.perf_counter()
        window.actions_["gallery"].trigger()
        wait_until(lambda: _shown(page) > 0)
        page.wall.viewport().repaint()
        firsts.append((time.perf_counter() - begun) * 1000)
        wait_until(page.is_complete)
        page.wall.viewport().repaint()
        alls.append((time.perf_counter() - begun) * 1000)
        places = len(page.wall.in_sight())
        window.actions_["gallery"].trigger()
    return Opening(median(firsts), median(alls), places)


def rate(window: MainWindow, generator: Generator, rounds: int = 5) -> Rate:
    """Let the gallery draw many pictures, and the bare network as many in batches, in turn."""
    from latentlab.qt.threads.gallery_work import GalleryWork

    ratios, theirs, ours = [], [], []
    thread = window.studio.renders
    for number in range(rounds + 1):
        first = 10_000_000 + number * _PICTURES
        recipes = tuple(Recipe(SeedSource(first + place)) for place in range(_PICTURES))
        finished: list[object] = []
        thread.idle_finished.connect(finished.append)
        begun = time.perf_counter()
        thread.when_idle(GalleryWork(recipes, "bench"))
        wait_until(lambda: ("gallery", "bench") in finished)  # noqa: B023 (called before the next round)
        gallery = _PICTURES / (time.perf_counter() - begun)
        thread.idle_finished.disconnect(finished.append)
        bare = _PICTURES / _bare_seconds(generator, first + 5_000_000)
        if number:  # the first round warms up
            ours.append(gallery)
            theirs.append(bare)
            ratios.append(gallery / bare)
    return Rate(median(ours), median(theirs), median(ratios))


def scrolling(window: MainWindow, *, seconds: float = 6.0) -> Scrolling:
    """Turn the wheel through ten thousand pictures that are drawn meanwhile."""
    page = _page(window)
    page.first.set_value(77_000_000)
    window.actions_["gallery"].trigger()
    wait_until(page.is_complete)
    bar = page.wall.verticalScrollBar()
    paints: list[float] = []
    mover = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=16)
    mover.timeout.connect(lambda: _scroll(page.wall, bar.value() + 40, paints))
    mover.start()
    try:
        found = beats(seconds)
    finally:
        mover.stop()
        window.actions_["gallery"].trigger()
    return Scrolling(found, quantiles(paints, n=100)[98])


def _scroll(wall: PictureWall, value: int, paints: list[float]) -> None:
    begun = time.perf_counter()
    wall.verticalScrollBar().setValue(value)
    QCoreApplication.sendPostedEvents(wall.window(), QEvent.Type.UpdateRequest)
    paints.append((time.perf_counter() - begun) * 1000)


@torch.inference_mode()
def _bare_seconds(generator: Generator, first: int) -> float:
    begun = time.perf_counter()
    for start in range(first, first + _PICTURES, _BATCH):
        codes, image = samples(generator, range(start, start + _BATCH))
        generator.synthesize(generator.truncate(codes, 1.0), image=image).cpu()
    return time.perf_counter() - begun


def _shown(page: GalleryPage) -> int:
    return sum(page.has_picture(place) for place in page.wall.in_sight())


def _page(window: MainWindow) -> GalleryPage:
    workspace = window.workspace
    assert isinstance(workspace, ExploreWorkspace)
    return workspace.pages.gallery
