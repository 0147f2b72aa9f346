"""The order of a list of runs."""

from __future__ import annotations

from pathlib import Path

from latentlab.runs import RunInfo, RunState
from latentlab.runs.info import in_order
from latentlab.runs.notes import Notes


def _info(name: str, state: RunState, changed: float, begun: float) -> RunInfo:
    return RunInfo(Path(name), name, "gan", state, 1, 2, None, changed, begun, None, 0, Notes("", ()))


def test_runs_that_are_trained_keep_their_places_above_the_others() -> None:
    ended = [_info("old", RunState.FINISHED, 50, 90), _info("new", RunState.STOPPED, 60, 5)]
    for beats in ((100, 101), (103, 102)):
        first = _info("first", RunState.RUNNING, beats[0], 10)
        second = _info("second", RunState.PAUSED, beats[1], 20)
        assert [one.name for one in in_order([*ended, first, second])] == ["second", "first", "new", "old"]
