"""LatentLab's own files: what is saved is what opens, and a file appears whole or not at all."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
import safetensors.torch
import torch
from safetensors import safe_open

from latentlab.errors import CheckpointError
from latentlab.formats import inspect, open_model, save_model
from latentlab.formats.report import Card
from latentlab.models.stylegan2 import StyleGAN2
from latentlab.models.vae import VAE, mlp_vae
from tests.fuzz.reader_seeds import generator

CARD = Card(
    "Faces of clay",
    family="StyleGAN2",
    description="Small, for tests. Größe 8 px, 顔",
    data="drawn here, CC0",
    licence="CC0-1.0",
    recipe="none",
    measures=(("FID", "12.5"), ("kimg", "100")),
    seed=85,
)
EXTRA = {"probes": {"b8": [[0.5, -1.25]]}, "note": "kept", "count": 3}


def test_what_is_saved_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    saved = generator()
    save_model(path, saved, CARD, EXTRA)
    model = open_model(path)
    assert model.card == CARD
    assert model.extra == EXTRA
    assert model.report == inspect(path)
    assert model.report.format == "LatentLab"
    assert model.generator.config == saved.config
    assert isinstance(model.generator, StyleGAN2)
    wanted = saved.state_dict()
    assert list(wanted) == list(model.generator.state_dict())
    assert all(torch.equal(tensor, wanted[name]) for name, tensor in model.generator.state_dict().items())


def test_other_programs_read_the_weights(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    saved = generator()
    save_model(path, saved, CARD)
    found = safetensors.torch.load_file(path)
    wanted = saved.state_dict()
    assert set(found) == set(wanted)
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    assert json.loads(metadata["architecture"])["family"] == "stylegan2"
    assert json.loads(metadata["card"])["name"] == "Faces of clay"


def test_named_classes_and_models_with_an_encoder(tmp_path: Path) -> None:
    path = tmp_path / "vae.safetensors"
    saved = VAE(mlp_vae(16, z_dim=3)).eval()
    save_model(path, saved, Card("VAE"))
    model = open_model(path)
    assert isinstance(model.generator, VAE)
    assert model.fingerprint == open_model(path).fingerprint
    z = torch.zeros(1, saved.capabilities.z_dim)
    assert torch.equal(model.generator(z), saved(z))


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, generator(), CARD)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CheckpointError, match="not enough room on the disk"):
        save_model(path, generator(), Card("Another"))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.safetensors"]


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be written"):
        save_model(tmp_path / "missing" / "model.safetensors", generator(), CARD)


def test_too_much_beside_the_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="too large for its header"):
        save_model(tmp_path / "model.safetensors", generator(), CARD, {"directions": "x" * (9 << 20)})
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize(
    "first",
    [b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK", b"BM", b"MZ", b"\x1f\x8b"],
    ids=["pickle 2", "pickle 3", "pickle 4", "pickle 5", "zip", "picture", "program", "packed"],
)
def test_a_header_may_be_as_long_as_another_file_begins(tmp_path: Path, first: bytes) -> None:
    """Safetensors begins with the length of its header, whatever that looks like."""
    path = tmp_path / "model.safetensors"
    model = VAE(mlp_vae(8, z_dim=2, hidden=(4,)))
    save_model(path, model, Card("x"))
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    wanted = int.from_bytes(first.ljust(8, b"\0"), "little")
    while wanted < length:
        wanted += 1 << 16
    path.write_bytes(wanted.to_bytes(8, "little") + data[8 : 8 + length].ljust(wanted) + data[8 + length :])
    assert path.read_bytes().startswith(first)
    assert inspect(path).format == "LatentLab"
    assert isinstance(open_model(path).generator, VAE)


@pytest.mark.parametrize("odd", [True, -3, 3.5, {"a": 1}, "FID", None])
def test_a_card_of_the_future_is_read_as_far_as_it_is_known(tmp_path: Path, odd: object) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, generator(), CARD)
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    card = {
        **json.loads(header["__metadata__"]["card"]),
        "mood": "calm",
        "licence": 5,
        "measures": [1, ["a", 2]],
        "class_names": odd,
        "seed": odd,
    }
    header["__metadata__"]["card"] = json.dumps(card)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + length :])
    found = open_model(path).card
    assert found.name == "Faces of clay"
    assert found.licence == ""
    assert found.measures == (("a", "2"),)
    assert found.seed == 0
    card["measures"] = odd
    header["__metadata__"]["card"] = json.dumps(card)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + length :])
    assert open_model(path).card.measures == ()
