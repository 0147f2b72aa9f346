"""Render pictures to PNG files, each with its recipe inside: from a recipe, an exported picture, or seeds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from latentlab import __version__
from latentlab.errors import LatentLabError, RecipeError
from latentlab.formats.bundled import bundled_models, hint_of, path_of
from latentlab.latents import picture_record, recipe_json
from latentlab.latents.directions import DirectionSet
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.picture_record import PictureRecord
from latentlab.latents.recipe import ClassWeight, Recipe, SeedSource

_MAX_SEED = 2**32 - 1
_MAX_RECIPE_BYTES = 64 << 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab render`."""
    parser.add_argument(
        "recipe", nargs="?", metavar="RECIPE|PNG", help="a recipe as JSON, or an exported picture"
    )
    parser.add_argument("--seeds", type=seeds, help="instead of a recipe: 7, or 0-63, or 1,5,8-11")
    parser.add_argument(
        "--model", metavar="FILE", help="the model; without it, the one the picture was made with"
    )
    parser.add_argument(
        "-o", "--out", required=True, type=Path, help="PNG file, or a folder for several pictures"
    )
    parser.add_argument("--psi", type=float, help="truncation psi")
    parser.add_argument("--class", dest="label", type=int, metavar="INDEX", help="class to draw")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda:0 or mps")


def seeds(text: str) -> tuple[int, ...]:
    """Read "0-63" or "1,5,8-11"."""
    found: list[int] = []
    for part in text.split(","):
        first, separator, last = part.partition("-")
        if not first.isdecimal() or (separator and not last.isdecimal()):
            raise argparse.ArgumentTypeError(f"{text!r} is not a list of seeds like 0-63 or 1,5,8-11")
        start, stop = int(first), int(last if separator else first)
        if not start <= stop <= _MAX_SEED:
            raise argparse.ArgumentTypeError(f"seeds run from 0 to {_MAX_SEED}, the smaller first: {part!r}")
        if stop - start >= 1_000_000:
            raise argparse.ArgumentTypeError(
                f"{part!r} is more than a million pictures: render them in parts"
            )
        found.extend(range(start, stop + 1))
    return tuple(found)


def run(options: argparse.Namespace) -> int:
    """Render and save; every picture is written whole or not at all."""
    if (options.recipe is None) == (options.seeds is None):
        raise RecipeError("Name either a recipe or exported picture, or --seeds.")
    record = read(Path(options.recipe)) if options.recipe else None
    model_path = _model_path(options.model, record)

    from latentlab.formats import open_model
    from latentlab.render.pictures import save_png
    from latentlab.render.renderer import Renderer

    model = open_model(model_path)
    if record is not None and record.model.fingerprint not in ("", model.fingerprint):
        print(
            f"latentlab: this picture was made with {record.model.name}, not {model_path.name}",
            file=sys.stderr,
        )
    base, directions = record.restored(DirectionSet()) if record else (Recipe(), DirectionSet())
    recipes = list(_recipes(options, base))
    reference = ModelRef(model.fingerprint, model.card.name, hint_of(model_path))
    renderer = Renderer(model, device=options.device, directions=directions, notice=_say)
    paths = _paths(options, recipes)
    for frame, path in zip(renderer.render_batch(recipes), paths, strict=True):
        height, width = frame.pixels.shape[:2]
        saved = picture_record.record_of(
            reference, frame.recipe, directions, size=(width, height), program=f"LatentLab {__version__}"
        )
        save_png(path, frame.pixels, saved)
        print(path)
    renderer.close()
    return 0


def read(path: Path) -> PictureRecord:
    """The record in a PNG, or in a JSON file that holds a record or a bare recipe."""
    try:
        with path.open("rb") as file:
            is_png = file.read(8).startswith(b"\x89PNG")
        if is_png:
            from latentlab.render.pictures import read_record

            return read_record(path)
        if path.stat().st_size > _MAX_RECIPE_BYTES:
            raise RecipeError(
                f"{path.name} is too large for a recipe: choose an exported picture or a recipe file."
            )
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RecipeError(f"{path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path.name} is neither a PNG picture nor a recipe as JSON text.") from error
    if '"model"' in text:
        return picture_record.from_text(text)
    return PictureRecord(ModelRef("", "", ""), recipe_json.from_text(text))


def _model_path(named: str | None, record: PictureRecord | None) -> Path:
    if named is not None:
        return Path(named)
    if record is None or not record.model.fingerprint:
        return bundled_models()[0]
    found = path_of(record.model.path)
    if found is None:
        raise LatentLabError(
            f"The model {record.model.name!r} is not where it was ({record.model.path or 'unknown place'}): "
            "name its file with --model."
        )
    return found


def _recipes(options: argparse.Namespace, base: Recipe) -> Iterator[Recipe]:
    if options.psi is not None:
        base = replace(base, truncation_psi=options.psi)
    if options.label is not None:
        base = replace(base, classes=(ClassWeight(options.label),))
    if options.seeds is None:
        yield base
    else:
        for seed in options.seeds:
            yield replace(base, source=SeedSource(seed))


def _paths(options: argparse.Namespace, recipes: Sequence[Recipe]) -> list[Path]:
    """Where each picture goes; makes the folder."""
    out: Path = options.out
    single = len(recipes) == 1 and out.suffix.lower() == ".png"
    folder = out.parent if single else out
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LatentLabError(
            f"The folder {folder} cannot be made ({error.strerror}): choose another."
        ) from error
    if single:
        return [out]
    if options.seeds is None:
        return [folder / f"{Path(options.recipe).stem}.png"]
    return [folder / f"seed-{seed:06d}.png" for seed in options.seeds]


def _say(text: str) -> None:
    print(f"latentlab: {text}", file=sys.stderr)
