"""Diagnose in the real window, on small results on disk."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from latentlab.diagnosis.result import Progress
from latentlab.latents.recipe import SeedSource
from latentlab.places import resource_dir
from latentlab.qt.main_window import MainWindow
from latentlab.qt.theme.numbers import THIN_SPACE
from latentlab.qt.workspaces.diagnose.diagnose_workspace import DiagnoseWorkspace
from latentlab.qt.workspaces.diagnose.order import Order
from latentlab.qt.workspaces.later import LaterWorkspace
from tests.qt.conftest import open_in

from . import results

LEFT = Qt.MouseButton.LeftButton


def diagnose_of(window: MainWindow, qtbot: QtBot) -> DiagnoseWorkspace:
    """The workspace, shown."""
    window.show_workspace("diagnose")
    later = window.workspace
    assert isinstance(later, LaterWorkspace)
    made = later.made()
    assert isinstance(made, DiagnoseWorkspace)
    qtbot.waitUntil(made.isVisible)
    return made


@pytest.fixture
def shown(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> DiagnoseWorkspace:
    """A finished result of a run."""
    diagnose = diagnose_of(window, qtbot)
    results.write(tmp_path / "result")
    diagnose.open_result(tmp_path / "result")
    qtbot.waitUntil(lambda: diagnose.result.views is not None)
    return diagnose


def test_without_anything_it_says_what_to_do(window: MainWindow, qtbot: QtBot) -> None:
    diagnose = diagnose_of(window, qtbot)
    assert diagnose.empty.isVisible()
    assert diagnose.empty.subject.isVisible()
    assert not diagnose.empty.measure.isVisible()
    assert not diagnose.bar.measure.isEnabled()
    assert not diagnose.bar.report.isEnabled()


def test_an_open_model_lacks_its_pictures_only(
    window: MainWindow, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    diagnose = diagnose_of(window, qtbot)
    open_in(window, model_files["style"], qtbot)
    assert diagnose.order.name == "Style"
    assert diagnose.empty.data.isVisible()
    diagnose.choose(Order(diagnose.order.subject, "Style", data="pictures"))
    assert diagnose.empty.measure.isVisible()
    assert diagnose.bar.measure.isEnabled()


def test_a_model_that_ships_knows_its_pictures(window: MainWindow, qtbot: QtBot) -> None:
    diagnose = diagnose_of(window, qtbot)
    diagnose.choose(Order(str(resource_dir() / "models" / "landscapes.safetensors"), "Landscapes"))
    assert diagnose.empty.measure.isVisible()
    assert "its training data" in diagnose.empty.title.text()
    assert diagnose.bar.measure.isEnabled()


def test_a_model_that_ships_without_its_pictures_asks_for_them(window: MainWindow, qtbot: QtBot) -> None:
    diagnose = diagnose_of(window, qtbot)
    diagnose.choose(Order(str(resource_dir() / "models" / "flags.safetensors"), "Flags"))
    assert "Which pictures" in diagnose.empty.title.text()
    assert not diagnose.bar.measure.isEnabled()


def test_the_bar_of_the_window_is_about_what_is_measured(
    window: MainWindow, model_files: dict[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    diagnose = diagnose_of(window, qtbot)
    open_in(window, model_files["style"], qtbot)
    assert window.top_bar.model.text() == "Style"
    assert not window.bar.randomise.isVisible()
    assert diagnose.bar.report.isVisible()
    results.write(tmp_path / "result")
    diagnose.open_result(tmp_path / "result")
    qtbot.waitUntil(lambda: diagnose.result.views is not None)
    assert window.top_bar.model.text() == diagnose.order.name != "Style"
    window.show_workspace("explore")
    assert window.top_bar.model.text() == "Style"
    assert window.bar.randomise.isVisible()


def test_the_verdict_stands_first_with_its_figures(shown: DiagnoseWorkspace) -> None:
    header = shown.header
    assert header.title.text() == "Part of the data is never drawn: green discs."
    assert "Also: The discriminator starts to memorise." in header.detail.text()
    assert header.headlines[0].text() == ("Coverage", "0.78", "0.72 – 0.83")
    assert header.remedy.text() == "Start a run with r1_gamma 2.0, r2_gamma 2.0"
    header.why.click()
    assert shown.pages.current == "evidence"
    first = shown.pages.evidence.cards[0]
    first.evidence.click()
    assert shown.pages.current == "overview"
    assert shown.selection.chosen.bins == results.LOST


def test_a_bin_is_chosen_everywhere(shown: DiagnoseWorkspace) -> None:
    overview = shown.pages.overview
    heat = overview.bins.map
    QTest.mouseClick(heat, LEFT, pos=heat.cell(0, 3).center().toPoint())
    (number,) = shown.selection.chosen.bins
    views = shown.result.views
    assert views is not None
    drawn = set(np.flatnonzero(views.members.generated_bins == number).tolist())
    assert set(overview.map.map.chosen().generated) == drawn
    assert overview.chosen.isVisible()
    marked = {pair for pair, one in enumerate(overview.pairs.strip.pairs) if drawn & {one.first, one.second}}
    assert overview.pairs.strip.marked() == marked
    QTest.keyClick(heat, Qt.Key.Key_Escape)
    assert not shown.selection.chosen
    assert overview.scores.isVisible()


def test_never_drawn_pictures_show_their_bin(shown: DiagnoseWorkspace) -> None:
    overview = shown.pages.overview
    mosaic = overview.never.mosaic
    QTest.mouseClick(mosaic.viewport(), LEFT, pos=mosaic.box(mosaic.keys()[0]).center().toPoint())
    assert shown.selection.chosen.bins == (results.LOST[0],)
    assert overview.bins.map.rows() == (8,)  # the lost ones are the last two rows
    assert overview.map.map.chosen().real == (mosaic.keys()[0],)


def test_a_click_into_an_outline_chooses_what_it_holds(shown: DiagnoseWorkspace) -> None:
    shown.pages.overview.map.map.region_clicked.emit(0)
    chosen = shown.selection.chosen
    assert set(chosen.bins) <= set(results.LOST)
    assert len(chosen.real) >= 10


def test_checkpoints_are_scrubbed_by_keys(shown: DiagnoseWorkspace) -> None:
    heat = shown.pages.overview.bins.map
    assert heat.column() == 3
    QTest.keyClick(heat, Qt.Key.Key_Left)
    assert heat.column() == 2
    plane = shown.pages.overview.map
    np.testing.assert_allclose(plane.map.data.generated, np.full((5, 2), 1 / 3))
    assert plane.foot.text().replace(THIN_SPACE, " ") == "Step 3 000, 5 samples"
    QTest.keyClick(heat, Qt.Key.Key_Right)
    assert len(plane.map.data.generated) == 120
    assert [column.replace(THIN_SPACE, " ") for column in heat.data.columns] == ["1 k", "2 k", "3 k", "4 k"]


def test_a_sample_lands_in_explore_on_its_seed(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    diagnose = diagnose_of(opened, qtbot)
    session = opened.studio.session
    assert session is not None
    results.write(tmp_path, model=session.model.path)
    diagnose.open_result(tmp_path)
    qtbot.waitUntil(lambda: diagnose.result.views is not None)
    diagnose.pages.overview.pairs.strip.sample_opened.emit(7)
    assert session.history.recipe.source == SeedSource(107)
    assert opened.workspace is opened.workspaces["explore"]
    opened.show_workspace("diagnose")
    diagnose.pages.latent.walk_opened.emit(1.25)
    source = session.history.recipe.source
    assert (source.seeds, source.weights) == ((1, 2), (0.75, 0.25))  # type: ignore[union-attr]


def test_another_model_is_opened_for_its_sample(
    opened: MainWindow, model_files: dict[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    diagnose = diagnose_of(opened, qtbot)
    results.write(tmp_path, model=str(model_files["vae"]))
    diagnose.open_result(tmp_path)
    qtbot.waitUntil(lambda: diagnose.result.views is not None)
    with qtbot.waitSignal(opened.studio.session_opened, timeout=20_000):
        diagnose.pages.sample_wanted.emit(0)
    session = opened.studio.session
    assert session is not None
    qtbot.waitUntil(lambda: session.history.recipe.source == SeedSource(100), timeout=20_000)


def test_stages_appear_as_they_finish(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    diagnose = diagnose_of(window, qtbot)
    results.write(tmp_path, finished=False)
    diagnose.open_result(tmp_path)
    qtbot.waitUntil(lambda: diagnose.result.views is not None)
    assert diagnose.header.title.text() == "No verdict yet"
    assert not diagnose.pages.overview.pairs.strip.pairs
    results.write(tmp_path)
    diagnose.result.look()
    qtbot.waitUntil(lambda: bool(diagnose.pages.overview.pairs.strip.pairs))
    assert diagnose.header.title.text().startswith("Part of the data")


def test_a_complete_result_stays_until_the_next_one_is_complete(
    shown: DiagnoseWorkspace, tmp_path: Path, qtbot: QtBot
) -> None:
    before = shown.result.views
    results.write(tmp_path / "result", finished=False)
    with qtbot.waitSignal(shown.result.progressed):
        shown.result.look()
    assert shown.result.views is before
    results.write(tmp_path / "result", count=60)
    shown.result.look()
    qtbot.waitUntil(lambda: shown.result.views is not before)
    assert shown.result.views is not None
    assert len(shown.result.views.real_names) == 60  # type: ignore[arg-type]


def test_a_damaged_result_is_an_error_with_a_remedy(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    diagnose = diagnose_of(window, qtbot)
    (tmp_path / "result.json").write_text("{")
    diagnose.open_result(tmp_path)
    qtbot.waitUntil(window.banner.isVisible)
    assert "cannot be read" in window.banner.cause()
    assert diagnose.empty.isVisible()


def test_pages_are_those_that_were_measured(shown: DiagnoseWorkspace) -> None:
    assert [name for name, _ in shown.pages.titles()] == ["overview", "latent", "evidence"]
    shown.bar.page_chosen.emit(1)
    assert shown.pages.latent.basins.isVisible()
    assert shown.pages.latent.truncation.isVisible()
    plane = shown.pages.latent.basins.plane
    QTest.mouseClick(plane, LEFT, pos=plane.centre(0, 0).toPoint())
    assert shown.selection.chosen.bins == (0,)


def test_reports_are_saved(shown: DiagnoseWorkspace, tmp_path: Path, qtbot: QtBot) -> None:
    views = shown.result.views
    assert views is not None
    for kind in ("html", "json", "txt"):
        with qtbot.waitSignal(shown.report.noticed):
            shown.report.save(views.result, kind, tmp_path / f"saved.{kind}")
    saved = json.loads((tmp_path / "saved.json").read_text())
    assert saved["figures"][0]["value"] == 0.78
    assert (tmp_path / "saved.html").read_text() == "<html>report</html>"


def test_files_of_what_is_never_drawn_are_listed(shown: DiagnoseWorkspace) -> None:
    dialog = shown.report.show_files(shown.pages.overview.never.meant()[:2])
    assert dialog is not None
    assert dialog.windowTitle() == "2 pictures of the data"
    dialog.close()


def test_a_remedy_asks_for_a_branch(shown: DiagnoseWorkspace, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.remedies.branch_wanted) as wanted:
        shown.remedies.branch_wanted.disconnect(shown.branch_wanted)
        shown.header.remedy.click()
    assert wanted.args == [
        Path("runs/discs"),
        2000,
        {"settings.r1_gamma": 2.0, "settings.r2_gamma": 2.0},
    ]


def test_what_cannot_be_measured_says_why(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    diagnose = diagnose_of(window, qtbot)
    diagnose.choose(Order(str(tmp_path / "missing"), "missing", is_run=True))
    diagnose.measure()
    assert diagnose.header.cancel.isVisible()
    qtbot.waitUntil(window.banner.isVisible, timeout=30_000)
    assert not diagnose.measuring.is_running
    assert diagnose.bar.measure.isEnabled()


def test_measures_can_be_stopped(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    diagnose = diagnose_of(window, qtbot)
    diagnose.choose(Order(str(tmp_path / "missing"), "missing", is_run=True))
    diagnose.measure()
    with qtbot.waitSignal(diagnose.measuring.cancelled, timeout=30_000):
        diagnose.header.cancel.click()
        diagnose._on_progress(Progress("running", "Reading the data", 0.0, 1.0, None, "", 1))
        assert diagnose.header.stage.text() == "Stopping"  # until it has, whatever it was doing
    assert not diagnose.header.cancel.isVisible()


def test_a_run_is_diagnosed_from_train(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    later = window.workspaces["train"]
    assert isinstance(later, LaterWorkspace)
    later.made().run_wanted.emit("diagnose", tmp_path / "my-run")
    diagnose = diagnose_of(window, qtbot)
    assert (diagnose.order.name, diagnose.order.is_run) == ("my-run", True)
    assert diagnose.bar.measure.isEnabled()
    assert diagnose.empty.measure.isVisible()


@pytest.fixture
def whole(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> DiagnoseWorkspace:
    """A result with every page there is."""
    diagnose = diagnose_of(window, qtbot)
    results.write(tmp_path / "whole", everything=True)
    diagnose.open_result(tmp_path / "whole")
    qtbot.waitUntil(lambda: diagnose.result.views is not None)
    return diagnose


def test_a_class_is_chosen_everywhere(whole: DiagnoseWorkspace, qtbot: QtBot) -> None:
    whole.pages.show_page("classes")
    page = whole.pages.classes
    qtbot.waitUntil(page.map.isVisible)
    QTest.mouseClick(page.map, LEFT, pos=page.map.cell(1, 0).center().toPoint())
    assert whole.selection.chosen.classes == (1,)
    assert page.mosaic.keys() == tuple(range(1, 120, 3))
    assert page.confusion.rows() == (1,)
    whole.pages.show_page("overview")
    assert set(whole.pages.overview.map.map.chosen().generated) == set(range(1, 120, 3))
    assert page.shares.bars[1].alarming


def test_captions_show_their_pictures(whole: DiagnoseWorkspace) -> None:
    whole.pages.show_page("captions")
    page = whole.pages.captions
    assert page.table.shape() == (2, 4)
    page.map.rows_chosen.emit((1,))
    assert page.table.shape() == (1, 4)
    assert page.map.describe(1, 0) == "a green disc: 0.10 (0.05 – 0.15)"


def test_a_dimension_is_chosen_in_bars_time_and_traversals(whole: DiagnoseWorkspace, qtbot: QtBot) -> None:
    whole.pages.show_page("encoder")
    page = whole.pages.encoder
    qtbot.waitUntil(page.kl.isVisible)
    assert [bar.name for bar in page.kl.bars] == ["3", "1", "2", "4"]  # most used first
    assert [bar.quiet for bar in page.kl.bars] == [False, False, True, True]
    QTest.mouseClick(page.kl, LEFT, pos=page.kl.box(1).center().toPoint())
    assert page.heat.rows() == (1,)
    assert page.table.row() == 1
    assert page.use.right.text() == "2 used, 2 active of 4"
    wanted: list[tuple[int, float]] = []
    whole.pages.number_wanted.disconnect()
    whole.pages.number_wanted.connect(lambda index, value: wanted.append((index, value)))
    page.table.opened.emit(1, 4)
    assert wanted == [(0, 3.0)]  # the second most used is the first of z


def test_hidden_messages_are_shown_beside_what_is_usual(whole: DiagnoseWorkspace) -> None:
    whole.pages.show_page("translation")
    page = whole.pages.translation
    assert [line.name for line in page.chart.lines] == ["the way back", "the same noise in real pictures"]
    assert page.table.shape() == (4, 3)
    assert page.facts.facts[0][0] == "Error there and back"
