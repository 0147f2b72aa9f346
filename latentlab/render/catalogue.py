"""What model files are, with small pictures of what they draw, remembered until a file changes.

Finding models and reading what is remembered imports no torch; looking at a file for the first time does.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from latentlab.atomic import keep_for_next_time
from latentlab.errors import LatentLabError
from latentlab.places import cache_dir

logger = logging.getLogger(__name__)

SUFFIXES = frozenset((".safetensors", ".pkl", ".pt", ".pth", ".pickle", ".ckpt"))
PICTURE_SIDE = 160
"""Of the sheet of four samples, in pixels."""
_SEEDS = range(4)
_MOST_FILES = 5000
_MEMORY_SHARE = 0.6
"""A model that needs more than this share of the free memory is not opened for its picture."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file."""

    path: str
    size: int
    """Bytes."""
    modified: float
    """Seconds since 1970."""
    name: str = ""
    family: str = ""
    resolution: int = 0
    parameters: int = 0
    format: str = ""
    description: str = ""
    doubts: tuple[str, ...] = ()
    error: str = ""
    """Why it cannot be opened, with the remedy; empty where it can."""
    picture: str = ""
    """Path of a small picture; empty where there is none."""


def model_files(folder: Path) -> list[Path]:
    """Files below a folder that may be models, by their endings; hidden folders are left out."""
    return sorted(_found(folder))[:_MOST_FILES]


def remembered(path: Path) -> Entry | None:
    """What was found out about a file as it is now; None where it is new or was changed.

    Raises:
        OSError: there is no such file.
    """
    try:
        values = json.loads((_folder() / f"{_key(path)}.json").read_text(encoding="utf-8"))
        entry = Entry(**{**values, "doubts": tuple(values["doubts"])})
    except (OSError, ValueError, KeyError, TypeError):
        path.stat()
        return None
    return entry


def unread(path: Path) -> Entry:
    """A file that nothing is known about yet.

    Raises:
        OSError: there is no such file.
    """
    found = path.stat()
    return Entry(str(path), found.st_size, found.st_mtime, name=path.stem)


def look_at(path: Path) -> Entry:
    """Find out what a file is, draw four samples, and remember both. Never raises for what is in the file."""
    entry = unread(path)
    try:
        entry = _reported(path, entry)
        if not entry.error:
            entry = _pictured(path, entry)
    except (
        Exception
    ) as error:  # torch and the readers raise nearly everything; one file must not end the rest
        expected = isinstance(error, (LatentLabError, OSError, MemoryError))
        logger.info("Looking at %s failed", path, exc_info=not expected)
        entry = replace(
            entry, error=str(error).strip() or f"{type(error).__name__}: the file cannot be read."
        )
    keep_for_next_time(_folder() / f"{_key(path)}.json", json.dumps(asdict(entry)).encode())
    return entry


def _found(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in SUFFIXES and not hidden and path.is_file():
            yield path


def _reported(path: Path, entry: Entry) -> Entry:
    from latentlab.formats import inspect

    report = inspect(path)
    card = report.card
    error = ""
    if not report.candidates:
        found = "; ".join(report.found)
        error = f"{path.name} ({report.format}) holds no network that LatentLab knows. {found}"
    elif any("not finite" in doubt for doubt in report.doubts):
        error = next(doubt for doubt in report.doubts if "not finite" in doubt)
    return replace(
        entry,
        name=card.name or path.stem,
        family=card.family,
        resolution=report.resolution,
        parameters=report.parameters,
        format=report.format,
        description=card.description,
        doubts=report.doubts if not error else (),
        error=error,
    )


def _pictured(path: Path, entry: Entry) -> Entry:
    """The entry with a sheet of samples, where the model can draw by itself and memory suffices."""
    import psutil  # type: ignore[import-untyped]
    from PIL import Image

    from latentlab.formats import open_model
    from latentlab.latents.recipe import ClassWeight, Recipe, SeedSource
    from latentlab.render.renderer import Renderer

    if 8 * entry.parameters > _MEMORY_SHARE * psutil.virtual_memory().available:
        return replace(entry, doubts=(*entry.doubts, "Too large to draw a picture beside what runs now."))
    model = open_model(path)
    can = model.generator.capabilities
    entry = replace(entry, family=can.family, resolution=can.resolution)
    if can.is_translator:
        return entry
    renderer = Renderer(model, device="cpu")
    recipes = [
        Recipe(
            source=SeedSource(seed),
            classes=(ClassWeight(seed % can.num_classes),) if can.num_classes else (),
        )
        for seed in _SEEDS
    ]
    sheet = Image.new("RGB", (PICTURE_SIDE, PICTURE_SIDE))
    side = PICTURE_SIDE // 2
    for place, frame in enumerate(renderer.render_batch(recipes)):
        small = Image.fromarray(frame.pixels).resize((side, side), Image.Resampling.LANCZOS)
        sheet.paste(small, (side * (place % 2), side * (place // 2)))
    renderer.close()
    picture = _folder() / f"{_key(path)}.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(picture, "PNG")
    return replace(entry, picture=str(picture))


def _key(path: Path) -> str:
    """Of a file as it is now: another one when it was written again."""
    found = path.stat()
    words = f"1 {path.absolute()} {found.st_size} {found.st_mtime_ns}"
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def _folder() -> Path:
    return cache_dir() / "catalogue"
