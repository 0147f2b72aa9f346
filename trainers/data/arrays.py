"""Pictures that lie as plain numbers in files, read one after the other: only one is in memory at a time."""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from trainers.data import pictures
from trainers.data.folders import licence_beside
from trainers.data.listing import Framing, Item, Listing, Skipped

DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    LookupError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)
LARGEST = 256 << 20
"""Bytes of one picture."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the numbers of one picture lie."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    axes: Literal["hw", "hwc", "chw", "cwh"]

    @property
    def bytes_each(self) -> int:
        """Bytes of one picture."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def channels(self) -> int:
        """1, 3 or 4."""
        return 1 if self.axes == "hw" else self.shape[2] if self.axes == "hwc" else self.shape[0]

    def picture(self, data: bytes) -> NDArray[Any]:
        """The numbers as (H, W, C)."""
        values = np.frombuffer(data, self.dtype).reshape(self.shape)
        match self.axes:
            case "hw":
                return values[:, :, None]
            case "hwc":
                return values
            case "chw":
                return values.transpose(1, 2, 0)
            case "cwh":
                return values.transpose(2, 1, 0)


@dataclass(frozen=True, slots=True)
class Segment:
    """Pictures that lie one after the other in one file."""

    open: Callable[[], IO[bytes]]
    offset: int
    """Of the first picture, in the file as `open` unpacks it."""
    count: int
    gap: int = 0
    """Bytes between two pictures."""


class ArrayListing(Listing):
    """Pictures of one layout in some files."""

    def __init__(
        self,
        path: Path,
        segments: Sequence[Segment],
        layout: Layout,
        *,
        labels: Sequence[str] | None = None,
        captions: Sequence[str] | None = None,
        class_names: tuple[str, ...] = (),
        files: Sequence[Path] = (),
        title: str = "",
    ) -> None:
        """Describe where pictures lie.

        Args:
            path: what the person named.
            segments: where the pictures are.
            layout: of each picture.
            labels: one for each picture.
            captions: one for each picture.
            class_names: in their natural order.
            files: all that are read, for the fingerprint.
            title: the set in a sentence.
        """
        self._segments, self._layout = segments, layout
        self._labels, self._captions = labels, captions
        self._files = files or [path]
        self._range: tuple[float, float] | None = None
        self._title = title or f"Pictures in the file {path.name!r}."
        self.class_names = class_names
        self.count = sum(segment.count for segment in segments)
        self.licence = licence_beside(path if path.is_dir() else path.parent)

    def fingerprint(self) -> object:
        stamps = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in self._files]
        return {"kind": "arrays", "files": stamps, "labelled": self._labels is not None}

    def is_grey(self) -> bool:
        return self._layout.channels == 1

    def describe(self) -> str:
        return self._title

    def items(self, framing: Framing, first: int, workers: int) -> Iterator[Item | Skipped]:
        index = 0
        for segment in self._segments:
            skipped = min(segment.count, max(0, first - index))
            index += skipped
            if skipped == segment.count:
                continue
            try:
                for data in self._read(segment, skipped):
                    yield self._item(index, data, framing)
                    index += 1
            except DAMAGED as error:
                yield Skipped(f"{index:08d} and later", f"the file is damaged or ends early ({error})")
                return

    def _read(self, segment: Segment, first: int) -> Iterator[bytes]:
        size = self._layout.bytes_each
        with closing(segment.open()) as file:
            file.seek(segment.offset + first * (size + segment.gap))
            for _ in range(first, segment.count):
                data = file.read(size)
                if len(data) < size:
                    raise EOFError("fewer pictures than its header says")
                yield data
                if segment.gap:
                    file.seek(segment.gap, 1)

    def _item(self, index: int, data: bytes, framing: Framing) -> Item | Skipped:
        name = f"{index:08d}"
        values = self._layout.picture(data)
        try:
            pixels = self._bytes(values)
        except ValueError as error:
            return Skipped(name, str(error))
        height, width, channels = pixels.shape
        picture = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)
        return Item(
            name,
            pictures.framed(pictures.flattened(picture, framing), framing),
            (width, height),
            self._labels[index] if self._labels is not None else None,
            self._captions[index] if self._captions is not None else None,
        )

    def _bytes(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        if values.dtype == np.uint8:
            return np.ascontiguousarray(values)
        if not np.isfinite(values).all():
            raise ValueError("some numbers are not finite")
        if self._range is None:
            self._range = self._found_range()
        return np.ascontiguousarray(pictures.scaled_to_bytes(values, *self._range))

    def _found_range(self) -> tuple[float, float]:
        """Black and white of the whole set: one picture alone may be dark."""
        least, most = math.inf, -math.inf
        try:
            for segment in self._segments:
                for data in self._read(segment, 0):
                    values = np.frombuffer(data, self._layout.dtype)
                    finite = values[np.isfinite(values)]
                    if finite.size:
                        least, most = min(least, float(finite.min())), max(most, float(finite.max()))
        except DAMAGED:  # `items` tells
            pass
        return pictures.value_range(self._layout.dtype, least, most)


def layout_of(dtype: np.dtype[Any], shape: tuple[int, ...]) -> Layout:
    """How one picture lies in numbers of this shape.

    Raises:
        ValueError: this is no picture.
    """
    if len(shape) == 1:  # flat: grey, or three planes one after the other, as CIFAR has them
        for channels in (1, 3):
            side = math.isqrt(shape[0] // channels)
            if channels * side * side == shape[0]:
                shape = (side, side) if channels == 1 else (3, side, side)
                break
    layout: Layout | None = None
    if len(shape) == 2:
        layout = Layout(dtype, shape, "hw")
    elif len(shape) == 3 and shape[2] in (1, 3, 4):
        layout = Layout(dtype, shape, "hwc")
    elif len(shape) == 3 and shape[0] in (1, 3, 4):
        layout = Layout(dtype, shape, "chw")
    if layout is None or dtype.kind not in "uifb":
        raise ValueError(f"{shape} numbers of type {dtype} are no picture")
    height, width = shape[1:] if layout.axes == "chw" else shape[:2]
    if min(height, width) < 2 or layout.bytes_each > LARGEST:
        raise ValueError(f"{width:,} x {height:,} is no size of a picture")
    return layout
