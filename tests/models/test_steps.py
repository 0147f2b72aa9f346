"""Every step's shape is what torch makes of it, and impossible steps are refused without memory being spent."""

from __future__ import annotations

import math

import pytest
import torch

from latentlab.errors import CheckpointError
from latentlab.models.steps import (
    Activation,
    Conv,
    Linear,
    Norm,
    Pool,
    Reshape,
    Shape,
    Skip,
    Step,
    Transposed,
    Upsample,
    shapes_after,
)

FITTING: list[tuple[Step, Shape]] = [
    (Linear(6, 4), (6,)),
    (Linear(6, 4, bias=False), (6,)),
    (Conv(4, 6, 3), (4, 8, 8)),
    (Conv(4, 6, 5, 2, 2, False, "reflect"), (4, 9, 7)),
    (Conv(4, 6, 4, 2, 1, padding_mode="replicate"), (4, 8, 8)),
    (Transposed(4, 6), (4, 5, 5)),
    (Transposed(4, 6, 3, 2, 1, 1, bias=False), (4, 5, 5)),
    (Transposed(4, 6, 7, 1, 0), (4, 1, 1)),
    (Norm("batch", 4), (4,)),
    (Norm("batch", 4, affine=False), (4, 3, 3)),
    (Norm("instance", 4), (4, 3, 3)),
    (Norm("instance", 4, affine=False), (4, 3, 3)),
    (Norm("group", 4, groups=2), (4, 3, 3)),
    (Norm("layer", 4), (4,)),
    (Norm("layer", 4, sides=(3, 3)), (4, 3, 3)),
    *((Activation(kind), (4, 3, 3)) for kind in ("relu", "elu", "selu", "gelu", "silu")),  # type: ignore[arg-type]
    *((Activation(kind), (4,)) for kind in ("tanh", "sigmoid", "softplus")),  # type: ignore[arg-type]
    (Activation("leaky_relu", 0.2), (4,)),
    (Activation("prelu", channels=4), (4, 3, 3)),
    (Upsample(), (4, 3, 5)),
    (Upsample(4, "bilinear", align_corners=True), (4, 3, 3)),
    (Upsample(2, "bicubic"), (4, 3, 3)),
    (Pool(), (4, 5, 6)),
    (Pool(3, "average"), (4, 9, 9)),
    (Reshape((4, 2, 2)), (16,)),
    (Reshape((16,)), (4, 2, 2)),
    (Skip((Conv(4, 4, padding=1), Activation("relu"))), (4, 3, 3)),
]


@pytest.mark.parametrize(("step", "shape"), FITTING, ids=lambda value: getattr(value, "op", None))
def test_shape_and_parameters_are_what_torch_makes(step: Step, shape: Shape) -> None:
    module = step.module().eval()
    assert tuple(module(torch.randn(2, *shape)).shape[1:]) == step.shape_after(shape)
    assert sum(parameter.numel() for parameter in module.parameters()) == step.parameters


@pytest.mark.parametrize(
    ("step", "shape"),
    [
        (Linear(6, 4), (5,)),
        (Linear(6, 4), (6, 1, 1)),
        (Conv(4, 6, 3), (4, 2, 2)),
        (Conv(4, 6, 3), (3, 8, 8)),
        (Conv(4, 6, 7, padding=3, padding_mode="reflect"), (4, 3, 3)),
        (Transposed(4, 6, 1, 1, 2), (4, 2, 2)),
        (Norm("batch", 4), (5, 3, 3)),
        (Norm("instance", 4), (4, 1, 1)),
        (Norm("layer", 4, sides=(2, 2)), (4, 3, 3)),
        (Activation("prelu", channels=3), (4,)),
        (Upsample(), (4,)),
        (Pool(), (4, 1, 1)),
        (Reshape((5,)), (4,)),
        (Skip((Conv(4, 4),)), (4, 8, 8)),
    ],
    ids=lambda value: getattr(value, "op", None),
)
def test_steps_that_do_not_fit_are_refused(step: Step, shape: Shape) -> None:
    with pytest.raises(CheckpointError, match="damaged"):
        shapes_after((step,), shape)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Linear(0, 1),
        lambda: Linear(1, 1 << 40),
        lambda: Conv(1, 1, 0),
        lambda: Conv(1, 1, 3, 0),
        lambda: Conv(1, 1, 3, padding=-1),
        lambda: Transposed(1, 1, 3, 1, output_padding=1),
        lambda: Norm("batch", 4, eps=math.nan),
        lambda: Norm("group", 4, groups=3),
        lambda: Norm("layer", 4, sides=(1, 2, 3)),
        lambda: Activation("leaky_relu", math.inf),
        lambda: Upsample(1 << 20),
        lambda: Pool(0),
        lambda: Reshape((1, 2)),
    ],
)
def test_impossible_numbers_are_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(CheckpointError, match="damaged"):
        make()


def test_networks_that_would_fill_the_memory_are_refused() -> None:
    with pytest.raises(CheckpointError, match="parameters"):
        shapes_after((Linear(1 << 20, 1 << 20),), (1 << 20,))
    growing = (Upsample(64),) * 6
    with pytest.raises(CheckpointError, match="size of a layer"):
        shapes_after(growing, (1, 1, 1))
    with pytest.raises(CheckpointError, match="number of layers"):
        shapes_after((Activation("relu"),) * 2000, (1,))
