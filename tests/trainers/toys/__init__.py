"""A toy of every system for the tests that all must pass: one module per system, with `TOYS`.

A toy is small enough that forty steps take a second on one core, and switches on whatever has a state: averages,
pools, probabilities, running means. Where one toy cannot show all of a system, write several.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from importlib import import_module

from trainers.config import LoopSettings, RunConfig
from trainers.data import DataSettings
from trainers.settings import Settings


@dataclass(frozen=True)
class Toy:
    """A system with small hyper-parameters."""

    system: str
    settings: Settings
    data: DataSettings
    name: str = ""
    """What is special about it: "ada"."""

    @property
    def title(self) -> str:
        """For the names of tests."""
        return f"{self.system}-{self.name}" if self.name else self.system

    def config(self, **loop: object) -> RunConfig:
        """A short run of the toy."""
        values = {"steps": 8, "batch_size": 4, "report_every": 2, "sample_every": 100, "samples": 4} | loop
        return RunConfig(
            name=self.title,
            system=self.system,
            settings=self.settings,
            data=self.data,
            loop=LoopSettings.model_validate(
                {"checkpoint_every": 100, "threads": 1, "device": "cpu"} | values
            ),
        )


def toys() -> list[Toy]:
    """All of them."""
    return [
        toy
        for module in pkgutil.iter_modules(__path__)
        for toy in import_module(f"{__name__}.{module.name}").TOYS
    ]
