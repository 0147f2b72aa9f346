"""Which functions and classes a pickle may name.

Nothing that a pickle names is ever looked up or called, whatever this module says: safety does not rest on it.
It tells a file that was made to run something from one that merely carries objects we do not know.
"""

from __future__ import annotations

import sys
from enum import Enum
from typing import Any

from latentlab.formats.pickles.values import Global

_STANDARD = frozenset(sys.stdlib_module_names) | {"__builtin__", "copy_reg", "cPickle", "posix", "nt"}

_PLAIN_TYPES = {
    *("bool", "int", "long", "float", "complex", "bytes", "bytearray", "str", "unicode", "object", "type"),
    *("tuple", "list", "dict", "set", "frozenset", "range", "slice"),
}

_HARMLESS = frozenset(
    {
        ("_codecs", "encode"),
        ("argparse", "Namespace"),
        ("collections", "Counter"),
        ("collections", "OrderedDict"),
        ("collections", "defaultdict"),
        ("collections", "deque"),
        ("copyreg", "__newobj__"),
        ("copyreg", "_reconstructor"),
        ("copy_reg", "_reconstructor"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "timedelta"),
        ("decimal", "Decimal"),
        ("fractions", "Fraction"),
        ("functools", "partial"),
        ("math", "sqrt"),
        ("pathlib", "Path"),
        ("pathlib", "PosixPath"),
        ("pathlib", "PurePosixPath"),
        ("pathlib", "PureWindowsPath"),
        ("pathlib", "WindowsPath"),
        ("pathlib._local", "PosixPath"),
        ("pathlib._local", "WindowsPath"),
        ("types", "SimpleNamespace"),
        ("typing", "Any"),
        ("uuid", "UUID"),
        *((module, name) for module in ("builtins", "__builtin__") for name in (*_PLAIN_TYPES, "getattr")),
    }
)
"""Names of the standard library that model files carry as data."""

_CALLED = frozenset(
    {
        ("torch", "Size"),
        ("torch", "device"),
        ("torch", "Tensor"),
        ("torch._tensor", "_rebuild_from_type_v2"),
        ("torch._utils", "_rebuild_parameter"),
        ("torch._utils", "_rebuild_parameter_with_state"),
        ("torch._utils", "_rebuild_tensor"),
        ("torch._utils", "_rebuild_tensor_v2"),
        ("torch._utils", "_rebuild_tensor_v3"),
        ("torch._utils", "_rebuild_device_tensor_from_numpy"),
        ("torch._utils", "_rebuild_qtensor"),
        ("torch._utils", "_rebuild_sparse_tensor"),
        ("torch._utils", "_rebuild_meta_tensor_no_storage"),
        ("torch.nn.parameter", "Parameter"),
        ("torch.serialization", "_get_layout"),
        ("torch.storage", "_load_from_bytes"),
        *(
            ("torch.jit._pickle", name)
            for name in (
                "build_intlist",
                "build_boollist",
                "build_doublelist",
                "build_tensorlist",
                "restore_type_tag",
            )
        ),
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy.random", "__RandomState_ctor"),
        *(
            (f"numpy.{core}.{module}", name)
            for core in ("core", "_core")
            for module, name in (
                ("multiarray", "scalar"),
                ("multiarray", "_reconstruct"),
                ("numeric", "_frombuffer"),
            )
        ),
        *(
            (f"numpy.random.{module}", name)
            for module, name in (
                ("_pickle", "__randomstate_ctor"),
                ("_pickle", "__bit_generator_ctor"),
                ("_pickle", "__generator_ctor"),
            )
        ),
    }
)
"""Functions of torch and NumPy that genuine files call: they rebuild values, and nothing more."""

_FAMILIAR = frozenset(
    {
        ("torch_utils.persistence", "_reconstruct_persistent_obj"),
        ("dnnlib.util", "EasyDict"),
        ("dnnlib.tflib.network", "Network"),
    }
)
"""Names of other libraries that we know the meaning of."""

_GUARDED = frozenset({"torch", "torchvision", "numpy", "scipy", "pip", "setuptools", "pkg_resources"})
"""Libraries whose other functions could do harm if a reader called them."""


class Judgement(Enum):
    """What naming or calling something says about a file."""

    KNOWN = "known"
    STRANGE = "strange"
    """Of no library we know: kept as an inert record and mentioned."""
    HOSTILE = "hostile"


def judge_mention(module: str, name: str) -> Judgement:
    """Whether a model file may name this at all."""
    root = module.partition(".")[0]
    if "." in name:  # reaches through a module to something else; no model writer does so
        return Judgement.HOSTILE
    if root in _STANDARD:
        return Judgement.KNOWN if (module, name) in _HARMLESS else Judgement.HOSTILE
    return Judgement.KNOWN if root in _GUARDED or (module, name) in _FAMILIAR else Judgement.STRANGE


def may_call(module: str, name: str) -> bool:
    """Whether a model file may ask for this to be called with anything. Stricter than naming or rebuilding it."""
    return (module.partition(".")[0] not in _GUARDED and name != "getattr") or (module, name) in _CALLED


def is_function_of_torch(callee: Global, arguments: tuple[Any, ...]) -> bool:
    """Whether this call of getattr gives a built-in function of torch: modules keep `torch.relu` so."""
    match callee, arguments:
        case (
            Global(module="builtins" | "__builtin__", name="getattr"),
            (Global(module="torch._C" | "torch._C._nn" | "torch"), str(name)),
        ):
            return name.isidentifier() and not name.startswith("_")
        case _:
            return False
