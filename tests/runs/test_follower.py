"""Following a run: live, late, torn, damaged, and long."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

from latentlab.runs import (
    Coded,
    Curves,
    Entry,
    Event,
    Failed,
    Finished,
    Measured,
    Preparing,
    Progress,
    RolledBack,
    RunFollower,
    RunWriter,
    Sampled,
    Saved,
    Scored,
    Settled,
    Started,
    Warned,
)
from latentlab.runs.events import KINDS, from_values, to_line


def _progress(step: int, loss: float = 1.0) -> Progress:
    return Progress(step, {"loss": loss}, 100.0, 1.5 * step, 10.0, 1.0)


def test_a_follower_sees_each_event_once_and_in_order(tmp_path: Path) -> None:
    follower = RunFollower(tmp_path)
    assert follower.poll() == []
    writer = RunWriter.create(tmp_path, {}, {})
    assert follower.poll() == []
    events = [Started(0, 10, 5, 7), _progress(2), Measured(2, {"kl": 3.0})]
    for event in events:
        writer.write(event)
        found = follower.poll()
        assert [entry.event for entry in found] == [event]
    assert follower.poll() == []
    late = RunFollower(tmp_path)
    assert [entry.event for entry in late.read()] == events
    assert [entry.number for entry in RunFollower(tmp_path).read()] == [0, 1, 2]
    writer.write(_progress(4))
    on = RunFollower(tmp_path, late.position)
    assert [entry.event for entry in on.poll()] == [_progress(4)]
    writer.close()


def test_an_event_is_there_when_it_was_written(tmp_path: Path) -> None:
    writer = RunWriter.create(tmp_path, {}, {})
    seen: list[float] = []
    follower = RunFollower(tmp_path)
    watched = follower.follow(lambda: len(seen) >= 5, every=0.01)
    for step in range(5):
        writer.write(_progress(step))
        entry = next(watched)
        seen.append(time.time() - entry.time)
    writer.close()
    assert max(seen) < 0.25


def test_a_torn_last_line_waits_until_it_is_whole(tmp_path: Path) -> None:
    RunWriter.create(tmp_path, {}, {}).close()
    line = to_line(Entry(0, 1.0, _progress(2)))
    follower = RunFollower(tmp_path)
    with (tmp_path / "events.jsonl").open("ab") as file:
        file.write(line[:20])
        file.flush()
        assert follower.poll() == []
        file.write(line[20:])
    assert [entry.event for entry in follower.poll()] == [_progress(2)]
    assert follower.damaged == 0


def test_a_writer_cuts_a_torn_line_off_and_goes_on_counting(tmp_path: Path) -> None:
    writer = RunWriter.create(tmp_path, {}, {})
    for step in (2, 4):
        writer.write(_progress(step))
    writer.close()
    follower = RunFollower(tmp_path)
    with (tmp_path / "events.jsonl").open("ab") as file:
        file.write(b'{"n":2,"t":1.0,"event":"progr')
    assert len(follower.poll()) == 2
    writer = RunWriter.reopen(tmp_path)
    writer.write(_progress(6))
    writer.close()
    assert [(entry.number, entry.event) for entry in follower.poll()] == [(2, _progress(6))]


def test_damaged_lines_and_unknown_kinds_are_passed_over(tmp_path: Path) -> None:
    RunWriter.create(tmp_path, {}, {}).close()
    lines = [
        to_line(Entry(0, 1.0, _progress(2))),
        b"\x00\xff not json\n",
        b'{"n":1,"t":2.0,"event":"from the future","step":3}\n',
        b'{"n":2,"t":2.0,"event":"progress"}\n',
        b"[1, 2]\n",
        to_line(Entry(3, 1.0, _progress(4))),
    ]
    (tmp_path / "events.jsonl").write_bytes(b"".join(lines))
    follower = RunFollower(tmp_path)
    assert [entry.event for entry in follower.read()] == [_progress(2), _progress(4)]
    assert follower.damaged == 4


def test_figures_that_are_not_finite_survive_as_nan(tmp_path: Path) -> None:
    writer = RunWriter.create(tmp_path, {}, {})
    writer.write(Progress(2, {"loss": math.inf}, 1.0, 1.0, math.nan))
    writer.close()
    (entry,) = RunFollower(tmp_path).poll()
    assert isinstance(entry.event, Progress)
    assert math.isnan(entry.event.losses["loss"])
    assert math.isnan(entry.event.seconds_left)
    assert math.isnan(entry.event.seconds_left_error)


def test_a_long_log_is_read_in_bounded_pieces(tmp_path: Path) -> None:
    RunWriter.create(tmp_path, {}, {}).close()
    count = 60_000
    with (tmp_path / "events.jsonl").open("wb") as file:
        for number in range(count):
            file.write(to_line(Entry(number, float(number), _progress(number))))
    follower, curves, looks = RunFollower(tmp_path), Curves(), 0
    while not follower.caught_up:
        found = follower.poll()
        looks += 1
        curves.extend(found)
    assert looks > 1
    assert curves.losses["loss"].steps.tolist() == list(range(count))
    assert curves.losses["loss"].times[-1] == count - 1


def test_every_kind_of_event_comes_back_as_it_was_written() -> None:
    events: list[Event] = [
        Preparing(0.5, "Reading"),
        Started(3, 100, 7, 50, skipped=("a.png: torn",), skipped_count=1, memory_total=8e9),
        Progress(4, {"generator": 1.5}, 10.0, 2.0, 3.0, 0.5, 1e9),
        Measured(4, {"elbo": -3.0}),
        Scored(4, -1.5, 2.0, {"train": (1, 2, 0), "drawn": (3, 0, 0)}),
        Coded(4, (0.25, 0.0)),
        Sampled(4, "samples/a.png"),
        Saved(4, "checkpoints/step-00000004", milestone=True),
        Warned(
            4,
            "mode_collapse",
            "serious",
            "Modes are lost.",
            {"diversity": 0.1},
            "Raise R1.",
            {"settings.pack": 2},
        ),
        Settled(5, "mode_collapse"),
        RolledBack(5, 4, "NaN", "rates x 0.5"),
        Finished(100, completed=True, seconds=9.0, overhead=0.01),
        Failed(100, "The disk is full."),
    ]
    assert {type(event) for event in events} == set(KINDS.values())
    for number, event in enumerate(events):
        entry = Entry(number, 2.0, event)
        assert from_values(json.loads(to_line(entry))) == entry
