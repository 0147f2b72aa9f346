"""Torch checkpoints of every kind give the tensors that torch itself reads from them."""

from __future__ import annotations

import argparse
import collections
import io
import pickle
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from latentlab.errors import UnsafeFileError
from latentlab.formats.container import detect
from latentlab.formats.networks import Contents
from latentlab.formats.nvidia_pickle import read_pickle
from latentlab.formats.source import Source
from latentlab.formats.torch_file import read_torch
from latentlab.formats.weights import StoredTensors
from tests.fuzz.reader_seeds import torch_bytes


def read(path: Path) -> tuple[Contents, dict[str, dict[str, Tensor]]]:
    with Source(path) as source:
        contents = read_torch(source, detect(source))
        return contents, {
            name: dict(StoredTensors(source, network)) for name, network in contents.networks.items()
        }


@pytest.fixture(params=[False, True], ids=["zip", "legacy"])
def legacy(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def saved(value: Any, folder: Path, legacy: bool) -> Path:
    path = folder / "model.pt"
    path.write_bytes(torch_bytes(value, legacy=legacy))
    return path


def state(seed: int = 0) -> dict[str, Tensor]:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 2)).state_dict()


def assert_equal(found: dict[str, Tensor], wanted: dict[str, Tensor]) -> None:
    assert list(found) == list(wanted)
    for name, tensor in wanted.items():
        wide = tensor.float() if tensor.is_floating_point() else tensor
        assert found[name].dtype == wide.dtype, name
        assert torch.equal(found[name], wide), name
        assert found[name].is_contiguous(), name


def test_a_state_dict(tmp_path: Path, legacy: bool) -> None:
    contents, networks = read(saved(state(), tmp_path, legacy))
    assert list(networks) == [""]
    assert_equal(networks[""], dict(state()))
    assert not contents.doubts


def test_networks_at_any_depth_are_found_by_name(tmp_path: Path, legacy: bool) -> None:
    network = nn.Linear(2, 2)
    optimiser = torch.optim.Adam(network.parameters())
    network(torch.ones(1, 2)).sum().backward()
    optimiser.step()
    value = {
        "epoch": 3,
        "args": argparse.Namespace(size=64, folder="/data"),
        "models": {"g": state(1), "more": {"d": collections.OrderedDict(state(2))}},
        "list": [state(3), {"x": 1}],
        "opt": optimiser.state_dict(),
        "losses": [0.5] * 2000,
    }
    contents, networks = read(saved(value, tmp_path, legacy))
    assert set(networks) == {"models.g", "models.more.d", "list.0"}
    for name, seed in (("models.g", 1), ("models.more.d", 2), ("list.0", 3)):
        assert_equal(networks[name], dict(state(seed)))
    assert contents.found == ["the state of an optimiser (opt)"]
    assert not contents.doubts


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_become_float32(tmp_path: Path, legacy: bool, dtype: torch.dtype) -> None:
    value = {name: tensor.to(dtype) for name, tensor in state().items() if tensor.is_floating_point()}
    _, networks = read(saved(value, tmp_path, legacy))
    assert_equal(networks[""], value)


def test_views_strides_and_shared_storages(tmp_path: Path, legacy: bool) -> None:
    base = torch.arange(120.0).reshape(2, 3, 4, 5)
    value = {
        "whole": base,
        "part": base[1, 1:],
        "transposed": base.transpose(1, 3),
        "last": base.to(memory_format=torch.channels_last),
        "step": base[..., ::2],
        "scalar": torch.tensor(2.5),
        "none": torch.zeros(0, 4),
        "integer": torch.arange(5),
        "flags": torch.tensor([True, False]),
        "bytes": torch.arange(3, dtype=torch.uint8),
        "same": base,
    }
    _, networks = read(saved(value, tmp_path, legacy))
    assert_equal(networks[""], value)


def test_parameters_and_subclasses(tmp_path: Path, legacy: bool) -> None:
    value = {
        "weight": nn.Parameter(torch.ones(2, 3)),
        "frozen": nn.Parameter(torch.ones(4), requires_grad=False),
    }
    _, networks = read(saved(value, tmp_path, legacy))
    assert_equal(networks[""], {name: tensor.detach() for name, tensor in value.items()})


class Odd(nn.Module):
    """A module of a class that only this test knows."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 3), nn.Sequential(nn.BatchNorm1d(3))])
        self.scale = nn.Parameter(torch.tensor(2.0))
        self.register_buffer("table", torch.arange(4))
        self.register_buffer("absent", None)
        self.activation = torch.relu
        self.note = "hello"


def test_a_whole_module_gives_its_state_dict(tmp_path: Path, legacy: bool) -> None:
    module = Odd()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = saved({"model": module, "epoch": 1}, tmp_path, legacy)
    contents, networks = read(path)
    found = networks["model"]
    wanted = module.state_dict()
    assert set(found) == set(wanted)
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)
    assert any("tests.formats.test_torch_files.Odd" in doubt for doubt in contents.doubts)


def test_a_weight_that_was_on_a_gpu_opens_without_one(tmp_path: Path) -> None:
    path = saved(state(), tmp_path, True)
    path.write_bytes(path.read_bytes().replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:7"))
    _, networks = read(path)
    assert_equal(networks[""], dict(state()))


def test_torchscript_gives_its_state_dict_and_no_program(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(2, 3), nn.Conv2d(1, 2, 3))
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(module), buffer)
    path = tmp_path / "model.pt"
    path.write_bytes(buffer.getvalue())
    contents, networks = read(path)
    assert list(networks) == [""]
    assert_equal(networks[""], dict(module.state_dict()))
    assert any("program text" in doubt for doubt in contents.doubts)


def test_many_tensors_on_the_same_numbers_are_refused(tmp_path: Path, legacy: bool) -> None:
    """A file of a megabyte must not become gigabytes."""
    base = torch.zeros(1 << 18)
    path = saved({f"w{index}": base for index in range(500)}, tmp_path, legacy)
    with pytest.raises(UnsafeFileError, match="made to exhaust"):
        read(path)


def test_a_state_dict_that_was_pickled_without_torchs_container(tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    value = {"g": state(), "half": {"w": torch.ones(3).half()}}
    with path.open("wb") as file:
        pickle.dump(value, file)
    with Source(path) as source:
        contents = read_pickle(source)
        networks = {name: dict(StoredTensors(source, net)) for name, net in contents.networks.items()}
    assert_equal(networks["g"], dict(state()))
    assert_equal(networks["half"], value["half"])
    on_gpu = path.read_bytes().replace(b"X\x03\x00\x00\x00cpu", b"X\x03\x00\x00\x00mps")
    path.write_bytes(on_gpu)
    with Source(path) as source:
        network = read_pickle(source).networks["g"]
        assert_equal(dict(StoredTensors(source, network)), dict(state()))
