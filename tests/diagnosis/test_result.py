"""Results on disk: written in part, read at any moment, stopped from outside."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from latentlab.diagnosis.result import (
    Against,
    Figure,
    Result,
    Subject,
    Verdict,
    as_json,
    cancel,
    read_progress,
)
from latentlab.diagnosis.text import as_text
from latentlab.diagnosis.writing import ResultWriter
from latentlab.errors import Cancelled, DiagnosisError
from latentlab.latents.recipe import ClassWeight, PhotoSource, SeedSource


@pytest.fixture
def writer(tmp_path: Path) -> ResultWriter:
    return ResultWriter(tmp_path, Subject("model", "m", "Faces"), Against("d", "Pictures", 10, 2), "pixels")


def test_what_is_written_is_read_again(writer: ResultWriter) -> None:
    writer.add(Figure("support", "repetition", "Different pictures", "birthday", math.inf, 3.0, math.inf))
    writer.verdicts = (Verdict("sound", "good", "Fine.", "", "no rule", figures=("support",), bins=(1, 2)),)
    writer.steps = (10, 20)
    writer.put("bin_z", np.array([[1.0, -2.0]]))
    writer.save("Regions")
    found = Result.open(writer.folder)
    figure = found.figures["support"]
    assert (figure.value, figure.low, figure.high) == (math.inf, 3.0, math.inf)
    assert math.isnan(figure.data)
    assert found.verdicts == writer.verdicts
    assert (found.steps, found.stages, found.seen_by) == ((10, 20), ("Regions",), "pixels")
    table = found.array("bin_z")
    assert table is not None
    assert table.tolist() == [[1.0, -2.0]]
    assert found.array("real_map") is None
    assert json.loads(json.dumps(as_json(found), allow_nan=False))["figures"][0]["value"] == "inf"
    assert "Different pictures" in as_text(found)


def test_an_array_is_not_known_before_it_is_saved(writer: ResultWriter) -> None:
    writer.save()
    writer.put("generated_seed", np.arange(3))
    assert Result.open(writer.folder).array("generated_seed") is None
    writer.save()
    assert Result.open(writer.folder).array("generated_seed") is not None
    with pytest.raises(KeyError):
        writer.put("anything", np.zeros(1))


def test_a_new_result_takes_the_place_of_the_old_one(writer: ResultWriter) -> None:
    writer.put("generated_seed", np.arange(3))
    writer.save()
    again = ResultWriter(writer.folder, writer.subject, writer.against)
    with pytest.raises(DiagnosisError, match="holds no result"):
        Result.open(again.folder)
    assert not list((again.folder / "arrays").iterdir())


def test_samples_are_recipes(writer: ResultWriter) -> None:
    writer.psi = 0.7
    writer.put("generated_seed", np.array([5, 6]))
    writer.put("generated_class", np.array([0, 3]))
    writer.save()
    recipe = Result.open(writer.folder).recipe(1)
    assert recipe.source == SeedSource(6)
    assert recipe.classes == (ClassWeight(3),)
    assert recipe.truncation_psi == 0.7
    with pytest.raises(DiagnosisError):
        Result.open(writer.folder).recipe(2)
    writer.put("generated_source", np.array(["a.png", "b.png"]))
    writer.save()
    source = Result.open(writer.folder).recipe(0).source
    assert isinstance(source, PhotoSource)
    assert source.path == "a.png"


def test_somebody_can_stop_it(writer: ResultWriter) -> None:
    writer.check()
    cancel(writer.folder)
    with pytest.raises(Cancelled):
        writer.check()
    writer.tell("cancelled", "Stopped", 0.4)
    progress = read_progress(writer.folder)
    assert progress is not None
    assert (progress.state, progress.share) == ("cancelled", 0.4)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"subject": 1}'])
def test_a_damaged_result_says_so(writer: ResultWriter, content: str) -> None:
    (writer.folder / "result.json").write_text(content)
    with pytest.raises(DiagnosisError, match="measure again"):
        Result.open(writer.folder)
