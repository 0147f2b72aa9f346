"""The steps: what to do, what to point at, and how to see that it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRect
from PySide6.QtWidgets import QWidget

from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from latentlab.qt.workspaces.later import LaterWorkspace
from latentlab.qt.workspaces.mix.mix_workspace import MixWorkspace

if TYPE_CHECKING:
    from latentlab.qt.main_window import MainWindow
    from latentlab.qt.workspaces.train.train_workspace import TrainWorkspace

PRESET = "vae-digits-plane"
"""What the tour trains: half a minute on a small machine, from digits that are drawn on the spot."""
ENOUGH_SHEETS = 30
"""After so many the plane has filled: ten seconds or so."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Tour", text)


Target = Callable[[], QWidget | QRect | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do."""

    title: str
    text: str
    room: str
    """Name of the workspace that it is done in; "" for any."""
    target: Target
    """What to point at: a widget, or a place in the window; None while it is not there."""
    begin: Callable[[], Callable[[], bool]]
    """Called when the step begins; what it returns tells whether it was done."""
    help_text: str = ""
    help: Callable[[], None] = lambda: None
    """Does it for the person."""


def steps(window: MainWindow) -> tuple[Step, ...]:
    """All of them, for one window."""
    return (*_first(window), *_training(window))


def _first(window: MainWindow) -> tuple[Step, ...]:
    return (
        Step(
            _tr("Open a model"),
            _tr(
                "This model draws the pictures. Click its name and choose one from the list: another, or "
                "the same again. Dropping a file on the window opens it too."
            ),
            "explore",
            lambda: window.top_bar.model,
            lambda: _has_changed(lambda: window.studio.session),
        ),
        Step(
            _tr("Move through it"),
            _tr(
                "Drag on the picture, or pull at any slider on the right: the picture follows your hand. R "
                "throws the dice, Ctrl+Z takes a step back."
            ),
            "explore",
            lambda: _explore(window).pane.canvas,
            lambda: _has_changed(lambda: window.studio.session and window.studio.session.history.recipe),
        ),
        Step(
            _tr("Mix two pictures"),
            _tr("Mix crosses pictures: layout from one side, colours from the other. Click it on the rail."),
            "",
            lambda: _rail(window, "mix"),
            lambda: lambda: window.workspace is window.workspaces["mix"],
            _tr("Take me there"),
            lambda: window.show_workspace("mix"),
        ),
        Step(
            _tr("Keep a crossing"),
            _tr("Every cell is its row's picture in its column's style. Click the one you like: it is kept."),
            "mix",
            lambda: _mix(window).grid,
            lambda: _has_changed(lambda: window.studio.session and window.studio.session.shelf.favourites),
        ),
    )


def _training(window: MainWindow) -> tuple[Step, ...]:
    return (
        Step(
            _tr("Train a model of your own"),
            _tr(
                "New run offers presets and your own pictures. For the tour, a small VAE learns digits in "
                "half a minute, in a process of its own."
            ),
            "train",
            lambda: _train(window).runs,
            lambda: _run_starts(window),
            _tr("Train it now"),
            lambda: window.workspaces["train"].start_preset(PRESET),
        ),
        Step(
            _tr("Watch its plane fill"),
            _tr(
                "It has two numbers for a latent, so all it can draw lies in one plane: these samples are "
                "that plane. See the digits find their places. Rest the mouse on any word to learn what it "
                "means."
            ),
            "train",
            lambda: _train(window).samples,
            lambda: lambda: _plane_is_full(window),
        ),
        Step(
            _tr("Explore it while it learns"),
            _tr("The model opens in Explore, and newer weights take their place under your hand."),
            "train",
            lambda: _train(window).status.explore,
            lambda: lambda: window.studio.live.status is not None,
        ),
        Step(
            _tr("That is LatentLab"),
            _tr(
                "The badge freezes the weights. F1 explains the word under the mouse, Ctrl+K finds "
                "everything, and the question mark on the rail starts this tour again."
            ),
            "explore",
            lambda: window.bar.live_badge if window.bar.live_badge.isVisible() else window.top_bar.search,
            lambda: lambda: False,
        ),
    )


def _has_changed(value: Callable[[], object]) -> Callable[[], bool]:
    before = value()
    return lambda: value() != before


def _explore(window: MainWindow) -> ExploreWorkspace:
    found = window.workspaces["explore"]
    assert isinstance(found, ExploreWorkspace)
    return found


def _mix(window: MainWindow) -> MixWorkspace:
    found = window.workspaces["mix"]
    assert isinstance(found, MixWorkspace)
    return found


def _train(window: MainWindow) -> TrainWorkspace:
    from latentlab.qt.workspaces.train.train_workspace import TrainWorkspace

    later = window.workspaces["train"]
    assert isinstance(later, LaterWorkspace)
    made = later.made()
    assert isinstance(made, TrainWorkspace)
    return made


def _rail(window: MainWindow, name: str) -> QRect:
    place = window.rail.place_of(name)
    return QRect(window.rail.mapTo(window, place.topLeft()), place.size())


def _run_starts(window: MainWindow) -> Callable[[], bool]:
    run = _train(window).run
    before = run.path
    was_live = run.is_live
    return lambda: run.is_live and (run.path != before or not was_live)


def _plane_is_full(window: MainWindow) -> bool:
    run = _train(window).run
    return len(run.sheets) >= ENOUGH_SHEETS or (run.ended is not None and bool(run.sheets))
