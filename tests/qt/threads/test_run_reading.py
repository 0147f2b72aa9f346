"""Reading a log as columns: the same as event by event, whatever is in it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from latentlab.qt.threads import run_reading
from latentlab.qt.threads.run_reading import Row, gathered, outline
from latentlab.qt.threads.run_record import RunRecord
from latentlab.runs import (
    Curves,
    Entry,
    Event,
    Failed,
    Finished,
    Measured,
    Progress,
    RolledBack,
    Sampled,
    Settled,
    Started,
    Warned,
)
from latentlab.runs.events import from_values, to_line


def _rows(events: list[Event]) -> list[Row]:
    return [json.loads(to_line(Entry(number, 10.0 + number, event))) for number, event in enumerate(events)]


def _report(step: int, **losses: float) -> Progress:
    return Progress(step, losses or {"loss": 1.0 / step}, 100.0 + step, step * 0.1, 1.0, 0.1, 2e9)


def _record(rows: list[Row]) -> RunRecord:
    record = RunRecord()
    for stretch in gathered(rows):
        record.take(stretch)
    return record


def _eventful() -> list[Event]:
    return [
        Started(0, 100, 7, 50),
        *(_report(step, loss=step / 3, r1=math.nan) for step in range(1, 20)),
        _report(20, loss=0.5),
        Measured(20, {"elbo": -5.0}),
        Sampled(20, "samples/a.png"),
        Warned(20, "mode_collapse", "warning", "Modes are lost."),
        _report(30, r1=0.25, loss=2.0),
        RolledBack(30, 25, "NaN"),
        _report(27, loss=7.0),
        Settled(27, "mode_collapse"),
        Measured(27, {"elbo": -4.0}),
    ]


def test_columns_say_what_the_events_say_one_by_one() -> None:
    rows = _rows(_eventful())
    curves, record = Curves(), _record(rows)
    curves.extend(entry for row in rows if (entry := from_values(row)) is not None)
    for ours, theirs in ((record.losses, curves.losses), (record.measures, curves.measures)):
        assert ours.keys() == theirs.keys()
        for name, curve in theirs.items():
            assert ours[name].x.tolist() == curve.steps.tolist()
            np.testing.assert_array_equal(ours[name].y, curve.values)
    assert list(record.losses) == ["loss", "r1"]
    assert (record.step, record.steps) == (27, 100)
    assert [sheet.step for sheet in record.sheets] == [20]
    assert record.speed.y[-1] == 127.0
    assert record.memory.y.tolist() == [2e9] * 21
    assert record.settled_at(record.warnings[0]) == 27
    assert record.last_event == 10.0 + len(rows) - 1


@pytest.mark.parametrize("pieces", [1, 2, 5])
def test_it_does_not_matter_in_how_many_pieces_a_log_is_read(pieces: int) -> None:
    rows = _rows(_eventful())
    whole, parts = _record(rows), RunRecord()
    for part in np.array_split(np.arange(len(rows)), pieces):
        for stretch in gathered([rows[place] for place in part]):
            parts.take(stretch)
    for name, series in whole.losses.items():
        np.testing.assert_array_equal(parts.losses[name].x, series.x)
        np.testing.assert_array_equal(parts.losses[name].y, series.y)
    assert parts.progress == whole.progress


def test_a_run_has_ended_until_it_goes_on() -> None:
    ended = [Started(0, 100, 7, 50), _report(5), Failed(5, "The disk is full.")]
    assert _record(_rows(list(ended))).ended == Failed(5, "The disk is full.")
    assert _record(_rows([*ended, Started(5, 100, 7, 50)])).ended is None
    record = _record(_rows([*ended, Started(5, 100, 7, 50), _report(6), Finished(6, completed=False)]))
    assert record.ended == Finished(6, completed=False)


def test_odd_lines_are_left_out_and_the_others_stay() -> None:
    rows = _rows([_report(1), _report(2), _report(3)])
    odd: list[Row] = [
        {"event": "progress", "t": 1.0, "n": 1},
        {"event": "progress", "t": 1.0, "n": 1, "step": 2, "losses": {"loss": "high"}},
        {"event": "from the future"},
        {},
    ]
    record = _record([rows[0], *odd, *rows[1:]])
    assert record.losses["loss"].x.tolist() == [1, 2, 3]


def test_the_outline_of_a_long_log_has_every_event_and_some_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_reading, "_OUTLINE", 50)
    monkeypatch.setattr(run_reading, "_PIECE", 1000)  # smaller than what lies between two reports
    events: list[Event] = [Started(0, 2000, 7, 50)]
    for step in range(1, 2001):
        events.append(_report(step))
        if step % 400 == 0:
            events.append(Warned(step, "mode_collapse", "warning", "Modes are lost."))
    log = tmp_path / "events.jsonl"
    log.write_bytes(
        b"".join(to_line(Entry(number, 1.0, event)) for number, event in enumerate(events)) + b'{"n":1,"ev'
    )
    record = _record(outline(log))
    steps = record.losses["loss"].x
    assert [warned.step for warned in record.warnings] == [400, 800, 1200, 1600, 2000]
    assert 40 <= len(steps) <= 60
    assert np.diff(steps).max() < 3 * 2000 / 50
    assert steps[0] < 50
    assert steps[-1] > 1900
