"""Directions of an open model: taken from the cache, or found and put there."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from latentlab import places
from latentlab.errors import RecipeError
from latentlab.latents import directions as direction_file
from latentlab.latents.directions import DirectionSet
from latentlab.latents.pca import pca
from latentlab.latents.random_directions import random_directions
from latentlab.latents.sampling import Cancelled, Progress, part
from latentlab.latents.sefa import sefa
from latentlab.models.generator import Generator

logger = logging.getLogger(__name__)

Method = Literal["pca", "sefa", "random"]
METHODS: tuple[Method, ...] = ("pca", "sefa")
"""What is searched for every model."""

_VERSION = 1
"""Raised when a method finds other directions than before."""


def find_directions(
    generator: Generator,
    method: Method,
    fingerprint: str,
    *,
    seed: int = 0,
    first: int = 0,
    last: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> DirectionSet | None:
    """Directions by one method, cached under the model's fingerprint; None when cancelled.

    Runs the generator where it is, in the calling thread, for seconds to minutes: call it in the background.

    Args:
        seed: for "random".
        first: first layer, for "sefa".
        last: last layer, for "sefa"; None is the model's last.
        progress: told the share done and what is being done.
        cancelled: asked between batches.

    Raises:
        RecipeError: the model has no such layers.
    """
    if method == "pca":
        return _cached(fingerprint, "pca", lambda: pca(generator, progress=progress, cancelled=cancelled))
    if method == "sefa":
        end = generator.capabilities.num_codes - 1 if last is None else last
        return _cached(
            fingerprint,
            f"sefa-{first}-{end}",
            lambda: sefa(generator, first=first, last=last, progress=progress, cancelled=cancelled),
        )
    return _cached(
        fingerprint,
        f"random-{seed}",
        lambda: random_directions(generator, seed, progress=progress, cancelled=cancelled),
    )


def find_all(
    generator: Generator,
    fingerprint: str,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> DirectionSet | None:
    """Directions by every method of `METHODS`, in that order; None when cancelled."""
    result = DirectionSet()
    for number, method in enumerate(METHODS):
        found = find_directions(
            generator,
            method,
            fingerprint,
            progress=part(progress, number / len(METHODS), (number + 1) / len(METHODS)),
            cancelled=cancelled,
        )
        if found is None:
            return None
        result = result.with_directions(found)
    return result


def forget(fingerprint: str) -> None:
    """Look for directions anew next time."""
    for method in METHODS:
        for path in _place(fingerprint).glob(f"{method}*-v{_VERSION}.json"):
            path.unlink(missing_ok=True)


def _cached(fingerprint: str, name: str, find: Callable[[], DirectionSet | None]) -> DirectionSet | None:
    path = _place(fingerprint) / f"{name}-v{_VERSION}.json"
    found = _read(path)
    if found is None:
        found = find()
        if found is not None:
            _write(path, found)
    return found


def _place(fingerprint: str) -> Path:
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,128}", fingerprint):
        fingerprint = hashlib.sha256(fingerprint.encode()).hexdigest()
    return places.cache_dir() / "directions" / fingerprint


def _read(path: Path) -> DirectionSet | None:
    """What a file holds, or None where there is none or it is damaged: then it is made again."""
    try:
        digest, _, text = path.read_text("ascii").partition("\n")
        if digest != hashlib.sha256(text.encode()).hexdigest():
            raise RecipeError("its content is not what was written")
        return direction_file.from_text(text)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecipeError) as error:
        logger.warning("Directions are computed again, %s cannot be used: %s", path, error)
        return None


def _write(path: Path, found: DirectionSet) -> None:
    """Write beside the place and move there, so that no half file is ever seen."""
    text = direction_file.to_text(found)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
                file.write(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}")
            os.replace(temporary, path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        logger.warning("Directions cannot be kept for next time in %s: %s", path, error)
