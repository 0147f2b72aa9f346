"""Curves of several runs: each under its own name, and every run named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.qt.threads.jobs import JobThread
from latentlab.qt.workspaces.train.run_curves import RunCurves
from latentlab.runs import Measured, Progress, RunWriter


@pytest.fixture
def jobs() -> Iterator[JobThread]:
    made = JobThread()
    yield made
    made.stop()


def _run(path: Path, *, measured: bool) -> Path:
    writer = RunWriter.create(path, {"system": "gan"}, {})
    for step in (1, 2):
        losses = {"generator": 0.5, "norm/generator": 60.0}
        writer.write(Progress(step, losses, 100.0, step * 0.1, 30.0, 2.0))
    if measured:
        writer.write(Measured(2, {"diversity": 0.7}))
    writer.close()
    return path


def test_a_loss_is_not_taken_for_its_gradient_and_every_run_is_named(
    jobs: JobThread, tmp_path: Path, qtbot: QtBot
) -> None:
    curves = RunCurves(jobs)
    qtbot.addWidget(curves)
    runs = [_run(tmp_path / "a", measured=True), _run(tmp_path / "b", measured=False)]
    curves.show_runs(runs, ())
    qtbot.waitUntil(lambda: len(curves.plots[1].plot.traces) == 2)
    first, second = curves.plots
    assert first.figure.currentText() == "held out: Diversity"
    assert [second.figure.itemText(row) for row in range(1, 3)] == ["Generator", "gradient: Generator"]
    second.figure.setCurrentText("Generator")
    curves._show_curves(second)
    assert [float(trace.series.y[-1]) for trace in second.plot.traces] == [0.5, 0.5]
    second.figure.setCurrentText("gradient: Generator")
    curves._show_curves(second)
    assert [float(trace.series.y[-1]) for trace in second.plot.traces] == [60.0, 60.0]
    curves._show_values(first, None)
    assert [(entry.name, entry.value) for entry in curves.legend.entries] == [("a", "0.700"), ("b", "–")]
