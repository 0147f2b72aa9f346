"""Plain feed-forward layers as values: what an architecture is, before any memory is spent on it.

A network of the plain families (VAE, MLP GAN, DCGAN, image translator) is a tuple of steps. Every step checks
its own numbers when it is made and knows which shape it turns another into, so that an architecture read from
a file is refused before anything is built. Shapes leave out the batch: (C,) or (C, H, W).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from torch import nn

from latentlab.errors import CheckpointError
from latentlab.models.flow import CodeFlow
from latentlab.models.modules import Activate, BatchNorm, Residual, Resize, Unflatten

Shape = tuple[int, ...]

MAX_WIDTH = 1 << 22
"""Numbers in one picture's features after any step: 2048 x 2048 in one channel."""
MAX_PARAMETERS = 1 << 30
MAX_STEPS = 1024
MAX_FLOW_WIDTH = 4096


@dataclass(frozen=True, slots=True)
class Linear:
    """(inputs,) to (outputs,)."""

    inputs: int
    outputs: int
    bias: bool = True
    op: Literal["linear"] = "linear"

    def __post_init__(self) -> None:
        check_range("inputs", self.inputs, 1, MAX_WIDTH)
        check_range("outputs", self.outputs, 1, MAX_WIDTH)

    @property
    def parameters(self) -> int:
        return self.outputs * (self.inputs + self.bias)

    def shape_after(self, shape: Shape) -> Shape:
        _expect(shape == (self.inputs,), self, shape)
        return (self.outputs,)

    def module(self) -> nn.Module:
        return nn.Linear(self.inputs, self.outputs, bias=self.bias)


@dataclass(frozen=True, slots=True)
class Conv:
    """Convolution, (inputs, H, W) to (outputs, H', W')."""

    inputs: int
    outputs: int
    kernel: int = 3
    stride: int = 1
    padding: int = 0
    bias: bool = True
    padding_mode: Literal["zeros", "reflect", "replicate"] = "zeros"
    op: Literal["conv"] = "conv"

    def __post_init__(self) -> None:
        _check_kernel(self.inputs, self.outputs, self.kernel, self.stride, self.padding)

    @property
    def parameters(self) -> int:
        return self.outputs * (self.inputs * self.kernel**2 + self.bias)

    def shape_after(self, shape: Shape) -> Shape:
        _expect(len(shape) == 3 and shape[0] == self.inputs, self, shape)
        _expect(self.padding_mode != "reflect" or self.padding < min(shape[1:]), self, shape)
        sides = [(side + 2 * self.padding - self.kernel) // self.stride + 1 for side in shape[1:]]
        _expect(min(side + 2 * self.padding for side in shape[1:]) >= self.kernel, self, shape)
        return (self.outputs, *sides)

    def module(self) -> nn.Module:
        return nn.Conv2d(
            self.inputs,
            self.outputs,
            self.kernel,
            self.stride,
            self.padding,
            bias=self.bias,
            padding_mode=self.padding_mode,
        )


@dataclass(frozen=True, slots=True)
class Transposed:
    """Transposed convolution, (inputs, H, W) to (outputs, H', W')."""

    inputs: int
    outputs: int
    kernel: int = 4
    stride: int = 2
    padding: int = 1
    output_padding: int = 0
    bias: bool = True
    op: Literal["transposed"] = "transposed"

    def __post_init__(self) -> None:
        _check_kernel(self.inputs, self.outputs, self.kernel, self.stride, self.padding)
        check_range("output_padding", self.output_padding, 0, max(self.stride - 1, 0))

    @property
    def parameters(self) -> int:
        return self.outputs * (self.inputs * self.kernel**2 + self.bias)

    def shape_after(self, shape: Shape) -> Shape:
        _expect(len(shape) == 3 and shape[0] == self.inputs, self, shape)
        grown = self.kernel - 2 * self.padding + self.output_padding
        sides = [(side - 1) * self.stride + grown for side in shape[1:]]
        _expect(min(sides) >= 1, self, shape)
        return (self.outputs, *sides)

    def module(self) -> nn.Module:
        return nn.ConvTranspose2d(
            self.inputs,
            self.outputs,
            self.kernel,
            self.stride,
            self.padding,
            self.output_padding,
            bias=self.bias,
        )


@dataclass(frozen=True, slots=True)
class Norm:
    """Normalisation. "batch" uses the running statistics when rendering, as published files need."""

    kind: Literal["batch", "instance", "group", "layer"]
    channels: int
    affine: bool = True
    eps: float = 1e-5
    groups: int = 1
    """Of "group" alone."""
    sides: tuple[int, ...] = ()
    """Of "layer" alone: the (H, W) that are normalised together with the channels, if any."""
    op: Literal["norm"] = "norm"

    def __post_init__(self) -> None:
        check_range("channels", self.channels, 1, MAX_WIDTH)
        if not (math.isfinite(self.eps) and 0 <= self.eps <= 10):
            raise CheckpointError(f"Architecture setting 'eps' is {self.eps}: the file is damaged.")
        check_range("groups", self.groups, 1, self.channels)
        if self.channels % self.groups:
            raise CheckpointError(
                f"{self.channels} channels do not divide into {self.groups} groups: the file is damaged."
            )
        if len(self.sides) not in (0, 2):
            raise CheckpointError(f"Architecture setting 'sides' is {self.sides}: the file is damaged.")
        for side in self.sides:
            check_range("sides", side, 1, 4096)

    @property
    def parameters(self) -> int:
        return self.affine * 2 * self.channels * math.prod(self.sides)

    def shape_after(self, shape: Shape) -> Shape:
        _expect(shape[0] == self.channels, self, shape)
        # Instance statistics of a single number do not exist.
        _expect(self.kind != "instance" or math.prod(shape[1:]) > 1, self, shape)
        _expect(self.kind != "layer" or shape == (self.channels, *self.sides), self, shape)
        return shape

    def module(self) -> nn.Module:
        if self.kind == "batch":
            return BatchNorm(self.channels, self.eps, affine=self.affine)
        if self.kind == "instance":
            return nn.InstanceNorm2d(self.channels, self.eps, affine=self.affine)
        if self.kind == "group":
            return nn.GroupNorm(self.groups, self.channels, self.eps, self.affine)
        return nn.LayerNorm((self.channels, *self.sides), self.eps, self.affine)


@dataclass(frozen=True, slots=True)
class Activation:
    """A pointwise function."""

    kind: Literal["relu", "leaky_relu", "elu", "selu", "gelu", "silu", "tanh", "sigmoid", "softplus", "prelu"]
    slope: float = 0.0
    """Of "leaky_relu" alone."""
    channels: int = 1
    """Of "prelu" alone: how many slopes were learned, one for all or one per channel."""
    op: Literal["activation"] = "activation"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and abs(self.slope) <= 10):
            raise CheckpointError(f"Architecture setting 'slope' is {self.slope}: the file is damaged.")
        check_range("channels", self.channels, 1, MAX_WIDTH)

    @property
    def parameters(self) -> int:
        return self.channels if self.kind == "prelu" else 0

    def shape_after(self, shape: Shape) -> Shape:
        _expect(self.kind != "prelu" or self.channels in (1, shape[0]), self, shape)
        return shape

    def module(self) -> nn.Module:
        return nn.PReLU(self.channels) if self.kind == "prelu" else Activate(self.kind, self.slope)


@dataclass(frozen=True, slots=True)
class Upsample:
    """(C, H, W) to (C, factor * H, factor * W)."""

    factor: int = 2
    mode: Literal["nearest", "bilinear", "bicubic"] = "nearest"
    align_corners: bool = False
    op: Literal["upsample"] = "upsample"

    def __post_init__(self) -> None:
        check_range("factor", self.factor, 1, 64)

    @property
    def parameters(self) -> int:
        return 0

    def shape_after(self, shape: Shape) -> Shape:
        _expect(len(shape) == 3, self, shape)
        return (shape[0], self.factor * shape[1], self.factor * shape[2])

    def module(self) -> nn.Module:
        return Resize(self.factor, self.mode, align_corners=self.align_corners)


@dataclass(frozen=True, slots=True)
class Pool:
    """(C, H, W) to (C, H // size, W // size)."""

    size: int = 2
    kind: Literal["max", "average"] = "max"
    op: Literal["pool"] = "pool"

    def __post_init__(self) -> None:
        check_range("size", self.size, 1, 64)

    @property
    def parameters(self) -> int:
        return 0

    def shape_after(self, shape: Shape) -> Shape:
        _expect(len(shape) == 3 and min(shape[1:]) >= self.size, self, shape)
        return (shape[0], shape[1] // self.size, shape[2] // self.size)

    def module(self) -> nn.Module:
        return nn.MaxPool2d(self.size) if self.kind == "max" else nn.AvgPool2d(self.size)


@dataclass(frozen=True, slots=True)
class Reshape:
    """The same numbers in another shape: flattens, or makes a picture of a vector."""

    shape: tuple[int, ...]
    op: Literal["reshape"] = "reshape"

    def __post_init__(self) -> None:
        if len(self.shape) not in (1, 3):
            raise CheckpointError(f"Architecture setting 'shape' is {self.shape}: the file is damaged.")
        for side in self.shape:
            check_range("shape", side, 1, MAX_WIDTH)

    @property
    def parameters(self) -> int:
        return 0

    def shape_after(self, shape: Shape) -> Shape:
        _expect(math.prod(shape) == math.prod(self.shape), self, shape)
        return self.shape

    def module(self) -> nn.Module:
        return Unflatten(self.shape)


@dataclass(frozen=True, slots=True)
class Flow:
    """An invertible change of a code, (width,) to (width,); what stands first in a decoder whose codes it fits."""

    width: int
    layers: int = 12
    hidden: int = 256
    op: Literal["flow"] = "flow"

    def __post_init__(self) -> None:
        check_range("width", self.width, 2, MAX_FLOW_WIDTH)
        check_range("layers", self.layers, 1, 64)
        check_range("hidden", self.hidden, 1, 1 << 14)

    @property
    def parameters(self) -> int:
        kept, hidden = self.width // 2, self.hidden
        moved = 2 * (self.width - kept)
        return self.layers * ((kept + 1) * hidden + (hidden + 1) * hidden + (hidden + 1) * moved)

    def shape_after(self, shape: Shape) -> Shape:
        _expect(shape == (self.width,), self, shape)
        return shape

    def module(self) -> nn.Module:
        return CodeFlow(self.width, self.layers, self.hidden)


PlainStep = Linear | Conv | Transposed | Norm | Activation | Upsample | Pool | Reshape


@dataclass(frozen=True, slots=True)
class Skip:
    """x + steps(x): a residual block (He et al. 2016, arXiv:1512.03385)."""

    steps: tuple[PlainStep, ...]
    op: Literal["skip"] = "skip"

    @property
    def parameters(self) -> int:
        return sum(step.parameters for step in self.steps)

    def shape_after(self, shape: Shape) -> Shape:
        _expect(shapes_after(self.steps, shape)[-1] == shape, self, shape)
        return shape

    def module(self) -> nn.Module:
        return Residual(nn.Sequential(*(step.module() for step in self.steps)))


Step = PlainStep | Skip | Flow


def shapes_after(steps: tuple[Step, ...], shape: Shape) -> list[Shape]:
    """Shape after each step, starting from `shape`; the first entry is `shape` itself.

    Raises:
        CheckpointError: a step does not fit the one before, or the network is absurdly large.
    """
    check_range("number of layers", len(steps), 0, MAX_STEPS)
    check_range("number of parameters", sum(step.parameters for step in steps), 0, MAX_PARAMETERS)
    shapes = [shape]
    for step in steps:
        shapes.append(step.shape_after(shapes[-1]))
        check_range("size of a layer", math.prod(shapes[-1]), 1, MAX_WIDTH * 64)
    return shapes


def check_range(name: str, value: int, low: int, high: int) -> None:
    """Raise CheckpointError unless low <= value <= high."""
    if not low <= value <= high:
        raise CheckpointError(
            f"Architecture setting {name!r} is {value} but must be {low} to {high}: the file is damaged."
        )


def _check_kernel(inputs: int, outputs: int, kernel: int, stride: int, padding: int) -> None:
    check_range("inputs", inputs, 1, 1 << 16)
    check_range("outputs", outputs, 1, 1 << 16)
    check_range("kernel", kernel, 1, 64)
    check_range("stride", stride, 1, 64)
    check_range("padding", padding, 0, 64)


def _expect(fits: bool, step: Step, shape: Shape) -> None:
    if not fits:
        raise CheckpointError(
            f"The layer {step} cannot follow features of shape {shape}: the file is damaged."
        )
