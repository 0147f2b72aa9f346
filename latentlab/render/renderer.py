"""Recipes to pictures: previews while a hand moves, the full picture after, nothing computed twice."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter

from latentlab.errors import Cancelled, RenderError
from latentlab.formats.report import OpenedModel
from latentlab.latents.direction_search import find_all
from latentlab.latents.directions import DirectionSet
from latentlab.latents.recipe import Recipe
from latentlab.models.generator import Generator
from latentlab.render import devices
from latentlab.render.batch import batch_size, batches
from latentlab.render.engine import Engine
from latentlab.render.factories import Precision
from latentlab.render.features import FeatureMaps, Usual, feature_maps, load_usual, measure_usual, save_usual
from latentlab.render.frame import Frame
from latentlab.render.job import Job, JobMaker
from latentlab.render.looks import Look
from latentlab.render.modes import prepare_engine
from latentlab.render.out_of_memory import free_memory, is_out_of_memory
from latentlab.render.photos import PhotoShelf
from latentlab.render.previews import plan
from latentlab.render.probe import ProbeSet
from latentlab.render.probe_fitting import Progress, fit_probes
from latentlab.render.request import RenderRequest, Timing
from latentlab.render.stage import Asked, Pixels, Stage
from latentlab.render.torch_engine import TorchEngine, device_of
from latentlab.render.twin import twin_of

logger = logging.getLogger(__name__)

_NOW_ON_CPU = "The graphics card's memory does not suffice for this model: it now runs on the CPU."


def never() -> bool:
    """Nothing ever asks this work to stop."""
    return False


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

        Raises:
            RenderError: the device that was asked for by name cannot be used.
        """
        self._notice = notice
        self._generator = generator = model.generator
        self._move_to(devices.choose(device, notice=notice))
        devices.set_threads()
        self._fingerprint = model.fingerprint
        self._infos = tuple(block.info for block in generator.blocks)
        can = generator.capabilities
        photos = PhotoShelf(can.photo_channels or can.image_channels, can.resolution)
        self._jobs = JobMaker(generator, photos)
        self._jobs.directions = directions
        probes = ProbeSet.load(model.fingerprint, self._infos) or ProbeSet({}, complete=False)
        self._stage = Stage(self._infos, make_engine(generator), probes, cache_bytes)
        self._make_engine = make_engine
        self._precision: Precision = precision
        self._prepared: Engine | None = None
        self._looks: tuple[tuple[str, Look], ...] = ()
        self._shown_keys: tuple[bytes, ...] = ()
        self._last_preview: int | None = None
        self._finished: deque[float] = deque(maxlen=60)
        self._last_ms = 0.0

    @property
    def engine(self) -> Engine:
        """What computes at present."""
        return self._stage.engine

    @property
    def at_once(self) -> int:
        """How many pictures `render_batch` draws together."""
        return batch_size(self._infos, self.engine.device) if self.engine.gains_by_batches else 1

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
            self._prepare(self._make_engine(self._generator))

    @property
    def looks(self) -> tuple[tuple[str, Look], ...]:
        """How the engines that `prepare_fast` considered compare with plain torch, by name."""
        return self._looks

    @property
    def cached_bytes(self) -> int:
        """Memory that states and pictures kept from before take."""
        return self._stage.cache.size_bytes

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

    def render_batch(
        self, recipes: Sequence[Recipe], cancelled: Asked = never, *, least_side: int | None = None
    ) -> Iterator[Frame]:
        """Render pictures in order, several at a time where that pays. Ends early once `cancelled`.

        Rounding may differ in the last bit from pictures rendered one by one.

        Args:
            recipes: what to draw.
            cancelled: asked between blocks.
            least_side: the picture of an earlier block with at least so many pixels a side will do; None wants
                full pictures.

        Raises:
            RecipeError: a recipe does not fit the model.
            RenderError: memory does not suffice on any device, or the network produced NaN.
        """
        done, smaller = 0, False
        while done < len(recipes):
            try:
                for frame in self._batched(recipes[done:], cancelled, smaller, least_side):
                    done += 1
                    yield frame
                return
            except Cancelled:
                return
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                logger.info("Out of memory", exc_info=True)
            if smaller:
                self._make_room()
            smaller = True
            free_memory()

    @property
    def probes(self) -> ProbeSet:
        """What shows the blocks that have no picture of their own. May be those of earlier weights."""
        return self._stage.probes

    @probes.setter
    def probes(self, probes: ProbeSet) -> None:
        self._stage.probes = probes

    def prepare_probes(self, progress: Progress, cancelled: Asked, *, anew: bool = False) -> bool:
        """Fit the probes that this model needs, unless it was done before; False when cancelled.

        Takes seconds to minutes. `cancelled` is asked between blocks and may call `render`. With `anew` they are
        fitted although there are some, of earlier weights.
        """
        if (self._stage.probes.complete and not anew) or not self._stage.needs_probes:
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

    def features(self, recipe: Recipe, block: str, cancelled: Asked = never) -> FeatureMaps | None:
        """What a block hands on for a recipe, edits included; None when cancelled.

        Raises:
            RecipeError: the recipe does not fit the model, or the model has no such block.
            RenderError: the block hands on a finished picture and nothing else.
        """
        self._adopt_prepared()
        job = self._jobs.job(replace(recipe, stop_after=block))
        try:
            features = self._stage.features(job, job.target, cancelled)
        except Cancelled:
            return None
        if features is None:
            raise RenderError(f"Block {block} hands on the finished picture alone: choose one before it.")
        usual = load_usual(self._fingerprint, block)
        return feature_maps(block, features, self._infos[job.target].resolution, usual)

    def usual_features(self, block: str, cancelled: Asked) -> Usual | None:
        """How a block's channels usually are: kept figures, or measured now; None when cancelled.

        `cancelled` is asked between blocks and may call `render`.
        """
        usual = load_usual(self._fingerprint, block)
        if usual is None:
            index = [info.name for info in self._infos].index(block)
            usual = measure_usual(self._generator, index, cancelled=cancelled)
            if usual is not None:
                save_usual(self._fingerprint, block, usual)
        return usual

    def prepare_directions(self, progress: Progress, cancelled: Asked) -> DirectionSet | None:
        """Find the model's directions, or read them from the cache; None when cancelled.

        Takes seconds to minutes the first time. `cancelled` is asked between batches and may call `render`.
        """
        return find_all(self._generator, self._fingerprint, progress=progress, cancelled=cancelled)

    def prepare_fast(self, progress: Progress, cancelled: Asked) -> str | None:
        """Prepare the fastest engine that was found to look the same; the next picture is computed with it.

        Takes seconds to minutes the first time. `cancelled` is asked often and may call `render`.

        Returns:
            The engine's name; None where plain torch stays, or when cancelled.
        """
        try:
            choice = prepare_engine(
                self._generator, self._fingerprint, self._precision, progress=progress, cancelled=cancelled
            )
        except Cancelled:
            return None
        self._looks = choice.looks
        if choice.engine is None:
            return None
        self._prepare(choice.engine)
        return choice.engine.name

    def close(self) -> None:
        """Give back memory. The renderer is not used afterwards."""
        if self._prepared is not None:
            self._prepared.close()
        self._stage.engine.close()
        self._stage.cache.clear()
        self._jobs.forget()
        free_memory()

    def _frames(
        self, request: RenderRequest, cancelled: Asked, closing: Asked, started: float
    ) -> Iterator[Frame]:
        def refused() -> bool:
            return cancelled() or closing()

        self._adopt_prepared()
        job = self._jobs.job(request.recipe)
        self._stage.cache.begin_picture()
        kept = self._stage.kept_pixels(job)
        if kept is not None:
            yield self._shown(request, job, job.target, kept[0], started)
            return
        if request.dragging:
            if self._stage.lacks_probe(job, closing):
                return  # fitting takes longer than any hand waits; the request after the drag does it
        else:
            self._fit_missing_probe(job, refused)
        left = request.budget_ms - (perf_counter() - started) * 1000
        steps = plan(
            self._stage.situation(job, self._shown_keys),
            max(0.0, left),
            dragging=request.dragging,
            last_preview=self._last_preview,
        )
        if not request.aside:
            self._last_preview = steps[0] if request.dragging else None

        stop = closing
        for step in steps:
            pixels = self._stage.pixels(job, step, stop)[0]
            yield self._shown(request, job, step, pixels, started)
            stop = refused

    def _fit_missing_probe(self, job: Job, stop: Asked) -> None:
        """Fit the probes when what was asked for is the picture of a block that has none of its own."""
        if self._stage.lacks_probe(job, stop) and not self.prepare_probes(_unseen, stop):
            raise Cancelled

    def _shown(self, request: RenderRequest, job: Job, index: int, pixels: Pixels, started: float) -> Frame:
        frame = self._frame(job.recipe, job, index, pixels, started)
        if not request.aside:
            self._shown_keys = job.keys
            self._last_ms = frame.milliseconds
            self._finished.append(perf_counter())
        return frame

    def _batched(
        self, recipes: Sequence[Recipe], cancelled: Asked, smaller: bool, least_side: int | None
    ) -> Iterator[Frame]:
        self._adopt_prepared()
        size = 1 if smaller else self.at_once
        for chosen, job in batches(self._jobs, recipes, size):
            started = perf_counter()
            if cancelled():
                return
            index = job.target if least_side is None else self._stage.enough(job.target, least_side)
            if index == job.target:
                self._fit_missing_probe(job, cancelled)
            pixels = self._stage.pixels(job, index, cancelled)
            for recipe, picture in zip(chosen, pixels, strict=True):
                yield self._frame(recipe, job, index, picture, started)

    def _frame(self, recipe: Recipe, job: Job, index: int, pixels: Pixels, started: float) -> Frame:
        return Frame(
            recipe=recipe,
            pixels=pixels,
            milliseconds=(perf_counter() - started) * 1000,
            is_preview=index != job.target,
            block=self._infos[index].name,
            device=self.engine.device,
            engine=self.engine.name,
        )

    def _take_probes(self, probes: ProbeSet) -> None:
        self.probes = probes

    def _prepare(self, engine: Engine) -> None:
        """Use `engine` from the next picture on."""
        if self._prepared is not None:
            self._prepared.close()
        self._prepared = engine

    def _adopt_prepared(self) -> None:
        engine, self._prepared = self._prepared, None
        if engine is None:
            return
        if engine.device != self.engine.device:  # the model fell back to another device meanwhile
            engine.close()
            return
        self._stage.use(engine)

    def _move_to(self, device: str) -> None:
        """Move the model, or leave it on the CPU when it does not fit."""
        if str(device_of(self._generator)) == device:
            return
        try:
            self._generator.to(device)
        except Exception as error:
            if device == "cpu" or not is_out_of_memory(error):
                raise
        else:
            return
        self._generator.to("cpu")
        free_memory()
        self._notice(_NOW_ON_CPU)

    def _make_room(self) -> None:
        """Free what can be freed, then ask for less, then move to the CPU."""
        self._stage.cache.clear()
        self._jobs.forget()
        if self._stage.keeps_states:
            self._stage.keeps_states = False
            free_memory()
            self._notice("Memory is short: pictures are now computed without keeping anything in between.")
        elif self.engine.device != "cpu":
            self._generator.to("cpu")
            self._stage.use(self._make_engine(self._generator))
            free_memory()
            self._notice(_NOW_ON_CPU)
        else:
            raise RenderError(
                "There is not enough memory for this picture: close other programs, or choose an earlier "
                "block to stop after."
            )


def _unseen(share: float, what: str) -> None:
    """Progress that nobody watches."""
