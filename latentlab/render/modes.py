"""The faster mode: prepared in the background, used only where it was found to look the same, remembered."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from latentlab import places
from latentlab.atomic import keep_for_next_time
from latentlab.errors import Cancelled
from latentlab.models.generator import Generator
from latentlab.render import devices
from latentlab.render.engine import Engine
from latentlab.render.factories import Factory, Precision, factories
from latentlab.render.looks import ALIKE, EXACT, Limits, Look, compare
from latentlab.render.torch_engine import TorchEngine
from latentlab.render.twin import twin_of

logger = logging.getLogger(__name__)

T = TypeVar("T")
Progress = Callable[[float, str], None]
_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What `prepare_engine` came to."""

    engine: Engine | None
    """The fastest whose pictures look the same; None where plain torch is best."""
    looks: tuple[tuple[str, Look], ...]
    """What was found out about each engine that was considered, by its name."""


def prepare_engine(
    generator: Generator,
    fingerprint: str,
    precision: Precision,
    *,
    progress: Progress,
    cancelled: Callable[[], bool],
    available: Callable[[str, Precision], list[Factory]] | None = None,
) -> Choice:
    """Choose the fastest engine whose pictures of this model look the same.

    Takes seconds to minutes, and asks `cancelled` every few hundredths of one: preparing runs in a thread of its
    own, the comparison in the caller's, block by block. `generator` may be rendered with meanwhile.

    Raises:
        Cancelled: `cancelled` said so.
    """
    twin = twin_of(generator)
    device = str(twin.code_mean.device)
    looks: list[tuple[str, Look]] = []
    for factory in (available or factories)(device, precision):
        known = _Verdicts(fingerprint, factory, device)
        look = known.read()
        if look is not None and look.fault(_limits(factory)):
            looks.append((factory.name, look))
            continue
        progress(0.0, f"Preparing {factory.name}")
        try:
            engine = _beside(partial(factory.make, twin), cancelled)
        except (RuntimeError, ValueError, NotImplementedError, ImportError) as error:
            logger.info("%s cannot run this model: %s", factory.name, error)
            continue
        try:
            look = look or _compared(twin, engine, factory, progress, cancelled)
            known.write(look)
        except BaseException:
            engine.close()
            raise
        looks.append((factory.name, look))
        fault = look.fault(_limits(factory))
        if not fault:
            progress(1.0, f"{factory.name} is ready")
            return Choice(engine, tuple(looks))
        logger.info("%s is not used: %s", factory.name, fault)
        engine.close()
    return Choice(None, tuple(looks))


def _compared(
    twin: Generator, engine: Engine, factory: Factory, progress: Progress, cancelled: Callable[[], bool]
) -> Look:
    return compare(
        twin,
        engine,
        TorchEngine(twin),
        progress=lambda share: progress(0.5 + share / 2, f"Checking {factory.name}"),
        cancelled=cancelled,
    )


def _limits(factory: Factory) -> Limits:
    return EXACT if factory.exact else ALIKE


class _Verdicts:
    """What was found out about one engine on one model and device, on disk."""

    def __init__(self, fingerprint: str, factory: Factory, device: str) -> None:
        self._key = "; ".join((factory.name, factory.version, devices.describe(device)))
        name = hashlib.sha256(fingerprint.encode()).hexdigest()[:32]
        self._path: Path = places.cache_dir() / "engines" / f"{name}.json"

    def read(self) -> Look | None:
        entry = self._entries().get(self._key)
        try:
            return Look(**entry) if isinstance(entry, dict) else None
        except TypeError:
            return None

    def write(self, look: Look) -> None:
        keep_for_next_time(self._path, json.dumps({**self._entries(), self._key: asdict(look)}).encode())

    def _entries(self) -> dict[str, object]:
        try:
            entries = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        return entries if isinstance(entries, dict) else {}


def _beside(work: Callable[[Callable[[], bool]], T], cancelled: Callable[[], bool]) -> T:
    """Run `work` in a thread while asking `cancelled` here, which may render meanwhile.

    `work` is given a function that tells it to stop; it is waited for in any case.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix="prepare-engine") as pool:
        future = pool.submit(work, stop.is_set)
        try:
            while not future.done():
                if cancelled():
                    raise Cancelled
                wait([future], _POLL_SECONDS)
        finally:
            stop.set()
        return future.result()
