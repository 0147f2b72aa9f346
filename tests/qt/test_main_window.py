from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from latentlab.latents import paths
from latentlab.latents.recipe import PhotoSource, Recipe, SeedSource
from latentlab.qt.main_window import MainWindow
from latentlab.qt.studio.opening import Wish
from latentlab.qt.workspaces.explore.explore_workspace import ExploreWorkspace
from tests.qt.conftest import open_in


def explore(window: MainWindow) -> ExploreWorkspace:
    workspace = window.workspace
    assert isinstance(workspace, ExploreWorkspace)
    return workspace


def recipe_of(window: MainWindow) -> Recipe:
    assert window.studio.session is not None
    return window.studio.session.history.recipe


def press(
    window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """As the keyboard does it: through the system's window, to whatever has the focus."""
    QTest.keyClick(window.windowHandle(), key, modifiers)


def drag(widget: QWidget, start: float, end: float, steps: int = 8) -> None:
    middle = widget.height() // 2
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=QPoint(round(start), middle))
    for step in range(1, steps + 1):
        QTest.mouseMove(widget, QPoint(round(start + (end - start) * step / steps), middle))
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=QPoint(round(end), middle))


def test_a_model_opens_with_its_picture_name_and_facts(opened: MainWindow) -> None:
    assert not explore(opened).pane.canvas.image().isNull()
    assert opened.top_bar.model.text() == "Style"
    assert opened.windowTitle().startswith("Style")


def test_a_drag_is_one_step_and_ends_in_a_full_picture(opened: MainWindow, qtbot: QtBot) -> None:
    session = opened.studio.session
    assert session is not None
    slider = explore(opened).sections.diversity.psi.slider
    with qtbot.waitSignal(opened.studio.stage.rendered_fully):
        drag(slider, slider.x_of(1.0), slider.x_of(0.4))
    assert recipe_of(opened).truncation_psi == pytest.approx(0.4, abs=0.03)
    assert len(session.history) == 2
    press(opened, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert recipe_of(opened).truncation_psi == 1.0
    assert slider.value() == 1.0
    press(opened, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert recipe_of(opened).truncation_psi == pytest.approx(0.4, abs=0.03)


def test_arrows_step_through_seeds(opened: MainWindow) -> None:
    press(opened, Qt.Key.Key_Right)
    press(opened, Qt.Key.Key_Right)
    assert recipe_of(opened).source == SeedSource(2)
    press(opened, Qt.Key.Key_Left)
    assert recipe_of(opened).source == SeedSource(1)
    press(opened, Qt.Key.Key_Left)
    press(opened, Qt.Key.Key_Left)
    assert recipe_of(opened).source == SeedSource(2**32 - 1)


def test_randomise_leaves_alone_what_is_locked(opened: MainWindow) -> None:
    session = opened.studio.session
    assert session is not None
    explore(opened).sections.diversity.psi.lock_toggled.emit(True)
    press(opened, Qt.Key.Key_R)
    assert recipe_of(opened).source != SeedSource(0)
    assert recipe_of(opened).truncation_psi == 1.0
    session.locks.set_locked("source.seed", True)
    before = recipe_of(opened).source
    press(opened, Qt.Key.Key_R)
    assert recipe_of(opened).source == before


def test_shift_r_goes_nearby(opened: MainWindow) -> None:
    press(opened, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert recipe_of(opened).source == SeedSource(0)
    assert recipe_of(opened).nearby.amount > 0


def test_snapshots_are_stored_and_recalled_by_number(opened: MainWindow) -> None:
    press(opened, Qt.Key.Key_Right)
    press(opened, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    press(opened, Qt.Key.Key_Right)
    press(opened, Qt.Key.Key_4)
    assert recipe_of(opened).source == SeedSource(1)
    press(opened, Qt.Key.Key_5)
    assert recipe_of(opened).source == SeedSource(1), "an empty slot changes nothing"


def test_favourites_are_kept_and_let_go(opened: MainWindow) -> None:
    session = opened.studio.session
    assert session is not None
    press(opened, Qt.Key.Key_F)
    assert opened.bar.star.isChecked()
    assert [kept.recipe for kept in session.shelf.favourites] == [Recipe()]
    press(opened, Qt.Key.Key_F)
    assert not opened.bar.star.isChecked()
    assert session.shelf.favourites == ()


def test_a_recipe_travels_by_clipboard(opened: MainWindow) -> None:
    press(opened, Qt.Key.Key_Right)
    press(opened, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    press(opened, Qt.Key.Key_Right)
    press(opened, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert recipe_of(opened).source == SeedSource(1)


def test_what_is_no_recipe_is_refused_in_words(opened: MainWindow) -> None:
    QApplication.clipboard().setText("hello")
    press(opened, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert recipe_of(opened) == Recipe()
    assert opened.banner.cause() == "The clipboard holds no recipe."
    QApplication.clipboard().setText('{"seed": -1}')
    press(opened, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "clipboard" not in opened.banner.cause(), "what is wrong with a recipe is told"


def test_holding_the_backslash_shows_the_picture_before_any_edit(opened: MainWindow, qtbot: QtBot) -> None:
    pane = explore(opened).pane
    with qtbot.waitSignal(opened.studio.stage.rendered_fully):
        explore(opened).sections.diversity.psi.field.edit(0.2)
    edited = pane.canvas.image().copy()
    with qtbot.waitSignal(opened.studio.stage.compared):
        QTest.keyPress(opened.windowHandle(), Qt.Key.Key_Backslash)
    assert pane.canvas.image() == edited, "the edited picture waits behind the original"
    with qtbot.waitSignal(opened.studio.stage.rendered_fully):
        QTest.keyRelease(opened.windowHandle(), Qt.Key.Key_Backslash)
    assert recipe_of(opened).truncation_psi == 0.2


def test_tab_hides_the_panels_and_brings_them_back(opened: MainWindow) -> None:
    press(opened, Qt.Key.Key_Tab)
    assert not opened.rail.isVisible()
    assert not explore(opened).inspector.isVisible()
    press(opened, Qt.Key.Key_Tab)
    assert opened.rail.isVisible()
    assert explore(opened).inspector.isVisible()


def test_escape_takes_away_the_banner_and_never_quits(opened: MainWindow) -> None:
    opened.studio.warned.emit("Memory is short.")
    assert opened.banner.isVisible()
    press(opened, Qt.Key.Key_Escape)
    assert not opened.banner.isVisible()
    press(opened, Qt.Key.Key_Escape)
    assert opened.isVisible()
    assert opened.studio.renders.isRunning()


def test_a_damaged_file_shows_a_banner_and_the_last_picture_stays(
    opened: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    before = explore(opened).pane.canvas.image().copy()
    path = tmp_path / "network.pkl"
    path.write_bytes(b"\x80\x04hello")
    with qtbot.waitSignal(opened.studio.failed), qtbot.captureExceptions():
        opened.studio.opening.offer(path)
    assert opened.banner.isVisible()
    assert "network.pkl" in opened.banner.cause()
    assert explore(opened).pane.canvas.image() == before
    path.write_bytes(Path(str(opened.studio.session.model.path)).read_bytes())  # type: ignore[union-attr]
    with qtbot.waitSignal(opened.studio.session_opened, timeout=20_000):
        opened.banner.retry_requested.emit()
    assert not opened.banner.isVisible()


def test_a_translator_waits_for_a_photo_and_takes_it(
    window: MainWindow, model_files: dict[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.studio.session_opened, timeout=20_000):
        window.studio.opening.offer(model_files["translator"])
    assert window.studio.stage.waits_for_photo
    photo = tmp_path / "photo.png"
    pixmap = window.grab()
    assert pixmap.save(str(photo))
    with qtbot.waitSignal(window.studio.stage.rendered_fully, timeout=20_000):
        window.studio.opening.offer(photo)
    assert isinstance(recipe_of(window).source, PhotoSource)
    assert not explore(window).pane.canvas.image().isNull()


def test_a_vae_finds_the_latent_of_a_photo(
    window: MainWindow, model_files: dict[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    open_in(window, model_files["vae"], qtbot)
    photo = tmp_path / "photo.png"
    assert window.grab().save(str(photo))
    with qtbot.waitSignal(window.studio.stage.rendered_fully, timeout=20_000):
        window.studio.opening.offer(photo)
    assert isinstance(recipe_of(window).source, PhotoSource)


def test_classes_are_mixed_and_undone_as_one_step(
    window: MainWindow, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    open_in(window, model_files["classes"], qtbot)
    mixer = explore(window).sections.classes.mixer
    assert mixer is not None
    mixer.changed.emit(((0, 1.0), (2, 0.5)))
    assert paths.get(recipe_of(window), "classes[2].weight") == 0.5
    press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert recipe_of(window) == Recipe()


def test_sections_say_what_the_model_has_none_of(
    window: MainWindow, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    open_in(window, model_files["vae"], qtbot)
    sections = explore(window).sections
    assert not sections.noise.is_expanded()
    assert not sections.classes.is_expanded()
    assert sections.latent.is_expanded()


def test_directions_appear_and_move_the_picture(opened: MainWindow, qtbot: QtBot) -> None:
    sections = explore(opened).sections
    qtbot.waitUntil(lambda: len(sections.directions.rows) == 4, timeout=20_000)
    direction, row = next(iter(sections.directions.rows.items()))
    before = explore(opened).pane.canvas.image().copy()
    with qtbot.waitSignal(opened.studio.stage.rendered_fully):
        drag(row.strip, row.strip.x_of(0.0), row.strip.x_of(2.0))
    assert paths.get(recipe_of(opened), f"directions[{direction}].weight") == pytest.approx(2.0, abs=0.1)
    assert explore(opened).pane.canvas.image() != before


def test_the_search_finds_actions_and_directions(opened: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(explore(opened).sections.directions.rows) == 4, timeout=20_000)
    opened.actions_["palette"].trigger()
    texts = [command.text for command in opened.palette_.found()]
    assert "Fit the picture" in texts
    assert any(text.startswith("Change") for text in texts)


def test_after_a_drag_the_keys_belong_to_the_picture(opened: MainWindow, qtbot: QtBot) -> None:
    slider = explore(opened).sections.diversity.psi.slider
    handle = opened.windowHandle()
    here = slider.mapTo(opened, QPoint(round(slider.x_of(1.0)), slider.height() // 2))
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=here)
    QTest.mouseMove(handle, here - QPoint(20, 0))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=here - QPoint(20, 0))
    assert recipe_of(opened).truncation_psi < 1.0
    qtbot.waitUntil(lambda: QApplication.focusWidget() is explore(opened).pane.canvas)
    press(opened, Qt.Key.Key_Right)
    assert recipe_of(opened).source == SeedSource(1)


def test_another_device_draws_the_picture_again(opened: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(opened.studio.stage.rendered_fully, timeout=20_000):
        opened.studio.settings.change(device="cpu")
    assert not opened.banner.isVisible()


def test_a_device_that_is_not_there_is_named_and_can_be_tried_again(opened: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(opened.studio.failed, timeout=20_000):
        opened.studio.settings.change(device="mps")
    assert "mps" in opened.banner.cause()
    opened.studio.settings.change(device="cpu")
    with qtbot.waitSignal(opened.studio.stage.rendered_fully, timeout=20_000):
        opened.banner.retry_requested.emit()


def test_other_words_keep_the_session(opened: MainWindow, qtbot: QtBot) -> None:
    press(opened, Qt.Key.Key_Right)
    opened.studio.settings.change(labels="researcher")
    assert explore(opened).sections.latent.seed.value() == 1
    press(opened, Qt.Key.Key_Right)
    assert explore(opened).sections.latent.seed.value() == 2


def test_closing_while_opening_ends_every_thread(
    window: MainWindow, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.studio.opening.started):
        window.studio.opening.offer(model_files["style"])
    window.close()
    assert not window.studio.renders.isRunning()
    assert not window.studio.jobs.isRunning()


def test_nobody_is_asked_for_a_model_while_one_is_being_opened(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    workspace = window.workspace
    assert isinstance(workspace, ExploreWorkspace)
    canvas = workspace.pane.canvas

    def tones() -> int:
        picture = canvas.grab().toImage()
        middle = picture.copy(0, picture.height() // 3, picture.width(), picture.height() // 3)
        return len(set(bytes(middle.constBits())))

    asking = tones()
    broken = tmp_path / "broken.pkl"
    broken.write_bytes(b"\x80\x02 no model")
    with qtbot.waitSignal(window.studio.opening.ended):
        window.studio.opening.open_model(Wish(broken))
        assert tones() < asking, "only the ground is painted"
    assert tones() >= asking
