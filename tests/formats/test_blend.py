"""Mixing model files: the new file opens as what its card says."""

import pytest
import torch

from latentlab import cli
from latentlab.errors import CheckpointError
from latentlab.formats import open_model, save_model
from latentlab.formats.blend import blend, described, weights_from_text
from latentlab.formats.report import Card
from latentlab.models.blending import groups
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config
from tests.models.lively import enliven

GROUPS = ("mapping", "b4", "b8", "b16")


@pytest.fixture
def parents(tmp_path):
    paths = []
    for seed, name in enumerate(("Hills", "Towns")):
        torch.manual_seed(0)
        generator = StyleGAN2(StyleGAN2Config(16, (4, 4, 4), z_dim=8, w_dim=8))
        enliven(generator, seed)
        paths.append(tmp_path / f"{name}.safetensors")
        save_model(paths[-1], generator, Card(name, "StyleGAN2", licence="CC0", data=f"pictures of {name}"))
    return paths


def test_weights_are_read_by_block_and_range():
    assert weights_from_text("b4-b8=0.25, b16=1", GROUPS) == {"b4": 0.25, "b8": 0.25, "b16": 1.0}
    assert weights_from_text("all=0.5,mapping=0", GROUPS) == {
        "mapping": 0.0,
        "b4": 0.5,
        "b8": 0.5,
        "b16": 0.5,
    }
    assert weights_from_text("b16", GROUPS) == {"b16": 1.0}


@pytest.mark.parametrize("text", ["b99=1", "b4=2", "b4=-0.1", "b16-b4=1", "b4=x", "=1"])
def test_impossible_weights_are_refused(text):
    with pytest.raises(CheckpointError, match="is not a share of blocks"):
        weights_from_text(text, GROUPS)


def test_weights_as_words():
    assert described({"b4": 0.5, "b8": 0.5, "b16": 1.0}, GROUPS) == "b4 to b8 50%, b16 100%"
    assert described({}, GROUPS) == "nothing"


def test_the_new_model_opens_and_tells_its_parents(parents, tmp_path):
    first, second = (open_model(path) for path in parents)
    out = tmp_path / "mixed.safetensors"
    blend(first, second, {"b16": 1.0}, out)
    mixed = open_model(out)
    assert mixed.card.name == "Hills × Towns"
    assert "From Towns: b16 100%" in mixed.card.description
    assert dict(mixed.card.measures)["First parent"] == f"Hills ({first.fingerprint})"
    assert mixed.card.licence == "CC0"
    assert mixed.card.data == "pictures of Hills; pictures of Towns"
    assert mixed.extra["parents"][1] == {"name": "Towns", "fingerprint": second.fingerprint}
    ours, theirs, found = (model.generator.state_dict() for model in (first, second, mixed))
    for name, tensor in found.items():
        assert torch.equal(tensor, (theirs if ".b16." in name else ours)[name])


def test_on_the_command_line(parents, tmp_path, capsys):
    out = tmp_path / "mixed.safetensors"
    words = ["blend", *map(str, parents), "--layers", "b4-b8=0.5", "--name", "Hill towns", "-o", str(out)]
    assert cli.main(words) == 0
    assert open_model(out).card.name == "Hill towns"
    assert "b4 to b8 50%" in capsys.readouterr().out
    assert cli.main(["blend", *map(str, parents)]) == 0
    assert ", ".join(groups(open_model(out).generator)) in capsys.readouterr().out


def test_models_that_do_not_fit_write_nothing(parents, tmp_path, capsys):
    from latentlab.formats.bundled import bundled_models

    out = tmp_path / "mixed.safetensors"
    assert cli.main(["blend", str(parents[0]), str(bundled_models()[0]), "-o", str(out)]) == 1
    assert "different families" in capsys.readouterr().err
    assert not out.exists()
    assert cli.main(["blend", *map(str, parents), "--layers", "b4=7", "-o", str(out)]) == 1
    assert not out.exists()
