"""Files of the original releases open and give the numbers of the releases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from latentlab.formats import convert, inspect, open_model
from tests.formats.files import FOLDER, PICKLES, PORT, reference_of, unpack
from tests.reference import assert_same, load


@pytest.mark.parametrize("name", PICKLES)
def test_a_network_pickle_gives_its_tensors(name: str, tmp_path: Path) -> None:
    reference = load(reference_of(name))
    model = open_model(unpack(name, tmp_path))
    state = model.generator.state_dict()
    assert len(state) > 20
    for key, tensor in state.items():
        wanted = reference.weights[key]
        if key == "synthesis.input.freqs" and name.endswith("_py38.pkl"):  # one ulp, as its README says
            assert torch.allclose(tensor, wanted, rtol=2e-7, atol=0)
        else:
            assert torch.equal(tensor, wanted), key
    assert not any(parameter.requires_grad for parameter in model.generator.parameters())
    assert not model.generator.training


@pytest.mark.parametrize("name", PICKLES)
def test_a_network_pickle_gives_its_pictures(name: str, tmp_path: Path) -> None:
    reference = load(reference_of(name))
    generator = open_model(unpack(name, tmp_path)).generator
    codes = generator.map(reference.arrays["z"], reference.condition)
    assert_same(codes[:, 0], reference.arrays["w_psi1"].reshape(3, -1, codes.shape[2])[:, 0], "w")
    assert_same(generator.synthesize(codes), reference.arrays["img_const"], "image")
    mirrored = generator.synthesize(generator.truncate(codes[:1], 0.7))
    assert_same(mirrored, reference.arrays["img_const_psi07"][:1], "truncated image")


@pytest.mark.parametrize("name", [*PICKLES, *PORT])
def test_inspection_agrees_with_the_opened_model(name: str, tmp_path: Path) -> None:
    path = unpack(name, tmp_path)
    report, model = inspect(path), open_model(path)
    assert report == model.report
    assert report.resolution == model.generator.capabilities.resolution == int(reference_of(name)[-2:])
    assert report.parameters == sum(p.numel() for p in model.generator.parameters())
    assert report.memory_bytes > 4 * report.parameters
    assert len(report.candidates) == 1


@pytest.mark.parametrize("name", PICKLES)
def test_program_text_and_other_networks_are_mentioned(name: str, tmp_path: Path) -> None:
    doubts = " ".join(inspect(unpack(name, tmp_path)).doubts)
    assert "program text" in doubts
    assert "D (Discriminator)" in doubts


@pytest.fixture(scope="module")
def port_numbers() -> dict[str, Tensor]:
    with np.load(FOLDER / "rosinality64.npz") as arrays:
        return {name: torch.from_numpy(arrays[name]) for name in arrays.files}


@pytest.mark.parametrize("name", PORT)
def test_the_port_gives_its_pictures(name: str, tmp_path: Path, port_numbers: dict[str, Tensor]) -> None:
    model = open_model(unpack(name, tmp_path))
    assert model.report.format == "StyleGAN2 PyTorch port"
    codes = model.generator.map(port_numbers["z"])
    assert_same(codes[:, 0], port_numbers["w_psi1"], "w")
    assert torch.equal(model.generator.code_mean, port_numbers["latent_avg"])
    assert_same(model.generator.synthesize(codes), port_numbers["img_buffers"], "image")
    truncated = model.generator.truncate(codes, 0.7)
    assert_same(model.generator.synthesize(truncated), port_numbers["img_psi07"], "truncated image")
    assert_same(model.generator.synthesize(port_numbers["w_mixed"]), port_numbers["img_mixed"], "mixed image")


def test_the_same_model_in_other_containers_is_the_same_model(tmp_path: Path) -> None:
    first, second = (open_model(unpack(name, tmp_path)) for name in PORT)
    assert first.fingerprint == second.fingerprint
    converted = tmp_path / "converted.safetensors"
    convert(tmp_path / PORT[0], converted)
    again = open_model(converted)
    assert again.fingerprint == first.fingerprint
    assert again.report.format == "LatentLab"
    assert again.card.family == "StyleGAN2"
    assert again.generator.config == first.generator.config


@pytest.mark.parametrize("name", ["sg2ada_cond64", "sg2ada_resnet32", "sg3t_32", "sg3r_32"])
def test_a_bare_state_dict_with_the_releases_names_gives_the_pictures(name: str) -> None:
    """Rates, paddings and sizes are found from names and shapes alone."""
    reference = load(name)
    model = open_model(Path(__file__).parent.parent / "data" / "reference" / f"{name}.safetensors")
    codes = model.generator.map(reference.arrays["z"], reference.condition)
    assert_same(model.generator.synthesize(codes), reference.arrays["img_const"], "image")
    assert any("usual ones" in doubt for doubt in model.report.doubts)
