"""Layers that the three StyleGANs share: dense layers with equalised learning rate, and the mapping network.

StyleGAN (Karras et al. 2019, arXiv:1812.04948); equalised learning rate from Progressive GAN
(arXiv:1710.10196), section 4.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from latentlab.errors import CheckpointError, ShapeError
from latentlab.models.capabilities import NoiseMode
from latentlab.models.seeds import normal_from_seed

ActivationName = Literal["linear", "relu", "lrelu", "tanh", "sigmoid", "elu", "selu", "softplus", "swish"]

_MAX_WIDTH = 16384
_MAX_LAYERS = 64


def _linear(x: Tensor) -> Tensor:
    return x


def _lrelu(x: Tensor) -> Tensor:
    return functional.leaky_relu(x, 0.2)


ACTIVATIONS: dict[str, tuple[Callable[[Tensor], Tensor], float]] = {
    "linear": (_linear, 1.0),
    "relu": (functional.relu, math.sqrt(2.0)),
    "lrelu": (_lrelu, math.sqrt(2.0)),
    "tanh": (torch.tanh, 1.0),
    "sigmoid": (torch.sigmoid, 1.0),
    "elu": (functional.elu, 1.0),
    "selu": (functional.selu, 1.0),
    "softplus": (functional.softplus, 1.0),
    "swish": (functional.silu, math.sqrt(2.0)),
}
"""Activation and the gain that keeps the variance of a normal input about as it was."""


@dataclass(frozen=True, slots=True)
class MappingConfig:
    """The network from z (and condition) to w."""

    num_layers: int = 8
    lr_multiplier: float = 0.01
    activation: ActivationName = "lrelu"
    embed_features: int | None = None
    """Width of the embedded condition; None is w_dim."""
    layer_features: int | None = None
    """Width of the layers before the last; None is w_dim."""
    has_w_avg: bool = True
    """Whether the mean of w was tracked; without it there is no truncation."""

    def __post_init__(self) -> None:
        require_range("num_layers", self.num_layers, 1, _MAX_LAYERS)
        require_range("lr_multiplier", self.lr_multiplier, 1e-8, 1e4)
        require_choice("activation", self.activation, ACTIVATIONS)
        for name in ("embed_features", "layer_features"):
            width = getattr(self, name)
            if width is not None:
                require_range(name, width, 1, _MAX_WIDTH)


def require_range(name: str, value: float, low: float, high: float) -> None:
    """Raise CheckpointError unless low <= value <= high (NaN fails too)."""
    if not low <= value <= high:
        raise CheckpointError(
            f"Architecture setting {name!r} is {value!r}, outside {low:g} ... {high:g}: the file is damaged."
        )


def require_choice(name: str, value: object, choices: Container[str]) -> None:
    """Raise CheckpointError unless `value` is among `choices`."""
    if not isinstance(value, str) or value not in choices:
        raise CheckpointError(f"Architecture setting {name!r} has an unknown value {value!r}.")


def require_filter_shape(name: str, shape: tuple[int, ...]) -> None:
    """Raise CheckpointError unless `shape` is that of a 1-D or 2-D filter of sane length."""
    if len(shape) not in (1, 2) or not all(1 <= taps <= 256 for taps in shape):
        raise CheckpointError(f"Architecture setting {name!r} has an impossible shape {list(shape)}.")


class EqualizedLinear(nn.Module):
    """Dense layer whose stored weights have unit variance; the gain is applied when used.

    Args:
        gain_on_weight: the activation's gain acts on the weights, as in StyleGAN (2019), not on its output.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        activation: str = "linear",
        bias_init: float = 0.0,
        lr_multiplier: float = 1.0,
        gain_on_weight: bool = False,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features) / lr_multiplier)
        self.bias = nn.Parameter(torch.full((out_features,), float(bias_init)))
        self._activation, gain = ACTIVATIONS[activation]
        self._gain = 1.0 if gain_on_weight else gain
        self._weight_gain = gain / self._gain * lr_multiplier / math.sqrt(in_features)
        self._bias_gain = lr_multiplier

    def forward(self, x: Tensor) -> Tensor:
        """(N, in) to (N, out)."""
        bias = self.bias if self._bias_gain == 1.0 else self.bias * self._bias_gain
        y = self._activation(functional.linear(x * self._weight_gain, self.weight, bias))
        return y if self._gain == 1.0 else y * self._gain


class MappingNetwork(nn.Module):
    """z and condition to w. StyleGAN2 (arXiv:1912.04958) and StyleGAN2-ADA (arXiv:2006.06676), appendix.

    Args:
        gain_on_weight: see `EqualizedLinear`.
    """

    def __init__(
        self, config: MappingConfig, z_dim: int, c_dim: int, w_dim: int, *, gain_on_weight: bool = False
    ) -> None:
        super().__init__()
        self._z_dim = z_dim
        self._c_dim = c_dim
        self._num_layers = config.num_layers
        embed = config.embed_features or w_dim
        widths = [config.layer_features or w_dim] * (config.num_layers - 1) + [w_dim]
        if c_dim:
            self.embed = EqualizedLinear(c_dim, embed)
        width = z_dim + (embed if c_dim else 0)
        for index, out in enumerate(widths):
            layer = EqualizedLinear(
                width,
                out,
                activation=config.activation,
                lr_multiplier=config.lr_multiplier,
                gain_on_weight=gain_on_weight,
            )
            self.add_module(f"fc{index}", layer)
            width = out
        if config.has_w_avg:
            self.register_buffer("w_avg", torch.zeros(w_dim))

    def forward(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        """(N, z_dim) and class weights (N, c_dim) to w (N, w_dim).

        Raises:
            ShapeError: z or the condition does not have this model's width.
        """
        if z.ndim != 2 or z.shape[1] != self._z_dim:
            raise ShapeError(f"This model takes z of width {self._z_dim}, not of shape {tuple(z.shape)}.")
        x = normalize_2nd_moment(z)
        if self._c_dim:
            if condition is None or condition.shape != (z.shape[0], self._c_dim):
                raise ShapeError(f"This model needs {self._c_dim} class weights for each picture.")
            x = torch.cat([x, normalize_2nd_moment(self.embed(condition.to(z)))], dim=1)
        for index in range(self._num_layers):
            x = self.get_submodule(f"fc{index}")(x)
        return x

    def mean(self) -> Tensor:
        """w_avg (w_dim,), or zeros where it was not tracked."""
        mean = self._buffers.get("w_avg")
        last = self.get_parameter(f"fc{self._num_layers - 1}.bias")
        return torch.zeros_like(last) if mean is None else mean


def noise_map(stored: Tensor, mode: str, seed: int, index: int) -> Tensor | None:
    """Noise (H, W) of one layer in a `NoiseMode`; `stored` is the layer's own map.

    Args:
        seed: for `NoiseMode.RANDOM`.
        index: of the layer: every layer of a seed draws from a stream of its own.
    """
    if mode == NoiseMode.NONE:
        return None
    if mode == NoiseMode.CONST:
        return stored
    stream = (seed + 0x9E3779B9 * (index + 1)) % 2**32
    return normal_from_seed(stream, *stored.shape).to(stored)


def noise_factors(strength: tuple[float, ...] | float, count: int) -> tuple[float, ...]:
    """One factor per noise map.

    Raises:
        ShapeError: `strength` is a tuple of another length.
    """
    factors = (float(strength),) * count if isinstance(strength, float | int) else strength
    if len(factors) != count:
        raise ShapeError(f"This model has {count} noise maps, not {len(factors)}.")
    return factors


def normalize_2nd_moment(x: Tensor) -> Tensor:
    """Scale each row to mean square 1."""
    return x * (x.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()
