"""Small data sets on the disk, and reading one whole."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trainers.data import Dataset, DataSettings, Source, open_data

Pixels = NDArray[np.uint8]


def noise(seed: int, side: int = 16, channels: int = 3) -> Pixels:
    """A picture that resembles no other."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (4, 4, channels), np.uint8)
    return np.kron(coarse, np.ones((side // 4, side // 4, 1), np.uint8))


def save(path: Path, pixels: Pixels) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def fill(folder: Path, count: int, first: int = 0) -> None:
    for index in range(first, first + count):
        save(folder / f"{index:03d}.png", noise(index))


def opened(source: Source, resolution: int = 16, **more: object) -> Dataset:
    return open_data(DataSettings.model_validate({"source": source, "resolution": resolution, **more}))


def by_name(data: Dataset) -> dict[str, Pixels]:
    """All pictures, training and held out, (H, W, C) by name."""
    assert data.stored is not None
    return dict(zip(data.stored.names, np.asarray(data.stored.pixels), strict=True))


def idx(pixels: NDArray[np.integer]) -> bytes:
    return bytes([0, 0, 8, pixels.ndim]) + struct.pack(f">{pixels.ndim}I", *pixels.shape) + pixels.tobytes()
