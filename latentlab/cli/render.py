"""Render pictures, each with its recipe inside: from recipes, exported pictures, or seeds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from latentlab.errors import LatentLabError, RecipeError
from latentlab.formats.bundled import bundled_models, hint_of, path_of
from latentlab.latents import picture_record, recipe_json
from latentlab.latents.directions import DirectionSet
from latentlab.latents.first_recipe import first_recipe
from latentlab.latents.model_ref import ModelRef
from latentlab.latents.picture_record import PictureRecord
from latentlab.latents.recipe import ClassWeight, Recipe, SeedSource
from latentlab.models.caption_words import unknown_words
from latentlab.render.picture_form import NAMES, PictureForm, kind_of

if TYPE_CHECKING:
    from latentlab.formats.report import OpenedModel
    from latentlab.render.batch_export import ExportFolder
    from latentlab.render.renderer import Renderer

_MAX_SEED = 2**32 - 1
_MAX_RECIPE_BYTES = 64 << 20

Named = list[tuple[str, Recipe]]
"""Recipes with the names that their files get."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `latentlab render`."""
    parser.add_argument(
        "recipes", nargs="*", metavar="RECIPE|PICTURE", help="recipes as JSON, or exported pictures"
    )
    parser.add_argument("--seeds", type=seeds, help="instead of recipes: 7, or 0-63, or 1,5,8-11")
    parser.add_argument(
        "--model", metavar="FILE", help="the model; without it, the one the picture was made with"
    )
    parser.add_argument("-o", "--out", type=Path, help="a picture file, or a folder for several")
    parser.add_argument("--resume", type=Path, metavar="FOLDER", help="go on with an interrupted export")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="all pictures on one contact sheet")
    parser.add_argument(
        "--latents", type=Path, metavar="FILE", help="latents as .npz or .safetensors (z, w, w_plus)"
    )
    parser.add_argument("--psi", type=float, help="truncation psi")
    parser.add_argument("--class", dest="label", type=int, metavar="INDEX", help="class to draw")
    parser.add_argument(
        "--caption",
        metavar="TEXT",
        help="what to draw, for models that read captions (one they learned with)",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda:0 or mps")
    form = parser.add_argument_group("form of the pictures")
    form.add_argument("--format", choices=tuple(NAMES), help="kind of file (what OUT says, or png)")
    form.add_argument("--size", type=int, default=0, metavar="PIXELS", help="longer side (the model's own)")
    form.add_argument("--scaling", choices=("lanczos", "nearest"), default="lanczos")
    form.add_argument("--border", type=int, default=0, metavar="PIXELS", help="transparent border")
    form.add_argument("--border-colour", default="", metavar="#RRGGBB", help="instead of transparent")
    form.add_argument("--quality", type=int, default=95, help="of JPEG and WebP, 1 to 100")
    sheet = parser.add_argument_group("contact sheet")
    sheet.add_argument("--columns", type=int, default=0, help="pictures side by side (about square)")
    sheet.add_argument("--margin", type=int, default=24, metavar="PIXELS")
    sheet.add_argument("--no-captions", action="store_true")


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
    """Render and save; every file is written whole or not at all."""
    _check(options)
    if options.resume is not None:
        return _resume(options)
    records = [read(Path(name)) for name in options.recipes]
    model_path = _model_path(options.model, records)

    from latentlab.formats import open_model
    from latentlab.latents.needed_directions import with_needed
    from latentlab.render.renderer import Renderer

    model = open_model(model_path)
    for record in records:
        if record.model.fingerprint not in ("", model.fingerprint):
            _say(f"this picture was made with {record.model.name}, not {model_path.name}")
    if options.caption is not None:
        _check_caption(options.caption, model)
    named, directions = _named(options, records, first_recipe(model.generator.capabilities))
    recipes = [recipe for _, recipe in named]
    directions = with_needed(recipes, directions, model.generator, model.fingerprint)
    renderer = Renderer(model, device=options.device, directions=directions, notice=_say)
    try:
        if options.out is not None:
            reference = ModelRef(model.fingerprint, model.card.name, hint_of(model_path))
            _write_pictures(options, named, reference, directions, renderer)
        if options.sheet is not None:
            _write_sheet(options, named, renderer)
        if options.latents is not None:
            _write_latents(options.latents, named, model, directions)
    finally:
        renderer.close()
    return 0


def read(path: Path) -> PictureRecord:
    """The record in a picture, or in a JSON file that holds a record or a bare recipe."""
    try:
        with path.open("rb") as file:
            is_text = file.read(64).lstrip().startswith(b"{")
        if not is_text:
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
        raise RecipeError(f"{path.name} is neither a picture nor a recipe as JSON text.") from error
    if '"model"' in text:
        return picture_record.from_text(text)
    return PictureRecord(ModelRef("", "", ""), recipe_json.from_text(text))


def _check(options: argparse.Namespace) -> None:
    """Say what does not go together before anything is opened."""
    if options.resume is not None:
        if options.recipes or options.seeds is not None or options.out is not None:
            raise RecipeError("--resume goes on with a folder as it was begun: give nothing else.")
        return
    if bool(options.recipes) == (options.seeds is not None):
        raise RecipeError("Name either a recipe or exported picture, or --seeds.")
    if options.out is None and options.sheet is None and options.latents is None:
        raise RecipeError("Say where to write: -o for pictures, --sheet, or --latents.")


def _model_path(named: str | None, records: Sequence[PictureRecord]) -> Path:
    if named is not None:
        return Path(named)
    models = {record.model.fingerprint: record.model for record in records if record.model.fingerprint}
    if len(models) > 1:
        names = " and ".join(model.name for model in models.values())
        raise RecipeError(f"These pictures were made with different models ({names}): render them apart.")
    return _place_of(next(iter(models.values()))) if models else bundled_models()[0]


def _place_of(model: ModelRef) -> Path:
    found = path_of(model.path)
    if found is None:
        raise LatentLabError(
            f"The model {model.name!r} is not where it was ({model.path or 'unknown place'}): "
            "name its file with --model."
        )
    return found


def _named(
    options: argparse.Namespace, records: Sequence[PictureRecord], first: Recipe
) -> tuple[Named, DirectionSet]:
    """Every recipe to draw, with a name, and the directions that came along; seeds change the `first` one."""
    directions = DirectionSet()
    named: Named = []
    for name, record in zip(options.recipes, records, strict=True):
        recipe, directions = record.restored(directions)
        named.append((Path(name).stem, recipe))
    if options.seeds is not None:
        named = [(f"seed-{seed:06d}", replace(first, source=SeedSource(seed))) for seed in options.seeds]
    return [(name, _as_wished(recipe, options)) for name, recipe in named], directions


def _as_wished(recipe: Recipe, options: argparse.Namespace) -> Recipe:
    if options.psi is not None:
        recipe = replace(recipe, truncation_psi=options.psi)
    if options.label is not None:
        recipe = replace(recipe, classes=(ClassWeight(options.label),))
    if options.caption is not None:
        recipe = replace(recipe, caption=options.caption, second_caption="", caption_blend=0.0)
    return recipe


def _check_caption(caption: str, model: OpenedModel) -> None:
    """Refuse a caption for a model that reads none; name the words that it does not know."""
    can = model.generator.capabilities
    if not can.has_captions:
        raise RecipeError(
            f"{model.card.name} reads no captions: choose another model, or leave --caption out."
        )
    unknown = unknown_words(caption, frozenset(can.caption_words))
    if unknown:
        _say(f"{model.card.name} does not know these words and passes them over: {', '.join(unknown)}")


def _form(options: argparse.Namespace, target: Path | None = None) -> PictureForm:
    kind = options.format or (kind_of(target.name) if target is not None else None) or "png"
    return PictureForm(
        kind, options.size, options.scaling, options.border, options.border_colour, options.quality
    )


def _write_pictures(
    options: argparse.Namespace,
    named: Named,
    model: ModelRef,
    directions: DirectionSet,
    renderer: Renderer,
) -> None:
    """One file, or a folder of them."""
    from latentlab.render.batch_export import ExportFolder, ExportItem, plan_of

    out: Path = options.out
    form = _form(options, out)
    single = len(named) == 1 and kind_of(out.name) is not None
    plan = plan_of(model, named, form, directions)
    if single:
        plan = replace(plan, items=(ExportItem(out.name, plan.items[0].recipe),))
        _print(ExportFolder(out.parent, plan, keeps_list=False).export(renderer))
    else:
        _print(ExportFolder.begin(out, plan).export(renderer))


def _resume(options: argparse.Namespace) -> int:
    from latentlab.formats import open_model
    from latentlab.render.batch_export import ExportFolder
    from latentlab.render.renderer import Renderer

    folder: ExportFolder = ExportFolder.resume(options.resume)
    plan = folder.plan
    model = open_model(Path(options.model) if options.model else _place_of(plan.model))
    if model.fingerprint != plan.model.fingerprint:
        raise LatentLabError(
            f"The export was begun with {plan.model.name}, and this is another model or another version of it: "
            "name the right file with --model."
        )
    _say(f"{folder.done} of {folder.total} pictures are there")
    renderer = Renderer(model, device=options.device, directions=plan.direction_set, notice=_say)
    try:
        _print(folder.export(renderer))
    finally:
        renderer.close()
    return 0


def _write_sheet(options: argparse.Namespace, named: Named, renderer: Renderer) -> None:
    from latentlab.render.contact_sheet import SheetForm, contact_sheet
    from latentlab.render.pictures import write_image

    sheet = SheetForm(columns=options.columns, margin=options.margin, captions=not options.no_captions)
    pictures = [frame.pixels for frame in renderer.render_batch([recipe for _, recipe in named])]
    form = _form(options, options.sheet)
    image = contact_sheet(pictures, [name for name, _ in named], sheet, form)
    write_image(options.sheet, image, None, form)
    print(options.sheet)


def _write_latents(path: Path, named: Named, model: OpenedModel, directions: DirectionSet) -> None:
    from latentlab.render.latent_files import latents_of, save_latents
    from latentlab.render.photos import PhotoShelf

    can = model.generator.capabilities
    photos = PhotoShelf(can.photo_channels or can.image_channels, can.resolution)
    recipes = [recipe for _, recipe in named]
    arrays = latents_of(recipes, model.generator, directions, photos)
    save_latents(path, arrays, [name for name, _ in named], recipes, model.fingerprint)
    print(path)


def _print(paths: Iterable[Path]) -> None:
    for path in paths:
        print(path, flush=True)


def _say(text: str) -> None:
    print(f"latentlab: {text}", file=sys.stderr)
