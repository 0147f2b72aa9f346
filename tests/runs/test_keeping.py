"""Notes, the trash, and what a comparison shows of a run."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from latentlab.errors import RunError
from latentlab.runs import (
    Failed,
    Finished,
    Measured,
    Progress,
    RunInfo,
    RunState,
    RunWriter,
    Started,
    find_runs,
    trash,
)
from latentlab.runs.notes import Notes, read_notes, tags_of, write_notes
from latentlab.runs.summary import RunSummary, differing

SCHEMA = {
    "properties": {
        "settings": {
            "properties": {
                "learning_rate": {"type": "number", "description": "Of Adam."},
                "beta": {"type": "number", "description": "Of the KL."},
            }
        },
        "loop": {"properties": {"steps": {"type": "integer", "description": "How long."}}},
    }
}


def _run(path: Path, *, rate: float = 1e-3, state: RunState = RunState.FINISHED) -> RunWriter:
    config = {
        "name": "vae-digits",
        "system": "vae",
        "settings": {"learning_rate": rate, "beta": 1.0},
        "loop": {"steps": 100},
    }
    writer = RunWriter.create(path, config, SCHEMA)
    writer.write(Started(0, 100, 7, 50))
    writer.show(state, 0, 100)
    return writer


def test_notes_come_back_tidy_and_a_run_shows_them(tmp_path: Path) -> None:
    _run(tmp_path / "a").close()
    assert read_notes(tmp_path / "a") == Notes()
    write_notes(tmp_path / "a", Notes("Für später", tags_of("good,  faces ,good,")))
    assert read_notes(tmp_path / "a") == Notes("Für später", ("faces", "good"))
    assert RunInfo.read(tmp_path / "a").notes.tags == ("faces", "good")
    (tmp_path / "a" / "notes.json").write_text("[1,")
    assert read_notes(tmp_path / "a") == Notes()


def test_a_noted_run_can_be_resumed(tmp_path: Path) -> None:
    _run(tmp_path / "a").close()
    write_notes(tmp_path / "a", Notes("good"))
    RunWriter.reopen(tmp_path / "a").close()


def test_what_is_deleted_can_be_put_back(tmp_path: Path) -> None:
    for name in ("a", "b"):
        _run(tmp_path / name).close()
    gone = trash.to_trash(tmp_path / "a")
    assert [info.path.name for info in find_runs(tmp_path)] == ["b"]
    assert trash.in_trash(tmp_path) == [gone]
    trash.restore(gone)
    assert {info.path.name for info in find_runs(tmp_path)} == {"a", "b"}
    assert trash.in_trash(tmp_path) == []


def test_nothing_is_put_back_over_another_run(tmp_path: Path) -> None:
    _run(tmp_path / "a").close()
    gone = trash.to_trash(tmp_path / "a")
    _run(tmp_path / "a").close()
    with pytest.raises(RunError, match="another run named a"):
        trash.restore(gone)
    trash.empty(tmp_path)
    assert trash.in_trash(tmp_path) == []
    (tmp_path / "a").rename(tmp_path / "c")
    with pytest.raises(RunError, match="was the trash emptied"):
        trash.restore(gone)


def test_a_run_that_is_being_trained_is_never_deleted(tmp_path: Path) -> None:
    writer = _run(tmp_path / "a", state=RunState.RUNNING)
    with pytest.raises(RunError, match="a is being trained"):
        trash.to_trash(tmp_path / "a")
    writer.show(RunState.STOPPED, 0, 100)
    writer.close()
    trash.to_trash(tmp_path / "a")


def test_emptying_the_trash_leaves_what_was_only_linked(tmp_path: Path) -> None:
    _run(tmp_path / "elsewhere" / "real").close()
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "link").symlink_to(tmp_path / "elsewhere" / "real")
    trash.to_trash(runs / "link")
    trash.empty(runs)
    assert (tmp_path / "elsewhere" / "real" / "config.json").exists()


def test_disk_use_is_what_the_files_hold(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "one").write_bytes(b"x" * 1000)
    (tmp_path / "a" / "b" / "two").write_bytes(b"x" * 234)
    (tmp_path / "a" / "link").symlink_to(tmp_path / "a" / "one")
    assert abs(trash.disk_use(tmp_path / "a") - 1234) < 500
    assert trash.disk_use(tmp_path / "nothing") == 0


def test_a_summary_has_the_last_figures_and_what_differs(tmp_path: Path) -> None:
    for name, rate in (("a", 1e-3), ("b", 2e-3)):
        writer = _run(tmp_path / name, rate=rate)
        for step in range(1, 3000):  # more than is looked at
            writer.write(Progress(step, {"loss": 1 / step}, 10.0, float(step), 1.0))
        writer.write(Measured(2999, {"elbo": -20.0 * rate}))
        writer.write(Finished(2999, completed=True, seconds=3000.0))
        writer.close()
    first, second = (RunSummary.read(tmp_path / name) for name in ("a", "b"))
    assert first.measures == {"elbo": -0.02}
    assert first.losses == {"loss": 1 / 2999}
    assert first.seconds == 3000.0
    assert first.bytes > 100_000
    assert [one.path for one in differing([first, second])] == ["settings.learning_rate"]
    assert differing([first]) == []


def test_a_summary_of_a_run_that_failed_at_once_says_why(tmp_path: Path) -> None:
    writer = _run(tmp_path / "a", state=RunState.FAILED)
    writer.write(Failed(0, "There is not enough room on the disk."))
    writer.close()
    (tmp_path / "a" / "schema.json").unlink()
    summary = RunSummary.read(tmp_path / "a")
    assert summary.failure == "There is not enough room on the disk."
    assert math.isnan(summary.seconds)
    assert summary.parameters == ()
