"""Inception v3 as FID, KID and the Inception score are computed with it, from a weights file that the user has.

Architecture: Szegedy et al. 2016 (arXiv:1512.00567), in the form of the TensorFlow graph of 2015-12-05 that Heusel
et al. 2017 (arXiv:1706.08500) used: its average pools do not count the border, and its last block pools by
maximum. A weights file of that graph has 1,008 classes; it is what "pytorch-fid" publishes.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from numpy.typing import NDArray
from torch import Tensor

from latentlab.diagnosis.estimate import Estimate
from latentlab.diagnosis.features.extractor import Pictures, as_rgb, as_tensor
from latentlab.diagnosis.store import digest
from latentlab.errors import DiagnosisError

_SIDE = 299
_EPSILON = 1e-3
_CLASSES = 1008


class Inception:
    """2,048 features per picture."""

    name = "Inception"

    def __init__(self, weights: Path) -> None:
        """Read a state dict.

        Raises:
            DiagnosisError: the file is not there, damaged, or of another network.
        """
        try:
            tensors = torch.load(weights, map_location="cpu", weights_only=True)
            self._network = InceptionLayers(tensors)
            self._classes: Tensor = tensors["fc.weight"].float()
        except (
            OSError,
            RuntimeError,
            KeyError,
            ValueError,
            EOFError,
            TypeError,
            pickle.UnpicklingError,
        ) as error:
            raise DiagnosisError(
                f"{weights} is no state dict of the Inception network of FID "
                f"({type(error).__name__}): name the file "
                "pt_inception-2015-12-05 that pytorch-fid publishes."
            ) from error
        if len(self._classes) != _CLASSES:
            raise DiagnosisError(
                f"{weights} knows {len(self._classes)} classes and the network of FID {_CLASSES}: "
                f"figures would not "
                "be FID. Name the file pt_inception-2015-12-05 that pytorch-fid publishes."
            )
        self.key = digest("inception", self._classes.numpy(), tensors["Conv2d_1a_3x3.conv.weight"].numpy())

    @torch.no_grad()
    def __call__(self, pictures: Pictures) -> NDArray[np.float32]:
        """(N, H, W, C) to (N, 2048)."""
        images = as_rgb(as_tensor(pictures))
        images = F.interpolate(images, (_SIDE, _SIDE), mode="bilinear", align_corners=False)
        features: NDArray[np.float32] = self._network(2 * images - 1).numpy()
        return features

    def score(self, features: NDArray[np.floating], splits: int = 10) -> Estimate:
        """Inception score: Salimans et al. 2016 (arXiv:1606.03498), section 4; mean over splits.

        As the original, without the bias of the last layer. The interval is that of the mean.
        """
        logits = torch.from_numpy(np.asarray(features, np.float32)) @ self._classes.T
        found = []
        for part in torch.chunk(logits.double().log_softmax(1), splits):
            mean = part.exp().mean(0, keepdim=True)
            found.append(float((part.exp() * (part - mean.log())).sum(1).mean().exp()))
        half = 1.959964 * float(np.std(found, ddof=1)) / len(found) ** 0.5 if len(found) > 1 else float("nan")
        value = float(np.mean(found))
        return Estimate(value, value - half, value + half)


class InceptionLayers:
    """Convolutions with their normalisation folded in."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        """Take the weights.

        Raises:
            KeyError: one is missing.
        """
        self._weights = {
            name.removesuffix(".conv.weight"): _folded(tensors, name.removesuffix(".conv.weight"))
            for name in tensors
            if name.endswith(".conv.weight") and not name.startswith("AuxLogits")
        }

    def __call__(self, x: Tensor) -> Tensor:
        """(N, 3, 299, 299) in [-1, 1] to (N, 2048)."""
        x = self._conv(x, "Conv2d_1a_3x3", 2, 0)
        x = self._conv(x, "Conv2d_2a_3x3", 1, 0)
        x = F.max_pool2d(self._conv(x, "Conv2d_2b_3x3"), 3, 2)
        x = self._conv(x, "Conv2d_3b_1x1")
        x = F.max_pool2d(self._conv(x, "Conv2d_4a_3x3", 1, 0), 3, 2)
        for name in ("Mixed_5b", "Mixed_5c", "Mixed_5d"):
            x = self._cells(x, name, ("branch5x5_1", "branch5x5_2"), _DOUBLE)
        x = torch.cat(
            [
                self._conv(x, "Mixed_6a.branch3x3", 2, 0),
                self._conv(self._chain(x, "Mixed_6a", _DOUBLE[:2]), "Mixed_6a.branch3x3dbl_3", 2, 0),
                F.max_pool2d(x, 3, 2),
            ],
            1,
        )
        for name in ("Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"):
            sevens = tuple(f"branch7x7_{number}" for number in (1, 2, 3))
            x = self._cells(x, name, sevens, tuple(f"branch7x7dbl_{number}" for number in range(1, 6)))
        fours = tuple(f"branch7x7x3_{number}" for number in (1, 2, 3))
        x = torch.cat(
            [
                self._conv(self._conv(x, "Mixed_7a.branch3x3_1"), "Mixed_7a.branch3x3_2", 2, 0),
                self._conv(self._chain(x, "Mixed_7a", fours), "Mixed_7a.branch7x7x3_4", 2, 0),
                F.max_pool2d(x, 3, 2),
            ],
            1,
        )
        x = self._last(x, "Mixed_7b", F.avg_pool2d(x, 3, 1, 1, count_include_pad=False))
        x = self._last(x, "Mixed_7c", F.max_pool2d(x, 3, 1, 1))
        return x.mean((2, 3))

    def _cells(self, x: Tensor, name: str, second: tuple[str, ...], third: tuple[str, ...]) -> Tensor:
        pooled = F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
        return torch.cat(
            [
                self._conv(x, f"{name}.branch1x1"),
                self._chain(x, name, second),
                self._chain(x, name, third),
                self._conv(pooled, f"{name}.branch_pool"),
            ],
            1,
        )

    def _last(self, x: Tensor, name: str, pooled: Tensor) -> Tensor:
        single = self._conv(x, f"{name}.branch3x3_1")
        double = self._chain(x, name, _DOUBLE[:2])
        return torch.cat(
            [
                self._conv(x, f"{name}.branch1x1"),
                self._conv(single, f"{name}.branch3x3_2a"),
                self._conv(single, f"{name}.branch3x3_2b"),
                self._conv(double, f"{name}.branch3x3dbl_3a"),
                self._conv(double, f"{name}.branch3x3dbl_3b"),
                self._conv(pooled, f"{name}.branch_pool"),
            ],
            1,
        )

    def _chain(self, x: Tensor, name: str, layers: tuple[str, ...]) -> Tensor:
        for layer in layers:
            x = self._conv(x, f"{name}.{layer}")
        return x

    def _conv(self, x: Tensor, name: str, stride: int = 1, padding: int | None = None) -> Tensor:
        """Padded so that the size stays, unless `padding` says otherwise."""
        weight, bias = self._weights[name]
        around = tuple(side // 2 for side in weight.shape[2:]) if padding is None else padding
        return F.conv2d(x, weight, bias, stride, around).relu_()


_DOUBLE = ("branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3")


def _folded(tensors: Mapping[str, Tensor], name: str) -> tuple[Tensor, Tensor]:
    scale = tensors[f"{name}.bn.weight"] / (tensors[f"{name}.bn.running_var"] + _EPSILON).sqrt()
    return (
        (tensors[f"{name}.conv.weight"] * scale[:, None, None, None]).float(),
        (tensors[f"{name}.bn.bias"] - tensors[f"{name}.bn.running_mean"] * scale).float(),
    )
