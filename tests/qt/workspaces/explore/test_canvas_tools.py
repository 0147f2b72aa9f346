"""Comparing with any picture, and walking over any plane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from latentlab.latents.recipe import BlendSource, Component, Recipe, SeedSource
from latentlab.qt.main_window import MainWindow
from latentlab.qt.widgets.canvas_paint import difference
from latentlab.qt.widgets.picture_image import image_of
from latentlab.qt.workspaces.explore.walk import place_in_patch, with_patch
from tests.qt.test_main_window import explore, recipe_of

SEEDS = (1, 2, 3, 4)


def test_a_difference_is_that_of_the_colours_times_its_gain() -> None:
    generator = np.random.default_rng(0)
    a, b = (generator.integers(0, 256, (6, 5, 3), np.uint8) for _ in range(2))
    for gain in (1, 4):
        found = difference(image_of(a), image_of(b), gain)
        expected = np.minimum(np.abs(a.astype(int) - b) * gain, 255)
        assert found.pixelColor(2, 3).getRgb()[:3] == tuple(int(value) for value in expected[3, 2])
    assert image_of(a).pixelColor(0, 0).getRgb()[:3] == tuple(int(v) for v in a[0, 0]), (
        "nothing was painted over"
    )


def test_one_compares_with_any_snapshot(opened: MainWindow, qtbot: QtBot) -> None:
    pane, session = explore(opened).pane, opened.studio.session
    assert session is not None
    other = Recipe(source=SeedSource(5))
    session.shelf.store_snapshot(3, other, "Seed 5")
    with qtbot.waitSignal(opened.studio.stage.compared, timeout=10_000) as got:
        pane.comparing.choose(other, "Snapshot 3")
    assert got.args[0].frame.recipe == other
    assert pane.tools.wipe.isChecked()
    assert any("Snapshot 3" in line for line in pane.comparing.lines())
    opened.actions_["difference"].trigger()
    assert not pane.tools.wipe.isChecked(), "one of both at a time"
    qtbot.waitUntil(lambda: opened.studio.last_shown.frame.recipe == recipe_of(opened))  # type: ignore[union-attr]
    shown = QImage(pane.canvas.image())
    assert shown == pane.canvas.image(), "the picture itself stays as it is"


@pytest.mark.parametrize("place", [(-1.0, 1.0), (0.0, 0.0), (0.5, -0.25), (1.0, -1.0)])
def test_a_place_in_the_patch_is_found_again(place: tuple[float, float]) -> None:
    recipe = with_patch(Recipe(), SEEDS, place, in_w=True)
    assert place_in_patch(recipe, SEEDS) == pytest.approx(place, abs=1e-3)


def test_corners_are_their_seeds_and_the_middle_is_a_blend() -> None:
    assert with_patch(Recipe(), SEEDS, (1.0, 1.0), in_w=True).source == SeedSource(2)
    middle = with_patch(Recipe(), SEEDS, (0.0, 0.0), in_w=True).source
    assert middle == BlendSource(SEEDS, (0.25, 0.25, 0.25, 0.25), "w")
    by_hand = Recipe(components=(Component(0, 1.0),))
    assert with_patch(by_hand, SEEDS, (0.0, 0.0), in_w=True).source == replace(middle, space="z")
    assert place_in_patch(Recipe(source=SeedSource(9)), SEEDS) is None


def test_a_hand_walks_between_four_seeds_from_where_it_is(opened: MainWindow, qtbot: QtBot) -> None:
    workspace, session = explore(opened), opened.studio.session
    assert session is not None
    assert workspace._walk is not None
    session.editor.apply("Seed", Recipe(source=SeedSource(42)))
    workspace._walk.between_seeds()
    assert session.plane.choice.seeds[2] == 42
    assert len(workspace.pane.plane._trail) == 1, "no way leads here from the plane before"
    steps = len(session.history)
    with qtbot.waitSignal(opened.studio.stage.rendered_fully, timeout=10_000):
        for far in (0.1, 0.2, 0.25):
            workspace.pane.canvas.walked.emit(far, far)
        workspace.pane.canvas.walk_finished.emit()
    source = recipe_of(opened).source
    assert isinstance(source, BlendSource)
    assert source.weights == pytest.approx((0.1875, 0.0625, 0.5625, 0.1875))
    assert len(session.history) == steps + 1
    session.history.undo()
    assert recipe_of(opened).source == SeedSource(42)


def test_the_doors_stand_beside_a_fitted_picture(opened: MainWindow, qtbot: QtBot) -> None:
    pane, doors = explore(opened).pane, explore(opened).pages.doors
    for beside, wide in ((60, False), (200, True)):
        pane.resize(pane.height() - 32 + 2 * beside, pane.height())
        assert pane.canvas.is_fitted()
        assert not pane.canvas.picture_rect().intersects(QRectF(doors.geometry()))
        assert (doors.width() > doors.height()) == wide
        assert pane.rect().contains(doors.geometry())
    pane.canvas.set_zoom(400.0)
    assert doors.width() > doors.height(), "over a picture that is everywhere they lie as usual"
