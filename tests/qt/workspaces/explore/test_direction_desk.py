"""Directions in the real window: seen before use, learned, named, imported, shared, deleted and brought back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from latentlab.latents import own_directions
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.main_window import MainWindow
from latentlab.qt.session.session import Session
from latentlab.qt.workspaces.explore.direction_desk import DirectionDesk
from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from latentlab.qt.workspaces.explore.sections.directions_section import LEARNED, PCA, DirectionsSection
from tests.qt.conftest import open_in

PATIENCE = 20_000


def section_of(window: MainWindow) -> DirectionsSection:
    workspace = window.workspaces["explore"]
    assert isinstance(workspace, ExploreWorkspace)
    return workspace.sections.directions


def desk_of(window: MainWindow) -> DirectionDesk:
    workspace = window.workspaces["explore"]
    assert isinstance(workspace, ExploreWorkspace)
    assert workspace._desk is not None
    return workspace._desk


def session_of(window: MainWindow) -> Session:
    assert window.studio.session is not None
    return window.studio.session


@pytest.fixture
def ready(opened: MainWindow, qtbot: QtBot) -> MainWindow:
    """With its directions."""
    qtbot.waitUntil(lambda: session_of(opened).directions.all is not None, timeout=PATIENCE)
    return opened


def teach(window: MainWindow, qtbot: QtBot, name: str = "Stormy") -> str:
    """Learn a direction as a hand does; gives its id."""
    session, section = session_of(window), section_of(window)
    section.show_catalogue(LEARNED)
    session.marks.mark([Recipe(SeedSource(seed)) for seed in (1, 2, 3)], "A")
    session.marks.mark([Recipe(SeedSource(seed)) for seed in (4, 5, 6)], "B")
    qtbot.keyClicks(section.teach.name, name)
    section.teach.learn.click()
    qtbot.waitUntil(lambda: bool(session.directions.own.directions), timeout=PATIENCE)
    return session.directions.own.directions[-1].id


def test_what_a_direction_does_is_seen_before_it_is_used(ready: MainWindow, qtbot: QtBot) -> None:
    section = section_of(ready)
    section.show_catalogue(PCA)
    qtbot.waitUntil(lambda: bool(section.catalogue.wanted()), timeout=PATIENCE)
    lines = section.catalogue.list._lines
    unused = next(key for key in section.catalogue.wanted() if key not in section.rows)
    qtbot.waitUntil(lambda: len(lines.pictures.get(unused, [])) == 5, timeout=PATIENCE)


def test_six_marked_pictures_make_a_slider(ready: MainWindow, qtbot: QtBot) -> None:
    section, session = section_of(ready), session_of(ready)
    section.show_catalogue(LEARNED)
    session.marks.mark([Recipe(SeedSource(1))], "A")
    assert not section.teach.learn.isEnabled()
    assert "2 more A" in section.teach.said.text()
    session.marks.clear()
    learned = teach(ready, qtbot)
    assert learned in section.rows
    assert section.rows[learned].label() == "Stormy"
    assert "of 6 pictures" in section.teach.said.text()
    qtbot.waitUntil(lambda: section.teach.overlaps.isVisible(), timeout=PATIENCE)
    session.marks.mark([Recipe(SeedSource(7))], "A")
    assert not section.teach.overlaps.isVisible()  # it is no news any more


def test_a_learned_direction_is_there_the_next_time(
    ready: MainWindow, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    learned = teach(ready, qtbot)
    fingerprint = session_of(ready).model.fingerprint
    open_in(ready, model_files["vae"], qtbot)
    assert [item.id for item in own_directions.load(fingerprint).directions] == [learned]
    again = session_of(open_in(ready, model_files["style"], qtbot))
    qtbot.waitUntil(lambda: again.directions.all is not None, timeout=PATIENCE)
    assert again.directions.all is not None
    assert learned in again.directions.all


def test_stars_names_and_groups_order_the_catalogue(ready: MainWindow, qtbot: QtBot) -> None:
    section, session = section_of(ready), session_of(ready)
    section.show_catalogue(PCA)
    catalogue = section.catalogue
    catalogue._toggle_star("pca:3")
    catalogue._set_group("pca:2", "Light")
    session.directions.change_own(lambda own: own.with_note(own_directions.Note("pca:2", "Warmth", "Light")))
    keys = [line.key or line.name for line in catalogue.list._lines.lines]
    assert keys[:2] == ["Starred", "pca:3"]
    assert keys[keys.index("Light") + 1] == "pca:2"
    assert session.directions.all is not None
    assert session.directions.all["pca:2"].name == "Warmth"
    assert section.rows["pca:2"].label() == "Warmth"


def test_imported_shared_deleted_and_brought_back(ready: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    section, session, desk = section_of(ready), session_of(ready), desk_of(ready)
    path = tmp_path / "smile.npy"
    np.save(path, np.random.default_rng(3).standard_normal((1, 16)).astype(np.float32))
    desk._import(path)
    qtbot.waitUntil(lambda: bool(session.directions.own.directions), timeout=PATIENCE)
    imported = session.directions.own.directions[0]
    assert imported.name == "smile"
    assert session.directions.is_own(imported.id)
    section.use(imported.id)
    section.catalogue._delete(imported.id)
    assert imported.id not in section.rows
    assert not session.directions.own.directions
    section.catalogue.bring_back()
    assert session.directions.own.directions == (imported,)


def test_a_shared_file_is_read_by_another_window(ready: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    session = session_of(ready)
    known = session.directions.all
    assert known is not None
    other = replace(known["pca:1"], id="learned:feedbeef", name="Older")
    shared = own_directions.SharedDirections(session.model.ref, (other,))
    path = tmp_path / "older.directions"
    path.write_text(own_directions.to_shared_text(shared))
    ready.studio.opening.offer(path)
    qtbot.waitUntil(lambda: session.directions.is_own("learned:feedbeef"), timeout=PATIENCE)
    assert session.directions.own.directions == (other,)


def test_a_file_for_another_model_says_so(ready: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "wide.npy"
    np.save(path, np.ones(512, np.float32))
    desk_of(ready)._import(path)
    qtbot.waitUntil(ready.banner.isVisible, timeout=PATIENCE)
    assert "no direction for this model" in ready.banner.cause()
