"""Features by networks that belong to the model or to the data: its discriminator, its encoder, a classifier.

A discriminator sees what it was taught to see, and what a generator has learned to hide from it: use it beside
other features, not in their place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentlab.diagnosis.classifier import Classifier, train_classifier
from latentlab.diagnosis.features.extractor import Pictures, as_rgb, as_tensor, resized
from latentlab.diagnosis.store import digest
from latentlab.models.generator import Encodes, Generator

_CLASSIFIER_SIDE = 32


class Network:
    """Features by a function of images, handed in by whoever knows the network."""

    def __init__(self, name: str, key: str, function: Callable[[Tensor], Tensor]) -> None:
        """Use `function`: (N, C, H, W) in [-1, 1] to (N, ...)."""
        self.name = name
        self.key = key
        self._function = function

    @torch.no_grad()
    def __call__(self, pictures: Pictures) -> NDArray[np.float32]:
        """(N, H, W, C) to (N, D)."""
        features: NDArray[np.float32] = (
            self._function(2 * as_tensor(pictures) - 1).flatten(1).float().cpu().numpy()
        )
        return features


def encoder(generator: Generator, key: str) -> Network:
    """The means of a VAE's posterior."""
    can = generator.capabilities
    channels = can.photo_channels or can.image_channels

    def encode(images: Tensor) -> Tensor:
        images = as_rgb(images) if channels == 3 else images.mean(1, keepdim=True)
        condition = None
        if can.num_classes:
            condition = torch.full((len(images), can.num_classes), 1 / can.num_classes)
        return cast(Encodes, generator).encode(resized(images, can.resolution), condition).mu

    return Network("its own encoder", f"encoder-{key}", encode)


class LabelNetwork:
    """The last layer but one of a small classifier trained on the data's labels, and its answers."""

    def __init__(self, pictures: Pictures, labels: NDArray[np.int64], num_classes: int) -> None:
        """Train it on (N, H, W, C), N at least 64; the same for the same pictures."""
        self._network: Classifier = train_classifier(
            _small(pictures), torch.from_numpy(np.array(labels)), num_classes, epochs=_epochs(len(pictures))
        )
        self.name = "a classifier of the labels"
        self.key = digest("classifier", np.asarray(pictures), np.asarray(labels), num_classes)

    @torch.no_grad()
    def __call__(self, pictures: Pictures) -> NDArray[np.float32]:
        """(N, H, W, C) to (N, 64)."""
        features: NDArray[np.float32] = self._network.layers(_small(pictures)).numpy()
        return features

    @torch.no_grad()
    def classes(self, pictures: Pictures) -> NDArray[np.int64]:
        """What it takes each picture for, (N,)."""
        parts = [
            self._network(_small(pictures[begin : begin + 500])).argmax(1)
            for begin in range(0, len(pictures), 500)
        ]
        found: NDArray[np.int64] = torch.cat(parts).numpy()
        return found


def _epochs(count: int) -> int:
    """So many that a small set is seen about as often as a large one."""
    return min(40, max(6, 16_000 // count))


def _small(pictures: Pictures) -> Tensor:
    return 2 * resized(as_tensor(pictures), min(_CLASSIFIER_SIDE, pictures.shape[1])) - 1
