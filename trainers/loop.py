"""The training loop: a generator of events that the command line, tests and processes share.

What a step sees is a function of the seed and the step's number alone, so a resumed run needs no random state and
its curve has no seam: N + N steps are 2N, bit for bit. The first process of a team writes the run's folder.
"""

from __future__ import annotations

import contextlib
import errno
import math
import time
from collections.abc import Callable, Iterator

import torch

from latentlab.errors import LatentLabError, TrainingError
from latentlab.runs import (
    Event,
    Failed,
    Finished,
    Measured,
    Preparing,
    Progress,
    Request,
    RolledBack,
    RunState,
    RunWriter,
    Sampled,
    Saved,
    Started,
)
from trainers import data, device, memory, starting
from trainers.figures import figures
from trainers.finite import NotFiniteError
from trainers.showing import Showing
from trainers.starting import Job
from trainers.tally import Tally
from trainers.team import ALONE, Team
from trainers.training import Training
from trainers.watching import Watchers, watchers_for

_WISHES = (None, Request.SNAPSHOT, Request.PAUSE, Request.STEP, Request.ROLL_BACK, Request.STOP)
"""The later one of two wishes wins."""
_PAUSE_LOOK = 0.1
"""Seconds between looks during a pause."""
_FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SHOWN_FILES = 20
"""Unreadable files that an event names."""


def train(job: Job, should_stop: Callable[[], bool], team: Team = ALONE) -> Iterator[Event]:
    """Train until the last step, or until `should_stop` or a viewer says so; then save.

    Args:
        job: what is trained, and where its folder is.
        should_stop: asked before every step.
        team: the processes that train together.

    Raises:
        LatentLabError: the folder holds another run or none to resume, the data cannot be read, something is not
            finite, or the disk is full. The last event and the last checkpoint are on disk.
    """
    try:
        writer = starting.open_run(job) if team.rank == 0 else None
    except OSError as error:
        raise _in_words(error, job.config.loop.batch_size) from error
    session = _Session(job, team, writer)
    try:
        for event in session.events(should_stop):
            session.record(event)
            yield event
    except Exception as error:
        failure = session.failed(error)
        if failure is error:
            raise
        raise failure from error
    finally:
        session.close()


class _Session:
    """One process's work on a run, from the first event to the last."""

    def __init__(self, job: Job, team: Team, writer: RunWriter | None) -> None:
        self._job = job
        self._config = job.config
        self._team = team
        self._writer = writer
        self._state = RunState.STOPPED
        self._step = 0
        self._told_at = 0.0
        self._show(RunState.PREPARING)

    def record(self, event: Event) -> None:
        """Write an event, in the first process."""
        if self._writer is not None:
            self._writer.write(event)

    def failed(self, error: Exception) -> Exception:
        """Put an error on record; returns it as the user should see it."""
        told = _in_words(error, self._config.loop.batch_size)
        self._state = RunState.FAILED
        with contextlib.suppress(OSError):  # it may be the disk that the error is about
            self.record(Failed(self._step, str(told) or type(told).__name__))
        return told

    def close(self) -> None:
        """Show the last state and let go of the folder."""
        if self._writer is None:
            return
        with contextlib.suppress(OSError):
            self._show(self._state)
        self._writer.close()

    def events(self, should_stop: Callable[[], bool]) -> Iterator[Event]:
        """Everything that happens."""
        loop = self._config.loop
        if loop.threads:
            torch.set_num_threads(loop.threads)
        if self._team.rank == 0:
            for share, text in data.prepare(self._config.data, self._job.workers):
                yield Preparing(share, text)
                if should_stop():
                    yield Finished(0, completed=False)
                    return
        self._team.barrier()
        items = data.open_data(self._config.data)
        where = device.choose(loop.device, self._team.local_rank)
        with Training(self._config, items, where, self._team) as training:
            yield from starting.restore(self._job, training)
            self._step, self._told_at = training.step, training.seconds
            if self._writer is not None:
                self._writer.forget_after(training.step)
            yield Started(
                step=training.step,
                steps=loop.steps,
                parameters=training.parameters,
                items=items.count,
                held_out=items.held_out.count,
                batch_size=loop.batch_size,
                device=where,
                processes=self._team.size,
                memory_total=memory.total(where),
                skipped=tuple(f"{file.name}: {file.reason}" for file in items.skipped[:_SHOWN_FILES]),
                skipped_count=len(items.skipped),
            )
            self._show(RunState.RUNNING)
            yield from self._steps(training, should_stop)

    def _steps(self, training: Training, should_stop: Callable[[], bool]) -> Iterator[Event]:
        loop = self._config.loop
        watched = watchers_for(self._config, training.items.shape) if self._writer else []
        watchers, tally = Watchers(watched, training.more.get("watchers", {})), Tally()
        showing = Showing(training, self._writer) if self._writer else None
        if self._job.branch is not None:  # a branch that is killed at once begins again where it began
            yield from self._save(training, watchers)
        saved, backs = training.step, 0
        while training.step < loop.steps:
            wish = self._wish(should_stop)
            if wish is Request.PAUSE:
                wish = self._pause(training, should_stop, showing)
            if wish is Request.STOP:
                break
            if wish is Request.ROLL_BACK:
                if (back := self._asked_back(training)) is not None:
                    yield back
                    yield from self._save(training, watchers)
                    saved, tally = training.step, Tally()
                continue
            try:
                losses = training.advance()
            except NotFiniteError as error:
                backs += 1
                yield self._roll_back(training, error, backs)
                yield from self._save(training, watchers)
                saved, tally = training.step, Tally()
                continue
            self._step = step = training.step
            tally.add(losses)
            yield from watchers.step(step, losses)
            last = step == loop.steps
            alone = wish is Request.STEP
            sheet_due = last or step % loop.sample_every == 0
            save_due = last or step % loop.checkpoint_every == 0 or wish is Request.SNAPSHOT
            if sheet_due or save_due or alone or step % loop.report_every == 0:
                yield self._progress(training, tally, alone=alone)
            if sheet_due:
                yield from self._sample(training, watchers)
            if save_due:
                yield from self._save(training, watchers)
                saved = step
            if showing is not None:
                showing.after_step(alone=alone, should_stop=should_stop)
        if tally.count:
            yield self._progress(training, tally)
        if saved < training.step:
            yield from self._save(training, watchers)
        completed = training.step == loop.steps
        self._state = RunState.FINISHED if completed else RunState.STOPPED
        yield Finished(training.step, completed, training.seconds, training.time.overhead)

    def _wish(self, should_stop: Callable[[], bool]) -> Request | None:
        """What is to happen before the next step; the same in every process."""
        asked: frozenset[Request] = self._writer.asked() if self._writer else frozenset()
        if should_stop():
            asked |= {Request.STOP}
        number = max((_WISHES.index(wish) for wish in asked), default=0)
        wish = _WISHES[self._team.largest(number)]
        if wish is Request.STEP and self._writer is not None:
            self._writer.done(Request.STEP)
        return wish

    def _pause(
        self, training: Training, should_stop: Callable[[], bool], showing: Showing | None
    ) -> Request | None:
        """Wait until nobody asks for a pause any more, or for one step in spite of it; returns what is asked."""
        self._show(RunState.PAUSED)
        while (wish := self._wish(should_stop)) is Request.PAUSE:
            if showing is not None:
                showing.in_pause()
            time.sleep(_PAUSE_LOOK)
        training.time.forget_time()
        if wish is not Request.STEP:
            self._show(RunState.RUNNING)
        return wish

    def _roll_back(self, training: Training, error: NotFiniteError, times: int) -> RolledBack:
        """Go to the newest checkpoint with lower learning rates.

        Raises:
            NotFiniteError: `error`, where the run may not go back, or has done so often enough.
        """
        loop = self._config.loop
        if self._writer is None or self._team.size > 1 or times > loop.roll_backs:
            raise error
        failed_at = training.step
        found = self._writer.folder.list_checkpoints()
        training.load(found[-1] if found else None, loop.roll_back_rate)
        self._step = training.step
        change = f"Learning rates x {training.rate:.3g}."
        return RolledBack(failed_at, training.step, str(error), change)

    def _asked_back(self, training: Training) -> RolledBack | None:
        """Go to the checkpoint that a viewer chose; None where it is not there, or a team trains."""
        if self._writer is None:
            return None
        folder, step = self._writer.folder, training.step
        wanted = folder.control.roll_back_wanted()
        self._writer.done(Request.ROLL_BACK)
        found = [one for one in folder.list_checkpoints() if wanted and one.step == wanted.step]
        if not found or wanted is None or self._team.size > 1:
            return None
        training.load(found[0], wanted.rate)
        self._writer.forget_after(training.step)
        self._step = training.step
        change = f"Learning rates x {training.rate:.3g}." if wanted.rate != 1 else ""
        return RolledBack(step, training.step, "Somebody asked for it.", change)

    def _progress(self, training: Training, tally: Tally, *, alone: bool = False) -> Progress:
        training.time.end_block()
        left, error = training.time.left(training.step)
        count, seconds = tally.count, training.seconds
        speed = count * self._config.loop.batch_size / max(1e-9, seconds - self._told_at)
        self._told_at = seconds
        losses = self._team.means(tally.take())
        self._show(RunState.PAUSED if alone else RunState.RUNNING, left)
        in_use = memory.in_use(training.device)
        return Progress(training.step, losses, speed, seconds, left, error, in_use)

    def _sample(self, training: Training, watchers: Watchers) -> Iterator[Event]:
        if self._writer is not None:
            training.time.waited()
            sight = training.look()
            path = self._writer.folder.samples / f"step-{training.step:08d}.png"
            training.write_sheet(sight, path)
            yield Measured(training.step, sight.measures)
            yield from figures(sight)
            yield Sampled(training.step, f"samples/{path.name}")
            if training.shows_plane:
                training.write_plane(path.with_suffix(".npz"))
            yield from watchers.sampled(sight)
            training.time.spent("sample")

    def _save(self, training: Training, watchers: Watchers) -> Iterator[Event]:
        if self._writer is not None:
            training.time.waited()
            loop, step = self._config.loop, training.step
            milestone = bool(loop.milestone_every) and step % loop.milestone_every == 0
            training.more["watchers"] = watchers.state_dict()
            with self._writer.checkpoint(step, milestone=milestone) as folder:
                training.save(folder)
            self._writer.prune(loop.keep, loop.keep_models)
            self._writer.done(Request.SNAPSHOT)
            name = self._writer.folder.checkpoint_folder(step).name
            yield Saved(step, f"checkpoints/{name}", milestone)
            training.time.spent("checkpoint")

    def _show(self, state: RunState, seconds_left: float | None = None) -> None:
        if self._writer is not None:
            known = seconds_left if seconds_left is not None and math.isfinite(seconds_left) else None
            self._writer.show(state, self._step, self._config.loop.steps, known)


def _in_words(error: Exception, batch_size: int) -> Exception:
    """The error as a user should see it, with cause and remedy; the same one where it already says so."""
    text = str(error)
    if any(isinstance(found, OSError) and found.errno in _FULL_DISK for found in (error, error.__cause__)):
        return TrainingError(
            "There is not enough room on the disk: free some and resume the run. What was saved before is intact."
        )
    if isinstance(error, LatentLabError):
        return error
    if isinstance(error, OSError):
        return TrainingError(f"The run's folder cannot be written ({text}): see to it, then resume the run.")
    if isinstance(error, torch.OutOfMemoryError) or "not enough memory" in text:
        return TrainingError(
            f"There is not enough memory for batches of {batch_size}: choose a smaller one with --batch-size."
        )
    if isinstance(error, RuntimeError) and ("gloo" in text.lower() or "nccl" in text.lower()):
        return TrainingError(
            f"Another process of the team is gone ({text.splitlines()[0][:120]}): see its messages, then resume."
        )
    return error
