"""Plain networks in real files: nested, legacy, half precision, safetensors, pickled with their module names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from latentlab.formats import inspect, open_model
from latentlab.formats.plain.choices import Option, likeliest
from tests.formats.plain import zoo, zoo_autoencoders
from tests.formats.plain.test_recognition import draws_alike, encodes_alike
from tests.formats.plain.zoo import Published


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENTLAB_HOME", str(tmp_path / "home"))


def save_nested(published: Published, path: Path) -> None:
    torch.save({"epoch": 3, "state": {"anything": published.tensors}, "loss": 0.5}, path)


def save_legacy(published: Published, path: Path) -> None:
    torch.save(published.tensors, path, _use_new_zipfile_serialization=False)


def save_half(published: Published, path: Path) -> None:
    torch.save({k: v.half() if v.is_floating_point() else v for k, v in published.tensors.items()}, path)


def save_safetensors(published: Published, path: Path) -> None:
    save_file({f"module.{key}": tensor.contiguous() for key, tensor in published.tensors.items()}, path)


@pytest.mark.parametrize("save", [save_nested, save_legacy, save_half])
def test_the_likeliest_reading_of_a_tutorials_file_draws_its_pictures(
    save: Callable[[Published, Path], None], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    published = zoo.dcgan_tutorial()
    path = tmp_path / "generator.pth"
    save(published, path)
    report = inspect(path)
    assert report.card.family == "DCGAN"
    assert report.resolution == 64
    model = open_model(path, candidate=report.candidates[0].key)
    if save is save_half:
        z = torch.randn(2, 20)
        assert (model.generator(z) - published.draw(z, None)).abs().max() < 0.02
    else:
        assert draws_alike(model.generator, published)


def test_safetensors_keep_no_order(tmp_path: Path) -> None:
    """The format sorts tensors by type and name: numbered layers stay in order, and 10 comes after 9."""
    torch.manual_seed(0)
    published = zoo.dcgan_tutorial()
    path = tmp_path / "generator.safetensors"
    save_safetensors(published, path)
    model = open_model(path, candidate=inspect(path).candidates[0].key)
    assert draws_alike(model.generator, published)


def test_all_readings_are_ranked_with_a_picture_of_each_and_the_choice_is_remembered(tmp_path: Path) -> None:
    torch.manual_seed(0)
    path = tmp_path / "generator.pth"
    save_nested(zoo.dcgan_leaky_sigmoid(), path)
    model = open_model(path)
    keys = [candidate.key for candidate in model.report.candidates]
    assert set(model.sheets) == set(keys)
    assert all(sheet.dtype == "uint8" and sheet.ndim == 3 for sheet in model.sheets.values())
    other = next(key for key in keys if key != model.candidate.key)
    assert open_model(path, candidate=other).candidate.key == other
    assert open_model(path).candidate.key == other


def test_encoder_and_decoder_apart(tmp_path: Path) -> None:
    torch.manual_seed(0)
    published = zoo_autoencoders.beta_vae()
    torch.manual_seed(0)
    path = tmp_path / "vae.pth"
    torch.save(zoo_autoencoders.beta_vae_encoder_and_decoder_apart(), path)
    report = inspect(path)
    assert report.card.family == "Convolutional VAE"
    assert not any("Not used" in doubt for doubt in report.doubts)
    generator = open_model(path, candidate=report.candidates[0].key).generator
    assert draws_alike(generator, published)
    assert encodes_alike(generator, published)


def test_an_unrecognised_file_gets_a_report(tmp_path: Path) -> None:
    path = tmp_path / "classifier.pth"
    torch.save(torch.nn.Sequential(torch.nn.Conv2d(3, 16, 3), torch.nn.Linear(16, 10)).state_dict(), path)
    report = inspect(path)
    assert report.candidates == ()
    assert any("looks at pictures" in line for line in report.found)
    assert any(line.startswith("Missing") for line in report.found)


def test_combinations_come_by_rising_cost() -> None:
    def question(name: str, *costs: float) -> list[Option]:
        return [Option(f"{name}{i}", "", {name: i}, cost) for i, cost in enumerate(costs)]

    questions = [question("a", 0.0, 1.0, 3.0), question("b", 0.5, 0.0), question("c", 0.2)]
    expected = sorted(
        round(x.cost + y.cost + z.cost, 6) for x in questions[0] for y in questions[1] for z in questions[2]
    )
    found: list[tuple[float, Any]] = likeliest(questions, most=100, dearest=100)
    assert [round(cost, 6) for cost, _ in found] == expected
    assert len({tuple(o.key for o in options) for _, options in found}) == 6
    assert len(likeliest(questions, most=4)) == 4
    assert likeliest([*questions, []], most=4) == []
