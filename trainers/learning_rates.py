"""Lowering all learning rates of a system at once, whatever they are called."""

from __future__ import annotations

from typing import Any, TypeVar

from trainers.settings import Settings

Some = TypeVar("Some", bound=Settings)


def scaled(settings: Some, factor: float) -> Some:
    """The same hyper-parameters with every learning rate (`System` says how they are named) times `factor`."""
    if factor == 1.0:
        return settings
    changes: dict[str, Any] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, Settings):
            changes[name] = scaled(value, factor)
        elif name.endswith("learning_rate") and isinstance(value, (int, float)):
            changes[name] = value * factor
    return settings.model_copy(update=changes)
