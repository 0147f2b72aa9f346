"""One measured figure, and how figures are printed."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One number and what it should be."""

    name: str
    value: float
    unit: Literal["x", "ms", "s", "MiB", "levels"]
    """"x" is a ratio of two times or sizes taken in this run; "levels" are steps of an 8-bit picture."""
    goal: Literal["at most", "at least", ""] = ""
    limit: float = 0.0
    beside: str = ""
    """What the value was computed from."""

    @property
    def reached(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if not self.goal:
            return None
        return self.value <= self.limit if self.goal == "at most" else self.value >= self.limit


def as_text(figure: Figure) -> str:
    """A figure as a line of a table."""
    goal = f"{figure.goal} {figure.limit:g}" if figure.goal else ""
    mark = {True: "ok", False: "MISSED", None: ""}[figure.reached]
    line = f"  {figure.name:<58}{figure.value:>10.3f} {figure.unit:<7}{goal:<14}{mark:<7}{figure.beside}"
    return line.rstrip()


def as_json(groups: dict[str, list[Figure]]) -> str:
    """All figures with the machine they were taken on."""
    machine = {
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "openvino", "PySide6-Essentials")},
    }
    figures = {
        group: [{**asdict(figure), "reached": figure.reached} for figure in found]
        for group, found in groups.items()
    }
    return json.dumps({"machine": machine, "figures": figures}, indent=2)
