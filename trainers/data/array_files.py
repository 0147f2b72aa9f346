"""Files of numbers that hold pictures: IDX (also compressed by gzip), NPY, NPZ. Nothing is unpickled.

What a header claims is never believed before the bytes are there.
"""

from __future__ import annotations

import gzip
import math
import struct
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from latentlab.errors import TrainingError
from trainers.data.arrays import DAMAGED, LARGEST, ArrayListing, Segment, layout_of
from trainers.data.settings import ArraySource

ARRAY_ENDINGS = frozenset({".npy", ".npz"})
_MOST_LABELS = 100_000_000
_IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_IMAGE_NAMES = ("x_train", "train_images", "images", "x", "data", "pictures", "train_x", "arr_0")
_LABEL_NAMES = ("y_train", "train_labels", "labels", "y", "label", "targets", "train_y", "arr_1")
_CAPTION_NAMES = ("captions", "texts", "caption")


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
    layout = layout_of(dtype, shape[1:])
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
    return ArrayListing(
        path, [Segment(lambda: path.open("rb"), offset, shape[0])], layout_of(dtype, shape[1:])
    )


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
        layout_of(images.dtype, images.shape[1:]),
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
        layout_of(member.dtype, member.shape[1:])
    except ValueError:
        return False
    return True


def _holds_labels(member: _Member, count: int, kinds: str) -> bool:
    return (
        member.shape in ((count,), (count, 1))
        and member.dtype.kind in kinds
        and count * member.dtype.itemsize <= LARGEST
    )


def _texts(archive: zipfile.ZipFile, member: _Member) -> list[str]:
    with archive.open(f"{member.name}.npy") as file:
        values: NDArray[Any] = npy.read_array(file, allow_pickle=False)
    return [
        text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        for text in values.ravel().tolist()
    ]
