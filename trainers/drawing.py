"""Pictures drawn from DiceBear illustration styles: as many as wished, the same for the same seed.

Every picture comes with its attributes: what each part of it is, and its colours.

Needs the optional packages of `pip install latentlab[data]`, imported only when a picture is drawn.
"""

from __future__ import annotations

import importlib.util
import io
import itertools
import json
import multiprocessing
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentlab.errors import TrainingError

_AT_ONCE, _AHEAD = 64, 4096
"""Pictures that a process is given at once, and that are drawn before somebody wants them."""

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

# fmt: off
_COLOURS = {
    "black": "#000000", "white": "#ffffff", "gray": "#808080", "silver": "#c0c0c0", "charcoal": "#36454f",
    "red": "#e02020", "coral": "#f08070", "pink": "#f59ab0", "magenta": "#e060c0", "purple": "#800080",
    "violet": "#9070e0", "indigo": "#3f3f9f", "navy": "#101850", "blue": "#3060e0", "periwinkle": "#90a8e0",
    "sky": "#87ceeb", "cyan": "#00c8d8", "aqua": "#9adcdc", "teal": "#108080", "green": "#20a040",
    "mint": "#80e090", "lime": "#a8e040", "olive": "#808020", "forest": "#205030", "yellow": "#ffe040",
    "lemon": "#fff080", "gold": "#d8b060", "amber": "#ffc060", "orange": "#f09030", "rust": "#c84010",
    "peach": "#ffdbb4", "tan": "#edb98a", "bronze": "#d08b5b", "sienna": "#ae5d29", "brown": "#8a5030",
    "chestnut": "#724133", "umber": "#694d3d", "espresso": "#2c1b18", "ivory": "#f4ead8", "blond": "#ecdcbf",
}
# fmt: on
"""Names of colours, for captions and classes."""


def available_styles() -> tuple[str, ...]:
    """Names of the styles that are installed."""
    return tuple(sorted(path.stem for path in _styles_dir().glob("*.json")))


def style_licence(style: str) -> str:
    """The licence that the style's own definition names, for example "CC0 1.0"."""
    licence = _definition(style).get("meta", {}).get("license", {})
    return str(licence.get("name", "unknown"))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture and what is in it."""

    pixels: Pixels
    """(resolution, resolution, 3)."""
    attributes: Mapping[str, str]
    """Values by name: "head" is "short3", "skinColor" is "#edb98a"; parts that are left out are missing."""


def draw(style: str, seed: int, index: int, resolution: int) -> Pixels:
    """Picture number `index` of the endless set `seed`, (resolution, resolution, 3)."""
    return draw_with_attributes(style, seed, index, resolution).pixels


def draw_with_attributes(
    style: str, seed: int, index: int, resolution: int, only: Mapping[str, Sequence[str]] | None = None
) -> Drawn:
    """Picture number `index` of the endless set `seed`, and what is in it.

    Args:
        style: name of the style.
        seed: of the set.
        index: from 0.
        resolution: side in pixels.
        only: values that attributes are restricted to, by name: of a part, its variants, and "none" for a part
            that may be left out; of a colour, its words (`colour_words`).

    Raises:
        TrainingError: DiceBear is not installed, or there is no such style, attribute or value.
    """
    try:
        import resvg_py
        from dicebear import Avatar
    except ImportError as error:
        raise _not_installed() from error
    options: dict[str, Any] = {"seed": f"{seed}-{index}", "size": resolution}
    if style == "landscape":
        options |= _landscape_light(np.random.default_rng((seed, index)))
    options |= _restrictions(style, only or {})
    drawn = Avatar(_style(style), options).to_json()
    png = bytes(resvg_py.svg_to_bytes(svg_string=drawn["svg"], width=resolution, height=resolution))
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    pixels = np.asarray(Image.alpha_composite(paper, picture).convert("RGB"))
    return Drawn(pixels, _attributes(drawn["options"]))


def draw_many(
    style: str,
    seed: int,
    count: int,
    resolution: int,
    workers: int = 0,
    *,
    first: int = 0,
    only: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[Drawn]:
    """Pictures number `first` to `count` - 1 of a set, in order, drawn by low-priority processes.

    Args:
        style: name of the style.
        seed: of the set.
        count: where to end.
        resolution: side in pixels.
        workers: how many processes; 0 draws in this one.
        first: where to begin.
        only: as `draw_with_attributes`.

    Raises:
        TrainingError: a process that draws was ended by something else.
    """
    jobs = ((style, seed, index, resolution, only) for index in range(first, count))
    if not workers:
        yield from map(_draw_job, jobs)
        return
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_be_nice)
    try:
        while ahead := list(itertools.islice(jobs, _AHEAD)):
            yield from pool.map(_draw_job, ahead, chunksize=_AT_ONCE)
    except BrokenProcessPool as error:
        raise TrainingError(
            "A process that draws training pictures was ended, perhaps for want of memory: start again, with "
            "fewer --workers."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def attribute_names(style: str) -> tuple[str, ...]:
    """Attributes of a style: its parts, then its colours ("skinColor")."""
    definition = _definition(style)
    colours = (f"{name}Color" for name in definition.get("colors", {}))
    return (*definition.get("components", {}), *colours)


def attribute_values(style: str, name: str) -> tuple[str, ...]:
    """The values that an attribute can have; "none" is one of a part that may be left out.

    Raises:
        TrainingError: there is no such attribute.
    """
    definition = _definition(style)
    if name not in attribute_names(style):
        raise TrainingError(
            f"The style {style!r} has no attribute {name!r}: choose from {', '.join(attribute_names(style))}."
        )
    part = definition["components"].get(name)
    if part is None:
        return tuple(colour_words(style, name).values())
    optional = ("none",) if (part.get("probability") or 100) < 100 else ()
    return (*part["variants"], *optional)


def colour_words(style: str, name: str) -> dict[str, str]:
    """A word for each colour of a palette, by its value "#edb98a": the nearest of our names, each used once."""
    palette = _definition(style)["colors"][name.removesuffix("Color")]["values"]
    words: dict[str, str] = {}
    for value in palette:
        nearest = sorted(_COLOURS, key=lambda word: _distance(value, _COLOURS[word]))
        words[value] = next((word for word in nearest if word not in words.values()), value)
    return words


def value_in_words(style: str, attributes: Mapping[str, str], name: str) -> str:
    """The value of one attribute of a picture: "short3", "peach"; "none" when it is missing."""
    value = attributes.get(name, "none")
    return colour_words(style, name).get(value, value) if name.endswith("Color") else value


def sentence(style: str, attributes: Mapping[str, str], names: Sequence[str]) -> str:
    """A caption that names some attributes: "open peeps with short hair head, no mask and peach skin"."""
    parts = []
    for name in names:
        value = _spoken(value_in_words(style, attributes, name))
        parts.append(f"{'no' if value == 'none' else value} {_spoken(name.removesuffix('Color'))}")
    listed = ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else "".join(parts)
    return f"{_spoken(style)} with {listed}"


def versions() -> str:
    """Versions of what draws: another version may draw another picture."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return " ".join(version(name) for name in ("dicebear-core", "dicebear-styles", "resvg-py"))
    except PackageNotFoundError as error:
        raise _not_installed() from error


def _attributes(options: Mapping[str, Any]) -> dict[str, str]:
    """Variants and colours among the options that a picture was drawn with."""
    found: dict[str, str] = {}
    for key, value in options.items():
        if key.endswith("Variant") and isinstance(value, str):
            found[key.removesuffix("Variant")] = value
        elif key.endswith("Color") and value:
            found[key] = value if isinstance(value, str) else value[0]
    return found


def _restrictions(style: str, only: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Options that leave attributes no other values than these."""
    options: dict[str, Any] = {}
    for name, values in only.items():
        known = attribute_values(style, name)
        odd = [value for value in values if value not in known]
        if odd or not values:
            raise TrainingError(
                f"The attribute {name!r} of the style {style!r} cannot be {', '.join(odd) or 'nothing'}: "
                f"choose from {', '.join(known)}."
            )
        if name.endswith("Color"):
            options[name] = [value for value, word in colour_words(style, name).items() if word in values]
            continue
        variants = [value for value in values if value != "none"]
        if variants:
            options[f"{name}Variant"] = variants
        if "none" in known and ("none" not in values or not variants):
            options[f"{name}Probability"] = 100 if variants else 0
    return options


def _spoken(name: str) -> str:
    """ "medicalMask2" as "medical mask 2"."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])|[-_]", " ", name)
    return spaced.lower()


def _distance(one: str, other: str) -> float:
    """How different two colours look: redmean, a weighted distance in RGB."""
    (r1, g1, b1), (r2, g2, b2) = (_rgb(value) for value in (one, other))
    mean = (r1 + r2) / 2
    return (2 + mean) * (r1 - r2) ** 2 + 4 * (g1 - g2) ** 2 + (3 - mean) * (b1 - b2) ** 2


def _draw_job(job: tuple[str, int, int, int, Mapping[str, Sequence[str]] | None]) -> Drawn:
    return draw_with_attributes(*job)


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
