"""Exporting from the real window."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.qt.dialogs.export_dialog import Exportable, ExportDialog
from latentlab.qt.main_window import MainWindow
from latentlab.qt.studio.batch import ExportOrder
from latentlab.render.batch_export import MANIFEST, ExportFolder
from latentlab.render.contact_sheet import SheetForm
from latentlab.render.picture_form import PictureForm
from latentlab.render.pictures import read_record

SEEDS = tuple((f"seed-{seed}", Recipe(SeedSource(seed))) for seed in range(40))


def dialog_of(window: MainWindow) -> ExportDialog:
    window.actions_["export"].trigger()
    dialog = window.export_view.dialog
    assert dialog is not None
    return dialog


@pytest.mark.parametrize("name", ["a.png", "b.jpg", "c.webp", "d.tif"])
def test_a_picture_exported_in_any_kind_is_restored_when_dropped(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    session = opened.studio.session
    assert session is not None
    recipe = Recipe(SeedSource(7), truncation_psi=0.5)
    session.editor.apply("Seven", recipe)
    opened.studio.exporter.form = PictureForm(side=64, border=4)
    with qtbot.waitSignal(opened.studio.exporter.exported, timeout=10_000):
        opened.studio.exporter.export(tmp_path / name)
    with Image.open(tmp_path / name) as image:
        assert image.size == (72, 72)
    session.editor.apply("Away", Recipe(SeedSource(1)))
    opened.studio.opening.offer(tmp_path / name)
    qtbot.waitUntil(lambda: session.history.recipe == recipe, timeout=10_000)


def test_the_dialog_offers_what_there_is(opened: MainWindow, qtbot: QtBot) -> None:
    session = opened.studio.session
    assert session is not None
    opened.actions_["favourite"].trigger()
    dialog = dialog_of(opened)
    texts = [dialog.what.combo.itemText(place) for place in range(dialog.what.combo.count())]
    assert texts == ["This picture", "Favourites, 1", "History, 1", "A range of seeds"]
    assert dialog.wish().is_current
    dialog.what.set_value(-2)
    dialog.last.set_value(9)
    named = dialog.wish().named
    assert len(named) == 10
    assert named[3] == ("seed-000003", Recipe(SeedSource(3)))
    dialog.close()


def test_a_form_is_what_the_rows_say(qtbot: QtBot) -> None:
    offers = [Exportable("Favourites", ((Recipe(), "one"), (Recipe(SeedSource(1)), "two")))]
    dialog = ExportDialog(Recipe(), 64, offers, PictureForm(), has_seeds=True, has_latents=True)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.prefer(0, "sheet")
    assert dialog.columns.isVisible()
    assert not dialog.quality.isVisible()
    dialog.kind.set_value("jpeg")
    dialog.size_.set_value(512)
    dialog.border.set_value(10)
    dialog.border.changed.emit(10.0)
    assert dialog.quality.isVisible()
    assert dialog.scaling.isVisible()
    wish = dialog.wish()
    assert wish.form == PictureForm("jpeg", 512, "lanczos", 10, "", 95)
    assert [name for name, _ in wish.named] == ["one", "two"]
    dialog.as_.set_current(0)
    dialog.border.changed.emit(10.0)
    assert "the border becomes white" in dialog._note.text()
    with qtbot.waitSignal(dialog.wished):
        QTest.mouseClick(dialog.export, Qt.MouseButton.LeftButton)


def test_a_batch_is_paused_and_goes_on(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    batch = opened.studio.batch
    with qtbot.waitSignal(batch.changed, timeout=10_000):
        batch.export(ExportOrder(SEEDS, tmp_path, PictureForm()))
    batch.pause()
    assert batch.state is not None
    assert batch.state.paused
    assert opened.export_view.strip.isVisible()
    with qtbot.waitSignal(batch.finished, timeout=20_000):
        batch.go_on()
    assert len(list(tmp_path.glob("*.png"))) == 40
    assert batch.state is None
    assert not opened.export_view.strip.isVisible()
    assert not (tmp_path / MANIFEST).exists()
    assert read_record(tmp_path / "seed-7.png").recipe == Recipe(SeedSource(7))


def test_a_killed_batch_is_continued_from_its_folder(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    from latentlab.render.batch_export import plan_of

    session = opened.studio.session
    assert session is not None
    ExportFolder.begin(tmp_path, plan_of(session.model.ref, SEEDS[:5], PictureForm()))
    with qtbot.waitSignal(opened.studio.batch.finished, timeout=20_000):
        opened.studio.batch.resume_folder(tmp_path)
    assert len(list(tmp_path.glob("*.png"))) == 5


def test_an_export_of_another_model_is_not_continued(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    from latentlab.latents.model_ref import ModelRef
    from latentlab.render.batch_export import plan_of

    ExportFolder.begin(tmp_path, plan_of(ModelRef("other", "Towns"), SEEDS[:2], PictureForm()))
    with qtbot.waitSignal(opened.studio.failed, timeout=10_000) as failed:
        opened.studio.batch.resume_folder(tmp_path)
    assert "with the model Towns" in failed.args[0].text
    assert json.loads((tmp_path / MANIFEST).read_text().splitlines()[0])


def test_a_batch_into_a_folder_that_cannot_be_says_so(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with qtbot.waitSignal(opened.studio.failed, timeout=10_000) as failed:
        opened.studio.batch.export(ExportOrder(SEEDS[:2], tmp_path / "file", PictureForm()))
    assert "somewhere else" in failed.args[0].text
    assert opened.banner.isVisible()


def test_a_sheet_and_latents(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    batch, sheet = opened.studio.batch, tmp_path / "sheet.png"
    with qtbot.waitSignal(batch.finished, timeout=20_000):
        form = SheetForm(columns=3, margin=0, gap=0, captions=False)
        batch.export(ExportOrder(SEEDS[:6], sheet, PictureForm(), "sheet", form))
    with Image.open(sheet) as image:
        assert image.size == (48, 32)
    with qtbot.waitSignal(batch.finished, timeout=20_000):
        batch.export(ExportOrder(SEEDS[:6], tmp_path / "l.npz", PictureForm(), "latents"))
    with np.load(tmp_path / "l.npz") as arrays:
        assert arrays["z"].shape == (6, 16)
        assert arrays["w_plus"].shape[0] == 6


def test_a_sheet_that_would_be_too_large_is_refused_before_it_is_drawn(qtbot: QtBot) -> None:
    dialog = ExportDialog(Recipe(), 1024, [], PictureForm(), has_seeds=True, has_latents=True)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.what.set_value(-2)
    dialog.as_.set_current(1)
    dialog.last.set_value(99)
    dialog.last.changed.emit(99.0)
    assert "100 pictures in 10 columns and 10 rows" in dialog._note.text()
    assert dialog.export.isEnabled()
    dialog.last.set_value(9_999)
    dialog.last.changed.emit(9_999.0)
    assert "choose smaller pictures, or fewer" in dialog._note.text()
    assert not dialog.export.isEnabled()


def test_more_seeds_than_one_export_takes_are_not_dropped_silently(qtbot: QtBot) -> None:
    dialog = ExportDialog(Recipe(), 64, [], PictureForm(), has_seeds=True, has_latents=True)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.what.set_value(-2)
    dialog.last.set_value(250_000)
    dialog.last.changed.emit(250_000.0)
    assert "The first" in dialog._note.text()
    assert len(dialog.wish().named) == 100_000


def test_latents_and_sheets_are_cancelled_and_have_no_pause(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    batch, strip = opened.studio.batch, opened.export_view.strip
    many = tuple((f"seed-{seed}", Recipe(SeedSource(seed))) for seed in range(2000))
    sheet = SheetForm(captions=False)
    orders = (
        ExportOrder(many, tmp_path / "l.npz", PictureForm(), "latents"),
        ExportOrder(many, tmp_path / "s.png", PictureForm(), "sheet", sheet),
    )
    for order in orders:
        batch.export(order)
        assert strip.isVisible()
        assert not strip.pause.isVisible()
        qtbot.waitUntil(lambda: batch.state is not None and batch.state.done > 0)
        with qtbot.waitSignal(batch.finished) as said:
            batch.cancel()
        assert "cancelled" in said.args[0]
        assert not strip.isVisible()
    last = tmp_path / "last.npz"
    with qtbot.waitSignal(batch.finished):
        batch.export(ExportOrder(SEEDS[:3], last, PictureForm(), "latents"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["last.npz"]


def test_another_export_ends_the_first_which_can_be_continued(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    batch, folder = opened.studio.batch, tmp_path / "many"
    folder.mkdir()
    many = tuple((f"seed-{seed}", Recipe(SeedSource(seed))) for seed in range(2000))
    batch.export(ExportOrder(many, folder, PictureForm()))
    qtbot.waitUntil(lambda: batch.state is not None and batch.state.done > 0)
    said: list[str] = []
    batch.finished.connect(said.append)
    batch.export(ExportOrder(SEEDS[:3], tmp_path / "l.npz", PictureForm(), "latents"))
    qtbot.waitUntil(lambda: (tmp_path / "l.npz").exists() and len(said) == 2)
    assert "continue it in" in said[0]
    assert batch.state is None
    assert 0 < len(list(folder.glob("*.png"))) < 2000
    assert (folder / MANIFEST).exists()
