"""What a checkpoint of a run holds, read without running anything in it.

`model.safetensors` is the model to draw with (CycleGAN has a second, `model-back.safetensors`),
`networks.safetensors` every network in training, and `state.pt` the rest of what a resumed run needs, readable
with `torch.load(weights_only=True)`. Weights are stored once: where the state holds a tensor of a network, it
names it instead.
"""

from __future__ import annotations

import contextlib
import io
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as to_safetensors
from torch import Tensor

from latentlab.errors import TrainingError
from latentlab.formats.native import save_model
from latentlab.formats.report import Card
from latentlab.models.generator import Generator
from latentlab.runs import CheckpointInfo
from trainers.systems.system import System

_Place = tuple[int, tuple[int, ...], tuple[int, ...], torch.dtype]
_ELSEWHERE = "networks.safetensors:"
"""Begins a text in the state that stands for a tensor in the other file."""


def save(
    folder: Path, system: System, loop_state: Mapping[str, Any], generator: Generator, card: Card
) -> None:
    """Fill the folder of a checkpoint.

    Args:
        folder: empty.
        system: in training.
        loop_state: what the loop needs, as tensors and plain values.
        generator: the model to draw with.
        card: what a person should know about it.

    Raises:
        CheckpointError, OSError: the disk is full.
    """
    save_model(folder / "model.safetensors", generator, card)
    for word, further in system.further_models().items():
        save_model(folder / f"model-{word}.safetensors", further, replace(card, name=f"{card.name}, {word}"))
    tensors = _network_tensors(system)
    # A tensor that two networks share is stored twice: safetensors knows no sharing.
    copies = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    (folder / "networks.safetensors").write_bytes(to_safetensors(copies))
    names = {_place(tensor): name for name, tensor in tensors.items() if tensor.numel()}
    state = {"system": _packed(system.state_dict(), names), "loop": dict(loop_state)}
    content = io.BytesIO()  # torch's own writing to a full disk fails in many ways, none with an OSError
    torch.save(state, content)
    (folder / "state.pt").write_bytes(content.getbuffer())


def load(found: CheckpointInfo) -> tuple[dict[str, Any], dict[str, Any]]:
    """States of the system and of the loop.

    Raises:
        TrainingError: it is damaged.
    """
    with readable(found):
        networks = load_file(found.networks)
        state = torch.load(found.state, weights_only=True, map_location="cpu")
        return dict(_unpacked(state["system"], networks)), dict(state["loop"])


@contextlib.contextmanager
def readable(found: CheckpointInfo) -> Iterator[None]:
    """Turns what a damaged checkpoint, or one of another system, brings about into a TrainingError."""
    try:
        yield
    except (
        OSError,
        RuntimeError,
        EOFError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        SafetensorError,
        pickle.UnpicklingError,
    ) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise TrainingError(
            f"The checkpoint of step {found.step} is damaged or of another system ({reason}): delete {found.path} "
            "to go on from the one before."
        ) from error


def _network_tensors(system: System) -> dict[str, Tensor]:
    """Every weight and buffer in training by name: the tensors themselves."""
    return {
        f"{network_name}.{name}": tensor
        for network_name, network in system.networks.items()
        for name, tensor in network.state_dict().items()
        if isinstance(tensor, Tensor)
    }


def _packed(value: Any, names: Mapping[_Place, str]) -> Any:
    """`value` with the tensors of networks replaced by their names."""
    if isinstance(value, Tensor):
        name = names.get(_place(value))
        return value if name is None else _ELSEWHERE + name
    if isinstance(value, dict):
        return {key: _packed(inner, names) for key, inner in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_packed(inner, names) for inner in value)
    return value


def _place(tensor: Tensor) -> _Place:
    """Where a tensor's numbers are: the same for a weight and what `state_dict` gives of it."""
    return tensor.data_ptr(), tuple(tensor.shape), tensor.stride(), tensor.dtype


def _unpacked(value: Any, networks: Mapping[str, Tensor]) -> Any:
    if isinstance(value, str) and value.startswith(_ELSEWHERE):
        return networks[value.removeprefix(_ELSEWHERE)]
    if isinstance(value, dict):
        return {key: _unpacked(inner, networks) for key, inner in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_unpacked(inner, networks) for inner in value)
    return value
