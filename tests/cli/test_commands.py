"""The command line as a person types it, on the bundled model."""

import argparse
import json
import lzma
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentlab import cli
from latentlab.cli import bench
from latentlab.cli.bench.figures import Figure, as_json, as_text
from latentlab.cli.render import seeds
from latentlab.formats.bundled import bundled_models, hint_of, path_of
from latentlab.latents.recipe import Recipe, SeedSource
from latentlab.render.pictures import read_record


@pytest.fixture
def model() -> Path:
    return bundled_models()[0]


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_seeds_are_read_as_ranges_and_lists() -> None:
    assert seeds("7") == (7,)
    assert seeds("0-3") == (0, 1, 2, 3)
    assert seeds("1,5,8-10") == (1, 5, 8, 9, 10)


@pytest.mark.parametrize("text", ["", "a", "3-1", "-1", "1-", "4294967296", "0-9999999"])
def test_impossible_seeds_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        seeds(text)


def test_seeds_make_one_picture_each(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["render", "--seeds", "0-2", "--model", str(model), "-o", str(tmp_path / "out")]) == 0
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == ["seed-000000.png", "seed-000001.png", "seed-000002.png"]
    assert pixels(files[0]).shape == (64, 64, 3)
    assert not np.array_equal(pixels(files[0]), pixels(files[1]))
    assert capsys.readouterr().out.splitlines() == [str(file) for file in files]


def test_an_exported_picture_is_drawn_again_exactly(model: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    assert cli.main(["render", "--seeds", "12", "--psi", "0.7", "-o", str(first)]) == 0
    assert cli.main(["render", str(first), "-o", str(second)]) == 0
    assert np.array_equal(pixels(first), pixels(second))
    assert read_record(first).recipe == read_record(second).recipe
    assert read_record(first).recipe.truncation_psi == 0.7
    assert path_of(read_record(second).model.path) == model


def test_a_picture_of_another_model_is_drawn_with_a_warning(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from latentlab.formats import open_model, save_model

    opened = open_model(model)
    other = tmp_path / "other.safetensors"
    opened.generator.blocks[-1].get_parameter(
        next(iter(dict(opened.generator.blocks[-1].named_parameters())))
    )
    for parameter in opened.generator.parameters():
        parameter.mul_(1.01)
    save_model(other, opened.generator, opened.card)
    picture = tmp_path / "picture.png"
    cli.main(["render", "--seeds", "1", "-o", str(picture)])
    assert cli.main(["render", str(picture), "--model", str(other), "-o", str(tmp_path / "again.png")]) == 0
    assert "was made with" in capsys.readouterr().err


def test_a_bare_recipe_is_drawn(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text('{"seed": 7, "trunc": 0.5}')
    assert cli.main(["render", str(recipe), "-o", str(tmp_path / "picture.png")]) == 0
    assert read_record(tmp_path / "picture.png").recipe.truncation_psi == 0.5


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["render", "-o", "x.png"], "Name either a recipe"),
        (["render", "missing.png", "-o", "x.png"], "missing.png cannot be read"),
        (["info", "missing.pkl"], "missing.pkl"),
        (["convert", "missing.pkl", "out.safetensors"], "missing.pkl"),
    ],
)
def test_errors_are_one_line_with_a_cause(
    words: list[str],
    cause: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(words) == 1
    error = capsys.readouterr().err
    assert error.startswith("latentlab: ")
    assert cause in error
    assert len(error.splitlines()) == 1


def test_info_tells_what_a_file_is(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["info", str(model)]) == 0
    text = capsys.readouterr().out
    assert "64 x 64" in text
    assert "CC0" in text
    assert cli.main(["info", str(model), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["resolution"] == 64
    assert len(report["candidates"]) == 1


def test_info_of_a_picture_says_that_it_is_no_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "picture.pkl", "PNG")
    assert cli.main(["info", str(tmp_path / "picture.pkl")]) == 1
    assert "PNG" in capsys.readouterr().err


def test_convert_keeps_the_pictures(tmp_path: Path) -> None:
    packed = Path(__file__).parents[1] / "data" / "files" / "sg2sg3_skip32.pkl.xz"
    source = tmp_path / "network.pkl"
    source.write_bytes(lzma.decompress(packed.read_bytes()))
    converted = tmp_path / "converted.safetensors"
    assert cli.main(["convert", str(source), str(converted)]) == 0
    for path, name in ((source, "a.png"), (converted, "b.png")):
        assert cli.main(["render", "--seeds", "3", "--model", str(path), "-o", str(tmp_path / name)]) == 0
    assert np.array_equal(pixels(tmp_path / "a.png"), pixels(tmp_path / "b.png"))


def test_bundled_models_are_named_by_hint(model: Path, tmp_path: Path) -> None:
    assert hint_of(model) == f"bundled:{model.stem}"
    assert path_of(hint_of(model)) == model
    assert path_of("bundled:nothing") is None
    copy = tmp_path / model.name
    shutil.copy(model, copy)
    assert path_of(hint_of(copy)) == copy.resolve()
    copy.unlink()
    assert path_of(str(copy)) is None


def test_figures_say_whether_they_were_reached() -> None:
    figures = [
        Figure("fast", 4.0, "x", "at least", 3.0),
        Figure("slow", 60.0, "ms", "at most", 50.0),
        Figure("plain", 1.0, "s"),
    ]
    assert [figure.reached for figure in figures] == [True, False, None]
    lines = [as_text(figure) for figure in figures]
    assert "ok" in lines[0]
    assert "MISSED" in lines[1]
    values = json.loads(as_json({"group": figures}))
    assert values["figures"]["group"][1]["reached"] is False
    assert values["machine"]["torch"]


def test_bench_refuses_unknown_groups(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "nonsense"]) == 2
    assert ", ".join(bench.GROUPS) in capsys.readouterr().err


def test_kinds_sizes_sheets_and_latents(model: Path, tmp_path: Path) -> None:
    words = ["render", "--seeds", "0-3", "-o", str(tmp_path / "out"), "--format", "webp", "--size", "128"]
    sheet, latents = tmp_path / "sheet.jpg", tmp_path / "latents.npz"
    assert cli.main([*words, "--sheet", str(sheet), "--columns", "4", "--latents", str(latents)]) == 0
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == [f"seed-00000{seed}.webp" for seed in range(4)]
    assert pixels(files[0]).shape == (128, 128, 3)
    assert read_record(files[2]).recipe.source == SeedSource(2)
    assert pixels(sheet).shape[1] == 2 * 24 + 4 * 128 + 3 * 8
    with np.load(latents) as arrays:
        np.testing.assert_allclose(arrays["z"][3], np.random.RandomState(3).standard_normal(32), rtol=1e-6)
        assert arrays["names"].tolist()[0] == "seed-000000"


def test_a_jpeg_is_drawn_again_from_its_recipe(tmp_path: Path) -> None:
    first, second = tmp_path / "first.jpg", tmp_path / "second.png"
    assert cli.main(["render", "--seeds", "12", "-o", str(first)]) == 0
    assert cli.main(["render", str(first), "-o", str(second)]) == 0
    assert read_record(first).recipe == read_record(second).recipe


def test_an_interrupted_export_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from latentlab.render.batch_export import ExportFolder, plan_of
    from latentlab.render.picture_form import PictureForm

    assert cli.main(["render", "--seeds", "0", "-o", str(tmp_path / "one.png")]) == 0
    model = read_record(tmp_path / "one.png").model
    named = [(f"p{seed}", Recipe(SeedSource(seed))) for seed in range(3)]
    ExportFolder.begin(tmp_path / "out", plan_of(model, named, PictureForm()))
    assert cli.main(["render", "--resume", str(tmp_path / "out")]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["p0.png", "p1.png", "p2.png"]
    assert cli.main(["render", "--resume", str(tmp_path / "out")]) == 1
    assert "nothing is left to do" in capsys.readouterr().err


def test_directions_that_a_bare_recipe_names_are_computed(tmp_path: Path) -> None:
    recipe, plain = tmp_path / "moved.json", tmp_path / "plain.json"
    recipe.write_text('{"seed": 7, "directions": [{"direction": "pca:0", "weight": 2.0}]}')
    plain.write_text('{"seed": 7}')
    out = tmp_path / "out"
    assert cli.main(["render", str(recipe), str(plain), "-o", str(out)]) == 0
    assert not np.array_equal(pixels(out / "moved.png"), pixels(out / "plain.png"))
    assert read_record(out / "moved.png").directions[0].id == "pca:0"


def test_a_learned_direction_that_is_not_at_hand_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "moved.json"
    recipe.write_text('{"seed": 7, "directions": [{"direction": "file:abc", "weight": 2.0}]}')
    assert cli.main(["render", str(recipe), "-o", str(tmp_path / "x.png")]) == 1
    assert "cannot be computed from the model" in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()
