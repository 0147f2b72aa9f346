"""What the records of a pickle mean: tensors, numbers, mappings. Interprets only what it is asked about."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

from latentlab.errors import CheckpointError
from latentlab.formats.pickles.values import Global, PersistentId, Record, Span
from latentlab.formats.source import Source
from latentlab.formats.stored import Storage, StoredTensor

STORAGE_TYPES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
    "UntypedStorage": "uint8",
    "_UntypedStorage": "uint8",
}
"""Type of a storage's numbers by the name of torch's class."""

_DTYPES = {
    **{f"float{bits}": f"float{bits}" for bits in (16, 32, 64)},
    **{f"{sign}int{bits}": f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
    **{name: name for name in ("bfloat16", "bool", "complex64", "complex128")},
    **{name: name for name in ("float8_e4m3fn", "float8_e5m2")},
    "double": "float64",
    "float": "float32",
    "half": "float16",
    "long": "int64",
    "int": "int32",
    "uint8": "uint8",
}

_NUMPY_FORMATS = {
    **{"b1": "?", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "f2": "e"},  # noqa: PIE800 - two lines, not twelve
    **{"u1": "B", "u2": "H", "u4": "I", "u8": "Q", "f4": "f", "f8": "d"},  # noqa: PIE800
}
"""NumPy's codes of types to those of `struct`."""

_MAX_ARRAY = 4096  # numbers; larger NumPy arrays are no hyper-parameters
_MAX_DEPTH = 32
_MAX_VALUES = 200_000  # looked at in one pickle: values may contain each other many times over

_TENSORS = {("torch._utils", f"_rebuild_tensor{version}") for version in ("", "_v2", "_v3")}
_PARAMETERS = {
    ("torch._utils", "_rebuild_parameter"),
    ("torch._utils", "_rebuild_parameter_with_state"),
    ("torch.nn.parameter", "Parameter"),
}
_SCALARS = {(f"numpy.{core}.multiarray", "scalar") for core in ("core", "_core")}
_ARRAYS = {(f"numpy.{core}.multiarray", "_reconstruct") for core in ("core", "_core")}
_BUFFER_ARRAYS = {(f"numpy.{core}.numeric", "_frombuffer") for core in ("core", "_core")}
_SETS = {("builtins", "set"), ("__builtin__", "set"), ("builtins", "frozenset"), ("__builtin__", "frozenset")}


class Unclear:
    """Stands for a value that has no plain meaning."""

    def __repr__(self) -> str:
        return "UNCLEAR"


UNCLEAR = Unclear()


class Meaning:
    """Interprets the values of one pickle."""

    def __init__(self, source: Source, locate: Callable[[Any], Storage]) -> None:
        """Interpret values read from `source`.

        Args:
            source: the file.
            locate: where the numbers of a storage lie, from its `PersistentId.value` or, for a storage that is
                a pickle of its own, from its `Span`.
        """
        self._source = source
        self._locate = locate
        self._storages: dict[Span | PersistentId, Storage] = {}
        self._looked_at = 0

    def mapping(self, value: Any) -> dict[Any, Any] | None:
        """The entries of a dictionary of any class, or None for anything else."""
        if isinstance(value, dict):
            return value
        if not isinstance(value, Record) or not isinstance(value.callee, Global):
            return None
        if value.callee.pair == ("collections", "OrderedDict"):
            pairs = value.arguments[0] if value.arguments else []
            given = _from_pairs(pairs)
            return {**given, **(value.items or {})}
        return value.items

    def tensor(self, value: Any) -> StoredTensor | None:
        """The tensor that a record describes, or None if it describes something else.

        Raises:
            CheckpointError: it is a tensor with an impossible description.
            UnsafeFileError: it claims numbers that the file does not hold.
        """
        for _ in range(4):
            pair = _pair(value)
            if pair in _PARAMETERS and value.arguments:
                value = value.arguments[0]
            elif pair == ("torch._tensor", "_rebuild_from_type_v2") and len(value.arguments) == 4:
                value = Record(value.arguments[0], value.arguments[2])
            else:
                break
        pair = _pair(value)
        if pair is None or pair not in _TENSORS:
            return None
        arguments = value.arguments
        if len(arguments) < 4:
            raise self._impossible()
        storage, offset, shape, strides = arguments[:4]
        dtype = None
        if pair[1] == "_rebuild_tensor_v3":
            dtype = self._dtype(arguments[6] if len(arguments) > 6 else None)
        try:
            return self._storage(storage).tensor(offset, self._size(shape), strides, dtype)
        except CheckpointError as error:
            raise self._source.named(error) from error

    def plain(self, value: Any, depth: int = 0) -> Any:
        """Numbers, texts, tuples and dictionaries of them; NumPy's become Python's. Else `UNCLEAR`."""
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        self._looked_at += 1
        if depth > _MAX_DEPTH or self._looked_at > _MAX_VALUES:
            return UNCLEAR
        if isinstance(value, (list, tuple)):
            if len(value) > _MAX_ARRAY:
                return UNCLEAR
            return tuple(self.plain(item, depth + 1) for item in value)
        pair = _pair(value)
        if pair in _SCALARS or pair in _ARRAYS or pair in _BUFFER_ARRAYS:
            return self._numpy(value)
        if pair in _SETS and value.arguments:
            return self.plain(value.arguments[0], depth + 1)
        entries = self.mapping(value)
        if entries is None or len(entries) > _MAX_ARRAY:
            return UNCLEAR
        return {key: self.plain(item, depth + 1) for key, item in entries.items()}

    def _storage(self, value: Any) -> Storage:
        if _pair(value) == ("torch.storage", "_load_from_bytes") and len(value.arguments) == 1:
            value = value.arguments[0]
        if not isinstance(value, (PersistentId, Span)):
            raise self._impossible()
        if value not in self._storages:
            self._storages[value] = self._locate(value.value if isinstance(value, PersistentId) else value)
        return self._storages[value]

    def _size(self, shape: Any) -> Any:
        return shape.arguments[0] if _pair(shape) == ("torch", "Size") and shape.arguments else shape

    def _dtype(self, value: Any) -> str:
        if isinstance(value, Global) and value.module == "torch" and value.name in _DTYPES:
            return _DTYPES[value.name]
        raise CheckpointError(
            f"{self._source.name} has a tensor of an unknown type: it needs a newer LatentLab, or save it again "
            "as float32."
        )

    def _numpy(self, value: Record) -> Any:
        """A NumPy scalar as a number, an array as nested tuples of numbers."""
        shape: Any = ()
        match _pair(value) in _ARRAYS, value.arguments, value.state:
            case False, (kind, data), _:
                pass
            case False, (data, kind, shape, "C"), _:
                pass
            case True, _, (_, shape, kind, False, data):
                pass
            case _:
                return UNCLEAR
        format_ = self._numpy_format(kind)
        if format_ is None or not isinstance(shape, tuple) or len(shape) > 8:
            return UNCLEAR
        if not all(type(size) is int and 0 <= size <= _MAX_ARRAY for size in shape):
            return UNCLEAR
        count = math.prod(shape)
        nbytes = count * struct.calcsize(format_)
        if count > _MAX_ARRAY:
            return UNCLEAR
        if isinstance(data, Span) and data.length == nbytes:
            data = self._source.read(data.start, data.length)
        elif isinstance(data, Record) and _pair(data) == ("_codecs", "encode") and data.arguments:
            text = data.arguments[0]  # bytes, as protocol 2 writes them
            data = text.encode("latin-1", "replace") if isinstance(text, str) else None
        if not isinstance(data, bytes) or len(data) != nbytes:
            return UNCLEAR
        if not count:
            return ()
        return _nested(struct.unpack(f"{format_[0]}{count}{format_[1]}", data), shape)

    def _numpy_format(self, kind: Any) -> str | None:
        """Byte order and code for `struct` of a NumPy type; None for objects and anything else not numeric."""
        if _pair(kind) != ("numpy", "dtype") or not kind.arguments or not isinstance(kind.arguments[0], str):
            return None
        code = _NUMPY_FORMATS.get(kind.arguments[0])
        order = kind.state[1] if isinstance(kind.state, tuple) and len(kind.state) > 1 else "<"
        return None if code is None else (">" if order == ">" else "<") + code

    def _impossible(self) -> CheckpointError:
        return CheckpointError(
            f"{self._source.name} has a tensor with an impossible description: the file is damaged. Get it again."
        )


def _pair(value: Any) -> tuple[str, str] | None:
    """Module and name of what a record calls."""
    return value.callee.pair if isinstance(value, Record) and isinstance(value.callee, Global) else None


def _from_pairs(pairs: Any) -> dict[Any, Any]:
    if not isinstance(pairs, (list, tuple)):
        return {}
    good = (pair for pair in pairs if isinstance(pair, (list, tuple)) and len(pair) == 2)
    return {key: value for key, value in good if isinstance(key, str)}


def _nested(numbers: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
    if not shape:
        return numbers[0]
    if len(shape) == 1:
        return numbers
    step = len(numbers) // shape[0]
    return tuple(_nested(numbers[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0]))
