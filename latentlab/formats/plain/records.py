"""A state dict as a list of layers, in its own order. Names group tensors into layers and say nothing else."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from torch import Tensor

Tensors = Mapping[str, Tensor]

_ROLES = {
    "weight": "weight",
    "bias": "bias",
    "running_mean": "mean",
    "running_var": "var",
    "weight_orig": "weight",  # spectral norm of torch before 1.9, and of older ports
    "weight_bar": "weight",
    "weight_u": "u",
    "weight_v": "v",
    "weight_g": "g",
    "parametrizations.weight.original": "weight",
    "parametrizations.weight.0._u": "u",
    "parametrizations.weight.0._v": "v",
    "parametrizations.weight.original0": "g",
    "parametrizations.weight.original1": "v",
}


@dataclass(frozen=True)
class Record:
    """One layer of a file that has tensors of its own."""

    kind: Literal["linear", "spatial", "norm", "slopes", "broken"]
    """"spatial" is a convolution of either direction, "slopes" a PReLU; the tensors of a "broken" layer do not
    belong together."""
    shape: tuple[int, ...]
    """Of the weight; (channels,) or (channels, H, W) of a norm."""
    path: str
    """Name of the layer in the file."""
    keys: dict[str, str] = field(hash=False)
    """Role ("weight", "bias", "mean", "var", "u", "v", "g") to the tensor's name in the file."""
    bias_size: int = 0
    """Length of the bias; 0 without one."""

    @property
    def is_weighted(self) -> bool:
        return self.kind in ("linear", "spatial")

    @property
    def has_statistics(self) -> bool:
        return "mean" in self.keys

    @property
    def is_affine(self) -> bool:
        return "weight" in self.keys

    def tensor(self, role: str, tensors: Tensors) -> Tensor:
        """The tensor of a role that is in `keys`."""
        return tensors[self.keys[role]]

    def weight(self, tensors: Tensors, *, output_axis: int = 0) -> Tensor:
        """The weight as the layer uses it: spectral or weight normalisation is carried out.

        Args:
            tensors: the file's.
            output_axis: of the weight; what spectral normalisation takes as rows.
        """
        if "g" in self.keys:  # Salimans & Kingma 2016, arXiv:1602.07868
            direction, length = tensors[self.keys["v"]], tensors[self.keys["g"]]
            axes = [axis for axis in range(direction.ndim) if length.shape[axis] == 1]
            norm: Tensor = torch.linalg.vector_norm(direction, dim=axes, keepdim=True)
            return direction * (length / norm)
        weight = tensors[self.keys["weight"]]
        if "u" not in self.keys:
            return weight
        u = tensors[self.keys["u"]].flatten()  # Miyato et al. 2018, arXiv:1802.05957
        if u.shape[0] != weight.shape[output_axis]:
            output_axis = 1 - output_axis
        rows = weight.movedim(output_axis, 0).flatten(1)
        v = tensors[self.keys["v"]].flatten() if "v" in self.keys else rows.T @ u
        if "v" not in self.keys:
            v = v / torch.linalg.vector_norm(v)
        return weight / (u @ rows @ v)


def records_of(tensors: Tensors) -> list[Record]:
    """The layers of a state dict in its order; tensors that belong to none (counters, scalars) are left out.

    Some formats sort tensors by name (safetensors does): numbers in the names then give the order.
    """
    groups: list[tuple[str, dict[str, str]]] = []
    open_groups: dict[str, dict[str, str]] = {}
    keys = [key for key, tensor in tensors.items() if tensor.is_floating_point() and tensor.ndim]
    if keys == sorted(keys):
        keys.sort(key=_by_numbers)
    for key in keys:
        tensor = tensors[key]
        path, role = _split(key)
        if role is None:
            path, role = key, "weight"
            if tensor.ndim == 1 and groups and _could_be_bias(tensor, groups[-1][1], tensors):
                groups[-1][1]["bias"] = key
                continue
        if path not in open_groups or role in open_groups[path]:
            open_groups[path] = {}
            groups.append((path, open_groups[path]))
        open_groups[path][role] = key
    records = [_record(path, keys, tensors) for path, keys in groups]
    return [record for record in records if record is not None]


def _split(key: str) -> tuple[str, str | None]:
    """Name of the layer and role of the tensor in it; None for a tensor whose name says nothing."""
    for leaf, role in _ROLES.items():
        if key == leaf:
            return "", role
        if key.endswith("." + leaf):
            return key[: -len(leaf) - 1], role
    return key, None


def _by_numbers(key: str) -> list[tuple[int, str]]:
    """Sorts "2.weight" before "10.weight"."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]{1,9})", key)]


def _could_be_bias(tensor: Tensor, keys: dict[str, str], tensors: Tensors) -> bool:
    return "weight" in keys and "bias" not in keys and tensor.shape[0] in tensors[keys["weight"]].shape[:2]


def _record(path: str, keys: dict[str, str], tensors: Tensors) -> Record | None:
    shapes = {role: tuple(tensors[key].shape) for role, key in keys.items()}
    main = "v" if "g" in shapes else "weight" if "weight" in shapes else "mean"
    if main not in shapes:
        return None
    shape, bias = shapes[main], shapes.get("bias", ())
    if 0 in shape:
        return Record("broken", shape, path, keys)
    if len(shape) == 2 or (len(shape) == 4 and shape[2] == shape[3]):
        kind: Literal["linear", "spatial"] = "linear" if len(shape) == 2 else "spatial"
        outputs = shape[:1] if kind == "linear" else shape[:2]
        whole = (not bias or (len(bias) == 1 and bias[0] in outputs)) and "mean" not in shapes
        if whole and _is_reparametrised_well(shapes, shape):
            return Record(kind, shape, path, keys, bias[0] if bias else 0)
        return Record("broken", shape, path, keys)
    if "mean" in shapes or "var" in shapes or bias == shape:
        together = {shapes[role] for role in shapes if role in ("weight", "bias", "mean", "var")}
        paired = ("mean" in shapes) == ("var" in shapes) and len(shape) == (
            1 if "mean" in shapes else len(shape)
        )
        whole = together == {shape} and paired and len(shape) in (1, 3)
        return Record("norm" if whole else "broken", shape, path, keys)
    if len(shape) == 1:
        return Record("broken" if bias else "slopes", shape, path, keys)
    return None


def _is_reparametrised_well(shapes: dict[str, tuple[int, ...]], shape: tuple[int, ...]) -> bool:
    """Whether the extra tensors of spectral or weight normalisation fit the weight."""
    if "g" in shapes:
        length = shapes["g"]
        return len(length) == len(shape) and all(a in (1, b) for a, b in zip(length, shape, strict=True))
    if "u" not in shapes:
        return True
    rows = math.prod(shapes["u"])
    columns = math.prod(shapes["v"]) if "v" in shapes else math.prod(shape) // rows if rows else 0
    return rows in shape[:2] and rows * columns == math.prod(shape)


def renamed(record: Record, prefix: str) -> Record:
    """The same layer in a file where every name starts with `prefix`."""
    return replace(record, keys={role: prefix + key for role, key in record.keys.items()})
