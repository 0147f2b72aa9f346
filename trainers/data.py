"""Training pictures: where they come from, their cache on disk, and the order in which a run sees them.

Pictures are uint8 (N, H, W, 3) and stay on disk: a run reads its batches from a memory-mapped file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from latentlab.errors import TrainingError
from latentlab.places import cache_dir
from trainers import drawing, vision
from trainers.drawing import Pixels

_PICTURE_FILES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
_CACHE_VERSION = 1
"""Raise it when the same source comes out differently, so that old caches are left alone."""


@dataclass(frozen=True, slots=True)
class DrawnPictures:
    """Pictures drawn from a DiceBear style (`trainers.drawing`)."""

    style: str = "landscape"
    count: int = 24_000
    seed: int = 0
    resolution: int = 64


@dataclass(frozen=True, slots=True)
class FolderPictures:
    """Every picture below a folder, cut to its central square."""

    path: str
    resolution: int = 64


PictureSource = DrawnPictures | FolderPictures


@dataclass(frozen=True, slots=True)
class Pictures:
    """A training set and the pictures held out from it, uint8 (N, H, W, 3) each."""

    train: Pixels
    held_out: Pixels
    skipped: tuple[str, ...] = ()
    """Files that could not be read, with the reason."""


def prepare(source: PictureSource, workers: int = 0) -> Iterator[tuple[float, str]]:
    """Fill the cache of `source` if it is not there yet, telling the share done (0 ... 1) and what is done.

    Args:
        source: where pictures come from.
        workers: low-priority processes that draw; 0 draws in this one.

    Raises:
        TrainingError: there is no such source.
    """
    path = _cache_path(source)
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    skipped: list[str] = []
    try:
        count, pictures = _read(source, workers, skipped)
        pixels = open_memmap(
            part, mode="w+", dtype=np.uint8, shape=(count, source.resolution, source.resolution, 3)
        )
        written = 0
        for picture in pictures:
            pixels[written] = picture
            written += 1
            if written % 64 == 0:
                yield written / count, f"Preparing pictures: {written:,} of {count:,}"
        kept = np.array(pixels[:written]) if written < count else None
        del pixels
        if kept is not None:
            with part.open("wb") as file:
                np.save(file, kept)
        _skipped_path(path).write_text(json.dumps(skipped), encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load(source: PictureSource, held_out: float = 0.05) -> Pictures:
    """The pictures of a prepared source.

    Args:
        source: where pictures come from.
        held_out: share that training never sees: the last pictures of the source.

    Raises:
        TrainingError: there are fewer than two usable pictures.
    """
    path = _cache_path(source)
    pixels: Pixels = np.load(path, mmap_mode="r", allow_pickle=False)
    skipped = tuple(json.loads(_skipped_path(path).read_text(encoding="utf-8")))
    if len(pixels) < 2:
        raise TrainingError(
            f"{len(pixels)} of the pictures could be read, and training needs two: {'; '.join(skipped[:3])}"
        )
    kept = max(1, round(len(pixels) * held_out))
    return Pictures(pixels[:-kept], pixels[-kept:], skipped)


def describe(source: PictureSource) -> str:
    """The source in words, with the licence where it is known."""
    if isinstance(source, DrawnPictures):
        licence = drawing.style_licence(source.style)
        return f"{source.count:,} pictures drawn with the DiceBear style {source.style!r} ({licence})."
    return f"Pictures in the folder {Path(source.path).name!r}."


def batch_indices(step: int, batch_size: int, count: int, seed: int) -> NDArray[np.int64]:
    """Which pictures step `step` sees: every picture once per epoch, in a new order each.

    A pure function, so a resumed run goes on exactly where it stopped with no sampler to save.
    """
    positions = np.arange(step * batch_size, (step + 1) * batch_size)
    indices = np.empty(batch_size, np.int64)
    for epoch in np.unique(positions // count):
        of_epoch = positions // count == epoch
        order = np.random.default_rng((seed, int(epoch))).permutation(count)
        indices[of_epoch] = order[positions[of_epoch] % count]
    return indices


def to_images(pixels: Pixels) -> Tensor:
    """uint8 (N, H, W, 3) to float32 (N, 3, H, W) in [-1, 1]."""
    return torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).float().div(127.5).sub(1)


def _cache_path(source: PictureSource) -> Path:
    key: dict[str, object] = {"version": _CACHE_VERSION, "kind": type(source).__name__, **asdict(source)}
    if isinstance(source, FolderPictures):
        key["files"] = [
            (str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in _picture_files(source)
        ]
    digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]
    return cache_dir() / "pictures" / f"{digest}.npy"


def _skipped_path(cache: Path) -> Path:
    return cache.with_suffix(".skipped.json")


def _read(source: PictureSource, workers: int, skipped: list[str]) -> tuple[int, Iterator[Pixels]]:
    if isinstance(source, DrawnPictures):
        pictures = drawing.draw_many(source.style, source.seed, source.count, source.resolution, workers)
        return source.count, pictures
    files = _picture_files(source)
    return len(files), _decode(files, source.resolution, skipped)


def _picture_files(source: FolderPictures) -> list[Path]:
    folder = Path(source.path)
    if not folder.is_dir():
        raise TrainingError(f"{folder} is not a folder: name the folder that holds the training pictures.")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _PICTURE_FILES)
    if len(files) < 2:
        raise TrainingError(f"{folder} holds {len(files)} pictures; training needs at least two.")
    return files


def _decode(files: list[Path], resolution: int, skipped: list[str]) -> Iterator[Pixels]:
    for path in files:
        try:
            with Image.open(path) as picture:
                pixels = vision.square(picture, resolution)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            skipped.append(f"{path}: {error}")
        else:
            yield pixels
