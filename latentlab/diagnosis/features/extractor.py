"""What every kind of features is, and how many pictures go through one."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from numpy.typing import NDArray
from torch import Tensor

from latentlab.diagnosis.progress import Watch, unwatched
from latentlab.diagnosis.store import Store, digest
from latentlab.errors import Cancelled, ShapeError

Pictures = NDArray[np.uint8]
"""(N, H, W, C)."""

_BATCH = 50


class Extractor(Protocol):
    """Pictures to features."""

    name: str
    """For people: "EfficientNet-Lite0"."""
    key: str
    """Equal for extractors that give equal features, across processes."""

    def __call__(self, pictures: Pictures) -> NDArray[np.float32]:
        """(N, H, W, C) to (N, D)."""


def extract(
    extractor: Extractor,
    pictures: Pictures,
    *,
    store: Store | None = None,
    watch: Watch = unwatched,
    batch: int = _BATCH,
) -> NDArray[np.float32]:
    """Features of many pictures (N, H, W, C), a batch at a time; those of the same pictures are kept in `store`.

    Raises:
        ShapeError: there are no pictures.
        Cancelled: `watch` said so.
    """
    if not len(pictures):
        raise ShapeError("There are no pictures to look at.")
    name = digest("features", extractor.key, pictures) if store else ""
    if store is not None and (found := store.load(name)) is not None:
        return found
    parts = []
    for begin in range(0, len(pictures), batch):
        if watch(begin / len(pictures)):
            raise Cancelled
        parts.append(extractor(np.asarray(pictures[begin : begin + batch])))
    features: NDArray[np.float32] = np.concatenate(parts).astype(np.float32, copy=False)
    if store is not None:
        store.keep(name, features)
    return features


def as_tensor(pictures: Pictures) -> Tensor:
    """uint8 (N, H, W, C) to float32 (N, C, H, W) in [0, 1]."""
    return torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).contiguous().float().div_(255.0)


def as_rgb(images: Tensor) -> Tensor:
    """Grey or RGB (N, C, H, W) to three channels."""
    return images.expand(-1, 3, -1, -1) if images.shape[1] == 1 else images[:, :3]


def resized(images: Tensor, side: int) -> Tensor:
    """(N, C, H, W) to (N, C, side, side): averaged where they get smaller, so that nothing flickers."""
    if images.shape[-2:] == (side, side):
        return images
    return F.interpolate(images, (side, side), mode="bilinear", align_corners=False, antialias=True)
