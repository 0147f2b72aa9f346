"""Changing single hyper-parameters of a configuration by name, with messages that name the range."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from typing import Any

from latentlab.errors import TrainingError
from trainers.config import RunConfig, read_config

_ABBREVIATIONS = {"lr": "learning_rate"}


def apply(config: RunConfig, changes: Iterable[str]) -> RunConfig:
    """The configuration with every "name=value" of `changes`.

    A name is a path ("loop.steps") or the end of one where only one path ends so ("steps"). A value is JSON, or
    else a text.

    Raises:
        TrainingError: there is no such name, or the value is out of range.
    """
    values = config.plain()
    for change in changes:
        name, sign, text = change.partition("=")
        if not sign:
            raise TrainingError(f"{change!r} is no setting: write name=value.")
        _put(values, path_of(values, name.strip()), _value(text))
    return read_config(values)


def path_of(values: dict[str, Any], name: str) -> tuple[str, ...]:
    """The path that a name means.

    Raises:
        TrainingError: none or several; the text lists what was likely meant.
    """
    parts = tuple(_ABBREVIATIONS.get(name, name).split("."))
    paths = list(_paths(values))
    found = [path for path in paths if path[-len(parts) :] == parts]
    if parts in found:
        return parts
    if len(found) == 1:
        return found[0]
    if found:
        raise TrainingError(
            f"{name!r} may mean {' or '.join('.'.join(path) for path in found)}: name the whole path."
        )
    close = difflib.get_close_matches(parts[-1], {path[-1] for path in paths}, 3, 0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else "--describe lists them."
    raise TrainingError(f"There is no setting {name!r}: {hint}")


def _paths(values: dict[str, Any], prefix: tuple[str, ...] = ()) -> Iterable[tuple[str, ...]]:
    for name, value in values.items():
        yield (*prefix, name)
        if isinstance(value, dict):
            yield from _paths(value, (*prefix, name))


def _put(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        values = values[name]
    values[path[-1]] = value


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
