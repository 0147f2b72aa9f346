"""One network out of two of the same build: layer swap and blending of weights.

Blocks of a model and of one fine-tuned from it fit together (Pinkney & Adler 2020, arXiv:2010.05334, "Resolution
dependent GAN interpolation"): coarse blocks of one and fine ones of the other give its shapes in the other's
rendering. Networks that were trained apart have the same shapes but no common ground: their blend is noise.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import torch
from torch import Tensor

from latentlab.errors import ShapeError
from latentlab.models.generator import Generator

MAPPING = "mapping"
"""What no block owns: the mapping network and its mean, an encoder."""

_RELATED = 0.5
_TELLING = 40
"""Characters of a setting that are shown; a longer one is only named."""


@dataclass(frozen=True, slots=True)
class Compatibility:
    """Whether two networks can be mixed, in words."""

    problems: tuple[str, ...] = ()
    """Why not; empty where they can."""
    likeness: float = 0.0
    """Mean cosine between the weights of both, -1 ... 1; near 1 where one was made from the other."""

    @property
    def is_possible(self) -> bool:
        return not self.problems

    @property
    def is_related(self) -> bool:
        """Whether one was probably fine-tuned from the other."""
        return self.likeness >= _RELATED

    def sentence(self) -> str:
        """For people."""
        if self.problems:
            return "These models cannot be mixed: " + "; ".join(self.problems) + "."
        if self.is_related:
            return f"These models share an ancestor (likeness {self.likeness:.2f}): mixtures should hold together."
        return (
            f"These models have the same build but were trained apart (likeness {self.likeness:.2f}): swapped "
            "blocks and blended weights will hardly fit together. Choose a model fine-tuned from this one."
        )


def compatibility(first: Generator, second: Generator) -> Compatibility:
    """Compare two networks: family, architecture, shapes, and how alike their weights are."""
    if first.family != second.family:
        families = f"{first.capabilities.family} and {second.capabilities.family}"
        return Compatibility((f"they are of different families ({families})",))
    problems = tuple(_differences(first.config, second.config, ""))
    if not problems:
        ours, theirs = _shapes(first), _shapes(second)
        names = [name for name in ours if ours.get(name) != theirs.get(name)] + list(
            theirs.keys() - ours.keys()
        )
        problems = tuple(f"{name} has another shape" for name in names[:4])
    if problems:
        return Compatibility(problems)
    return Compatibility(likeness=_likeness(first, second))


def groups(generator: Generator) -> tuple[str, ...]:
    """What has a weight of its own in a blend: the mapping, then the blocks in order."""
    owned = set(_owners(generator).values())
    return tuple(
        name for name in (MAPPING, *(block.info.name for block in generator.blocks)) if name in owned
    )


@torch.no_grad()
def blended(first: Generator, second: Generator, weights: Mapping[str, float]) -> Generator:
    """A new network: each group's numbers are (1 - weight) * first + weight * second.

    Args:
        first: gives the architecture.
        second: of the same architecture (`compatibility`).
        weights: share of the second, 0 ... 1, by name of `groups`; those not named stay with the first.

    Raises:
        ShapeError: the networks do not fit together, a group does not exist, or a weight is outside 0 ... 1.
    """
    found = compatibility(first, second)
    if not found.is_possible:
        raise ShapeError(found.sentence())
    known = groups(first)
    for name, weight in weights.items():
        if name not in known:
            raise ShapeError(f"There is no block {name!r} to blend: choose among {', '.join(known)}.")
        if not 0.0 <= weight <= 1.0:
            raise ShapeError(f"The weight of {name} is {weight:g}: give a number from 0 to 1.")
    result = copy.deepcopy(first)
    owners = _owners(first)
    theirs = second.state_dict()
    for name, tensor in result.state_dict().items():
        weight = weights.get(owners[name], 0.0)
        other = theirs[name].to(tensor.device)
        if weight == 1.0 or (weight >= 0.5 and not tensor.is_floating_point()):
            tensor.copy_(other)
        elif weight and tensor.is_floating_point():
            tensor.lerp_(other.to(tensor.dtype), weight)
    return result.eval()


def _owners(generator: Generator) -> dict[str, str]:
    """Each entry of the state dict with the group it belongs to."""
    modules = {id(block): block.info.name for block in generator.blocks}
    prefixes = [
        (f"{path}.", modules[id(module)])
        for path, module in generator.named_modules()
        if id(module) in modules
    ]
    owners = {}
    for name in generator.state_dict():
        owners[name] = next((group for prefix, group in prefixes if name.startswith(prefix)), MAPPING)
    return owners


def _shapes(generator: Generator) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in generator.state_dict().items()}


def _differences(ours: Any, theirs: Any, where: str) -> list[str]:
    """Settings of the architecture that differ, for people."""
    if is_dataclass(ours) and type(ours) is type(theirs):
        found: list[str] = []
        for item in fields(ours):
            found += _differences(
                getattr(ours, item.name), getattr(theirs, item.name), f"{where} {item.name}".strip()
            )
        return found
    if ours == theirs:
        return []
    words = where.replace("_", " ")
    values = (str(ours), str(theirs))
    if max(map(len, values)) > _TELLING:  # a list of layers tells people nothing
        return [f"different {words}"]
    return [f"{words} is {values[0]} here and {values[1]} there"]


@torch.no_grad()
def _likeness(first: Generator, second: Generator) -> float:
    """Mean over weight matrices and kernels of the cosine between both networks'."""
    theirs = dict(second.named_parameters())
    cosines = [
        _cosine(tensor, theirs[name].to(tensor.device))
        for name, tensor in first.named_parameters()
        if tensor.ndim >= 2
    ]
    return sum(cosines) / max(len(cosines), 1)


def _cosine(one: Tensor, other: Tensor) -> float:
    one, other = one.double().flatten(), other.double().flatten()
    return float(one @ other / (one.norm() * other.norm()).clamp_min(1e-30))
