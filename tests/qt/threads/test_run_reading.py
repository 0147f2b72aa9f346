"""Reading a log as columns: the same as event by event, whatever is in it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from latentlab.qt.threads import run_reading
from latentlab.qt.threads.run_reading import LogReader, outline
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
from latentlab.runs.follower import decoded


def _lines(events: list[Event]) -> list[bytes]:
    return [to_line(Entry(number, 10.0 + number, event)) for number, event in enumerate(events)]


def _report(step: int, **losses: float) -> Progress:
    return Progress(step, losses or {"loss": 1.0 / step}, 100.0 + step, step * 0.1, 1.0, 0.1, 2e9)


def _record(lines: list[bytes], reader: LogReader | None = None) -> RunRecord:
    record = RunRecord()
    for stretch in (reader or LogReader()).read(b"".join(lines)):
        record.take(stretch)
    return record


def _assert_same(record: RunRecord, lines: list[bytes]) -> None:
    """It says what the events say, one by one."""
    curves = Curves()
    curves.extend(entry for line in lines if (entry := from_values(json.loads(line))) is not None)
    for ours, theirs in ((record.losses, curves.losses), (record.measures, curves.measures)):
        assert ours.keys() == theirs.keys()
        for name, curve in theirs.items():
            assert ours[name].x.tolist() == curve.steps.tolist()
            np.testing.assert_array_equal(ours[name].y, curve.values)


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


@pytest.mark.parametrize("piece", [200, 1000, 100_000])
def test_columns_say_what_the_events_say_one_by_one(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_reading, "_PIECE", piece)
    lines = _lines(_eventful())
    record = _record(lines)
    _assert_same(record, lines)
    assert list(record.losses) == ["loss", "r1"]
    assert (record.step, record.steps) == (27, 100)
    assert [sheet.step for sheet in record.sheets] == [20]
    assert record.speed.y[-1] == 127.0
    assert record.memory.y.tolist() == [2e9] * 21
    assert record.settled_at(record.warnings[0]) == 27
    assert record.last_event == 10.0 + len(lines) - 1


@pytest.mark.parametrize("pieces", [1, 2, 5])
def test_it_does_not_matter_in_how_many_pieces_a_log_is_read(pieces: int) -> None:
    lines = _lines(_eventful())
    whole, parts, reader = _record(lines), RunRecord(), LogReader()
    for part in np.array_split(np.arange(len(lines)), pieces):
        for stretch in reader.read(b"".join(lines[place] for place in part)):
            parts.take(stretch)
    for name, series in whole.losses.items():
        np.testing.assert_array_equal(parts.losses[name].x, series.x)
        np.testing.assert_array_equal(parts.losses[name].y, series.y)
    assert parts.progress == whole.progress


def test_reading_quickly_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[Event] = [Started(0, 400, 7, 50)]
    for step in range(1, 400):
        losses = {"loss": 1 / step, "ΔD": -step * 1e-7 if step % 3 else math.nan}
        if step % 16 == 0:
            losses["r1"] = step * 1e22
        if step > 200:
            losses["late"] = 1.0
        events.append(_report(step, **losses))
        if step % 50 == 0:
            events += [Measured(step, {"elbo": -1.0 / step}), Warned(step, "x", "warning", 'One\nand "two".')]
        if step == 300:
            events.append(RolledBack(300, 250, "NaN"))
    lines = _lines(events)
    monkeypatch.setattr(run_reading, "_PIECE", 4000)
    slow = []
    monkeypatch.setattr(run_reading, "decoded", lambda content: slow.append(content) or decoded(content))
    record = _record(lines)
    _assert_same(record, lines)
    assert len(slow) <= 3  # the first, and where a loss was new
    assert [warned.step for warned in record.warnings] == [50, 100, 150, 200, 250, 350]
    assert record.progress == events[-1]


def test_a_run_has_ended_until_it_goes_on() -> None:
    ended = [Started(0, 100, 7, 50), _report(5), Failed(5, "The disk is full.")]
    assert _record(_lines(list(ended))).ended == Failed(5, "The disk is full.")
    assert _record(_lines([*ended, Started(5, 100, 7, 50)])).ended is None
    record = _record(_lines([*ended, Started(5, 100, 7, 50), _report(6), Finished(6, completed=False)]))
    assert record.ended == Finished(6, completed=False)


@pytest.mark.parametrize("known", [(), ("loss",)])
def test_odd_lines_are_left_out_and_the_others_stay(known: tuple[str, ...]) -> None:
    lines = _lines([_report(1), _report(2), _report(3)])
    odd = [
        b'{"event":"progress","t":1.0,"n":1}\n',
        b'{"event":"progress","t":1.0,"n":1,"step":2,"losses":{"loss":"high"}}\n',
        b'{"event":"progress","t":1.0,"n":1,"step":2,"losses":{"loss":1.0}}\n',
        b'{"event":"from the future"}\n',
        b"{}\n",
        b"\n",
        b'{"event":"progress","st\n',
    ]
    for one in odd:
        record = _record([lines[0], one, *lines[1:]], LogReader(known))
        assert record.losses["loss"].x.tolist() == [1, 2, 3]
    assert _record([lines[0], *odd, *lines[1:]]).losses["loss"].x.tolist() == [1, 2, 3]


def test_the_outline_of_a_long_log_has_reports_from_all_over_it_and_all_of_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_reading, "_PLACES", 50)
    monkeypatch.setattr(run_reading, "_THERE", 500)
    monkeypatch.setattr(run_reading, "_END", 4000)
    events: list[Event] = [Started(0, 2000, 7, 50)]
    for step in range(1, 2001):
        events.append(_report(step))
        if step % 400 == 0:
            events.append(Warned(step, "mode_collapse", "warning", "Modes are lost."))
    log = tmp_path / "events.jsonl"
    log.write_bytes(b"".join(_lines(events)) + b'{"n":1,"ev')
    record = _record([outline(log)])
    steps = record.losses["loss"].x
    assert record.steps == 2000
    assert [warned.step for warned in record.warnings][-1:] == [2000]
    assert 80 <= len(steps) <= 200
    assert np.diff(steps).max() < 3 * 2000 / 50
    assert steps[0] < 50
    assert steps[-1] == 2000
