"""Which engines there are for a device, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch

from latentlab.models.generator import Generator
from latentlab.render.engine import Engine
from latentlab.render.torch_engine import TorchEngine

Precision = Literal["auto", "float32", "fast"]
"""What the user asks for. "auto" and "fast" are the same but for a word when no faster mode can be used."""

Make = Callable[[Generator, Callable[[], bool]], Engine]
"""Prepares an engine for a generator that nobody else changes; takes seconds, in a thread of its own. The second
argument tells it to stop: it then raises `Cancelled` at its next step. RuntimeError, ValueError,
NotImplementedError or ImportError mean that the engine cannot run this model."""


@dataclass(frozen=True, slots=True)
class Factory:
    """One way to compute."""

    name: str
    """As `Engine.name`."""
    version: str
    """Of the libraries behind it: a verdict on this engine holds for this version alone."""
    exact: bool
    """It computes in float32 throughout."""
    make: Make


def factories(device: str, precision: Precision) -> list[Factory]:
    """What is faster than plain torch in float32 on this device, most promising first."""
    kind = torch.device(device).type
    found = _cpu_factories() if kind == "cpu" else _gpu_factories(kind)
    if precision == "float32":
        return [factory for factory in found if factory.exact]
    return found


def _cpu_factories() -> list[Factory]:
    return [_torch(torch.bfloat16)]


def _gpu_factories(kind: str) -> list[Factory]:
    half = _torch(torch.float16)  # 10 bits of mantissa; overflows where a network was not made for it
    return [half, _torch(torch.bfloat16)] if kind == "cuda" else [half]


def _torch(dtype: torch.dtype) -> Factory:
    name = str(dtype).removeprefix("torch.")
    return Factory(
        name=f"torch {name}",
        version=torch.__version__,
        exact=False,
        make=lambda generator, stop: TorchEngine(generator, dtype=dtype),
    )
