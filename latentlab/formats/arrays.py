"""Plain arrays of files that hold no model: directions that other programs wrote. Nothing in them is run.

Reads .npy, .npz, .safetensors and torch files (.pt, .pth, .pkl). What a header claims is checked against the
file's length before memory is spent; arrays of objects are refused.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from latentlab.errors import CheckpointError, UnsafeFileError
from latentlab.formats.container import Container, detect
from latentlab.formats.nvidia_pickle import read_pickle
from latentlab.formats.safetensors_file import read_safetensors
from latentlab.formats.source import Source
from latentlab.formats.stored import ITEM_SIZES
from latentlab.formats.torch_file import read_torch
from latentlab.formats.weights import read_tensor

MAX_NUMBERS = 1 << 24
"""In one file: 32 thousand directions of 512 numbers."""
_MAX_ARRAYS = 4096
_MAX_HEADER = 10_000
_NPY = b"\x93NUMPY"
_ZIP = b"PK"
_READERS: dict[tuple[int, int], Any] = {
    (1, 0): npy.read_array_header_1_0,
    (2, 0): npy.read_array_header_2_0,
}


def read_arrays(path: Path) -> dict[str, NDArray[np.float32]]:
    """Every array of numbers in a file, by name ("" where it has none), as float32.

    Raises:
        CheckpointError: the file is of another kind, damaged, holds no numbers, or larger than directions are.
        UnsafeFileError: it asks for something to be run, or claims what it does not hold.
    """
    with Source(path) as source:
        arrays = dict(_arrays(source))
    if not arrays:
        raise CheckpointError(f"{path.name} holds no arrays of numbers: choose a file with directions.")
    return arrays


def _arrays(source: Source) -> Iterator[tuple[str, NDArray[np.float32]]]:
    head = source.peek(0, len(_NPY))
    if head == _NPY:
        _refuse_large(source, source.size // 2)
        yield "", _npy_array(source, source.read(0, source.size))
    elif head.startswith(_ZIP) and (members := _npz_members(source)):
        yield from _npz_arrays(source, members)
    else:
        yield from _tensors(source)


def _npz_members(source: Source) -> list[str]:
    try:
        with zipfile.ZipFile(source.path) as archive:
            return [name for name in archive.namelist() if name.endswith(".npy")][:_MAX_ARRAYS]
    except (zipfile.BadZipFile, OSError) as error:
        raise source.truncated() from error


def _npz_arrays(source: Source, members: list[str]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    left = 8 * MAX_NUMBERS
    try:
        with zipfile.ZipFile(source.path) as archive:
            for name in members:
                with archive.open(name) as file:
                    data = file.read(left + 1)  # what is packed may claim any size: only reading tells
                left -= len(data)
                if left < 0:
                    _refuse_large(source, MAX_NUMBERS + 1)
                if data[:6] == _NPY:
                    yield name.removesuffix(".npy"), _npy_array(source, data)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:  # also encrypted
        raise CheckpointError(f"{source.name} cannot be unpacked ({error}): save it again.") from error


def _npy_array(source: Source, data: bytes) -> NDArray[np.float32]:
    file = io.BytesIO(data)
    try:
        read_header = _READERS.get(npy.read_magic(file), npy.read_array_header_2_0)
        shape, fortran, dtype = read_header(file, max_header_size=_MAX_HEADER)
    except (ValueError, OSError) as error:
        raise CheckpointError(f"{source.name} is damaged ({str(error)[:120]}): save it again.") from error
    if dtype.hasobject or dtype.kind not in "fiub":
        raise UnsafeFileError(
            f"{source.name} holds objects, not numbers: save the array with a type such as float32."
        )
    numbers = data[file.tell() :]
    if math.prod(shape) * dtype.itemsize != len(numbers):
        raise source.truncated()
    array = np.frombuffer(numbers, dtype).reshape(shape, order="F" if fortran else "C")
    return np.ascontiguousarray(array, dtype=np.float32)


def _tensors(source: Source) -> Iterator[tuple[str, NDArray[np.float32]]]:
    container = detect(source)
    if container is Container.SAFETENSORS:
        contents = read_safetensors(source)
    elif container is Container.PICKLE:
        contents = read_pickle(source)
    else:
        contents = read_torch(source, container)
    stored = [
        (".".join(part for part in (network, name) if part), tensor)
        for network, state in contents.networks.items()
        for name, tensor in state.tensors.items()
    ]
    _refuse_large(source, sum(tensor.numel for _, tensor in stored), len(stored))
    for name, tensor in stored:
        if ITEM_SIZES[tensor.dtype] <= 8 and tensor.dtype != "complex64":
            yield name, read_tensor(source, tensor).float().numpy()


def _refuse_large(source: Source, numbers: int, arrays: int = 1) -> None:
    if numbers > MAX_NUMBERS or arrays > _MAX_ARRAYS:
        raise CheckpointError(
            f"{source.name} holds more numbers than directions have: it may be a model. Open it instead, or "
            "choose a file with directions."
        )
