"""What viewers say they look at, the pace they ask for, and what old checkpoints leave behind."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from latentlab.runs import Interest, RunFolder, RunWriter
from latentlab.runs import writer as writers
from latentlab.runs.writer import thinned_out


@pytest.fixture
def writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunWriter]:
    monkeypatch.setattr(writers, "_ASK_EVERY", 0.0)
    made = RunWriter.create(tmp_path / "run", {"a": 1}, {})
    yield made
    made.close()


def test_an_interest_is_heard_whatever_clock_stamps_it_and_ends_by_itself(
    writer: RunWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = RunFolder(writer.folder.path).control
    writer.asked()
    assert not writer.looked_at(Interest.MODEL)
    viewer.look_at(Interest.MODEL)
    os.utime(writer.folder.path / "control" / Interest.MODEL, (5.0, 5.0))  # a clock of 1970
    writer.asked()
    assert writer.looked_at(Interest.MODEL)
    assert not writer.looked_at(Interest.PLANE)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    writer.asked()
    assert not writer.looked_at(Interest.MODEL), "nobody said so again"
    viewer.look_at(Interest.MODEL)
    writer.asked()
    assert writer.looked_at(Interest.MODEL)


def test_slow_motion_is_a_number_in_a_file_that_no_content_breaks(writer: RunWriter) -> None:
    control = writer.folder.control
    control.set_pace(0.5)
    writer.asked()
    assert writer.pace == 0.5
    for content, wanted in (("1e9", 10.0), ("nan", 0.0), ("-3", 0.0), ("soon", 0.0), ("", 0.0)):
        (writer.folder.path / "control" / "pace").write_text(content)
        assert control.pace() == wanted
    control.set_pace(0)
    control.set_pace(0)
    assert control.pace() == 0.0


def _save(writer: RunWriter, step: int) -> None:
    with writer.checkpoint(step) as folder:
        (folder / "model.safetensors").write_bytes(b"%d" % step)
        (folder / "state.pt").write_bytes(b"much")
    writer.prune(2, models=4)


def test_old_checkpoints_leave_their_models_spread_over_the_run(writer: RunWriter) -> None:
    for step in range(1, 25):
        _save(writer, step)
    assert [found.step for found in writer.folder.list_checkpoints()] == [23, 24]
    models = writer.folder.list_models()
    assert [found.path.read_bytes() for found in models] == [b"%d" % found.step for found in models]
    steps = [found.step for found in models]
    assert len(steps) == 6
    assert steps[0] == 1
    assert max(after - before for before, after in itertools.pairwise(steps)) <= 12
    writer.forget_after(12)
    assert all(found.step <= 12 for found in writer.folder.list_models())


def test_none_are_left_where_none_are_wanted(writer: RunWriter) -> None:
    for step in (1, 2, 3):
        with writer.checkpoint(step) as folder:
            (folder / "model.safetensors").write_bytes(b"x")
        writer.prune(1)
    assert [found.step for found in writer.folder.list_models()] == [3]


@pytest.mark.parametrize("keep", [0, 1, 2, 5, 9])
def test_thinning_keeps_the_first_and_as_many_as_wanted(keep: int) -> None:
    steps = [10, 20, 30, 40, 50, 60, 70, 80]
    left = sorted(set(steps) - set(thinned_out(steps, keep)))
    assert len(left) == min(keep, len(steps))
    assert not left or left[0] == 10
