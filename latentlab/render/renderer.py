"""Recipes to pictures: previews while a hand moves, the full picture after, nothing computed twice."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from latentlab.errors import Cancelled, RenderError
from latentlab.formats.report import OpenedModel
from latentlab.latents.directions import DirectionSet
from latentlab.models.capabilities import BlockInfo
from latentlab.models.generator import Generator
from latentlab.render import devices
from latentlab.render.block_times import BlockTimes
from latentlab.render.edits import edited
from latentlab.render.engine import Engine
from latentlab.render.factories import Precision
from latentlab.render.frame import Frame
from latentlab.render.job import Job, JobMaker
from latentlab.render.modes import prepare_engine
from latentlab.render.out_of_memory import free_memory, is_out_of_memory
from latentlab.render.photos import PhotoShelf
from latentlab.render.pixels import to_pixels
from latentlab.render.previews import Situation, plan
from latentlab.render.probe import ProbeSet
from latentlab.render.probe_fitting import Progress, fit_probes
from latentlab.render.request import RenderRequest, Timing
from latentlab.render.state_cache import StateCache, size_of
from latentlab.render.torch_engine import TorchEngine, device_of
from latentlab.render.twin import twin_of

logger = logging.getLogger(__name__)

Asked = Callable[[], bool]
Pixels = NDArray[np.uint8]


def never() -> bool:
    """Nothing ever asks this work to stop."""
    return False


def _unseen(share: float, what: str) -> None:
    """Progress that nobody watches."""


class Renderer:
    """Owns one model on one device. Used by one thread at a time."""

    def __init__(
        self,
        model: OpenedModel,
        *,
        device: str = "auto",
        directions: DirectionSet | None = None,
        precision: Precision = "auto",
        notice: Callable[[str], None] = logger.warning,
        cache_bytes: int = 512 << 20,
        make_engine: Callable[[Generator], Engine] = TorchEngine,
    ) -> None:
        """Take a model over.

        Args:
            model: its generator is moved to the device.
            device: "auto", "cpu", "cuda:0", "mps".
            directions: what recipes may name in `directions`; may be set later.
            precision: which engines `prepare_fast` may choose.
            notice: called with a sentence when something is not as asked for: another device, less memory.
            cache_bytes: most memory that states kept between pictures may take.
            make_engine: what computes until something faster was prepared, and after moving to the CPU.
        """
        device = devices.choose(device, notice=notice)
        devices.set_threads()
        if str(device_of(model.generator)) != device:
            model.generator.to(device)
        self._generator = model.generator
        self._infos: tuple[BlockInfo, ...] = tuple(block.info for block in model.generator.blocks)
        self._notice = notice
        can = model.generator.capabilities
        self._jobs = JobMaker(model.generator, photo=PhotoShelf(can.image_channels, can.resolution))
        self._jobs.directions = directions
        self._make_engine = make_engine
        self._engine = make_engine(model.generator)
        self._times = BlockTimes(self._infos)
        self._cache = StateCache(cache_bytes)
        self._shows: list[bool | None] = [None] * len(self._infos)
        self._shows[-1] = True
        self._spare_memory = False
        self._fingerprint = model.fingerprint
        self._probes = ProbeSet.load(model.fingerprint, self._infos) or ProbeSet({}, complete=False)
        self._precision: Precision = precision
        self._prepared: Engine | None = None
        self._shown_keys: tuple[bytes, ...] = ()
        self._last_preview: int | None = None
        self._finished: deque[float] = deque(maxlen=60)
        self._last_ms = 0.0

    @property
    def engine(self) -> Engine:
        """What computes at present."""
        return self._engine

    @property
    def directions(self) -> DirectionSet | None:
        """What recipes may name."""
        return self._jobs.directions

    @directions.setter
    def directions(self, directions: DirectionSet | None) -> None:
        self._jobs.directions = directions

    @property
    def precision(self) -> Precision:
        """Which engines may be used. Setting another returns to plain torch until `prepare_fast` was called."""
        return self._precision

    @precision.setter
    def precision(self, precision: Precision) -> None:
        if precision != self._precision:
            self._precision = precision
            self._prepared = self._make_engine(self._generator)

    @property
    def cached_bytes(self) -> int:
        """Memory that states and pictures kept from before take."""
        return self._cache.size_bytes

    @property
    def timing(self) -> Timing:
        """How fast pictures came lately."""
        now = perf_counter()
        return Timing(self._last_ms, float(sum(now - moment <= 1.0 for moment in self._finished)))

    def render(
        self, request: RenderRequest, cancelled: Asked = never, closing: Asked = never
    ) -> Iterator[Frame]:
        """Render previews and the full picture, or while dragging the one preview that fits the budget.

        The first picture is always finished, so that a stream of requests shows something; refinement stops
        between blocks once `cancelled`. `closing` stops anything between blocks.

        Raises:
            RecipeError: the recipe does not fit the model.
            RenderError: memory does not suffice on any device, or the network produced NaN.
        """
        started = perf_counter()
        while True:
            try:
                yield from self._frames(request, cancelled, closing, started)
                return
            except Cancelled:
                return
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                logger.info("Out of memory", exc_info=True)
            self._make_room()  # outside the handler: the error's trace holds on to states

    def prepare_probes(self, progress: Progress, cancelled: Asked) -> bool:
        """Fit the probes that this model needs, unless it was done before; False when cancelled.

        Takes seconds to minutes. `cancelled` is asked between blocks and may call `render`.
        """
        if self._probes.complete or all(self._shows):
            return True
        twin = twin_of(self._generator)
        probes = fit_probes(
            twin, TorchEngine(twin), progress=progress, cancelled=cancelled, first_guess=self._take_probes
        )
        if probes is None:
            return False
        self._take_probes(probes)
        probes.save(self._fingerprint)
        return True

    def prepare_fast(self, progress: Progress, cancelled: Asked) -> str | None:
        """Prepare the fastest engine that was found to look the same; the next picture is computed with it.

        Takes seconds to minutes the first time. `cancelled` is asked often and may call `render`.

        Returns:
            The engine's name; None where plain torch stays, or when cancelled.
        """
        try:
            engine = prepare_engine(
                self._generator, self._fingerprint, self._precision, progress=progress, cancelled=cancelled
            )
        except Cancelled:
            return None
        self._prepared = engine
        return engine.name if engine else None

    def close(self) -> None:
        """Give back memory. The renderer is not used afterwards."""
        if self._prepared is not None:
            self._prepared.close()
        self._engine.close()
        self._cache.clear()
        self._jobs.forget()

    def _frames(
        self, request: RenderRequest, cancelled: Asked, closing: Asked, started: float
    ) -> Iterator[Frame]:
        self._adopt_prepared()
        job = self._jobs.job(request.recipe)
        self._cache.begin_picture()
        kept = self._cache.get(_pixels_key(job, job.target))
        if kept is not None:
            yield self._frame(job, job.target, kept, started)
            self._shown_keys = job.keys
            return
        spent = (perf_counter() - started) * 1000
        steps = plan(
            self._situation(job),
            max(0.0, request.budget_ms - spent),
            dragging=request.dragging,
            last_preview=self._last_preview,
        )
        self._last_preview = steps[0] if request.dragging else None
        stop = closing
        for step in steps:
            pixels = self._pixels(job, step, stop)
            yield self._frame(job, step, pixels, started)
            stop = cancelled if cancelled is closing else lambda: cancelled() or closing()
        self._shown_keys = job.keys

    def _frame(self, job: Job, index: int, pixels: Pixels, started: float) -> Frame:
        now = perf_counter()
        self._last_ms = (now - started) * 1000
        self._finished.append(now)
        return Frame(
            recipe=job.recipe,
            pixels=pixels,
            milliseconds=self._last_ms,
            is_preview=index != job.target,
            block=self._infos[index].name,
            device=self._engine.device,
            engine=self._engine.name,
        )

    def _situation(self, job: Job) -> Situation:
        changed = next(
            (i for i, (a, b) in enumerate(zip(job.keys, self._shown_keys, strict=False)) if a != b), 0
        )
        cached = self._deepest_cached(job, job.target)
        return Situation(
            blocks=self._infos,
            can_show=[bool(own) or index in self._probes for index, own in enumerate(self._shows)],
            earliest=max(changed, cached),
            target=job.target,
            predict=lambda index: self._times.predict(cached + 1, index),
        )

    def _deepest_cached(self, job: Job, target: int) -> int:
        return next((i for i in range(target, -1, -1) if job.keys[i] in self._cache), -1)

    def _pixels(self, job: Job, index: int, stop: Asked) -> Pixels:
        """Run to block `index` and turn its state into pixels, (H, W, 3)."""
        started = perf_counter()
        ran_from = self._advance(job, index, stop)
        assert job.reached is not None
        reached = perf_counter()
        pixels: Pixels = to_pixels(self._picture(job, index, stop))[0]
        now = perf_counter()
        if self._engine.device == "cpu":
            self._times.record_showing(index, (now - reached) * 1000)
        elif ran_from <= index:  # only the copy to the CPU waits for the device
            self._times.record_stretch(ran_from, index, (now - started) * 1000)
        if index == job.target:
            self._cache.put(_pixels_key(job, index), pixels, pixels.nbytes)
        return pixels

    def _picture(self, job: Job, index: int, stop: Asked) -> Tensor:
        """What block `index` shows, (1, C, h, w): its own picture, or its probe's."""
        assert job.reached is not None
        picture = self._engine.picture(index, job.reached[1])
        if picture is not None:
            return picture
        if index == job.target and not self.prepare_probes(_unseen, stop):
            raise Cancelled
        features = self._engine.to_state(index, job.reached[1]).features
        if features is None or index not in self._probes:
            raise RenderError(f"Block {self._infos[index].name} has nothing to show: choose another layer.")
        return self._probes.picture(index, features)

    def _advance(self, job: Job, target: int, stop: Asked) -> int:
        """Bring the job to block `target` from the deepest state known; returns the first block that ran."""
        cached = self._deepest_cached(job, target)
        if cached >= 0 and (job.reached is None or job.reached[0] < cached):
            states = [self._cache.get(key) for key in job.keys[: cached + 1]]  # all of them were of use
            job.reached = (cached, states[-1])
        elif job.reached is None:
            job.reached = (-1, self._engine.start(job.image))
        first = job.reached[0] + 1
        for a, b in _stretches(first, target, job):
            self._run(job, a, b, stop)
        return first

    def _run(self, job: Job, first: int, last: int, stop: Asked) -> None:
        """Run blocks `first` to `last`, edit what `last` hands on, and keep the states."""
        assert job.reached is not None
        state = job.reached[1]
        if self._spare_memory:
            job.reached = (first - 1, None)
            for index in range(first, last + 1):
                if stop():
                    raise Cancelled
                state = self._engine.run(index, state, job.codes, job.noise[index])
            states = {last: state}
        else:
            laps = _Laps(stop)
            states = self._engine.run_through(first, last, state, job.codes, job.noise, laps)
            self._note_times(first, last, laps, complete=last in states)
        if last in states and last in job.edits:
            plain = self._engine.to_state(last, states[last])
            states[last] = self._engine.from_state(last, edited(plain, job.edits[last]))
        self._keep(job, states)
        if last not in states:
            raise Cancelled
        job.reached = (last, states[last])

    def _keep(self, job: Job, states: dict[int, Any]) -> None:
        final = len(self._infos) - 1
        for index, state in states.items():
            if self._shows[index] is None:
                self._shows[index] = self._engine.picture(index, state) is not None
            if index != final and not self._spare_memory:
                self._cache.put(job.keys[index], state, size_of(state))

    def _note_times(self, first: int, last: int, laps: _Laps, *, complete: bool) -> None:
        if self._engine.device != "cpu":
            return
        milliseconds = laps.finish()
        if not complete:
            return
        if len(milliseconds) == last - first + 1:
            self._times.record_blocks(first, milliseconds)
        else:
            self._times.record_stretch(first, last, sum(milliseconds))

    def _take_probes(self, probes: ProbeSet) -> None:
        self._probes = probes

    def _adopt_prepared(self) -> None:
        engine, self._prepared = self._prepared, None
        if engine is None:
            return
        if engine.device != self._engine.device:  # the model fell back to another device meanwhile
            engine.close()
            return
        self._use(engine)

    def _use(self, engine: Engine) -> None:
        """Compute with `engine` from now on. States of the one before are of another kind."""
        self._engine.close()
        self._engine = engine
        self._times = BlockTimes(self._infos)
        self._cache.clear()

    def _make_room(self) -> None:
        """Free what can be freed, then ask for less, then move to the CPU."""
        self._cache.clear()
        self._jobs.forget()
        if not self._spare_memory:
            self._spare_memory = True
            free_memory()
            self._notice("Memory is short: pictures are now computed without keeping anything in between.")
        elif self._engine.device != "cpu":
            self._generator.to("cpu")
            self._use(self._make_engine(self._generator))
            free_memory()
            self._notice(
                "The graphics card's memory does not suffice for this model: it now runs on the CPU."
            )
        else:
            raise RenderError(
                "There is not enough memory for this picture: close other programs, or choose an earlier "
                "block to stop after."
            )


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
        moments = [*self._moments, perf_counter()]
        return [(b - a) * 1000 for a, b in pairwise(moments)]


def _stretches(first: int, last: int, job: Job) -> Iterator[tuple[int, int]]:
    """Cut blocks `first` to `last` behind each one whose features are edited."""
    while first <= last:
        end = min((index for index in job.edits if first <= index < last), default=last)
        yield first, end
        first = end + 1


def _pixels_key(job: Job, index: int) -> bytes:
    return job.keys[index] + b"pixels"
