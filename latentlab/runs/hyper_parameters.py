"""Hyper-parameters as forms and comparisons need them, read from a run's configuration and its JSON schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["whole", "number", "choice", "switch", "text"]
_NAMES = {"ada": "ADA", "ema": "EMA", "kl": "KL", "mlp": "MLP", "r1": "R1", "r2": "R2", "z": "z", "w": "w"}
"""Words that are not written as others are."""


@dataclass(frozen=True, slots=True)
class HyperParameter:
    """One setting of a run."""

    path: str
    """"settings.learning_rate": what `latentlab train --set` takes."""
    kind: Kind
    sentence: str
    """What it does."""
    unit: str = ""
    group: str = ""
    """Heading in a form."""
    default: Any = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None

    @property
    def name(self) -> str:
        """For people: "Learning rate", "EMA half life"."""
        words = self.path.rpartition(".")[2].split("_")
        first, *rest = (_NAMES.get(word, word) for word in words)
        return " ".join([first if words[0] in _NAMES else first.capitalize(), *rest])

    def fault(self, value: Any) -> str:
        """Why `value` may not be taken, as "at least 1"; empty when it may."""
        if self.kind == "choice":
            return "" if value in self.choices else ", ".join(self.choices)
        if self.kind not in ("whole", "number"):
            return ""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return "a number"
        if self.kind == "whole" and value != int(value):
            return "a whole number"
        if self.least is not None and value < self.least:
            return f"at least {self.least:g}"
        if self.above is not None and value <= self.above:
            return f"above {self.above:g}"
        if self.most is not None and value > self.most:
            return f"at most {self.most:g}"
        if self.below is not None and value >= self.below:
            return f"below {self.below:g}"
        return ""


def hyper_parameters(schema: Mapping[str, Any]) -> tuple[HyperParameter, ...]:
    """All settings that a form can edit, in the order of the schema: the system's, the data's, the loop's.

    What is an object or a list of objects (an architecture, the source of the data) is left out.
    """
    found: list[HyperParameter] = []
    for part in ("settings", "data", "loop"):
        inner = _resolved(schema.get("properties", {}).get(part, {}), schema)
        for name, field in inner.get("properties", {}).items():
            one = _read(f"{part}.{name}", _resolved(field, schema), part)
            if one is not None:
                found.append(one)
    return tuple(found)


def value_at(config: Mapping[str, Any], path: str) -> Any:
    """The value of a setting in a configuration; None where it has none."""
    inner: Any = config
    for part in path.split("."):
        if not isinstance(inner, Mapping) or part not in inner:
            return None
        inner = inner[part]
    return inner


def changes(
    parameters: tuple[HyperParameter, ...], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """Settings that differ between two configurations, by path: what was, what is."""
    pairs = {one.path: (value_at(before, one.path), value_at(after, one.path)) for one in parameters}
    return {path: pair for path, pair in pairs.items() if pair[0] != pair[1]}


def _read(path: str, field: Mapping[str, Any], part: str) -> HyperParameter | None:
    kind = _kind(field)
    if kind is None:
        return None
    return HyperParameter(
        path=path,
        kind=kind,
        sentence=str(field.get("description", "")),
        unit=str(field.get("unit", "")),
        group=str(field.get("group", "")) or part.capitalize(),
        default=field.get("default"),
        choices=tuple(str(choice) for choice in field.get("enum", ())),
        least=field.get("minimum"),
        most=field.get("maximum"),
        above=field.get("exclusiveMinimum"),
        below=field.get("exclusiveMaximum"),
    )


def _kind(field: Mapping[str, Any]) -> Kind | None:
    if "enum" in field:
        return "choice"
    kinds: dict[Any, Kind] = {
        "integer": "whole",
        "number": "number",
        "boolean": "switch",
        "string": "text",
    }
    return kinds.get(field.get("type"))


def _resolved(field: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """A field with what it refers to in its place; what it says itself counts first."""
    own = dict(field)
    options = [option for option in own.get("anyOf", ()) if option.get("type") != "null"]
    if len(options) == 1:
        own = {**options[0], **own}
    reference = str(own.get("$ref", ""))
    target = schema.get("$defs", {}).get(reference.rpartition("/")[2], {}) if reference else {}
    return {**target, **{name: value for name, value in own.items() if name != "$ref"}}
