"""What is wrong with a run, in a sentence that says what to do: it failed, was killed, is suspended, is gone."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from latentlab.qt.workspaces.train.durations import age_text
from latentlab.qt.workspaces.train.shown_run import ShownRun
from latentlab.runs import Failed, RunState, Silence

translate = QCoreApplication.translate

_STALLED = 60.0
"""Seconds without a report from which on it can be said, where reports usually come quickly."""
_STALLED_REPORTS = 20
"""And the usual time of so many."""


def trouble_of(run: ShownRun, age: float) -> tuple[str, str]:
    """The tone of a label, "error", "warning" or "3", and its text; "" where all is well.

    Args:
        run: as it is known.
        age: seconds since its last event.
    """
    if run.is_gone:
        return "error", translate(
            "Train",
            "The run's folder is not there any more: it was moved or deleted. Undo brings back "
            "what was deleted here; what was moved can be opened where it is now.",
        )
    if isinstance(run.ended, Failed) and not run.is_live:
        return "error", run.ended.text
    if run.state is RunState.CRASHED:
        return "error", translate(
            "Train",
            "The process ended without a word: it was killed, or the machine lost power. Resume goes on from "
            "the last checkpoint.",
        )
    if run.silence is not None:
        return "warning", _silence(run.silence)
    usual = _usual(run)
    if run.state is RunState.RUNNING and age > max(_STALLED, _STALLED_REPORTS * usual):
        return "3", translate(
            "Train",
            "No report for {0}; one comes every {1} as a rule. It may be measuring or saving, or the "
            "machine is busy with other work.",
        ).format(age_text(age), age_text(max(1.0, usual)))
    return "", ""


def _silence(silence: Silence) -> str:
    process = str(silence.pid) if silence.is_here else f"{silence.pid} ({silence.host})"
    if silence.suspended:
        return translate(
            "Train",
            "The system holds process {0}, as after Ctrl+Z or kill -STOP: nothing is computed until "
            "it is let go on.",
        ).format(process)
    words = translate("Train", "No sign of life from process {0} for {1}.").format(
        process, age_text(silence.seconds)
    )
    if silence.on_disk:
        return (
            words
            + " "
            + translate(
                "Train", "It waits for a disk that does not answer: look whether the disk is full or gone."
            )
        )
    if silence.is_here:
        return (
            words
            + " "
            + translate(
                "Train",
                "It is there: the disk may be full, or the machine overloaded. Close other programs, or wait.",
            )
        )
    return (
        words
        + " "
        + translate(
            "Train",
            "Its machine may be down or suspended, or the shared folder slow. After a minute it is "
            "taken for dead.",
        )
    )


def _usual(run: ShownRun) -> float:
    """Seconds between two reports, as the last ones tell; infinite while nothing is known."""
    steps, progress, started = run.speed.x, run.progress, run.started
    if len(steps) < 2 or progress is None or started is None or not progress.images_per_second > 0:
        return math.inf
    return float(steps[-1] - steps[-2]) * max(1, started.batch_size) / progress.images_per_second
