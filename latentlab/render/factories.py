"""Which engines there are for a device, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
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
    return [_openvino("bfloat16"), _openvino("float32"), _torch(torch.bfloat16)]


def _gpu_factories(kind: str) -> list[Factory]:
    half = _torch(torch.float16)  # 10 bits of mantissa; overflows where a network was not made for it
    return [half, _torch(torch.bfloat16)] if kind == "cuda" else [half]


def _openvino(precision: Literal["float32", "bfloat16"]) -> Factory:
    def make(generator: Generator, stop: Callable[[], bool]) -> Engine:
        from latentlab.render.openvino_engine import OpenVINOEngine  # costs a third of a second

        return OpenVINOEngine(generator, precision, stop)

    try:
        release = version("openvino")
    except PackageNotFoundError:  # a packaged build without the libraries' descriptions
        release = "packaged"
    return Factory(f"openvino {precision}", release, exact=precision == "float32", make=make)


def _torch(dtype: torch.dtype) -> Factory:
    name = str(dtype).removeprefix("torch.")
    return Factory(
        name=f"torch {name}",
        version=torch.__version__,
        exact=False,
        make=lambda generator, stop: TorchEngine(generator, dtype=dtype),
    )
