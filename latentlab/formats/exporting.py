"""Models for other programs: weights alone as safetensors, and networks as ONNX. Each with its card beside it."""

from __future__ import annotations

import dataclasses
import inspect
import json
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save as to_safetensors
from torch import Tensor, nn

from latentlab.errors import ExportError
from latentlab.formats.native import write_whole
from latentlab.formats.report import Card
from latentlab.models.generator import Generator

_OPSET = 17
_CHECKED = 3
"""Pictures that are drawn both ways; another number than was traced."""
_MOST = 1e-2
"""Largest difference, of pictures in [-1, 1], that is no mistake."""


def export_weights(path: str | os.PathLike[str], generator: Generator, card: Card) -> None:
    """Write a model's weights as safetensors that any program reads, and its card beside them as JSON.

    Raises:
        CheckpointError: the disk is full, or the place cannot be written to.
    """
    path = Path(path)
    # A tensor that two networks share is stored twice: safetensors knows no sharing.
    tensors = {name: one.detach().cpu().contiguous().clone() for name, one in generator.state_dict().items()}
    content = to_safetensors(tensors, {"format": "pt", "title": card.name, "licence": card.licence})
    write_whole(path, lambda file: file.write(content))
    _write_card(path, generator, card, {})


def export_onnx(path: str | os.PathLike[str], generator: Generator, card: Card) -> float:
    """Write a model as ONNX for any number of pictures, check it, and write its card beside it as JSON.

    Inputs: "z" (N, z_dim) standard normal, with classes also "condition" (N, num_classes), rows summing to 1; a
    translator has "image" (N, C, H, W) in [-1, 1] alone. Output: "picture" (N, C, H, W) in about [-1, 1].

    Returns:
        the largest difference between what the file and the model draw, on a scale from -1 to 1.

    Raises:
        ExportError: this model cannot be written as ONNX, or draws something else from the file.
        CheckpointError: the disk is full, or the place cannot be written to.
    """
    path, can = Path(path), generator.capabilities
    if can.has_captions:
        raise ExportError(
            "A model that reads captions cannot be exported as ONNX, which knows no words: choose LatentLab's "
            "format."
        )
    network: nn.Module = _Translating(generator) if can.is_translator else _Drawing(generator)
    names, inputs = _inputs(generator, 2)
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}.onnx")
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tracing: every number that it takes for constant is
            traced = torch.jit.freeze(_traced(network, inputs))
            how: dict[str, Any] = (
                {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
            )
            torch.onnx.export(
                traced,
                tuple(inputs),
                str(unfinished),
                input_names=list(names),
                output_names=["picture"],
                dynamic_axes={name: {0: "n"} for name in (*names, "picture")},
                opset_version=_OPSET,
                **how,
            )
        difference = _difference(unfinished, network, generator)
        write_whole(path, lambda file: file.write(unfinished.read_bytes()))
    except (RuntimeError, ImportError, torch.onnx.errors.OnnxExporterError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise ExportError(
            f"This model cannot be written as ONNX ({reason}): choose LatentLab's format."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    inputs_told = {name: ["n", *one.shape[1:]] for name, one in zip(names, inputs, strict=True)}
    _write_card(path, generator, card, {"inputs": inputs_told, "largest_difference": difference})
    return difference


class _Drawing(nn.Module):
    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        drawn: Tensor = self.generator(z, condition)
        return drawn


class _Translating(nn.Module):
    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, image: Tensor) -> Tensor:
        return self.generator.synthesize(image.new_zeros(len(image), 0, 0), image=image)


def _traced(network: nn.Module, inputs: list[Tensor]) -> Any:
    trace: Any = torch.jit.trace
    return trace(network.eval(), tuple(inputs), check_trace=False)


def _inputs(generator: Generator, count: int) -> tuple[tuple[str, ...], list[Tensor]]:
    can = generator.capabilities
    noise = torch.Generator().manual_seed(count)
    if can.is_translator:
        side = can.resolution
        return ("image",), [torch.rand(count, can.image_channels, side, side, generator=noise) * 2 - 1]
    z = torch.randn(count, can.z_dim, generator=noise)
    if not can.num_classes:
        return ("z",), [z]
    condition = torch.rand(count, can.num_classes, generator=noise)
    return ("z", "condition"), [z, condition / condition.sum(1, keepdim=True)]


def _difference(path: Path, network: nn.Module, generator: Generator) -> float:
    """How far what the file draws is from what the network draws.

    Raises:
        ExportError: too far.
    """
    names, inputs = _inputs(generator, _CHECKED)
    with torch.no_grad():
        wanted = network(*inputs).numpy()
    drawn = run_onnx(path, dict(zip(names, (one.numpy() for one in inputs), strict=True)))
    far = float(np.abs(drawn - wanted).max())
    if not far <= _MOST:
        raise ExportError(
            f"The ONNX file draws other pictures than the model (by {far:.2g}): choose LatentLab's format."
        )
    return far


def run_onnx(path: Path, inputs: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """What an ONNX file draws, by OpenVINO in float32."""
    import openvino as ov  # type: ignore[import-untyped]

    compiled = ov.Core().compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    picture: NDArray[np.float32] = compiled(dict(inputs))[0]
    return picture


def _write_card(path: Path, generator: Generator, card: Card, more: Mapping[str, Any]) -> None:
    can = generator.capabilities
    told = {
        **dataclasses.asdict(card),
        "resolution": can.resolution,
        "channels": can.image_channels,
        "z_dim": can.z_dim,
        "parameters": sum(weight.numel() for weight in generator.parameters()),
        **more,
    }
    content = json.dumps(told, indent=2, ensure_ascii=False).encode()
    write_whole(card_beside(path), lambda file: file.write(content))


def card_beside(path: Path) -> Path:
    """Where the card of an exported file lies."""
    return path.with_name(f"{path.name}.card.json")
