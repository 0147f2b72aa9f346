"""Named trainings that can be repeated, one file per system. Each module here has `PRESETS`, a tuple of them.

A preset is a `RunConfig` with a name and a summary. It is found by its module being here.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from trainers.config import RunConfig

PRESETS: dict[str, RunConfig] = {
    preset.name: preset
    for module in pkgutil.iter_modules(__path__)
    for preset in import_module(f"{__name__}.{module.name}").PRESETS
}
"""Every preset by its name."""
