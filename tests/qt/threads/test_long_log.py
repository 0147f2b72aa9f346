"""Opening a long log: what is kept of it, and what several processes read, is what it says."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from latentlab import places
from latentlab.qt.threads import condensed, long_log
from latentlab.qt.threads.condensed import Condensed
from latentlab.qt.threads.run_reading import Gathering, LogReader
from latentlab.qt.threads.run_record import RunRecord
from latentlab.runs import Entry, Event, Finished, Progress, Sampled, Started
from latentlab.runs.events import to_line


def _log(folder: Path, steps: int) -> Path:
    events: list[Event] = [Started(0, steps, 7, 50)]
    for step in range(1, steps + 1):
        losses = {"generator": 1 / step} | ({"r1": float(step)} if step % 7 == 0 else {})
        events.append(Progress(step, losses, 100.0, step * 0.1, 1.0, 0.1, 2e9))
        if step == steps // 2:
            events += [Sampled(step, "samples/a.png"), Started(step - 10, steps, 7, 50)]
    events.append(Finished(steps, completed=True))
    log = folder / "events.jsonl"
    log.write_bytes(b"".join(to_line(Entry(number, 5.0, event)) for number, event in enumerate(events)))
    return log


def _record(gathered: list[Gathering]) -> RunRecord:
    record = RunRecord()
    for one in gathered:
        record.take(one.stretch())
    return record


def _read(log: Path) -> Condensed:
    reader, content = LogReader(), log.read_bytes()
    reader.add(content)
    return Condensed(len(content), reader.gathered())


def _assert_same(found: RunRecord, wanted: RunRecord) -> None:
    assert found.losses.keys() == wanted.losses.keys()
    for name, series in wanted.losses.items():
        np.testing.assert_array_equal(found.losses[name].x, series.x)
        np.testing.assert_array_equal(found.losses[name].y, series.y)
    np.testing.assert_array_equal(found.memory.y, wanted.memory.y)
    assert (found.started, found.progress, found.ended) == (wanted.started, wanted.progress, wanted.ended)
    assert (found.sheets, found.last_event) == (wanted.sheets, wanted.last_event)


def test_what_is_kept_says_the_same_until_the_log_is_another(tmp_path: Path) -> None:
    log = _log(tmp_path, 300)
    assert condensed.load(log) is None
    long_log.keep(log, _read(log))
    kept = condensed.load(log)
    assert kept is not None
    assert kept.end == log.stat().st_size
    _assert_same(_record(kept.gathered), _record(_read(log).gathered))
    with log.open("ab") as file:
        file.write(b"{}\n")
    assert condensed.load(log) is not None  # it has only grown
    _log(tmp_path, 299)
    assert condensed.load(log) is None


def test_a_damaged_file_of_columns_is_not_believed(tmp_path: Path) -> None:
    log = _log(tmp_path, 50)
    long_log.keep(log, _read(log))
    place = condensed.place_of(log)
    for damaged in (place.read_bytes()[:-300], b"", b"\x93NUMPY nonsense"):
        place.write_bytes(damaged)
        assert condensed.load(log) is None


def test_old_files_of_columns_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(condensed, "_MOST", 1)
    logs = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        logs.append(_log(tmp_path / name, 20))
        long_log.keep(logs[-1], _read(logs[-1]))
    assert condensed.load(logs[0]) is None
    assert condensed.load(logs[1]) is not None


def test_processes_read_a_long_log_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_log, "VERY_LONG", 1)
    monkeypatch.setattr(long_log, "_LONGEST_LINE", 4000)
    monkeypatch.setattr(long_log.os, "cpu_count", lambda: 2)
    log = _log(tmp_path, 400)
    with log.open("ab") as file:
        file.write(b'{"n":1,"ev')  # being written
    found = long_log.open_long(log, lambda seconds: time.sleep(seconds) is not None)
    assert found is not None
    assert found.end == log.stat().st_size - 10
    _assert_same(_record(found.gathered), _record(_read(log).gathered))
    assert not list(places.cache_dir().glob("log-*"))


def test_nobody_waits_for_processes_that_are_not_wanted_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_log, "VERY_LONG", 1)
    monkeypatch.setattr(long_log, "command", lambda: ["sleep", "60"])
    began = time.monotonic()
    assert long_log.open_long(_log(tmp_path, 10), lambda seconds: True) is None
    assert time.monotonic() - began < 20
