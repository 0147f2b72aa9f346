"""A convolutional network with random weights: local structure without any training.

Random convolutional features compare pictures sensibly where no trained network fits: Naeem et al. 2020
(arXiv:2002.09797), section 4.2, use a random VGG16 for pictures far from ImageNet.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from numpy.typing import NDArray

from latentlab.diagnosis.features.extractor import Pictures, as_rgb, as_tensor, resized

_WIDTHS = (32, 64, 128, 256)
_SIDE = 64


class RandomNetwork:
    """Four convolutions that halve the picture; the means over a 2 x 2 grid of the last two layers."""

    def __init__(self, seed: int = 0) -> None:
        """Draw the weights from a seed, orthogonal, the same every time."""
        random = np.random.RandomState(seed)
        self._weights = []
        channels = 3
        for width in _WIDTHS:
            matrix = np.linalg.qr(
                random.standard_normal((max(width, channels * 9), min(width, channels * 9)))
            )[0]
            matrix = matrix if len(matrix) == width else matrix.T
            scale = np.sqrt(2.0 * channels * 9 / max(width, channels * 9))
            kernel = (scale * matrix).reshape(width, channels, 3, 3).astype(np.float32)
            self._weights.append(torch.from_numpy(kernel))
            channels = width
        self.name = "random convolutions"
        self.key = f"random-network-1-{seed}"

    @torch.no_grad()
    def __call__(self, pictures: Pictures) -> NDArray[np.float32]:
        """(N, H, W, C) to (N, 1536)."""
        x = 2 * resized(as_rgb(as_tensor(pictures)), _SIDE) - 1
        found = []
        for kernel in self._weights:
            x = F.leaky_relu(F.conv2d(x, kernel, stride=2, padding=1), 0.2)
            found.append(F.adaptive_avg_pool2d(x, 2).flatten(1))
        features: NDArray[np.float32] = torch.cat(found[-2:], 1).numpy()
        return features
