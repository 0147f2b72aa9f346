"""What can be trained: one system, one file. A system owns its networks, its optimisers and what one step does.

`SYSTEMS` is every system by its name, which is its module's: "stylegan2" is the subclass of `System` that
`trainers/systems/stylegan2.py` defines.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trainers.systems.system import System

    SYSTEMS: Mapping[str, type[System]]


def __getattr__(name: str) -> Any:
    # Found on first use: a system's module imports `trainers.systems.system`, and so this one first.
    if name == "SYSTEMS":
        return _found()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _found() -> Mapping[str, type[System]]:
    from trainers.systems.system import System

    systems: dict[str, type[System]] = {}
    for module in pkgutil.iter_modules(__path__):
        for value in vars(import_module(f"{__name__}.{module.name}")).values():
            if not isinstance(value, type) or not issubclass(value, System) or inspect.isabstract(value):
                continue
            if value.__module__ == f"{__name__}.{module.name}":
                systems[module.name] = value
    return systems
