"""From what was measured to a picture in Explore: a sample, a place of a plane or of a walk, a number of z."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from latentlab.diagnosis.result import Result
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.picture_record import PictureRecord
from latentlab.latents.recipe import BlendSource, Component, Recipe, SeedSource
from latentlab.qt.studio.opening import Wish
from latentlab.qt.studio.studio import Studio
from latentlab.qt.theme.numbers import format_number
from latentlab.qt.workspaces.diagnose import planes

_TRIED = 2.5
"""Standard deviations by which a number of z is moved to show what it does."""


class Landing(QObject):
    """Opens the measured model where it is not open, and applies a recipe as a new step."""

    landed = Signal()

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio

    def sample(self, result: Result, index: int) -> None:
        """A generated sample.

        Raises:
            DiagnosisError: there is no such sample.
        """
        recipe = result.recipe(index)
        if isinstance(recipe.source, SeedSource):
            name = self.tr("Seed {0}").format(format_number(recipe.source.seed, 0))
        else:
            name = self.tr("Sample {0}").format(index)
        self._land(result, recipe, name)

    def plane(self, result: Result, row: int, column: int) -> None:
        """A place of the plane of basins."""
        seeds, reach, bins = (result.array(name) for name in ("basin_seeds", "basin_reach", "basin_bin"))
        if seeds is not None and reach is not None and bins is not None:
            recipe = planes.recipe_at(
                (int(seeds[1]), int(seeds[2])),
                float(reach),
                planes.place_of(row, column, len(bins)),
                result.subject.z_dim,
            )
            self._land(result, replace(recipe, truncation_psi=result.psi), self.tr("A place of the plane"))

    def walk(self, result: Result, place: float) -> None:
        """A place on the walk."""
        seeds = result.array("walk_seeds")
        if seeds is None:
            return
        first = min(math.floor(place), len(seeds) - 1)
        second = (first + 1) % len(seeds)
        source = BlendSource((int(seeds[first]), int(seeds[second])), (1 - place + first, place - first))
        recipe = Recipe(source=source, truncation_psi=result.psi)
        self._land(result, recipe, self.tr("A place on the walk"))

    def number(self, result: Result, index: int, value: float = _TRIED) -> None:
        """A number of z set by hand."""
        recipe = Recipe(
            source=SeedSource(0), components=(Component(index, value),), truncation_psi=result.psi
        )
        self._land(result, recipe, self.tr("Number {0} of z").format(index + 1))

    def _land(self, result: Result, recipe: Recipe, name: str) -> None:
        path = Path(result.subject.model or result.subject.path)
        session = self._studio.session
        if session is not None and Path(session.model.path) == path:
            session.editor.apply(name, recipe)
        else:
            record = PictureRecord(ModelRef("", result.subject.name, str(path)), recipe)
            self._studio.opening.open_model(Wish(path, record=record, label=name))
        self.landed.emit()
