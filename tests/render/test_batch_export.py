"""Exporting many pictures: what is written, what a kill leaves, and going on."""

import errno
import json
from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image

from latentlab.errors import ExportError, RecipeError
from latentlab.latents import resolve
from latentlab.latents.directions import Direction, DirectionSet
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.recipe import Component, DirectionWeight, Recipe, SeedSource, VectorSource
from latentlab.render import batch_export
from latentlab.render.batch_export import MANIFEST, ExportFolder, file_stem, plan_of
from latentlab.render.latent_files import latents_of, save_latents
from latentlab.render.picture_form import PictureForm
from latentlab.render.pictures import read_record
from latentlab.render.renderer import Renderer
from tests.render.opened import opened, picture
from tests.toy_generator import toy_plain, toy_style, toy_translator

REF = ModelRef("toy", "Toy")
UP = DirectionSet([Direction("up", "Up", np.array([0, 0, 1, 0, 0, 0], np.float32), 2.0)])
SEEDS = [(f"seed {seed}", Recipe(SeedSource(seed))) for seed in range(7)]


@pytest.fixture
def renderer():
    made = Renderer(opened(toy_style()), device="cpu", directions=UP)
    yield made
    made.close()


def plan(named=None, **form):
    return plan_of(REF, SEEDS if named is None else named, PictureForm(**form), UP)


def test_every_picture_is_what_its_recipe_draws(renderer, tmp_path):
    moved = ("moved", Recipe(SeedSource(3), directions=(DirectionWeight("up", 1.0),)))
    paths = list(ExportFolder.begin(tmp_path, plan([*SEEDS, moved])).export(renderer))
    assert [path.name for path in paths] == [*(f"seed-{n}.png" for n in range(7)), "moved.png"]
    for path, (_, recipe) in zip(paths, [*SEEDS, moved], strict=True):
        shown = np.asarray(Image.open(path)).astype(int)
        assert np.abs(shown - picture(renderer, recipe)).max() <= 1  # batches may differ in the last bit
        assert read_record(path).recipe == recipe
    assert read_record(paths[-1]).directions[0].name == "Up"
    assert not (tmp_path / MANIFEST).exists()


def test_a_stopped_export_goes_on_where_it_was(renderer, tmp_path):
    stop = {"now": False}
    first = []
    for path in ExportFolder.begin(tmp_path, plan()).export(renderer, lambda: stop["now"]):
        first.append(path)
        stop["now"] = len(first) >= 2
    resumed = ExportFolder.resume(tmp_path)
    assert resumed.done == len(first)
    second = list(resumed.export(renderer))
    assert sorted({*first, *second}) == sorted(tmp_path / f"seed-{n}.png" for n in range(7))
    assert not {*first} & {*second}
    with pytest.raises(ExportError, match="nothing is left"):
        ExportFolder.resume(tmp_path)


def test_a_kill_in_the_middle_of_a_line_loses_one_picture_at_most(renderer, tmp_path):
    folder = ExportFolder.begin(tmp_path, plan())
    exporting = folder.export(renderer)
    for _ in range(3):
        next(exporting)
    exporting.close()
    manifest = tmp_path / MANIFEST
    manifest.write_bytes(manifest.read_bytes()[:-4])
    (tmp_path / "seed-0.png").unlink()  # somebody tidied up
    half, foreign = tmp_path / ".seed-5.png.0123abcd.tmp", tmp_path / ".mine.0123abcd.tmp"
    half.touch()
    foreign.touch()
    resumed = ExportFolder.resume(tmp_path)
    assert 0 in resumed.remaining()
    list(resumed.export(renderer))
    assert len(list(tmp_path.glob("*.png"))) == 7
    assert not half.exists()
    assert foreign.exists()


def test_a_full_disk_says_so_and_leaves_whole_files(renderer, tmp_path, monkeypatch):
    written = []
    save = batch_export.save_picture

    def save_until_full(path, *rest):
        if len(written) == 3:
            raise ExportError("The disk is full: make room, or save elsewhere.")
        written.append(path)
        save(path, *rest)

    monkeypatch.setattr(batch_export, "save_picture", save_until_full)
    with pytest.raises(ExportError, match="disk is full"):
        list(ExportFolder.begin(tmp_path, plan()).export(renderer))
    for path in tmp_path.glob("*.png"):
        read_record(path)
    monkeypatch.setattr(batch_export, "save_picture", save)
    list(ExportFolder.resume(tmp_path).export(renderer))
    assert len(list(tmp_path.glob("*.png"))) == 7


def test_a_folder_that_may_not_be_written_to_says_so(tmp_path, monkeypatch):
    def refuse(path, content):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(batch_export, "write_atomically", refuse)
    with pytest.raises(ExportError, match="may not be written to"):
        ExportFolder.begin(tmp_path / "out", plan())


def test_names_are_fit_for_every_file_system_and_differ(tmp_path):
    named = [("A/B: *?", Recipe()), ("a/b: *?", Recipe(SeedSource(1))), ("...", Recipe(SeedSource(2)))]
    assert [item.name for item in plan(named, kind="webp").items] == [
        "A-B.webp",
        "a-b-2.webp",
        "picture.webp",
    ]
    assert file_stem("Hügel 好") == "Hügel-好"


@pytest.mark.parametrize("change", [{"latentlab-export": 9}, {"form": {"kind": "bmp"}}, {"items": 3}])
def test_a_damaged_list_is_refused(tmp_path, change):
    ExportFolder.begin(tmp_path, plan())
    manifest = tmp_path / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text().splitlines()[0]), **change}))
    with pytest.raises(RecipeError):
        ExportFolder.resume(tmp_path)


def test_a_list_cannot_name_files_elsewhere(tmp_path):
    ExportFolder.begin(tmp_path, plan())
    manifest = tmp_path / MANIFEST
    manifest.write_text(manifest.read_text().replace("seed-0.png", "../seed-0.png"))
    with pytest.raises(RecipeError, match="outside its folder"):
        ExportFolder.resume(tmp_path)


def test_latents_are_what_the_blocks_are_given(tmp_path):
    style = toy_style()
    recipes = [
        Recipe(SeedSource(1), truncation_psi=0.5, directions=(DirectionWeight("up", 1.0),)),
        Recipe(SeedSource(2), components=(Component(3, 9.0),)),
        Recipe(VectorSource("w", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0))),
    ]
    arrays = latents_of(recipes, style, UP)
    for row, recipe in enumerate(recipes):
        np.testing.assert_allclose(arrays["w_plus"][row], resolve.codes(recipe, style, UP)[0], rtol=1e-5)
    np.testing.assert_allclose(arrays["z"][0], np.random.RandomState(1).standard_normal(8), rtol=1e-6)
    assert arrays["z"][1][3] == 9.0
    assert np.isnan(arrays["z"][2]).all()
    np.testing.assert_allclose(arrays["w"][2], [1, 2, 3, 4, 5, 6])
    names = ["one", "two", "drei"]
    save_latents(tmp_path / "l.npz", arrays, names, recipes, "toy")
    save_latents(tmp_path / "l.safetensors", arrays, names, recipes, "toy")
    with np.load(tmp_path / "l.npz") as loaded:
        assert loaded["names"].tolist() == names
        np.testing.assert_array_equal(loaded["w_plus"], arrays["w_plus"])
    loaded = safetensors.numpy.load_file(tmp_path / "l.safetensors")
    np.testing.assert_array_equal(loaded["w"], arrays["w"])
    with pytest.raises(ExportError, match="are written as"):
        save_latents(tmp_path / "l.csv", arrays, names, recipes, "toy")


def test_models_without_w_or_latents(tmp_path):
    assert set(latents_of([Recipe()], toy_plain())) == {"z", "w_plus"}
    with pytest.raises(ExportError, match="no latents"):
        latents_of([Recipe()], toy_translator())


def test_the_plan_is_the_same_after_reading(tmp_path):
    made = plan(
        [*SEEDS, ("m", replace(Recipe(), directions=(DirectionWeight("up", 1.0),)))], kind="jpeg", side=32
    )
    ExportFolder.begin(tmp_path, made)
    assert ExportFolder.resume(tmp_path).plan == made
