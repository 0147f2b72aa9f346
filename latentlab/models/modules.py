"""The few layers of the plain families that torch does not have in the form they need."""

from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F  # noqa: N812 - the field's name
from torch import Tensor, nn

_FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu,
    "elu": F.elu,
    "selu": F.selu,
    "gelu": F.gelu,
    "silu": F.silu,
    "tanh": Tensor.tanh,
    "sigmoid": Tensor.sigmoid,
    "softplus": F.softplus,
}


class Activate(nn.Module):
    """A pointwise function without parameters."""

    def __init__(self, kind: str, slope: float = 0.0) -> None:
        super().__init__()
        self.kind = kind
        self.slope = slope

    def forward(self, features: Tensor) -> Tensor:
        if self.kind == "leaky_relu":
            return F.leaky_relu(features, self.slope)
        return _FUNCTIONS[self.kind](features)

    def extra_repr(self) -> str:
        return self.kind


class BatchNorm(nn.BatchNorm2d):
    """Batch normalisation of (N, C) and (N, C, H, W) alike."""

    def _check_input_dim(self, input: Tensor) -> None:  # noqa: A002 - torch's name
        """Accept any number of sides."""


class Resize(nn.Module):
    """Enlarge (N, C, H, W) by a whole factor."""

    def __init__(self, factor: int, mode: str, *, align_corners: bool = False) -> None:
        super().__init__()
        self.factor = factor
        self.mode = mode
        self.align_corners = None if mode == "nearest" else align_corners

    def forward(self, features: Tensor) -> Tensor:
        return F.interpolate(
            features, scale_factor=self.factor, mode=self.mode, align_corners=self.align_corners
        )

    def extra_repr(self) -> str:
        return f"{self.factor}, {self.mode}"


class Unflatten(nn.Module):
    """(N, ...) to (N, *shape), the same numbers in the same order."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, features: Tensor) -> Tensor:
        return features.reshape(features.shape[0], *self.shape)

    def extra_repr(self) -> str:
        return str(self.shape)


class Residual(nn.Module):
    """x + steps(x)."""

    def __init__(self, steps: nn.Sequential) -> None:
        super().__init__()
        self.steps = steps

    def forward(self, features: Tensor) -> Tensor:
        change: Tensor = self.steps(features)
        return features + change
