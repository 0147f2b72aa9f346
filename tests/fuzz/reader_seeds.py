"""Small sound files of every kind that the model readers know: what fuzzing begins from, and what tests damage."""

from __future__ import annotations

import argparse
import collections
import io
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from latentlab.cli.bench.pickle_file import write_network_pickle
from latentlab.formats import save_model
from latentlab.formats.report import Card
from latentlab.models.style_layers import MappingConfig
from latentlab.models.stylegan2 import StyleGAN2, StyleGAN2Config


def generator() -> StyleGAN2:
    """A StyleGAN2 of 8 px and a few thousand numbers."""
    torch.manual_seed(0)
    config = StyleGAN2Config(8, (4, 3), z_dim=6, w_dim=5, mapping=MappingConfig(num_layers=2))
    return StyleGAN2(config).eval().requires_grad_(False)


def network_pickle(folder: Path) -> bytes:
    """An NVIDIA network pickle, as small as they get."""
    path = folder / "seed.pkl"
    write_network_pickle(path, generator())
    return path.read_bytes()


def value_pickles() -> list[bytes]:
    """Pickles of plain values and NumPy's, in every protocol."""
    values = {
        "scalars": {
            "gain": np.float64(0.5),
            "count": np.int64(3),
            "text": "b\u00e4",
            "none": None,
            "big": 1 << 40,
        },
        "array": np.arange(6, dtype=np.int64).reshape(2, 3),
        "nested": [(1, 2.5, True), {"a": {1, 2}}, collections.OrderedDict(x=b"12")],
        "args": argparse.Namespace(size=64),
    }
    return [pickle.dumps(values, protocol) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]


def dcgan_state() -> dict[str, Tensor]:
    """A plain state dict: transposed convolutions and batch norms, 16 px."""
    torch.manual_seed(0)
    network = nn.Sequential(
        *(nn.ConvTranspose2d(8, 8, 4, 1, 0, bias=False), nn.BatchNorm2d(8), nn.ReLU()),
        *(nn.ConvTranspose2d(8, 4, 4, 2, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU()),
        *(nn.ConvTranspose2d(4, 3, 4, 2, 1, bias=False), nn.Tanh()),
    )
    return network.state_dict()


def checkpoints() -> list[Any]:
    """What people save with torch."""
    state = dcgan_state()
    network = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    optimiser = torch.optim.Adam(network.parameters())
    network(torch.ones(1, 4)).sum().backward()
    optimiser.step()
    shared = torch.arange(24.0).reshape(4, 6)
    return [
        state,
        {
            "epoch": 3,
            "netG": {f"module.{key}": value for key, value in state.items()},
            "optimizer": optimiser.state_dict(),
            "args": argparse.Namespace(size=64, path="/data"),
            "losses": [0.5, 0.25],
        },
        {"half": {key: value.half() for key, value in state.items()}, "bf": shared.bfloat16()},
        network,
        {"views": {"a": shared, "b": shared.t(), "c": shared[1:3, 2:], "n": torch.tensor(3)}},
        {"G": generator().state_dict()},
    ]


def torch_bytes(value: Any, *, legacy: bool) -> bytes:
    """`value` in one of torch's containers."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.save(value, buffer, _use_new_zipfile_serialization=not legacy)
    return buffer.getvalue()


def native_file(folder: Path) -> bytes:
    """One of LatentLab's own files."""
    path = folder / "seed.safetensors"
    card = Card("Seed", data="none", measures=(("kimg", "1"),))
    save_model(path, generator(), card, {"directions": [[0.5, 1.0]]})
    return path.read_bytes()
