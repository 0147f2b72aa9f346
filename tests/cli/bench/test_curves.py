"""The bench of the Train workspace measures what it says: frames of a moving hand, a run of many events."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from latentlab.cli.bench import curves
from latentlab.qt.widgets.curves.plot import CurvePlot
from latentlab.runs import Progress, RunFollower, Started


def test_a_hand_moves_the_view_and_every_move_is_a_frame(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curves, "SERIES", 2)
    monkeypatch.setattr(curves, "POINTS", 5000)
    moved = []
    show = CurvePlot._on_moved_by_hand
    monkeypatch.setattr(CurvePlot, "_on_moved_by_hand", lambda plot: (moved.append(1), show(plot))[1])
    found = curves.frames(0.8)
    assert found.count > 10
    assert 0 < found.median <= found.p99 <= found.longest
    assert len(moved) > 0.8 * found.count


def test_a_long_run_is_one_that_viewers_can_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "EVENTS", 500)
    assert curves.write_long_run(tmp_path / "run") > 0
    follower = RunFollower(tmp_path / "run")
    events = [entry.event for entry in follower.read()]
    assert isinstance(events[0], Started)
    assert [event.step for event in events if isinstance(event, Progress)] == list(range(1, 500))
    assert not follower.damaged
