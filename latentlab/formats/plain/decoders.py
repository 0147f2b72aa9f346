"""Rows of layers that turn a code into a picture, and what their shapes leave open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from latentlab.formats.plain.choices import Option
from latentlab.formats.plain.geometry import Geometry, growing
from latentlab.formats.plain.parts import NormStyle, Part, reordered, row_parts
from latentlab.formats.plain.pictures import CHANNELS, pixels_cost, size_cost, square_root
from latentlab.formats.plain.pieces import Row
from latentlab.formats.plain.records import Record
from latentlab.models.stack import SIGNED, UNIT, ImageRange
from latentlab.models.steps import Activation, Norm, Reshape

_UNUSUAL = 1.5
"""A geometry that costs more is a guess."""
_RELU = Activation("relu")
_HIDDEN = {
    "relu": ("ReLU inside", _RELU),
    "leaky0.2": ("leaky ReLU 0.2 inside", Activation("leaky_relu", 0.2)),
    "leaky0.01": ("leaky ReLU 0.01 inside", Activation("leaky_relu", 0.01)),
    "elu": ("ELU inside", Activation("elu")),
    "silu": ("SiLU inside", Activation("silu")),
    "gelu": ("GELU inside", Activation("gelu")),
    "tanh": ("tanh inside", Activation("tanh")),
    "selu": ("SELU inside", Activation("selu")),
}
_OUTPUTS: dict[str, tuple[str, Activation | None, ImageRange]] = {
    "tanh": ("tanh, -1 to 1", Activation("tanh"), SIGNED),
    "sigmoid": ("sigmoid, 0 to 1", Activation("sigmoid"), UNIT),
    "linear": ("plain numbers, -1 to 1", None, SIGNED),
    "linear01": ("plain numbers, 0 to 1", None, UNIT),
}
# Usual first.
_STYLES = {
    "group8": ("group norm, 8 groups", NormStyle(without_statistics="group", groups=8)),
    "group32": ("group norm, 32 groups", NormStyle(without_statistics="group", groups=32)),
    "group4": ("group norm, 4 groups", NormStyle(without_statistics="group", groups=4)),
    "instance": ("instance norm", NormStyle(without_statistics="instance")),
    "group16": ("group norm, 16 groups", NormStyle(without_statistics="group", groups=16)),
    "group1": ("group norm, 1 group", NormStyle(without_statistics="group", groups=1)),
}


_PLAIN_START = "no activation behind the first layer"
_LARGE_EPS = Option("eps0.8", "batch norm with epsilon 0.8", {"style": NormStyle(eps=0.8)}, 0.3)


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual in a kind of published code: costs by option key."""

    hidden: dict[str, float]
    outputs: dict[str, float]


GAN_TRANSPOSED = Habits(
    {"relu": 0.0, "leaky0.2": 0.8, "leaky0.01": 1.4, "elu": 2.0, "silu": 2.0, "gelu": 2.2, "selu": 2.8},
    {"tanh": 0.0, "sigmoid": 0.8, "linear": 2.4},
)
GAN_RESIZED = Habits(
    {"leaky0.2": 0.0, "relu": 0.5, "leaky0.01": 1.6, "silu": 2.0, "elu": 2.2},
    {"tanh": 0.0, "sigmoid": 0.9, "linear": 2.4},
)
GAN_FLAT = Habits(
    {"leaky0.2": 0.0, "relu": 0.3, "leaky0.01": 1.4, "elu": 2.0, "tanh": 2.2, "selu": 2.4, "gelu": 2.4},
    {"tanh": 0.0, "sigmoid": 0.5, "linear": 2.4},
)
AUTOENCODER = Habits(
    {
        "relu": 0.0,
        "leaky0.01": 0.7,
        "leaky0.2": 0.8,
        "silu": 1.4,
        "elu": 1.5,
        "gelu": 1.6,
        "tanh": 1.8,
        "selu": 2.4,
    },
    {"sigmoid": 0.0, "tanh": 0.6, "linear01": 1.8, "linear": 2.0},
)


@dataclass(frozen=True, slots=True)
class Answers:
    """One way to settle everything that a decoder's shapes leave open."""

    geometry: Geometry
    hidden: Activation
    start_activates: bool
    style: NormStyle
    upsample_mode: Literal["nearest", "bilinear"]
    output: Activation | None
    image_range: ImageRange
    code_order: Callable[[Tensor], Tensor] | None = None
    """Puts z before what stands for the class, where the file has it the other way round."""


class Decoder:
    """A row of layers from a code to a picture."""

    def __init__(self, row: Row, habits: Habits | None = None) -> None:
        self.row = row
        self.convolutions = [link for link in row if link.kind != "linear"]
        self.followers = [follower for link in row for follower in link.followers]
        self.habits = habits or self._usual_habits()

    @property
    def code_dim(self) -> int:
        return self.row[0].inputs

    @property
    def starts_flat(self) -> bool:
        return self.row[0].kind == "linear"

    def geometries(self) -> list[Geometry]:
        """How the picture may grow, cheapest first."""
        if not self.convolutions:
            return self._flat_geometries()
        first = self.row.index(self.convolutions[0])
        side = 1
        if first:
            side = square_root(self.row[first - 1].outputs // self.row[first].inputs)
        grey = self.row[-1].outputs == 1
        found = growing(self.convolutions, side, grey=grey)
        most = 12 if found and found[0].cost > _UNUSUAL else 4
        return [geometry for geometry in found if geometry.cost <= found[0].cost + 2.5][:most]

    def questions(self, geometries: Sequence[Geometry]) -> list[list[Option]]:
        """Everything open but the class: options that settle the fields of `Answers`."""
        # Where nothing usual fits, costs say little: every geometry is then worth a look.
        trust = 0.3 if geometries[0].cost > _UNUSUAL else 1.0
        dearer = [trust * (geometry.cost - geometries[0].cost) for geometry in geometries]
        several = len(geometries) > 1
        return [
            [
                Option(g.key if several else "", f"{g.side} px", {"geometry": g}, cost)
                for g, cost in zip(geometries, dearer, strict=True)
            ],
            self._hidden_options(),
            *self._layout_questions(),
            self._upsample_options(geometries),
            [
                Option(
                    key, _OUTPUTS[key][0], {"output": _OUTPUTS[key][1], "image_range": _OUTPUTS[key][2]}, cost
                )
                for key, cost in self.habits.outputs.items()
            ],
        ]

    def parts(self, answers: Answers) -> list[Part]:
        """Our steps for this row, and where their tensors come from."""
        activations: list[Activation | None] = [answers.hidden] * (len(self.row) - 1)
        if not answers.start_activates:
            activations[self._flat_count - 1] = None
        if any(follower.kind == "slopes" for follower in self.followers):
            activations = [None] * len(activations)
        parts = row_parts(
            self.row,
            answers.geometry.settings,
            style=answers.style,
            activations=[*activations, answers.output],
            upsample_mode=answers.upsample_mode,
        )
        parts = _with_first_eps(parts, answers)
        if answers.code_order is not None:
            parts[0] = reordered(parts[0], answers.code_order)
        side = answers.geometry.side
        if not self.starts_flat:
            return [Part(Reshape((self.code_dim, 1, 1))), *parts]
        if not self.convolutions:
            return [*parts, Part(Reshape((self.row[-1].outputs // side**2, side, side)))]
        return parts

    def channels(self, geometry: Geometry) -> int:
        """Of the picture."""
        return self.row[-1].outputs if self.convolutions else self.row[-1].outputs // geometry.side**2

    @property
    def _flat_count(self) -> int:
        """Linear layers before the first convolution."""
        return len(self.row) - len(self.convolutions)

    def _usual_habits(self) -> Habits:
        if not self.convolutions:
            return GAN_FLAT
        if any(link.kind == "transposed" for link in self.convolutions):
            return GAN_TRANSPOSED
        return GAN_RESIZED

    def _flat_geometries(self) -> list[Geometry]:
        found = []
        for channels in CHANNELS:
            side = (
                square_root(self.row[-1].outputs // channels) if self.row[-1].outputs % channels == 0 else 0
            )
            cost = size_cost(side, grey=channels == 1)
            if cost is not None:
                found.append(Geometry((), side, cost))
        return sorted(found, key=lambda geometry: geometry.cost)

    def _hidden_options(self) -> list[Option]:
        if len(self.row) == 1 or any(follower.kind == "slopes" for follower in self.followers):
            return [Option("", "", {"hidden": _RELU})]
        costs = dict(self.habits.hidden)
        if any(follower.kind == "norm" and not follower.has_statistics for follower in self.followers):
            costs["silu"] = 0.3  # the company that group norms keep
        return [
            Option(key, _HIDDEN[key][0], {"hidden": _HIDDEN[key][1]}, cost) for key, cost in costs.items()
        ]

    def _layout_questions(self) -> list[list[Option]]:
        """Activation behind the first layer, and norms."""
        norms = [follower for follower in self.followers if follower.kind == "norm"]
        if self.habits is GAN_RESIZED and norms and norms[0].has_statistics and self.starts_flat:
            return [_tutorial_options()]
        return [self._start_options(has_norms=bool(norms)), self._style_options(norms)]

    def _start_options(self, *, has_norms: bool) -> list[Option]:
        """Whether the last linear layer before the convolutions is followed by an activation."""
        active: Mapping[str, Any] = {"start_activates": True}
        if not self.convolutions or not self._flat_count:
            return [Option("", "", active)]
        normed = bool(self.row[self._flat_count - 1].followers)
        plain_cost = 1.6 if normed else 0.0 if has_norms else 0.7
        active_cost = 0.5 if has_norms and not normed else 0.0
        plain = Option("plainstart", _PLAIN_START, {"start_activates": False}, plain_cost)
        return [Option("", "", active, active_cost), plain]

    def _style_options(self, norms: Sequence[Record]) -> list[Option]:
        usual = Option("", "", {"style": NormStyle()})
        if not norms:
            return [usual]
        if norms[0].has_statistics:
            return [usual, _LARGE_EPS] if self.habits is GAN_FLAT else [usual]
        if not self.convolutions or any(len(norm.shape) > 1 for norm in norms):
            return [Option("", "", {"style": NormStyle(without_statistics="layer")})]
        suited = [key for key, (_, style) in _STYLES.items() if _suits(style, norms)]
        return [
            Option(key, _STYLES[key][0], {"style": _STYLES[key][1]}, 0.2 * place)
            for place, key in enumerate(suited)
        ]

    def _upsample_options(self, geometries: Sequence[Geometry]) -> list[Option]:
        if not any(setting.upsample > 1 for geometry in geometries for setting in geometry.settings):
            return [Option("", "", {"upsample_mode": "nearest"})]
        bilinear = Option("bilinear", "bilinear enlargement", {"upsample_mode": "bilinear"}, 0.9)
        return [Option("", "", {"upsample_mode": "nearest"}), bilinear]


def class_first(classes: int) -> Callable[[Tensor], Tensor]:
    """The order that puts z before `classes` numbers that the file has before it."""
    return lambda inputs: torch.cat([inputs[classes:], inputs[:classes]])


def is_decoder(row: Row) -> bool:
    """Ends in a picture and starts from a code, not from a picture."""
    first, last = row[0], row[-1]
    if last.kind == "linear":
        return len(row) > 1 and last.outputs > first.inputs and pixels_cost(last.outputs) is not None
    if last.outputs not in CHANNELS:
        return False
    return first.kind == "linear" or (first.kind == "transposed" and first.inputs not in CHANNELS)


def _tutorial_options() -> list[Option]:
    """A much copied tutorial passes 0.8, meant as momentum, as epsilon, and starts without an activation."""
    return [
        Option(
            "eps0.8",
            f"{_PLAIN_START}, batch norm with epsilon 0.8",
            {"start_activates": False, "style": NormStyle(eps=0.8)},
        ),
        Option("", "", {"start_activates": True, "style": NormStyle()}, 0.2),
        Option("plainstart", _PLAIN_START, {"start_activates": False, "style": NormStyle()}, 0.8),
    ]


def _suits(style: NormStyle, norms: Sequence[Record]) -> bool:
    """Whether the groups divide all channels; groups of one channel are instance norms."""
    if style.without_statistics != "group":
        return True
    groups = [min(style.groups, norm.shape[0]) for norm in norms]
    divide = all(norm.shape[0] % count == 0 for norm, count in zip(norms, groups, strict=True))
    return divide and any(norm.shape[0] > count for norm, count in zip(norms, groups, strict=True))


def _with_first_eps(parts: list[Part], answers: Answers) -> list[Part]:
    """In the tutorial that passes 0.8 as epsilon, the norm before the first convolution has the usual one."""
    convolutional = any(step.op in ("conv", "transposed") for step in (part.step for part in parts))
    first = next((i for i, part in enumerate(parts) if isinstance(part.step, Norm)), None)
    if first is None or not convolutional or answers.style.eps != 0.8:
        return parts
    before = parts[first - 1].step
    if not isinstance(before, Reshape):
        return parts
    norm = parts[first].step
    assert isinstance(norm, Norm)
    fixed = Norm(norm.kind, norm.channels, norm.affine, 1e-5)
    return [*parts[:first], Part(fixed, parts[first].leaves), *parts[first + 1 :]]
