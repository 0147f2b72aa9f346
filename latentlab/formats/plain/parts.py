"""One step of our own networks together with where its tensors come from in the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

from latentlab.formats.plain.geometry import Setting
from latentlab.formats.plain.pieces import Link, side_between
from latentlab.formats.plain.records import Record, Tensors
from latentlab.models.steps import (
    Activation,
    Conv,
    Flow,
    Linear,
    Norm,
    Pool,
    Reshape,
    Skip,
    Step,
    Transposed,
    Upsample,
)

Leaf = Callable[[Tensors], Tensor]
Padding = Literal["zeros", "reflect"]


@dataclass(frozen=True)
class Part:
    """A step and, by the names our modules give them, its tensors."""

    step: Step
    leaves: dict[str, Leaf] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NormStyle:
    """How norms are read whose kind the shapes leave open."""

    eps: float = 1e-5
    without_statistics: Literal["group", "instance", "layer"] = "instance"
    groups: int = 1
    ignore_statistics: bool = False
    """Running statistics are of an instance norm of old torch, which kept them and did not use them."""


def steps_of(parts: Sequence[Part]) -> tuple[Step, ...]:
    return tuple(part.step for part in parts)


def gather(parts: Sequence[Part], prefixes: Sequence[str], tensors: Tensors) -> dict[str, Tensor]:
    """Our state dict of `parts`, whose tensors lie under `prefixes`."""
    return {
        prefix + name: leaf(tensors)
        for part, prefix in zip(parts, prefixes, strict=True)
        for name, leaf in part.leaves.items()
    }


def weighted_part(link: Link, setting: Setting | None = None, *, padding_mode: Padding = "zeros") -> Part:
    """The layer with weights alone."""
    record, has_bias = link.record, link.record.bias_size > 0
    leaves: dict[str, Leaf] = {
        "weight": lambda tensors: record.weight(tensors, output_axis=int(link.kind == "transposed"))
    }
    if has_bias:
        leaves["bias"] = lambda tensors: record.tensor("bias", tensors)
    step: Step
    if link.kind == "linear":
        step = Linear(link.inputs, link.outputs, has_bias)
    elif link.kind == "transposed":
        s = setting or Setting()
        step = Transposed(
            link.inputs, link.outputs, link.kernel, s.stride, s.padding, s.output_padding, has_bias
        )
    else:
        s = setting or Setting()
        step = Conv(link.inputs, link.outputs, link.kernel, s.stride, s.padding, has_bias, padding_mode)
    return Part(step, leaves)


def follower_part(record: Record, style: NormStyle) -> Part:
    """A norm or the slopes of a PReLU."""
    if record.kind == "slopes":
        return Part(
            Activation("prelu", channels=record.shape[0]),
            {"weight": lambda tensors: record.tensor("weight", tensors)},
        )
    leaves: dict[str, Leaf] = {}
    if record.is_affine:
        leaves["weight"] = lambda tensors: record.tensor("weight", tensors)
        leaves["bias"] = lambda tensors: (
            record.tensor("bias", tensors)
            if "bias" in record.keys
            else torch.zeros_like(record.tensor("weight", tensors))
        )
    channels, sides = record.shape[0], tuple(record.shape[1:])
    if record.has_statistics and style.ignore_statistics:
        return Part(Norm("instance", channels, record.is_affine, style.eps), leaves)
    if record.has_statistics:
        leaves["running_mean"] = lambda tensors: record.tensor("mean", tensors)
        leaves["running_var"] = lambda tensors: record.tensor("var", tensors)
        leaves["num_batches_tracked"] = lambda _: torch.zeros((), dtype=torch.long)
        return Part(Norm("batch", channels, record.is_affine, style.eps), leaves)
    if sides or style.without_statistics == "layer":
        return Part(Norm("layer", channels, eps=style.eps, sides=sides), leaves)
    groups = min(style.groups, channels) if style.without_statistics == "group" else 1
    return Part(Norm(style.without_statistics, channels, eps=style.eps, groups=groups), leaves)


def reordered(part: Part, order: Callable[[Tensor], Tensor]) -> Part:
    """The same layer with its inputs in another order; `order` takes and gives a tensor with inputs first."""
    axis = 0 if isinstance(part.step, Transposed) else 1
    weight = part.leaves["weight"]
    return Part(
        part.step,
        {**part.leaves, "weight": lambda tensors: order(weight(tensors).movedim(axis, 0)).movedim(0, axis)},
    )


def nested(parts: Sequence[Part]) -> Part:
    """A residual block around `parts`."""
    leaves = {
        f"steps.{index}.{name}": leaf
        for index, part in enumerate(parts)
        for name, leaf in part.leaves.items()
    }
    inner = tuple(part.step for part in parts if not isinstance(part.step, (Skip, Flow)))
    return Part(Skip(inner), leaves)


def behind(link: Link, style: NormStyle, activation: Activation | None) -> list[Part]:
    """Norms and activation behind a layer, in the file's order, the activation last.

    Learned slopes take the activation's place.
    """
    parts = [follower_part(follower, style) for follower in link.followers]
    if activation is not None and not any(follower.kind == "slopes" for follower in link.followers):
        parts.append(Part(activation))
    return parts


def row_parts(
    row: Sequence[Link],
    settings: Sequence[Setting],
    *,
    style: NormStyle,
    activations: Sequence[Activation | None],
    upsample_mode: Literal["nearest", "bilinear"] = "nearest",
) -> list[Part]:
    """A whole row, with a change of shape where flat layers meet pictures.

    Args:
        row: the layers.
        settings: of the convolutions among them, in order.
        style: of the norms.
        activations: behind each layer.
        upsample_mode: of the enlargements before convolutions.
    """
    parts: list[Part] = []
    convolutions = iter(settings)
    for index, link in enumerate(row):
        setting = Setting() if link.kind == "linear" else next(convolutions)
        if setting.upsample > 1:
            parts.append(Part(Upsample(setting.upsample, upsample_mode)))
        parts.append(weighted_part(link, setting))
        tail = behind(link, style, activations[index])
        if setting.pool > 1:
            tail.append(Part(Pool(setting.pool)))
        if index + 1 < len(row):
            tail = _reshaped(tail, link, row[index + 1])
        parts += tail
    return parts


def _reshaped(tail: list[Part], before: Link, after: Link) -> list[Part]:
    if (before.kind == "linear") == (after.kind == "linear"):
        return tail
    side = side_between(before, after)
    if before.kind != "linear":
        return [*tail, Part(Reshape((before.outputs * side**2,)))]
    reshape = Part(Reshape((after.inputs, side, side)))
    flat_norm = any(follower.shape[0] == before.outputs for follower in before.followers)
    return [*tail, reshape] if flat_norm else [reshape, *tail]
