"""The safetensors container: a header of JSON, then raw numbers. The header is checked before it is believed."""

from __future__ import annotations

import json
import math
from typing import Any

from latentlab.errors import CheckpointError, UnsafeFileError
from latentlab.formats.networks import Contents
from latentlab.formats.source import Source
from latentlab.formats.stored import (
    ITEM_SIZES,
    MAX_DIMENSIONS,
    Network,
    StoredTensor,
    contiguous_strides,
)

MAX_HEADER = 8 << 20
"""Bytes. Thousands of tensors need a tenth of it."""
_MAX_OBJECTS = 200_000

DTYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
    "BOOL": "bool",
    "C64": "complex64",
}
"""The container's names of types, and ours."""


def read_safetensors(source: Source) -> Contents:
    """The one state dict of a safetensors file, and its metadata.

    Raises:
        CheckpointError: it is damaged or cut off.
        UnsafeFileError: the header claims what the file does not hold.
    """
    length = int.from_bytes(source.read(0, 8), "little")
    if length > source.size - 8:
        raise source.truncated()
    if length > MAX_HEADER:
        raise UnsafeFileError(
            f"{source.name} has a header of {length / 2**20:,.0f} MiB; no model needs so much. It is damaged or "
            "made to exhaust this machine."
        )
    header = _header(source, source.read(8, length))
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise _damaged(source)
    start = 8 + length
    network = Network({name: _tensor(source, entry, start) for name, entry in header.items()})
    end = start
    for tensor in sorted(network.tensors.values(), key=lambda tensor: (tensor.start, tensor.nbytes)):
        if tensor.start != end:  # the format allows neither gaps nor overlaps
            raise _damaged(source)
        end = tensor.start + tensor.nbytes
    if end != source.size:
        raise source.truncated() if end > source.size else _damaged(source)
    return Contents("safetensors state dict", {"": network}, metadata=metadata)


def _header(source: Source, text: bytes) -> dict[str, Any]:
    if text.count(b"{") + text.count(b"[") > _MAX_OBJECTS:
        raise UnsafeFileError(
            f"{source.name} has a header of more than {_MAX_OBJECTS:,} parts; no model needs so many. It is "
            "damaged or made to exhaust this machine."
        )

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        entries = dict(pairs)
        if len(entries) != len(pairs):
            raise ValueError("a name occurs twice")
        return entries

    try:
        header = json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise _damaged(source) from error
    if not isinstance(header, dict):
        raise _damaged(source)
    return header


def _tensor(source: Source, entry: Any, start: int) -> StoredTensor:
    """One entry of the header, every claim checked against the others and the file."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise _damaged(source)
    dtype = DTYPES.get(entry["dtype"]) if isinstance(entry["dtype"], str) else None
    shape, offsets = entry["shape"], entry["data_offsets"]
    if dtype is None or not _are_sizes(shape) or not _are_sizes(offsets) or len(offsets) != 2:
        raise _damaged(source)
    begin, end = offsets
    if len(shape) > MAX_DIMENSIONS or not begin <= end <= source.size - start:
        raise source.truncated()
    if math.prod(shape) * ITEM_SIZES[dtype] != end - begin:
        raise _damaged(source)
    return StoredTensor(dtype, tuple(shape), contiguous_strides(tuple(shape)), start + begin)


def _are_sizes(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int and 0 <= value < 1 << 63 for value in values)


def _damaged(source: Source) -> CheckpointError:
    return CheckpointError(
        f"{source.name} is damaged: the header of this safetensors file does not fit its contents. Get it again."
    )
