"""Runs jobs block by block on an engine: keeps states, measures times, turns states into pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from latentlab.errors import Cancelled, RenderError
from latentlab.models.capabilities import BlockInfo
from latentlab.render.block_times import BlockTimes
from latentlab.render.edits import edited
from latentlab.render.engine import Engine
from latentlab.render.job import Job
from latentlab.render.pixels import to_pixels
from latentlab.render.previews import Situation
from latentlab.render.probe import ProbeSet
from latentlab.render.state_cache import Key, StateCache, size_of

Asked = Callable[[], bool]
Pixels = NDArray[np.uint8]


class Stage:
    """One engine, and what is known about its blocks."""

    def __init__(
        self, infos: tuple[BlockInfo, ...], engine: Engine, probes: ProbeSet, cache_bytes: int
    ) -> None:
        self.engine = engine
        self.probes = probes
        self.cache = StateCache(cache_bytes)
        self.keeps_states = True
        """False when memory is short: blocks run one by one and nothing stays."""
        self._infos = infos
        self._times = BlockTimes(infos)
        self._draws: list[bool | None] = [None] * (len(infos) - 1) + [True]

    @property
    def needs_probes(self) -> bool:
        """Whether a block may have no picture of its own."""
        return not all(self._draws)

    def use(self, engine: Engine) -> None:
        """Compute with `engine` from now on. States of the one before are of another kind."""
        self.engine.close()
        self.engine = engine
        self._times = BlockTimes(self._infos)
        self.cache.clear()

    def situation(self, job: Job, shown: tuple[Key, ...]) -> Situation:
        """What a plan of previews depends on; `shown` are the keys of the picture that is on the screen."""
        changed = next((i for i, (a, b) in enumerate(zip(job.keys, shown, strict=False)) if a != b), 0)
        cached = self._deepest_kept(job, job.target)
        return Situation(
            blocks=self._infos,
            can_show=[bool(draws) or index in self.probes for index, draws in enumerate(self._draws)],
            earliest=max(changed, cached),
            target=job.target,
            predict=lambda index: self._times.predict(cached + 1, index),
        )

    def enough(self, target: int, side: int) -> int:
        """The first block up to `target` that is known to show a picture of at least `side` pixels."""
        shows = (bool(draws) or index in self.probes for index, draws in enumerate(self._draws))
        fit = (
            index
            for index, (info, can) in enumerate(zip(self._infos[:target], shows, strict=False))
            if can and info.resolution >= side
        )
        return next(fit, target)

    def kept_pixels(self, job: Job) -> Pixels | None:
        """The job's picture, if it was there lately."""
        pixels: Pixels | None = self.cache.get(_pixels_key(job))
        return pixels

    def pixels(self, job: Job, index: int, stop: Asked) -> Pixels:
        """Run to block `index` and turn its state into pixels, (N, H, W, 3).

        Raises:
            Cancelled: `stop` said so between two blocks.
        """
        begun = perf_counter()
        first = self._advance(job, index, stop)
        reached = perf_counter()
        pixels = to_pixels(self._picture(job, index))
        now = perf_counter()
        if len(job.codes) > 1:
            return pixels  # times are of single pictures
        if self.engine.device == "cpu":
            self._times.record_showing(index, (now - reached) * 1000)
        elif first <= index:  # only the copy to the CPU waits for the device
            self._times.record_stretch(first, index, (now - begun) * 1000)
        if index == job.target and self._keeps(job):
            self.cache.put(_pixels_key(job), pixels, pixels.nbytes)
        return pixels

    def features(self, job: Job, index: int, stop: Asked) -> Tensor | None:
        """What block `index` hands on, edited, in float32: (N, C, H, W) or (N, C); None where that is nothing.

        Raises:
            Cancelled: `stop` said so between two blocks.
        """
        self._advance(job, index, stop)
        assert job.reached is not None
        return self.engine.to_state(index, job.reached[1]).features

    def lacks_probe(self, job: Job, stop: Asked) -> bool:
        """Run to the job's target, and tell whether its picture needs a probe that is not finally fitted yet."""
        if self._draws[job.target]:
            return False
        self._advance(job, job.target, stop)
        return not self._draws[job.target] and not self.probes.complete

    def _picture(self, job: Job, index: int) -> Tensor:
        """What block `index` shows, (N, C, h, w): its own picture, or its probe's."""
        assert job.reached is not None
        picture = self.engine.picture(index, job.reached[1])
        if picture is not None:
            return picture
        features = self.engine.to_state(index, job.reached[1]).features
        if features is None or index not in self.probes:
            raise RenderError(f"Block {self._infos[index].name} has nothing to show: choose another layer.")
        return self.probes.picture(index, features)

    def _advance(self, job: Job, target: int, stop: Asked) -> int:
        """Bring the job to block `target` from the deepest state known; returns the first block that ran."""
        kept = self._deepest_kept(job, target) if job.keep else -1
        if kept >= 0 and (job.reached is None or job.reached[0] < kept):
            states = [self.cache.get(key) for key in job.keys[: kept + 1]]  # all of them were of use
            job.reached = (kept, states[-1])
        elif job.reached is None:
            job.reached = (-1, self.engine.start(job.image, job.transform))
        first = job.reached[0] + 1
        for a, b in _stretches(first, target, job):
            self._run(job, a, b, stop)
        return first

    def _deepest_kept(self, job: Job, target: int) -> int:
        return next((i for i in range(target, -1, -1) if job.keys[i] in self.cache), -1)

    def _run(self, job: Job, first: int, last: int, stop: Asked) -> None:
        """Run blocks `first` to `last`, edit what `last` hands on, and keep the states."""
        assert job.reached is not None
        states = self._states(job, first, last, job.reached[1], stop)
        if last in states and last in job.edits:
            plain = self.engine.to_state(last, states[last])
            states[last] = self.engine.from_state(last, edited(plain, job.edits[last]))
        for index, state in states.items():
            if self._draws[index] is None:
                self._draws[index] = self.engine.picture(index, state) is not None
            if self._keeps(job) and index < len(self._infos) - 1:
                self.cache.put(job.keys[index], state, size_of(state))
        if last not in states:
            raise Cancelled
        job.reached = (last, states[last])

    def _states(self, job: Job, first: int, last: int, state: Any, stop: Asked) -> dict[int, Any]:
        if self.keeps_states:
            laps = _Laps(stop)
            states = self.engine.run_through(first, last, state, job.codes, job.noise, laps)
            self._note_times(first, last, laps, batch=len(job.codes), complete=last in states)
            return states
        for index in range(first, last + 1):
            if index > first and stop():
                return {}
            state = self.engine.run(index, state, job.codes, job.noise[index])
        return {last: state}

    def _keeps(self, job: Job) -> bool:
        return self.keeps_states and job.keep

    def _note_times(self, first: int, last: int, laps: _Laps, *, batch: int, complete: bool) -> None:
        milliseconds = laps.finish()
        if self.engine.device != "cpu" or not complete or batch > 1:
            return
        if len(milliseconds) == last - first + 1:
            self._times.record_blocks(first, milliseconds)
        else:
            self._times.record_stretch(first, last, sum(milliseconds))


class _Laps:
    """Asks whether to stop, and notes when it was asked: engines ask between blocks."""

    def __init__(self, stop: Asked) -> None:
        self._stop = stop
        self._moments = [perf_counter()]

    def __call__(self) -> bool:
        self._moments.append(perf_counter())
        return self._stop()

    def finish(self) -> list[float]:
        """Milliseconds between askings, up to now."""
        return [(b - a) * 1000 for a, b in pairwise([*self._moments, perf_counter()])]


def _stretches(first: int, last: int, job: Job) -> Iterator[tuple[int, int]]:
    """Cut blocks `first` to `last` behind each one whose features are edited."""
    while first <= last:
        end = min((index for index in job.edits if first <= index < last), default=last)
        yield first, end
        first = end + 1


def _pixels_key(job: Job) -> Key:
    return job.keys[job.target] + b"pixels"
