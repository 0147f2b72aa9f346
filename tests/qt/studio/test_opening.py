from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.errors import RecipeError
from latentlab.latents import paths, recipe_json
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.main_window import MainWindow
from latentlab.qt.session.recents import recents
from latentlab.qt.studio.offered import Kind, look_at
from latentlab.render.pictures import read_record
from tests.qt.conftest import open_in


def edited(window: MainWindow, qtbot: QtBot) -> Recipe:
    """A seed, a direction and a truncation."""
    session = window.studio.session
    assert session is not None
    qtbot.waitUntil(lambda: session.directions.all is not None, timeout=20_000)
    recipe = session.history.recipe
    for path, value in (("source.seed", 41), ("truncation_psi", 0.6), ("directions[pca:1].weight", 1.5)):
        recipe = paths.with_value(recipe, path, value)
    with qtbot.waitSignal(window.studio.stage.rendered_fully, timeout=20_000):
        session.editor.apply("Edited", recipe)
    return recipe


def export(window: MainWindow, path: Path, qtbot: QtBot) -> Path:
    with qtbot.waitSignal(window.studio.exporter.exported):
        window.studio.exporter.export(path)
    return path


def recipe_of(window: MainWindow) -> Recipe:
    assert window.studio.session is not None
    return window.studio.session.history.recipe


def test_an_exported_picture_brings_its_recipe_back(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    recipe = edited(opened, qtbot)
    picture = export(opened, tmp_path / "picture.png", qtbot)
    record = read_record(picture)
    assert record.recipe == recipe
    assert [direction.id for direction in record.directions] == ["pca:1"]
    opened.actions_["reset_all"].trigger()
    assert recipe_of(opened) != recipe
    with qtbot.waitSignal(opened.studio.stage.rendered_fully, timeout=20_000):
        opened.studio.opening.offer(picture)
    assert recipe_of(opened) == recipe


def test_it_brings_its_model_back_too(
    opened: MainWindow, model_files: dict[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    recipe = edited(opened, qtbot)
    picture = export(opened, tmp_path / "picture.png", qtbot)
    open_in(opened, model_files["vae"], qtbot)
    assert opened.top_bar.model.text() == "Vae"
    opened.studio.opening.offer(picture)
    qtbot.waitUntil(lambda: recipe_of(opened) == recipe, timeout=20_000)
    assert opened.top_bar.model.text() == "Style"


def test_a_model_that_is_gone_is_asked_for(
    window: MainWindow, model_files: dict[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    copy = Path(shutil.copy(model_files["style"], tmp_path / "moved.safetensors"))
    open_in(window, copy, qtbot)
    picture = export(window, tmp_path / "picture.png", qtbot)
    open_in(window, model_files["vae"], qtbot)
    copy.unlink()
    with qtbot.waitSignal(window.studio.opening.model_missing) as asked:
        window.studio.opening.offer(picture)
    assert asked.args is not None
    assert asked.args[0].wanted.name == "Style"
    assert window.top_bar.model.text() == "Vae", "what is open stays"


def test_exporting_waits_for_the_full_picture(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    opened.actions_["next_seed"].trigger()
    picture = export(opened, tmp_path / "picture.png", qtbot)
    assert read_record(picture).recipe.source == SeedSource(1)


def test_an_export_that_fails_says_so_and_can_be_tried_again(
    opened: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    place = tmp_path / "folder" / "picture.png"
    (tmp_path / "folder").write_text("a file where a folder should be")
    with qtbot.waitSignal(opened.studio.failed):
        opened.studio.exporter.export(place)
    assert opened.banner.isVisible()
    (tmp_path / "folder").unlink()
    with qtbot.waitSignal(opened.studio.exporter.exported):
        opened.banner.retry_requested.emit()
    assert read_record(place).recipe == Recipe()


def test_a_saved_session_comes_back_with_its_history(
    opened: MainWindow, model_files: dict[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    session = opened.studio.session
    assert session is not None
    for name in ("next_seed", "favourite", "next_seed", "store_2"):
        opened.actions_[name].trigger()
    steps = [step.recipe for step in session.history]
    path = tmp_path / "work.latentlab"
    with qtbot.waitSignal(opened.studio.noticed, check_params_cb=lambda text: "saved" in text):
        opened.studio.save_session(path)
    open_in(opened, model_files["vae"], qtbot)
    with qtbot.waitSignal(opened.studio.session_opened, timeout=20_000):
        opened.studio.opening.offer(path)
    back = opened.studio.session
    assert back is not None
    assert [step.recipe for step in back.history] == steps
    assert [kept.recipe.source for kept in back.shelf.favourites] == [SeedSource(1)]
    assert back.shelf.snapshots[2].recipe.source == SeedSource(2)


def test_every_model_goes_on_where_it_was_left(
    opened: MainWindow, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    opened.actions_["next_seed"].trigger()
    open_in(opened, model_files["vae"], qtbot)
    assert recipe_of(opened).source == SeedSource(0)
    open_in(opened, model_files["style"], qtbot)
    assert recipe_of(opened).source == SeedSource(1)
    qtbot.waitUntil(lambda: [recent.name for recent in recents()][:2] == ["Style", "Vae"])


def test_the_same_model_opened_again_keeps_its_session(
    opened: MainWindow, model_files: dict[str, Path], qtbot: QtBot
) -> None:
    opened.actions_["next_seed"].trigger()
    open_in(opened, model_files["style"], qtbot)
    assert recipe_of(opened).source == SeedSource(1)


def test_opening_can_be_given_up(opened: MainWindow, model_files: dict[str, Path], qtbot: QtBot) -> None:
    opening = opened.studio.opening
    opening.offer(model_files["vae"])
    with qtbot.waitSignal(opening.ended):
        qtbot.waitSignal(opening.started).wait()
        opening.cancel()
    assert not opened.opening_view.progress.isVisible()
    assert opened.top_bar.model.text() == "Style"


def test_a_dropped_recipe_applies_to_the_open_model(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "recipe.json"
    path.write_text('{"seed": 7, "trunc": 0.5}')
    opened.studio.opening.offer(path)
    qtbot.waitUntil(lambda: recipe_of(opened) == Recipe(source=SeedSource(7), truncation_psi=0.5))


def test_files_are_told_apart_by_their_bytes(tmp_path: Path, model_files: dict[str, Path]) -> None:
    assert look_at(model_files["style"]).kind is Kind.MODEL
    recipe = tmp_path / "looks-like.pkl"
    recipe.write_text(recipe_json.to_text(Recipe()))
    assert look_at(recipe).kind is Kind.RECIPE
    jpeg = tmp_path / "photo.safetensors"
    jpeg.write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    assert look_at(jpeg).kind is Kind.PHOTO


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nothing.pkl"
    path.touch()
    with pytest.raises(RecipeError, match=r"nothing\.pkl is empty"):
        look_at(path)
