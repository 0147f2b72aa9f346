"""Pictures in files of numbers: IDX (also compressed by gzip), NPY, NPZ. One after the other, never unpickled.

What a header claims is never believed before the bytes are there: one picture at a time is in memory.
"""

from __future__ import annotations

import gzip
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
from numpy.lib import format as npy
from numpy.typing import NDArray
from PIL import Image

from latentlab.errors import TrainingError
from trainers.data import pictures
from trainers.data.folders import licence_beside
from trainers.data.listing import Framing, Item, Listing, Skipped
from trainers.data.settings import ArraySource

ARRAY_ENDINGS = frozenset({".npy", ".npz"})
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
_LARGEST = 256 << 20
"""Bytes of one picture."""
_MOST_LABELS = 100_000_000
_IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_IMAGE_NAMES = ("x_train", "train_images", "images", "x", "data", "pictures", "train_x", "arr_0")
_LABEL_NAMES = ("y_train", "train_labels", "labels", "y", "label", "targets", "train_y", "arr_1")
_CAPTION_NAMES = ("captions", "texts", "caption")


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


def array_listing(source: ArraySource) -> ArrayListing:
    """List a file of numbers.

    Raises:
        TrainingError: it cannot be read, holds no pictures, or holds Python objects.
    """
    path = Path(source.path).expanduser()
    try:
        with _opened(path) as file:
            magic = file.read(6)
        if magic.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _npz(path)
        if magic == npy.MAGIC_PREFIX:
            return _npy(path)
        return idx_listing(path, Path(source.labels).expanduser() if source.labels else labels_beside(path))
    except DAMAGED as error:
        raise TrainingError(
            f"{path.name} cannot be read as pictures ({error}): name an IDX, NPY or NPZ file."
        ) from error


def is_idx(path: Path) -> bool:
    """Whether a file begins like IDX pictures: three dimensions or four."""
    try:
        with _opened(path) as file:
            head = file.read(4)
    except DAMAGED:
        return False
    return len(head) == 4 and head[:2] == b"\0\0" and head[2] in _IDX_TYPES and head[3] in (3, 4)


def idx_listing(
    path: Path, labels: Path | None, class_names: tuple[str, ...] = (), title: str = ""
) -> ArrayListing:
    """List IDX pictures (Y. LeCun, "THE IDX FILE FORMAT"), and their labels where there are some."""
    with _opened(path) as file:
        dtype, shape, offset = _idx_header(file)
    if len(shape) not in (3, 4):
        raise ValueError(f"it has {len(shape)} dimensions, and pictures have 3 or 4")
    layout = _layout(dtype, shape[1:])
    names = None
    if labels is not None:
        with _opened(labels) as file:
            kind, (count, *_), _ = _idx_header(file)
            wanted = min(count, shape[0], _MOST_LABELS)
            numbers = np.frombuffer(file.read(wanted * kind.itemsize), kind)
        if len(numbers) < shape[0]:
            raise ValueError(f"{labels.name} has {len(numbers):,} labels for {shape[0]:,} pictures")
        names = [str(number) for number in numbers.tolist()]
        if class_names:
            names = [class_names[number] if number < len(class_names) else str(number) for number in numbers]
    return ArrayListing(
        path,
        [Segment(lambda: _opened(path), offset, shape[0])],
        layout,
        labels=names,
        class_names=class_names,
        files=[path] if labels is None else [path, labels],
        title=title,
    )


def labels_beside(path: Path) -> Path | None:
    """The IDX file with the labels, whose name differs in one place, or nothing."""
    for images, labels in (
        ("images-idx3", "labels-idx1"),
        ("images.idx3", "labels.idx1"),
        ("images", "labels"),
    ):
        for ending in ("", ".gz"):
            name = path.name.removesuffix(".gz").replace(images, labels) + ending
            if name.removesuffix(".gz") != path.name.removesuffix(".gz") and (path.parent / name).is_file():
                return path.parent / name
    return None


def _opened(path: Path) -> IO[bytes]:
    """A file, unpacked while it is read where gzip packed it."""
    if not path.is_file():
        raise TrainingError(f"{path} is not there, or is no file.")
    file = path.open("rb")
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    if not packed:
        return file
    file.close()
    return gzip.open(path, "rb")  # type: ignore[return-value,unused-ignore]


def _idx_header(file: IO[bytes]) -> tuple[np.dtype[Any], tuple[int, ...], int]:
    """Type, sizes, and where the numbers begin."""
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in _IDX_TYPES or not 1 <= head[3] <= 4:
        raise ValueError("it does not begin as IDX files do")
    sizes = file.read(4 * head[3])
    shape = struct.unpack(f">{head[3]}I", sizes)
    return np.dtype(_IDX_TYPES[head[2]]), shape, 4 + len(sizes)


def _layout(dtype: np.dtype[Any], shape: tuple[int, ...]) -> Layout:
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
    if min(height, width) < 2 or layout.bytes_each > _LARGEST:
        raise ValueError(f"{width:,} x {height:,} is no size of a picture")
    return layout


def _npy_header(file: IO[bytes]) -> tuple[np.dtype[Any], tuple[int, ...], int]:
    """Type, shape, and where the numbers begin.

    Raises:
        ValueError: it holds Python objects, or numbers in Fortran's order.
    """
    version = npy.read_magic(file)
    shape, fortran, dtype = (npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0)(
        file
    )
    if dtype.hasobject or dtype.fields:
        raise ValueError("it holds Python objects, which are never read: save plain numbers")
    if fortran and len(shape) > 1:
        raise ValueError("its numbers are in Fortran's order: save np.ascontiguousarray of them")
    return dtype, shape, file.tell()


def _npy(path: Path) -> ArrayListing:
    with path.open("rb") as file:
        dtype, shape, offset = _npy_header(file)
    if len(shape) < 2:
        raise ValueError(f"its shape is {shape}")
    return ArrayListing(path, [Segment(lambda: path.open("rb"), offset, shape[0])], _layout(dtype, shape[1:]))


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    offset: int


def _npz(path: Path) -> ArrayListing:
    with zipfile.ZipFile(path) as archive:
        members = [found for entry in archive.infolist() if (found := _member(archive, entry))]
        images = _chosen(members, _IMAGE_NAMES, _holds_pictures)
        if images is None:
            listed = (
                ", ".join(f"{member.name} {member.shape}" for member in members) or "no arrays of numbers"
            )
            raise ValueError(f"none of its arrays holds pictures: {listed}")
        count = images.shape[0]
        labels = _chosen(members, _LABEL_NAMES, lambda member: _holds_labels(member, count, "iubUS"))
        captions = _chosen(
            [member for member in members if member.name in _CAPTION_NAMES],
            _CAPTION_NAMES,
            lambda member: _holds_labels(member, count, "US"),
        )
        label_values = None if labels is None else _texts(archive, labels)
        caption_values = None if captions is None else _texts(archive, captions)
    name = f"{images.name}.npy"

    def opened() -> IO[bytes]:
        with zipfile.ZipFile(path) as archive:  # the member keeps the file open
            return archive.open(name)

    return ArrayListing(
        path,
        [Segment(opened, images.offset, count)],
        _layout(images.dtype, images.shape[1:]),
        labels=label_values,
        captions=caption_values,
    )


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> _Member | None:
    """An array, by its header; None for one that is not read."""
    plain = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not entry.flag_bits & 1
    if not entry.filename.endswith(".npy") or not plain:
        return None
    with archive.open(entry) as file:
        try:
            dtype, shape, offset = _npy_header(file)
        except ValueError:
            return None
    if math.prod(shape) * dtype.itemsize > entry.file_size - offset:
        return None  # claims more numbers than it has
    return _Member(entry.filename.removesuffix(".npy"), dtype, shape, offset)


def _chosen(
    members: Sequence[_Member], names: tuple[str, ...], fits: Callable[[_Member], bool]
) -> _Member | None:
    """The first that fits by the usual names, or else the largest."""
    fitting = {member.name.lower(): member for member in members if fits(member)}
    named = next((fitting[name] for name in names if name in fitting), None)
    return named or max(fitting.values(), key=lambda member: math.prod(member.shape), default=None)


def _holds_pictures(member: _Member) -> bool:
    if not 2 <= len(member.shape) <= 4 or member.shape[0] < 2:
        return False
    try:
        _layout(member.dtype, member.shape[1:])
    except ValueError:
        return False
    return True


def _holds_labels(member: _Member, count: int, kinds: str) -> bool:
    return (
        member.shape in ((count,), (count, 1))
        and member.dtype.kind in kinds
        and count * member.dtype.itemsize <= _LARGEST
    )


def _texts(archive: zipfile.ZipFile, member: _Member) -> list[str]:
    with archive.open(f"{member.name}.npy") as file:
        values: NDArray[Any] = npy.read_array(file, allow_pickle=False)
    return [
        text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        for text in values.ravel().tolist()
    ]
