"""Pictures drawn from DiceBear illustration styles: as many as wished, the same for the same seed.

Needs the optional packages of `pip install latentlab[data]`, imported only when a picture is drawn.
"""

from __future__ import annotations

import importlib.util
import io
import json
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentlab.errors import TrainingError

Pixels = NDArray[np.uint8]
"""(H, W, 3) or (N, H, W, 3)."""

# Sky at the zenith, sky at the horizon, sun or moon, and the light that falls on the ground.
_SKIES = (
    ("#74bdec", "#e4f4fb", "#f8bd35", "#ffffff"),  # clear day
    ("#bfe6f5", "#faf3dc", "#f8b734", "#fffaf0"),  # pale noon
    ("#f3b873", "#fdeac4", "#fd9a55", "#ffe3ba"),  # golden hour
    ("#7f74b4", "#fba77b", "#ff7d4d", "#f3bfa6"),  # sunset
    ("#c5b4e6", "#ffded3", "#f58d79", "#fbe6ea"),  # rose dawn
    ("#8fd0cd", "#eef7e6", "#ffe08a", "#eefaf2"),  # sea mist
    ("#33437c", "#c78ea6", "#ffd7bd", "#8f86a8"),  # dusk
    ("#121b42", "#3a5590", "#f4f0d8", "#5a6694"),  # night
)
_GROUNDS = ("#2a7a45", "#5b8226", "#8f8120", "#b5762a", "#b5563a", "#9c4a58", "#33689f", "#0a7c82")
_HILLS = ("dunes", "gentle", "mesa", "peak", "rolling", "slope")
"""Without the two jagged kinds, whose teeth are smaller than a small network can place."""
_AERIAL = (0.74, 0.46, 0.2, 0.0)
"""How much of the horizon's colour lies over each hill, far to near."""


def available_styles() -> tuple[str, ...]:
    """Names of the styles that are installed."""
    return tuple(sorted(path.stem for path in _styles_dir().glob("*.json")))


def style_licence(style: str) -> str:
    """The licence that the style's own definition names, for example "CC0 1.0"."""
    licence = _definition(style).get("meta", {}).get("license", {})
    return str(licence.get("name", "unknown"))


def draw(style: str, seed: int, index: int, resolution: int) -> Pixels:
    """Picture number `index` of the endless set `seed`, (resolution, resolution, 3)."""
    try:
        import resvg_py
        from dicebear import Avatar
    except ImportError as error:
        raise _not_installed() from error
    options: dict[str, Any] = {"seed": f"{seed}-{index}", "size": resolution}
    if style == "landscape":
        options |= _landscape_light(np.random.default_rng((seed, index)))
    svg = str(Avatar(_style(style), options))
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=resolution, height=resolution))
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(paper, picture).convert("RGB"))


def draw_many(style: str, seed: int, count: int, resolution: int, workers: int = 0) -> Iterator[Pixels]:
    """The first `count` pictures of a set, in order, drawn by low-priority processes.

    Args:
        workers: how many processes; 0 draws in this one.
    """
    jobs = ((style, seed, index, resolution) for index in range(count))
    if not workers:
        yield from map(_draw_job, jobs)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers, initializer=_be_nice) as pool:
        yield from pool.imap(_draw_job, jobs, chunksize=64)


def _draw_job(job: tuple[str, int, int, int]) -> Pixels:
    return draw(*job)


def _be_nice() -> None:
    with suppress(AttributeError, OSError):  # Windows has no nice
        os.nice(10)


def _not_installed() -> TrainingError:
    return TrainingError(
        "Drawing training pictures needs DiceBear: pip install 'latentlab[data]', or train on a folder."
    )


def _styles_dir() -> Path:
    spec = importlib.util.find_spec("dicebear_styles")
    if spec is None or not spec.submodule_search_locations:
        raise _not_installed()
    return Path(next(iter(spec.submodule_search_locations)))


@cache
def _definition(style: str) -> dict[str, Any]:
    path = _styles_dir() / f"{style}.json"
    if not path.is_file():
        raise TrainingError(f"There is no style {style!r}: choose one of {', '.join(available_styles())}.")
    definition: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return definition


@cache
def _style(style: str) -> Any:
    from dicebear import Style

    definition = _definition(style)
    if style == "landscape":  # let the sun go down behind the hills
        definition["components"]["orb"]["translate"]["y"]["max"] = 95.0
    return Style(definition)


def _landscape_light(rng: np.random.Generator) -> dict[str, Any]:
    """Colours of one landscape: a sky between the named ones, hills that fade into its horizon."""
    skies = np.array([[_rgb(colour) for colour in sky] for sky in _SKIES])  # (skies, 4, 3)
    top, horizon, orb, light = np.tensordot(rng.dirichlet(np.full(len(skies), 0.2)), skies, 1)
    grounds = np.array([_rgb(colour) for colour in _GROUNDS])
    common, *own = rng.dirichlet(np.full(len(grounds), 0.25), size=5) @ grounds
    haze = rng.uniform(0.7, 1.1)
    options: dict[str, Any] = {
        "orbVariant": "sun",
        "orbProbability": 100,
        "orbColor": _hex(orb),
        "backgroundColor": [_hex(_vivid(top)), _hex(_vivid(horizon))],
        "backgroundColorFill": "linear",
        "backgroundColorAngle": 90,
        "backgroundColorOrder": "fixed",
    }
    for number, (colour, aerial) in enumerate(zip(own, _AERIAL, strict=True), start=1):
        lit = (0.45 * common + 0.55 * colour) * light
        lit = lit * (1.0 - 0.12 * (number - 2))
        options[f"hill{number}Variant"] = list(_HILLS)
        options[f"hill{number}Color"] = _hex(_vivid(lit + min(1.0, aerial * haze) * (horizon - lit)))
    return options


def _vivid(colour: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give back the saturation that mixing takes."""
    grey = colour.mean()
    vivid: NDArray[np.float64] = grey + 1.4 * (colour - grey)
    return vivid


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red / 255, green / 255, blue / 255


def _hex(colour: NDArray[np.float64]) -> str:
    return "#" + bytes(np.rint(colour.clip(0, 1) * 255).astype(np.uint8)).hex()
