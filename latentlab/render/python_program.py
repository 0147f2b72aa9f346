"""A recipe as a program: Python that opens the model and draws exactly this picture. Imports no torch."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from latentlab import __version__
from latentlab.latents import directions as directions_module
from latentlab.latents.directions import DirectionSet
from latentlab.latents.recipe import Recipe

_WIDTH = 100


def program(
    recipe: Recipe,
    *,
    model_name: str,
    model_path: str,
    candidate: str | None = None,
    known: DirectionSet | None = None,
) -> str:
    """Source code that needs LatentLab and nothing else.

    Args:
        model_path: of the file, or "bundled:NAME".
        candidate: key of the reading, where the file has several.
        known: where the directions are found that the recipe moves along; they are written into the program.

    Raises:
        RecipeError: the recipe names a direction that is not known.
    """
    names: set[str] = set()
    written = _literal(recipe, names, 0)
    used = list(dict.fromkeys(item.direction for item in recipe.directions if item.weight))
    imports = ["from latentlab.formats import open_model"]
    path = repr(model_path)
    if model_path.startswith("bundled:"):
        imports.append("from latentlab.formats.bundled import path_of")
        path = f"path_of({model_path!r})"
    carried = ""
    setting = 'device="cpu"'
    if used:
        imports.append("from latentlab.latents.directions import from_text")
        chosen = DirectionSet(known[item] for item in used) if known is not None else DirectionSet()
        carried = f"\ndirections = from_text(\n{_wrapped(directions_module.to_text(chosen))})\n"
        setting += ", directions=directions"
    imports += [
        f"from latentlab.latents.recipe import {', '.join(sorted(names))}",
        "from latentlab.render.pictures import save_png",
        "from latentlab.render.renderer import Renderer",
        "from latentlab.render.request import RenderRequest",
    ]
    reading = f", candidate={candidate!r}" if candidate else ""
    return (
        f'"""A picture of {_plain(model_name)}, drawn again. Written by LatentLab {__version__}."""\n\n'
        "from pathlib import Path\n\n" + "\n".join(imports) + f"\n\nrecipe = {written}\n{carried}"
        f"\nmodel = open_model({path}{reading})\n"
        f"renderer = Renderer(model, {setting})\n"
        "*_, frame = renderer.render(RenderRequest(recipe))\n"
        'save_png(Path("picture.png"), frame.pixels)\n'
    )


def _literal(value: Any, names: set[str], depth: int) -> str:
    """A value as source code; of dataclasses only what differs from their defaults."""
    if isinstance(value, tuple):
        items = [_literal(item, names, depth + 1) for item in value]
        return _list("(", items, ",)" if len(items) == 1 else ")", depth)
    if not is_dataclass(value):
        return repr(value)
    names.add(type(value).__name__)
    items = []
    for field in fields(value):
        held = getattr(value, field.name)
        if field.default is MISSING or held != field.default:
            items.append(f"{field.name}={_literal(held, names, depth + 1)}")
    return _list(f"{type(value).__name__}(", items, ")", depth)


def _list(opening: str, items: list[str], closing: str, depth: int) -> str:
    """On one line where there is room, otherwise one item a line."""
    line = opening + ", ".join(items) + closing
    if len(line) + 4 * depth <= _WIDTH and "\n" not in line:
        return line
    inner, outer = "    " * (depth + 1), "    " * depth
    return opening + "\n" + "".join(f"{inner}{item},\n" for item in items) + outer + closing.lstrip(",")


def _wrapped(text: str) -> str:
    """A long text as several literals that Python joins."""
    return "".join(f"    {text[start : start + 88]!r}\n" for start in range(0, len(text), 88))


def _plain(text: str) -> str:
    """Fit to stand in a docstring."""
    return text.replace("\\", "/").replace('"', "'").replace("\n", " ")
