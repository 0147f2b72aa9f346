"""Gallery and breeding in the real window: seen, chosen, kept, and gone back to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from latentlab.latents.learned import along, marked_codes
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.main_window import MainWindow
from latentlab.qt.session.session import Session
from latentlab.qt.widgets.picture_image import image_of
from latentlab.qt.widgets.picture_wall import Wish
from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from latentlab.qt.workspaces.explore.pages.explore_pages import ExplorePages
from latentlab.qt.workspaces.explore.pages.seed_order import Order, Seeds
from latentlab.qt.workspaces.explore.pages.small_pictures import SmallPictures
from tests.qt.conftest import open_in

PATIENCE = 20_000


def pages_of(window: MainWindow) -> ExplorePages:
    workspace = window.workspaces["explore"]
    assert isinstance(workspace, ExploreWorkspace)
    return workspace.pages


def session_of(window: MainWindow) -> Session:
    assert window.studio.session is not None
    return window.studio.session


@pytest.fixture
def gallery(opened: MainWindow, qtbot: QtBot) -> ExplorePages:
    pages = pages_of(opened)
    opened.actions_["gallery"].trigger()
    qtbot.waitUntil(pages.gallery.is_complete, timeout=PATIENCE)
    return pages


def test_the_gallery_shows_what_the_picture_would_be(gallery: ExplorePages, opened: MainWindow) -> None:
    page = gallery.gallery
    assert page.wall.count() == 10_000
    assert page.recipe_at(7) == Recipe(SeedSource(7))
    shown = opened.studio.last_shown
    assert shown is not None
    own = page.wall._source.image(0)  # seed 0 is the picture that is open
    assert own is not None
    assert own.size() == shown.image.size()
    spots = [(2, 3), (8, 8), (13, 5)]
    for x, y in spots:  # drawn in a batch: the last bit may differ
        one, other = own.pixelColor(x, y), shown.image.pixelColor(x, y)
        assert max(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True)) <= 1


def test_opening_is_a_step_to_undo_and_leads_back_to_the_picture(
    gallery: ExplorePages, opened: MainWindow, qtbot: QtBot
) -> None:
    gallery.gallery.wall.choose(9)
    qtbot.keyClick(gallery.gallery.wall, Qt.Key.Key_Return)
    assert gallery.shows_picture()
    session = session_of(opened)
    assert session.history.recipe == Recipe(SeedSource(9))
    session.history.undo()
    assert session.history.recipe == Recipe()


def test_keys_star_mark_and_choose_parents(gallery: ExplorePages, opened: MainWindow, qtbot: QtBot) -> None:
    wall, session = gallery.gallery.wall, session_of(opened)
    wall.choose(3)
    wall.choose(5, add=True)
    for key in (Qt.Key.Key_F, Qt.Key.Key_A, Qt.Key.Key_P):
        qtbot.keyClick(wall, key)
    recipes = (Recipe(SeedSource(3)), Recipe(SeedSource(5)))
    assert tuple(kept.recipe for kept in session.shelf.favourites) == recipes
    assert session.marks.more == recipes
    assert session.brood.parents == recipes
    qtbot.keyClick(wall, Qt.Key.Key_B)
    assert (session.marks.more, session.marks.less) == ((), recipes)
    for key in (Qt.Key.Key_F, Qt.Key.Key_B, Qt.Key.Key_P):
        qtbot.keyClick(wall, key)
    assert not session.shelf.favourites
    assert not session.marks.less
    assert not session.brood.parents


def test_the_most_alike_come_first(gallery: ExplorePages, opened: MainWindow, qtbot: QtBot) -> None:
    page = gallery.gallery
    session = session_of(opened)
    session.editor.apply("Seed", Recipe(SeedSource(42)))
    page.order.set_current(2)
    with qtbot.waitSignal(
        opened.studio.renders.idle_finished, timeout=PATIENCE, check_params_cb=lambda key: key == "similarity"
    ):
        page._restart()
    assert page.recipe_at(0) == Recipe(SeedSource(42))


def test_settings_that_seeds_share_are_followed(gallery: ExplorePages, opened: MainWindow) -> None:
    session = session_of(opened)
    session.editor.apply("Diversity", Recipe(truncation_psi=0.5))
    assert gallery.gallery.recipe_at(4) == Recipe(SeedSource(4), truncation_psi=0.5)


def test_escape_goes_back(gallery: ExplorePages, qtbot: QtBot) -> None:
    qtbot.keyClick(gallery.gallery, Qt.Key.Key_Escape)
    assert gallery.shows_picture()


def test_children_are_born_kept_and_gone_back_to(opened: MainWindow, qtbot: QtBot) -> None:
    pages, session = pages_of(opened), session_of(opened)
    session.brood.set_parents([Recipe(SeedSource(3)), Recipe(SeedSource(8))])
    opened.actions_["breed"].trigger()
    page = pages.breed
    page.breed.click()
    qtbot.waitUntil(page.is_complete, timeout=PATIENCE)
    first = session.brood.generations[0]
    assert len(first.children) == 12
    page.children_.choose(4)
    qtbot.keyClick(page.children_, Qt.Key.Key_P)
    qtbot.keyClick(page.children_, Qt.Key.Key_F)
    assert session.brood.parents[-1] == first.children[4]
    assert session.shelf.is_favourite(first.children[4])
    page.breed.click()
    qtbot.waitUntil(lambda: len(session.brood.generations) == 2, timeout=PATIENCE)
    page.earlier.click()
    assert session.brood.parents == first.parents
    assert page.children_.count() == 12
    assert page._named([4])[0][0] == first.children[4]
    pages.deeds.do(Wish.OPEN, page._named([4]))
    assert session.history.recipe == first.children[4]


def test_a_direction_that_is_kept_is_where_the_first_parent_has_it(opened: MainWindow, qtbot: QtBot) -> None:
    pages, session = pages_of(opened), session_of(opened)
    qtbot.waitUntil(lambda: session.directions.all is not None, timeout=PATIENCE)
    session.brood.set_parents([Recipe(SeedSource(3)), Recipe(SeedSource(8))])
    session.brood.set_rules(replace(session.brood.rules, change=0.5, directions=("pca:0",)))
    pages.breed.ask()
    qtbot.waitUntil(lambda: len(session.brood.generations) == 1, timeout=PATIENCE)
    known = session.directions.all
    assert known is not None
    generation = session.brood.generations[0]
    generator = opened.studio.open_model.generator
    codes = marked_codes([generation.parents[0], *generation.children], generator, known)
    first, *others = along(codes, known["pca:0"])
    assert others == pytest.approx([first] * len(others), abs=2e-3)


def test_a_translator_says_why_it_has_neither(
    window: MainWindow, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.studio.session_opened, timeout=PATIENCE):
        window.studio.opening.offer(model_files["translator"])
    pages = pages_of(window)
    pages.show_gallery()
    assert pages.gallery.wall.count() == 0
    assert "no seeds" in pages.gallery.wall.empty_text()
    pages.show_breed()
    assert not pages.breed.breed.isEnabled()
    assert "cannot be bred" in pages.breed.children_.empty_text()


def test_a_single_code_says_how_it_is_crossed(
    window: MainWindow, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    pages = pages_of(open_in(window, model_files["vae"], qtbot))
    assert "groups of its numbers" in pages.breed.how.text()


def test_marks_and_generations_survive_a_restart(
    window: MainWindow, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    session = session_of(open_in(window, model_files["style"], qtbot))
    session.marks.mark([Recipe(SeedSource(1))], "A")
    session.brood.set_parents([Recipe(SeedSource(3))])
    pages_of(window).breed.ask()
    qtbot.waitUntil(lambda: len(session.brood.generations) == 1, timeout=PATIENCE)
    open_in(window, model_files["vae"], qtbot)
    again = session_of(open_in(window, model_files["style"], qtbot))
    assert again is not session
    assert again.marks.more == (Recipe(SeedSource(1)),)
    assert again.brood.parents == (Recipe(SeedSource(3)),)
    assert again.brood.generations == session.brood.generations


def test_small_pictures_stay_within_their_bound() -> None:
    kept = SmallPictures(most_bytes=10 * 16 * 16 * 4)
    for seed in range(100):
        kept.put(Recipe(SeedSource(seed)), image_of(np.zeros((16, 16, 3), np.uint8)))
        kept.get(Recipe(SeedSource(0)))
    assert len(kept) == 10
    assert kept.size_bytes <= 10 * 16 * 16 * 4
    assert Recipe(SeedSource(0)) in kept  # looked at again and again
    assert Recipe(SeedSource(99)) in kept


def test_what_is_not_compared_yet_comes_after_in_its_own_order() -> None:
    order = Order(6)
    order.learn([(4, 0.1), (2, 0.5), (0, 0.3)])
    order.sort()
    assert [order.number(place) for place in range(6)] == [4, 0, 2, 1, 3, 5]
    assert [order.place(number) for number in (4, 0, 2, 1, 3, 5)] == list(range(6))


def test_nearby_steps_begin_at_the_picture_itself() -> None:
    base = Recipe(SeedSource(5), truncation_psi=0.7)
    seeds = Seeds(base, "nearby")
    assert seeds.recipe(0) == base
    steps = {seeds.recipe(number).nearby.seed for number in range(1, 20)}
    assert len(steps) == 19
    assert all(seeds.recipe(number).source == base.source for number in range(20))
