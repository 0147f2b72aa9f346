"""Pictures of blocks that draw none: a linear map from a block's features to the downscaled final picture.

Fitted once per model by least squares on the model's own samples. What a linear probe can read from features is
in Alain & Bengio 2016 (arXiv:1610.01644).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors
from torch import Tensor
from torch.nn import functional

from latentlab import places
from latentlab.atomic import keep_for_next_time
from latentlab.models.capabilities import BlockInfo

logger = logging.getLogger(__name__)

RIDGE = 1e-4
"""Added to the features' covariance, as a share of its mean diagonal: a block's features nearly depend on
each other."""
FLAT_SIDE = 32
"""Features without a place are shown as a picture of at most this many pixels a side."""
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Probe:
    """A fitted map. Of features in place it makes the colour of each pixel, of flat ones the whole picture."""

    weight: Tensor
    """(image_channels, C), or for flat features (image_channels * side * side, C)."""
    bias: Tensor
    """(image_channels,) or (image_channels * side * side,)."""
    side: int
    """Of the picture."""

    def picture(self, features: Tensor) -> Tensor:
        """(N, C, H, W) or (N, C) to (N, image_channels, side, side), about [-1, 1]."""
        weight, bias = self.weight.to(features.device), self.bias.to(features.device)
        if features.ndim == 2:
            flat = functional.linear(features, weight, bias)
            return flat.reshape(len(features), -1, self.side, self.side)
        return functional.conv2d(without_margin(features, self.side), weight[:, :, None, None], bias)


class NormalEquations:
    """Least squares with an intercept, in float64, gathered in pieces of any size."""

    def __init__(self, inputs: int, outputs: int) -> None:
        self._count = 0
        self._gram = torch.zeros(inputs + 1, inputs + 1, dtype=torch.float64)
        self._moments = torch.zeros(inputs + 1, outputs, dtype=torch.float64)

    def add(self, inputs: Tensor, outputs: Tensor) -> None:
        """Add equations (n, inputs) -> (n, outputs)."""
        ones = torch.ones(len(inputs), 1, dtype=torch.float64)
        known = torch.cat([inputs.to("cpu", torch.float64), ones], dim=1)
        self._gram += known.T @ known
        self._moments += known.T @ outputs.to("cpu", torch.float64)
        self._count += len(inputs)

    def solve(self, ridge: float = RIDGE) -> tuple[Tensor, Tensor]:
        """Weights (outputs, inputs) and intercepts (outputs,), float64.

        The intercept is not shrunk: the features and outputs are centred first.
        """
        mean_in = self._gram[-1, :-1] / self._count
        mean_out = self._moments[-1] / self._count
        covariance = self._gram[:-1, :-1] / self._count - torch.outer(mean_in, mean_in)
        cross = self._moments[:-1] / self._count - torch.outer(mean_in, mean_out)
        strength = ridge * covariance.diagonal().mean() + 1e-12
        weights = torch.linalg.solve(covariance + strength * torch.eye(len(mean_in)), cross)
        return weights.T, mean_out - weights.T @ mean_in


class ProbeSet:
    """Probes of one model, by index of the block."""

    def __init__(self, probes: Mapping[int, Probe], *, complete: bool = True) -> None:
        self._probes = dict(probes)
        self.complete = complete
        """False for a first guess from a few samples, good enough for previews."""

    def __contains__(self, index: int) -> bool:
        return index in self._probes

    def picture(self, index: int, features: Tensor) -> Tensor:
        """What the features of block `index` show."""
        return self._probes[index].picture(features)

    def save(self, fingerprint: str) -> None:
        """Keep them for the next time this model is opened."""
        tensors = {}
        for index, probe in self._probes.items():
            tensors[f"{index}.weight"] = probe.weight.contiguous()
            tensors[f"{index}.bias"] = probe.bias.contiguous()
            tensors[f"{index}.side"] = torch.tensor(probe.side)
        keep_for_next_time(_path(fingerprint), save_safetensors(tensors))

    @classmethod
    def load(cls, fingerprint: str, infos: tuple[BlockInfo, ...]) -> ProbeSet | None:
        """Those that were kept; None where there are none that fit the model."""
        path = _path(fingerprint)
        try:
            tensors = load_safetensors(path.read_bytes())
            probes = {
                index: _checked(tensors, index, infos[index])
                for index in sorted({int(key.partition(".")[0]) for key in tensors})
            }
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError, KeyError, ValueError, IndexError) as error:
            logger.warning("Probes in %s are not usable and will be fitted again: %s", path, error)
            return None
        return cls(probes)


def without_margin(features: Tensor, side: int) -> Tensor:
    """The middle `side` x `side` of (N, C, H, W); StyleGAN3 computes a margin around its picture."""
    top, left = (features.shape[2] - side) // 2, (features.shape[3] - side) // 2
    return features[:, :, top : top + side, left : left + side] if top or left else features


def _checked(tensors: Mapping[str, Tensor], index: int, info: BlockInfo) -> Probe:
    weight, bias = tensors[f"{index}.weight"], tensors[f"{index}.bias"]
    if weight.shape != (len(bias), info.channels):
        raise ValueError(f"block {info.name} does not have {weight.shape[1]} channels")
    return Probe(weight, bias, int(tensors[f"{index}.side"]))


def _path(fingerprint: str) -> Path:
    name = hashlib.sha256(f"{_VERSION} {fingerprint}".encode()).hexdigest()[:32]
    return places.cache_dir() / "probes" / f"{name}.safetensors"
