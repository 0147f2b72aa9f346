"""Pixels, reduced to the axes along which the data vary most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from latentlab.diagnosis.features.extractor import Pictures, as_tensor, resized
from latentlab.diagnosis.store import digest

_SIDE = 32
_AXES = 64


class Pixels:
    """Pictures of at most 32 px, projected on the first principal axes of the data. Sees colour and place,
    not what is drawn: two faces that look the other way are far apart."""

    def __init__(self, data: Pictures, axes: int = _AXES) -> None:
        """Fit the axes.

        Args:
            data: (N, H, W, C) of training pictures.
            axes: how many; all there are, if fewer.
        """
        flat = _flat(data).astype(np.float64)
        self._mean = flat.mean(0)
        centred = flat - self._mean
        if len(centred) < centred.shape[1]:
            rights = np.linalg.svd(centred, full_matrices=False)[2]
        else:
            rights = np.linalg.eigh(centred.T @ centred)[1].T[::-1]
        self._axes = rights[:axes]
        self.name = f"pixels (PCA, {len(self._axes)})"
        self.key = digest("pixels", axes, flat.astype(np.float32))

    def __call__(self, pictures: Pictures) -> NDArray[np.float32]:
        """(N, H, W, C) to (N, axes), in units of one pixel value's range."""
        features: NDArray[np.float32] = ((_flat(pictures) - self._mean) @ self._axes.T).astype(np.float32)
        return features


def _flat(pictures: Pictures) -> NDArray[np.float32]:
    side = min(_SIDE, pictures.shape[1])
    flat: NDArray[np.float32] = np.concatenate(
        [
            resized(as_tensor(pictures[begin : begin + 500]), side).flatten(1).numpy()
            for begin in range(0, len(pictures), 500)
        ]
    )
    return flat
