"""The loop: events in order, stops when asked, resumes with no seam, fails cleanly."""

from __future__ import annotations

import contextlib
import errno
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from latentlab.errors import LatentLabError, RunError, TrainingError
from latentlab.formats import open_model
from latentlab.runs import (
    Coded,
    Curves,
    Event,
    Failed,
    Finished,
    Measured,
    Preparing,
    Progress,
    Request,
    RollBack,
    RolledBack,
    RunFolder,
    RunFollower,
    RunState,
    Sampled,
    Saved,
    Started,
    Warned,
)
from tests.trainers.toys.vae import TOYS
from trainers import checkpoint
from trainers.config import RunConfig
from trainers.loop import train
from trainers.starting import Job
from trainers.systems.vae import VAESystem

TOY = TOYS[0]


def run(job: Job, stop_after: int = 1 << 30) -> list[Event]:
    asked = iter(range(1 << 30))
    events = train(job, lambda: next(asked) >= stop_after)
    return [event for event in events if not isinstance(event, Preparing)]


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


@pytest.fixture(autouse=True)
def prepared(home: Path) -> None:
    """The digits are in the cache, so that `stop_after` counts steps alone."""
    from trainers import data

    for _ in data.prepare(TOY.data):
        pass


def test_events_tell_the_whole_run(tmp_path: Path) -> None:
    config = TOY.config(steps=24, report_every=8, sample_every=12, checkpoint_every=8)
    events = [event for event in run(Job(config, tmp_path)) if not isinstance(event, Warned)]
    sampled = [Progress, Measured, Coded, Sampled]
    assert kinds(events) == [Started, Progress, Saved, *sampled, Progress, Saved, *sampled, Saved, Finished]
    started, finished = events[0], events[-1]
    assert isinstance(started, Started)
    assert isinstance(finished, Finished)
    assert (started.step, started.steps, started.items + started.held_out) == (0, 24, 1797)
    assert (finished.step, finished.completed) == (24, True)
    progress = [event for event in events if isinstance(event, Progress)]
    assert [event.step for event in progress] == [8, 12, 16, 24]
    assert all(event.images_per_second > 0 for event in progress)
    assert progress[-1].seconds_left == 0
    assert {"loss", "reconstruction", "kl"} <= set(progress[0].losses)
    for event in events:
        if isinstance(event, (Saved, Sampled)):
            assert (tmp_path / event.path).exists()


def test_what_is_yielded_is_what_the_log_says(tmp_path: Path) -> None:
    events = run(Job(TOY.config(), tmp_path))
    entries = list(RunFollower(tmp_path).read())
    assert [entry.number for entry in entries] == list(range(len(entries)))
    assert [repr(entry.event) for entry in entries] == [repr(event) for event in events]  # NaN equals nothing


def test_the_model_of_a_checkpoint_opens_with_its_card(tmp_path: Path) -> None:
    run(Job(TOY.config(), tmp_path))
    found = RunFolder(tmp_path).list_checkpoints()[-1]
    opened = open_model(found.model)
    assert opened.generator.capabilities.has_encoder
    assert "8 of 8 steps" in opened.card.recipe
    assert dict(opened.card.measures)["Active units"].endswith("of 4")


def test_weights_are_stored_once(tmp_path: Path) -> None:
    run(Job(TOY.config(), tmp_path))
    found = RunFolder(tmp_path).list_checkpoints()[-1]
    state = torch.load(found.state, weights_only=True)
    assert all(isinstance(value, str) for value in state["system"]["network"].values())
    assert all(isinstance(value, torch.Tensor) for value in state["system"]["average"].values())


def test_the_curve_of_a_resumed_run_has_no_seam(tmp_path: Path) -> None:
    config = TOY.config(steps=16, checkpoint_every=4)
    whole, parts = Curves(), Curves()
    run(Job(config, tmp_path / "whole"))
    whole.extend(RunFollower(tmp_path / "whole").read())
    # Killed at step 7: the log goes on to step 6, the last checkpoint is of step 4.
    events = train(Job(config, tmp_path / "parts"), lambda: False)
    while not (isinstance(event := next(events), Progress) and event.step == 6):
        pass
    events.close()
    run(Job(config, tmp_path / "parts", resume=True))
    parts.extend(RunFollower(tmp_path / "parts").read())
    assert list(parts.losses) == list(whole.losses)
    for name, curve in whole.losses.items():
        assert curve.steps.tolist() == list(range(2, 17, 2))
        assert parts.losses[name].steps == curve.steps
        assert parts.losses[name].values == curve.values


def test_tensorboard_shows_one_curve_after_a_resume(tmp_path: Path) -> None:
    config = TOY.config(steps=16, checkpoint_every=4)
    events = train(Job(config, tmp_path), lambda: False)
    while not (isinstance(event := next(events), Progress) and event.step == 6):
        pass
    events.close()
    run(Job(config, tmp_path, resume=True))
    curves = Curves()
    curves.extend(RunFollower(tmp_path).read())
    shown = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    points = shown.Scalars("loss")
    assert [point.step for point in points] == list(range(2, 17, 2))
    assert [point.value for point in points] == pytest.approx(curves.losses["loss"].values.tolist())
    assert [image.step for image in shown.Images("samples")] == [16]


def test_resuming_a_finished_run_trains_nothing(tmp_path: Path) -> None:
    run(Job(TOY.config(), tmp_path))
    found = RunFolder(tmp_path).list_checkpoints()[-1]
    before = found.model.read_bytes()
    assert kinds(run(Job(TOY.config(), tmp_path, resume=True))) == [Started, Finished]
    assert found.model.read_bytes() == before


def test_a_folder_with_a_run_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "run"
    run(Job(TOY.config(), out), stop_after=1)
    with pytest.raises(RunError, match="already holds a run"):
        run(Job(TOY.config(), out))
    with pytest.raises(TrainingError, match=r"another configuration \(loop.batch_size differ"):
        run(Job(TOY.config(batch_size=5), out, resume=True))
    with pytest.raises(RunError, match="no run to resume"):
        run(Job(TOY.config(), tmp_path / "elsewhere", resume=True))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.tex").touch()
    with pytest.raises(RunError, match=r"other files \(thesis.tex\)"):
        run(Job(TOY.config(), tmp_path / "home"))


def test_how_often_things_are_recorded_may_change_on_resume(tmp_path: Path) -> None:
    run(Job(TOY.config(), tmp_path), stop_after=3)
    events = run(Job(TOY.config(report_every=1, keep=1), tmp_path, resume=True))
    assert [event.step for event in events if isinstance(event, Progress)] == [4, 5, 6, 7, 8]
    assert [found.step for found in RunFolder(tmp_path).list_checkpoints()] == [8]


def test_recent_checkpoints_and_milestones_are_kept(tmp_path: Path) -> None:
    run(Job(TOY.config(steps=12, checkpoint_every=2, keep=2, milestone_every=4), tmp_path))
    found = {checkpoint.step: checkpoint.milestone for checkpoint in RunFolder(tmp_path).list_checkpoints()}
    assert found == {4: True, 6: False, 8: True, 10: False, 12: True}


def test_stopping_before_the_first_step_saves_nothing(tmp_path: Path) -> None:
    events = run(Job(TOY.config(), tmp_path), stop_after=0)
    assert isinstance(events[-1], Finished)
    assert not events[-1].completed
    assert not (tmp_path / "checkpoints").exists()


def test_viewers_can_pause_save_and_stop_a_run(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    events = train(Job(TOY.config(steps=100_000, report_every=1), tmp_path), lambda: False)
    seen: list[Event] = []

    def go_on_until(kind: type[Event]) -> Event:
        for event in events:
            seen.append(event)
            if isinstance(event, kind):
                return event
        raise AssertionError(f"no {kind}")

    go_on_until(Progress)
    folder.control.ask(Request.SNAPSHOT)
    saved = go_on_until(Saved)
    assert isinstance(saved, Saved)
    assert folder.control.asked() == frozenset()
    folder.control.ask(Request.PAUSE)
    states: list[RunState] = []

    def look_and_go_on() -> None:
        while (status := folder.read_status()) is None or status.state is not RunState.PAUSED:
            pass
        states.append(status.state_now())
        folder.control.take_back(Request.PAUSE)

    viewer = threading.Thread(target=look_and_go_on)
    viewer.start()
    while viewer.is_alive():
        go_on_until(Progress)
    viewer.join()
    assert states == [RunState.PAUSED]
    folder.control.ask(Request.STOP)
    finished = go_on_until(Finished)
    assert isinstance(finished, Finished)
    assert not finished.completed
    assert list(events) == []
    status = folder.read_status()
    assert status is not None
    assert status.state_now() is RunState.STOPPED
    assert folder.list_checkpoints()[-1].step == finished.step


@pytest.fixture
def explosion(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A layer that gives infinity at step 6, unless its learning rate was lowered; the rates that were tried."""
    step_of = VAESystem.train_step
    rates: list[float] = []

    def train_step(self: VAESystem, batch: object, step: int, noise: torch.Generator) -> dict[str, float]:
        rate = self.config.learning_rate
        rates.append(rate)
        layer = self.network.encoder[0]
        bad = step == 6 and rate > 0.9e-3
        handle = layer.register_forward_pre_hook(lambda _, given: (given[0] / 0,) if bad else None)
        try:
            return step_of(self, batch, step, noise)  # type: ignore[arg-type]
        finally:
            handle.remove()

    monkeypatch.setattr(VAESystem, "train_step", train_step)
    return rates


@pytest.mark.usefixtures("explosion")
def test_infinity_stops_the_run_and_names_layer_and_step(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"step 6.*First found in the output of vae\.encoder\.0"):
        run(Job(TOY.config(checkpoint_every=4), tmp_path))
    last = list(RunFollower(tmp_path).read())[-1].event
    assert isinstance(last, Failed)
    assert "vae.encoder.0" in last.text
    folder = RunFolder(tmp_path)
    status = folder.read_status()
    assert status is not None
    assert status.state is RunState.FAILED
    assert [found.step for found in folder.list_checkpoints()] == [4]


def test_a_run_rolls_back_with_a_lower_rate(tmp_path: Path, explosion: list[float]) -> None:
    config = TOY.config(checkpoint_every=4, roll_backs=1, roll_back_rate=0.5)
    events = run(Job(config, tmp_path))
    back = next(event for event in events if isinstance(event, RolledBack))
    assert (back.step, back.to_step) == (6, 4)
    assert "0.5" in back.change
    assert isinstance(events[-1], Finished)
    assert events[-1].completed
    assert explosion[-1] == pytest.approx(0.5e-3)
    curves = Curves()
    curves.extend(RunFollower(tmp_path).read())
    assert curves.losses["loss"].steps.tolist() == [2, 4, 6, 8]
    saved = checkpoint.load(RunFolder(tmp_path).list_checkpoints()[-1])[1]
    assert saved["rate"] == 0.5


@pytest.fixture
def attentive(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop looks at what is asked before every step."""
    monkeypatch.setattr("latentlab.runs.writer._ASK_EVERY", 0.0)


@pytest.mark.usefixtures("attentive")
def test_a_run_goes_back_where_a_viewer_says(tmp_path: Path) -> None:
    """Without another rate it does again, bit for bit, what it did before."""
    config = TOY.config(steps=8, checkpoint_every=2)
    straight = Curves()
    run(Job(config, tmp_path / "straight"))
    straight.extend(RunFollower(tmp_path / "straight").read())
    folder, curves = RunFolder(tmp_path / "back"), Curves()
    said = []
    for event in train(Job(config, folder.path), lambda: False):
        said.append(event)
        if isinstance(event, Saved) and event.step == 6 and RolledBack not in kinds(said):
            folder.control.ask_roll_back(RollBack(4))
    back = next(event for event in said if isinstance(event, RolledBack))
    assert (back.step, back.to_step, back.change) == (6, 4, "")
    assert not folder.control.asked()
    curves.extend(RunFollower(folder.path).read())
    assert curves.losses["loss"].steps == straight.losses["loss"].steps
    assert curves.losses["loss"].values == straight.losses["loss"].values


@pytest.mark.usefixtures("attentive")
def test_a_roll_back_to_what_is_not_there_changes_nothing(tmp_path: Path) -> None:
    config = TOY.config(steps=8, checkpoint_every=2)
    folder, said = RunFolder(tmp_path), []
    for event in train(Job(config, tmp_path), lambda: False):
        said.append(event)
        if isinstance(event, Started):
            folder.control.ask_roll_back(RollBack(1000, 0.5))
    assert RolledBack not in kinds(said)
    assert isinstance(said[-1], Finished)
    assert not folder.control.asked()


@pytest.mark.usefixtures("explosion")
def test_a_roll_back_is_kept_by_a_resumed_run(tmp_path: Path) -> None:
    config = TOY.config(checkpoint_every=4, roll_backs=1)
    events = train(Job(config, tmp_path), lambda: False)
    while not isinstance(next(events), RolledBack):
        pass
    next(events)  # the checkpoint that remembers it
    events.close()
    assert RolledBack not in kinds(run(Job(config, tmp_path, resume=True)))


def test_a_damaged_checkpoint_is_told_and_the_one_before_is_taken(tmp_path: Path) -> None:
    config = TOY.config(checkpoint_every=2, steps=10)
    run(Job(config, tmp_path), stop_after=6)
    newest = RunFolder(tmp_path).list_checkpoints()[-1]
    newest.state.write_bytes(newest.state.read_bytes()[:100])
    events = run(Job(config, tmp_path, resume=True))
    assert isinstance(events[0], Warned)
    assert "step 6 is damaged" in events[0].text
    assert isinstance(events[1], Started)
    assert events[1].step == 4
    assert isinstance(events[-1], Finished)


@contextlib.contextmanager
def small_files() -> Iterator[None]:
    """No file may grow beyond what events take, as on a disk that is full."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def no_events() -> Iterator[None]:
    """The log cannot be written."""

    def refuse(_: object) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("latentlab.runs.writer.to_line", refuse)
        yield


@pytest.mark.parametrize("full", [small_files, no_events])
def test_a_full_disk_stops_the_run_and_keeps_the_last_checkpoint(
    tmp_path: Path, full: Callable[[], contextlib.AbstractContextManager[None]]
) -> None:
    config = TOY.config(steps=16, checkpoint_every=4)
    events = train(Job(config, tmp_path), lambda: False)
    while not isinstance(next(events), Saved):
        pass
    with full(), pytest.raises(LatentLabError, match="not enough room on the disk"):
        list(events)
    (found,) = RunFolder(tmp_path).list_checkpoints()
    assert found.step == 4
    assert checkpoint.load(found)
    assert not [path for path in (tmp_path / "checkpoints").iterdir() if path.name.startswith(".")]
    assert isinstance(run(Job(config, tmp_path, resume=True))[-1], Finished)


def test_an_old_run_is_explained(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"name": "old", "system": {"network": {}}}))
    with pytest.raises(TrainingError, match="earlier version"):
        run(Job(TOY.config(), tmp_path, resume=True))


def test_a_branch_begins_at_a_checkpoint_and_goes_its_own_way(tmp_path: Path) -> None:
    config = TOY.config(checkpoint_every=4)
    run(Job(config, tmp_path / "run"))
    start = RunFolder(tmp_path / "run").list_checkpoints()[0]
    settings = config.settings.model_copy(update={"learning_rate": 1e-4})
    other: RunConfig = config.model_copy(update={"settings": settings})
    events = run(Job(other, tmp_path / "branch", branch=start))
    assert isinstance(events[0], Started)
    assert events[0].step == 4
    written = RunFolder(tmp_path / "branch").read_config()
    assert written["settings"]["learning_rate"] == 1e-4
    # Killed before its first checkpoint, a branch begins again where it began.
    run(Job(other, tmp_path / "branch2", branch=start), stop_after=0)
    resumed = run(Job(other, tmp_path / "branch2", resume=True))
    assert isinstance(resumed[0], Started)
    assert resumed[0].step == 4
