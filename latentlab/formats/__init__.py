"""Files to models: recognises a file, reports what it is, then builds. Nothing from a file is executed.

Importing this package, or its `report`, does not import torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latentlab.formats.conversion import convert
    from latentlab.formats.native import save_model
    from latentlab.formats.opening import compare_readings, inspect, open_model

__all__ = ["compare_readings", "convert", "inspect", "open_model", "save_model"]

_HOMES = {
    "compare_readings": "opening",
    "convert": "conversion",
    "inspect": "opening",
    "open_model": "opening",
    "save_model": "native",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
